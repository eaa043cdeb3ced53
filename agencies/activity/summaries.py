"""Entries added up: whole months from the rollup, the days at the edges from the entries.

So a year costs the same however many entries it has, and any two days can be asked for.
"""

from dataclasses import astuple, dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta
from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from agencies.activity.models import Activity, MonthlySum
from coordination.access.permissions import Scope
from coordination.periods import ONE_DAY


@dataclass(frozen=True)
class Sums:
    """What some entries add up to. Shares are percentages with one decimal, None of nothing."""

    entries: int = 0
    minutes: int = 0
    refugees: int = 0  # participants with refugee background
    others: int = 0  # participants without
    helpers: int = 0  # volunteers and professionals, who are no participants
    gatherings: int = 0  # entries with at least two participants
    mixed: int = 0  # of them those with people of both backgrounds

    def __add__(self, other: "Sums") -> "Sums":
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Sums(*(one + another for one, another in pairs))

    @property
    def participants(self) -> int:
        return self.refugees + self.others

    @property
    def hours(self) -> Decimal:
        """The minutes in hours with one decimal."""
        return (Decimal(self.minutes) / 60).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def share_without_background(self) -> Decimal | None:
        """Participants without refugee background among all participants, in percent."""
        return percent(self.others, self.participants)

    @property
    def share_mixed(self) -> Decimal | None:
        """Gatherings with people of both backgrounds among all gatherings, in percent."""
        return percent(self.mixed, self.gatherings)


NAMES = list(Sums.__dataclass_fields__)


def percent(part: int, whole: int) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def summed(rows: QuerySet[Activity], *by: str) -> dict[tuple, Sums]:
    """The entries added up one by one, grouped by the named columns ("district", "agency").

    Costs time with the number of rows: for what the rollup cannot answer.
    """
    several = Q(people__gte=2)
    both = Q(refugees__gt=0, others__gt=0)
    return _grouped(
        rows.annotate(people=F("refugees") + F("others")),
        by,
        all_entries=Count("pk"),
        all_minutes=Coalesce(Sum("minutes"), 0),
        all_refugees=Coalesce(Sum("refugees"), 0),
        all_others=Coalesce(Sum("others"), 0),
        all_helpers=Coalesce(Sum("helpers"), 0),
        all_gatherings=Count(Case(When(several, then=1))),
        all_mixed=Count(Case(When(both, then=1))),
    )


def sums(
    scope: Scope, starts_on: date | None, ends_on: date | None, *by: str, **only
) -> dict[tuple, Sums]:
    """All entries within ``scope`` from ``starts_on`` to ``ends_on`` (None: open), added up.

    ``by`` groups by "district", "agency" or both; () is the key of one sum over everything.
    ``only`` narrows by ``district``, ``agency`` or ``district__parent`` and their lookups.
    """
    months = MonthlySum.objects.within(scope).filter(**only)
    entries = Activity.objects.within(scope).filter(**only)
    edges = []
    if starts_on and starts_on.day > 1:
        following = starts_on.replace(day=1) + relativedelta(months=1)
        last = following - ONE_DAY
        edges.append((starts_on, min(last, ends_on) if ends_on else last))
        starts_on = following
    if ends_on and (ends_on + ONE_DAY).day > 1:
        first = ends_on.replace(day=1)
        if not starts_on or first >= starts_on:
            edges.append((first, ends_on))
        ends_on = first - ONE_DAY
    if starts_on:
        months = months.filter(month__gte=starts_on)
    if ends_on:
        months = months.filter(month__lte=ends_on)
    found = _grouped(months, by, **{f"all_{name}": Coalesce(Sum(name), 0) for name in NAMES})
    for edge in edges:
        for key, part in summed(entries.between(*edge), *by).items():
            found[key] = found.get(key, Sums()) + part
    return {key: part for key, part in found.items() if part.entries or not by}


def _grouped(rows: QuerySet, by: tuple, **measures) -> dict[tuple, Sums]:
    """The ``measures`` in the order of ``NAMES``, for each group or for all rows together."""
    rows = rows.order_by()
    if by:
        found = rows.values(*by).annotate(**measures).values_list(*by, *measures)
    else:
        found = [rows.aggregate(**measures).values()]
    table = [list(row) for row in found]
    return {tuple(row[: len(by)]): Sums(*(int(part) for part in row[len(by) :])) for row in table}
