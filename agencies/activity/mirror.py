"""The quarter mirror: whom the work reaches, by quarter and borough. It is for all residents.

Three shares measure that: participants without refugee background, mixed gatherings, offers open
to all. What exactly is counted, the page says below its table.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.activity import spans
from agencies.activity.spans import Span
from agencies.activity.summaries import Sums, percent, series
from agencies.measures import grouped
from agencies.offers.models import Offer
from coordination.access.permissions import Scope
from districts.models import District

PERIODS_SHOWN = 8
# Classes of a share: from how many percent on, mark and shade. They are the same for every period,
# so that two maps can be laid beside each other.
CLASSES = [(75, "4", "step-5"), (50, "3", "step-3"), (25, "2", "step-2"), (0, "1", "step-1")]


@dataclass(frozen=True)
class Trend:
    """How a share changed against the period before, in percentage points."""

    points: Decimal

    @property
    def arrow(self) -> str:
        return "↑" if self.points > 0 else "↓" if self.points < 0 else "→"

    @property
    def word(self) -> str:
        if not self.points:
            return _("the same")
        return _("risen") if self.points > 0 else _("fallen")

    @property
    def signed(self) -> str:
        """+3,2 or −1,0."""
        sign = "+" if self.points > 0 else "−" if self.points < 0 else "±"
        return f"{sign}{number_format(abs(self.points))}"


def trend(now: Decimal | None, before: Decimal | None) -> Trend | None:
    """None where one of the two periods has no share."""
    return None if now is None or before is None else Trend(now - before)


@dataclass
class Row:
    """The figures of a quarter, of a borough or of the whole city."""

    district: District | None  # None: all of them
    now: Sums = Sums()
    before: Sums = Sums()
    offers: int = 0
    open_offers: int = 0

    @property
    def shown(self) -> dict[str, str]:
        """Counts as the page prints them."""
        names = ("entries", "participants", "gatherings")
        return {name: grouped(getattr(self.now, name)) for name in names}

    @property
    def without(self) -> Decimal | None:
        return self.now.share_without_background

    @property
    def mixed(self) -> Decimal | None:
        return self.now.share_mixed

    @property
    def open(self) -> Decimal | None:
        return percent(self.open_offers, self.offers)

    @property
    def trend(self) -> Trend | None:
        return trend(self.without, self.before.share_without_background)

    @property
    def trend_of_mixed(self) -> Trend | None:
        return trend(self.mixed, self.before.share_mixed)


@dataclass(frozen=True)
class Part:
    """A borough with its quarters; without borough are those that lie in none."""

    total: Row
    rows: list[Row]


@dataclass(frozen=True)
class Mirror:
    span: Span
    before: Span
    parts: list[Part]
    city: Row
    periods: list[tuple[Span, Sums]]  # of the whole city, the oldest first

    @property
    def rows(self) -> list[Row]:
        return [row for part in self.parts for row in part.rows]


def of(scope: Scope, span: Span, *, agency_id: int | None = None) -> Mirror:
    """The mirror of a span, of the entries and offers within ``scope`` or of one agency in it."""
    before = spans.before(span)
    only = {"agency": agency_id} if agency_id else {}
    found = series(scope, [span, before], "district", **only)
    offers = _offers(scope, span, only)
    shown = {district for _span, district in found} | set(offers)
    rows = [
        Row(
            district,
            found.get((0, district.pk), Sums()),
            found.get((1, district.pk), Sums()),
            *offers.get(district.pk, (0, 0)),
        )
        for district in _districts(span, shown)
    ]
    periods = last_periods(span)
    sums = series(scope, periods, **only)
    return Mirror(
        span,
        before,
        _parts(rows),
        _total(None, rows),
        [(period, sums.get((place,), Sums())) for place, period in enumerate(periods)],
    )


def last_periods(span: Span) -> list[Span]:
    """The span and those of the same length before it, the oldest first."""
    found = [span]
    while len(found) < PERIODS_SHOWN:
        found.insert(0, spans.before(found[0]))
    return found


def _districts(span: Span, shown: Iterable[int]) -> list[District]:
    """Quarters that exist on a day of the span, and those something was counted in."""
    exists = Q(starts_on=None) | Q(starts_on__lte=span[1])
    exists &= Q(ends_on=None) | Q(ends_on__gte=span[0])
    rows = District.objects.quarters().filter(exists | Q(pk__in=shown))
    names = ("key", "name", "parent__key", "parent__name", "outline", "is_schematic")
    return list(rows.select_related("parent").only(*names).order_by("parent__key", "key", "pk"))


def _offers(scope: Scope, span: Span, only: dict) -> dict[int, tuple[int, int]]:
    """By district: the offers valid on a day of the span, and how many are open to all."""
    rows = Offer.objects.within(scope).overlapping(*span).filter(**only).order_by()
    found = rows.values("district").annotate(
        all=Count("pk"), open=Count("pk", filter=Q(is_open_to_all=True))
    )
    return {row["district"]: (row["all"], row["open"]) for row in found}


def _parts(rows: list[Row]) -> list[Part]:
    found = defaultdict(list)
    for row in rows:
        found[row.district.parent].append(row)
    ordered = sorted(found, key=lambda borough: (borough is None, borough and borough.key))
    return [Part(_total(borough, found[borough]), found[borough]) for borough in ordered]


def _total(district: District | None, rows: list[Row]) -> Row:
    return Row(
        district,
        sum((row.now for row in rows), Sums()),
        sum((row.before for row in rows), Sums()),
        sum(row.offers for row in rows),
        sum(row.open_offers for row in rows),
    )


# --- The map -------------------------------------------------------------------------------------


@dataclass
class Kind:
    """A class of the legend. ``shade`` names a colour or pattern in static/css/map.css."""

    mark: str
    label: str
    shade: str
    rows: list[Row] = field(default_factory=list)

    @property
    def is_hatched(self) -> bool:
        return self.shade == "missing"


@dataclass(frozen=True)
class Measure:
    label: str
    share: Callable[[Row], Decimal | None]
    nothing: Callable[[Row], str]  # why a quarter has no share


def _nobody(row: Row) -> str:
    return _("no participants") if row.now.entries else _("no entries")


def _no_gathering(row: Row) -> str:
    return _("no gatherings") if row.now.entries else _("no entries")


def _no_offer(row: Row) -> str:
    return _("no offers")


MEASURES = {
    "ohne": Measure(gettext_lazy("Without refugee background"), lambda row: row.without, _nobody),
    "gemischt": Measure(gettext_lazy("Mixed gatherings"), lambda row: row.mixed, _no_gathering),
    "offen": Measure(gettext_lazy("Offers open to all"), lambda row: row.open, _no_offer),
}


def kinds(rows: list[Row], measure: Measure) -> list[Kind]:
    """The classes of the map, the highest share first; then, where it occurs, what has none."""
    found = [Kind(mark, _label(place), shade) for place, (_, mark, shade) in enumerate(CLASSES)]
    nothing = {}
    for row in rows:
        share = measure.share(row)
        if share is not None:
            place = next(n for n, (least, *_rest) in enumerate(CLASSES) if share >= least)
            found[place].rows.append(row)
            continue
        words = measure.nothing(row)
        # Hatched is what has no entry at all; where there is work, only the share is wanting.
        mark, shade = ("○", "plain") if row.now.entries else ("–", "missing")
        nothing.setdefault((words, shade), Kind(mark, words, shade)).rows.append(row)
    return found + list(nothing.values())


def _label(place: int) -> str:
    least, end = CLASSES[place][0], CLASSES[place - 1][0]
    if place == 0:
        return _("%(least)d %% and more") % {"least": least}
    if least == 0:
        return _("below %(end)d %%") % {"end": end}
    return _("%(least)d to below %(end)d %%") % {"least": least, "end": end}
