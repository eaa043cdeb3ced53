"""What ends by a date: positions, holders, responsibilities, and the districts left behind."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agencies.coverage import weekly_hours
from agencies.models import Assignment, Occupancy, Position
from coordination.access.permissions import Scope
from coordination.periods import ONE_DAY
from districts.models import District


@dataclass
class Endings:
    """Everything whose last day lies from ``starts_on`` to ``ends_on``, both included."""

    starts_on: date
    ends_on: date
    positions: list[Position]
    occupancies: list[Occupancy]
    assignments: list[Assignment]
    without_lead: list[District]

    @property
    def weekly_hours(self) -> Decimal:
        """Hours a week that are no longer funded after ``ends_on``."""
        return sum((weekly_hours(row.fte) for row in self.positions), Decimal("0.0"))

    @property
    def rows(self) -> list[Position | Occupancy | Assignment]:
        return [*self.positions, *self.occupancies, *self.assignments]

    @property
    def is_empty(self) -> bool:
        return not (self.positions or self.occupancies or self.assignments)


def between(starts_on: date, ends_on: date, scope: Scope) -> Endings:
    """What ends from ``starts_on`` to ``ends_on``; positions and holders within ``scope``.

    ``without_lead`` are the districts that have a lead within ``scope`` in that time and none at
    all the day after ``ends_on``.
    """

    def ending(rows):
        return rows.filter(ends_on__gte=starts_on, ends_on__lte=ends_on)

    afterwards = ends_on + ONE_DAY
    led = (
        Assignment.objects.within(scope).leads().overlapping(starts_on, ends_on).values("district")
    )
    still_led = Assignment.objects.leads().on(afterwards).values("district")
    return Endings(
        starts_on=starts_on,
        ends_on=ends_on,
        positions=list(
            ending(Position.objects.within(scope))
            .select_related("agency")
            .order_by("ends_on", "agency__short_name", "title", "pk")
        ),
        occupancies=list(
            ending(Occupancy.objects.within(scope).standing())
            .select_related("worker", "position__agency")
            .order_by("ends_on", "worker__name", "pk")
        ),
        assignments=list(
            ending(Assignment.objects.within(scope).standing())
            .with_names()
            .order_by("ends_on", "district__key", "pk")
        ),
        without_lead=list(
            District.objects.on(afterwards)
            .without_shapes()
            .filter(pk__in=led)
            .exclude(pk__in=still_led)
        ),
    )


def next_end(day: date, scope: Scope) -> date | None:
    """The next day on which the funding of a position within ``scope`` ends."""
    return (
        Position.objects.within(scope)
        .filter(ends_on__gte=day)
        .order_by("ends_on")
        .values_list("ends_on", flat=True)
        .first()
    )
