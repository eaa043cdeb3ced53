"""Entries added up: whole months from the rollup, the days at the edges from the entries.

So a year costs the same however many entries it has, and any two days can be asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from agencies.activity.models import Activity, Headcount, MonthlyPeople, MonthlySum
from agencies.activity.spans import Span
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
        return Sums(*(getattr(self, name) + getattr(other, name) for name in NAMES))

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
MEASURES = {f"all_{name}": Coalesce(Sum(name), 0) for name in NAMES}


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
    months, edges = _parts(starts_on, ends_on)
    rows = MonthlySum.objects.within(scope).filter(months, **only)
    found = _grouped(rows, by, **MEASURES)
    if edges:
        entries = Activity.objects.within(scope).filter(_within("day", edges), **only)
        for key, part in summed(entries, *by).items():
            found[key] = found.get(key, Sums()) + part
    return {key: part for key, part in found.items() if part.entries or not by}


def series(scope: Scope, spans: list[Span], *by: str, **only) -> dict[tuple, Sums]:
    """All entries of each span added up, in two queries at most however many spans there are.

    The keys begin with the place of the span in the list; ``by`` and ``only`` as for ``sums``.
    Spans must not overlap.
    """
    whole = [_whole_months(span) for span in spans]
    edges = [_edges(span, part) for span, part in zip(spans, whole, strict=True)]
    found = {}
    if any(first <= last for first, last in whole):
        months = MonthlySum.objects.within(scope).filter(**only)
        rows = _numbered(months, "month", [[part] for part in whole])
        found = _grouped(rows, ["number", *by], **MEASURES)
    if any(edges):
        entries = Activity.objects.within(scope).filter(**only)
        rows = _numbered(entries, "day", edges)
        for key, part in summed(rows, "number", *by).items():
            found[key] = found.get(key, Sums()) + part
    return {key: part for key, part in found.items() if part.entries}


def people(
    scope: Scope, starts_on: date | None, ends_on: date | None, *by: str, **only
) -> dict[tuple, int]:
    """All people whom the entries from ``starts_on`` to ``ends_on`` (None: open) count.

    As ``sums``, and ``by`` and ``only`` may be "target_group" and "district__parent", too. Those
    who helped are among them unless ``target_group__background`` leaves them out.
    """
    months, edges = _parts(starts_on, ends_on)
    found = _counted(MonthlyPeople.objects.within(scope).filter(months, **only), by)
    if edges:
        rows = _headcounts(scope, only).filter(_within("activity__day", edges))
        for key, part in _counted(rows, _of_headcounts(by)).items():
            found[key] = found.get(key, 0) + part
    return {key: part for key, part in found.items() if part or not by}


def people_series(scope: Scope, spans: list[Span], *by: str, **only) -> dict[tuple, int]:
    """The people of each span, in two queries at most however many spans there are.

    Keys and spans as for ``series``, ``by`` and ``only`` as for ``people``.
    """
    whole = [_whole_months(span) for span in spans]
    edges = [_edges(span, part) for span, part in zip(spans, whole, strict=True)]
    found = {}
    if any(first <= last for first, last in whole):
        months = MonthlyPeople.objects.within(scope).filter(**only)
        found = _counted(_numbered(months, "month", [[part] for part in whole]), ["number", *by])
    if any(edges):
        rows = _numbered(_headcounts(scope, only), "activity__day", edges)
        for key, part in _counted(rows, ["number", *_of_headcounts(by)]).items():
            found[key] = found.get(key, 0) + part
    return {key: part for key, part in found.items() if part}


def _parts(starts_on: date | None, ends_on: date | None) -> tuple[Q, list[Span]]:
    """The whole months between two days (None: open), and the days at the edges."""
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
    months = Q()
    if starts_on:
        months &= Q(month__gte=starts_on)
    if ends_on:
        months &= Q(month__lte=ends_on)
    return months, [edge for edge in edges if edge[0] <= edge[1]]


def _numbered(rows: QuerySet, column: str, spans: list[list[Span]]) -> QuerySet:
    """The rows whose day lies in a span, with ``number``: in which of the lists it stands."""
    chosen = Q()
    numbers = []
    for number, some in enumerate(spans):
        if within := _within(column, some):
            numbers.append(When(within, then=Value(number)))
            chosen |= within
    return rows.filter(chosen).annotate(number=Case(*numbers, output_field=IntegerField()))


def _within(column: str, spans: list[Span]) -> Q:
    found = Q()
    for first, last in spans:
        if first <= last:
            found |= Q(**{f"{column}__gte": first, f"{column}__lte": last})
    return found


def _whole_months(span: Span) -> Span:
    """The first and the last day of the calendar months that lie wholly in the span."""
    starts_on, ends_on = span
    if starts_on.day > 1:
        starts_on = starts_on.replace(day=1) + relativedelta(months=1)
    after = ends_on + ONE_DAY
    return starts_on, after.replace(day=1) - ONE_DAY


def _edges(span: Span, whole: Span) -> list[Span]:
    """The days of the span before and after its whole months."""
    if whole[0] > whole[1]:
        return [span]
    edges = [(span[0], whole[0] - ONE_DAY), (whole[1] + ONE_DAY, span[1])]
    return [edge for edge in edges if edge[0] <= edge[1]]


def _grouped(rows: QuerySet, by: Sequence[str], **measures) -> dict[tuple, Sums]:
    """The ``measures`` in the order of ``NAMES``, for each group or for all rows together."""
    rows = rows.order_by()
    if by:
        found = rows.values(*by).annotate(**measures).values_list(*by, *measures)
    else:
        found = [rows.aggregate(**measures).values()]
    table = [list(row) for row in found]
    return {tuple(row[: len(by)]): Sums(*(int(part) for part in row[len(by) :])) for row in table}


def _headcounts(scope: Scope, only: dict) -> QuerySet[Headcount]:
    narrowed = dict(zip(_of_headcounts(only), only.values(), strict=True))
    return Headcount.objects.within(scope).filter(**narrowed)


def _of_headcounts(names: Iterable[str]) -> list[str]:
    """What the columns of ``MonthlyPeople`` are called on a headcount."""
    return [name if name.startswith("target_group") else f"activity__{name}" for name in names]


def _counted(rows: QuerySet, by: Sequence[str]) -> dict[tuple, int]:
    """The people for each group or for all rows together."""
    rows, total = rows.order_by(), Coalesce(Sum("people"), 0)
    if not by:
        return {(): int(rows.aggregate(all_people=total)["all_people"])}
    found = rows.values(*by).annotate(all_people=total).values_list(*by, "all_people")
    return {tuple(key): int(part) for *key, part in found}
