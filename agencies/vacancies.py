"""Vacancy: the days on which a funded position is held by nobody, or not in full."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch

from agencies.models import Occupancy, Position
from coordination.periods import ONE_DAY, Step, steps

HELD = "standing_occupancies"


@dataclass(frozen=True)
class Vacancy:
    """What of a position is vacant on a day, and for how long it has been."""

    day: date
    stretches: list[Step]  # up to the day; ``total`` is the missing FTE

    @property
    def missing(self) -> Decimal:
        """FTE without holder on the day."""
        last = self.stretches[-1] if self.stretches else None
        return last.total if last and last.ends_on == self.day else Decimal("0.00")

    @property
    def since(self) -> date | None:
        """The first day of the vacancy that lasts on the day, however much was missing."""
        first, before = None, self.day + ONE_DAY
        for step in reversed(self.stretches):
            if step.ends_on != before - ONE_DAY:
                break
            first = before = step.starts_on
        return first

    @property
    def days(self) -> int:
        """How many days the vacancy has lasted, the day included; 0 if there is none."""
        return (self.day - self.since).days + 1 if self.since else 0

    @property
    def days_in_all(self) -> int:
        """Days of the funded time so far on which something was missing."""
        return sum(step.days for step in self.stretches)


@dataclass(frozen=True)
class Row:
    """A position as pages show it on a day."""

    position: Position
    holders: list[Occupancy]
    vacancy: Vacancy
    is_funded: bool

    @property
    def names(self) -> str:
        return ", ".join(row.worker.name for row in self.holders)


def with_occupancies(positions):
    """The positions with all that vacancy needs, in one further query for all of them."""
    rows = Occupancy.objects.standing().select_related("worker")
    return positions.prefetch_related(Prefetch("occupancies", queryset=rows, to_attr=HELD))


def vacancies(position: Position, until: date) -> list[Step]:
    """The stretches within the funded time, up to ``until``, that lack a holder: FTE and days."""
    last = min(until, position.ends_on or until)
    if last < position.starts_on:
        return []
    held = steps(_held(position), lambda row: row.fte, position.starts_on, last, Decimal("0.00"))
    return [
        Step(step.starts_on, step.ends_on, position.fte - step.total)
        for step in held
        if step.total < position.fte
    ]


def vacancy_on(position: Position, day: date) -> Vacancy:
    return Vacancy(day, vacancies(position, day))


def row_on(position: Position, day: date) -> Row:
    held = [row for row in _held(position) if row.is_on(day)]
    return Row(position, held, vacancy_on(position, day), position.is_on(day))


def _held(position: Position) -> list[Occupancy]:
    if hasattr(position, HELD):
        return getattr(position, HELD)
    return list(position.occupancies.standing().select_related("worker"))
