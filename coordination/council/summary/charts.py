"""The drawings of a council report as numbers for an SVG, made of figures that are shown.

The templates set colours as attributes: the PDF knows no other, on the screen style sheets override
them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import log10

from django.utils.translation import gettext as _

from agencies.activity import spans
from agencies.activity.charts import name_of, short_name_of
from agencies.activity.spans import Span
from agencies.coverage import Gap
from coordination.budget.forecast import Part, bar
from coordination.council.summary.content import Content, Place, Shown
from coordination.council.summary.tables import lead_of
from coordination.periods import show_day
from districts import maps

WIDTH, HEIGHT, LEFT, TOP, FLOOR = 500, 210, 48, 24, 180


@dataclass(frozen=True)
class Bar:
    """The participants of a period; ``lower`` of the two parts are those with refugee background.

    Both heights are None where either is hidden: then only the whole is drawn.
    """

    x: float
    middle: float
    y: float
    height: float | None  # None: hidden or nothing there
    lower_y: float | None
    lower: float | None
    whole: Shown
    label: str


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    bar_width: float
    ticks: list[tuple[float, str]]
    text: str  # the same in words
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = FLOOR


def course(content: Content) -> Chart | None:
    """A bar of participants for each period, the oldest first; None of a single period."""
    periods = content.list("periods")[::-1]
    found = [content.figure("teilnehmende", ago=line["ago"]) for line in periods]
    most = max((figure.value for figure in found if figure.value), default=0)
    if len(periods) < 2 or not most:
        return None
    top = _round_up(most)
    across = (WIDTH - LEFT) / len(periods)
    bars = [
        _bar(content, line, figure, LEFT + across * number, across, top)
        for number, (line, figure) in enumerate(zip(periods, found, strict=True))
    ]
    ticks = [(FLOOR - (FLOOR - TOP) * part / 2, _written(top * part // 2)) for part in (0, 1, 2)]
    text = ", ".join(
        f"{long_name(span_of(line))}: {bar.whole.text}"
        for line, bar in zip(periods, bars, strict=True)
    )
    return Chart(bars, round(across * 0.7, 1), ticks, text)


def _bar(content: Content, line: dict, whole: Shown, left: float, across: float, top: int) -> Bar:
    with_background = content.figure("mit_flucht", ago=line["ago"]).value
    height, lower = _height(whole.value, top), _height(with_background, top)
    if height is None:
        lower = None
    return Bar(
        x=round(left + across * 0.15, 1),
        middle=round(left + across * 0.5, 1),
        y=round(FLOOR - (height or 0), 1),
        height=height,
        lower_y=None if lower is None else round(FLOOR - lower, 1),
        lower=lower,
        whole=whole,
        label=short_name_of(span_of(line), _rhythm(span_of(line))),
    )


def _height(value: int | Decimal | None, top: int) -> float | None:
    return None if value is None else round(float(value) / top * (FLOOR - TOP), 1)


def _round_up(most: int) -> int:
    """The end of the scale: 1, 2, 4, 5 or 10 of the highest power of ten, an even number."""
    power = 10 ** int(log10(most))
    return max(2, next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= most))


def _written(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def span_of(line: dict) -> Span:
    return date.fromisoformat(line["starts_on"]), date.fromisoformat(line["ends_on"])


def long_name(span: Span) -> str:
    """3. Quartal 2016, or its first and last day."""
    rhythm = _rhythm(span)
    return name_of(span, rhythm) if rhythm else f"{show_day(span[0])}–{show_day(span[1])}"


def _rhythm(span: Span) -> str | None:
    return next((name for name in spans.MONTHS if spans.around(span[0], name) == span), None)


# --- Money --------------------------------------------------------------------------------------

KINDS = {"green": "success", "amber": "warning", "red": "danger"}


@dataclass(frozen=True)
class MoneyBar:
    label: str
    parts: list[Part]
    text: str  # the bar in words
    kind: str  # KERN's name of the light's colour
    word: str
    reasons: list[str]


def money(content: Content, lines: Iterable[Place]) -> list[MoneyBar]:
    """How each budget line stands, with the reasons of its light."""
    found = []
    for line in lines:
        paid, bound, available = (
            content.figure(measure, line.name)
            for measure in ("ausgezahlt", "gebunden", "verfuegbar")
        )
        parts = []
        if None not in (paid.value, bound.value, available.value):
            parts = bar(paid.value, bound.value, available.value)
        text = _("of %(available)s are %(bound)s bound, %(paid)s paid") % {
            "available": available.text,
            "bound": bound.text,
            "paid": paid.text,
        }
        kind = KINDS.get(line["light"], "info")
        reasons = line["reasons"] or []
        found.append(MoneyBar(str(line), parts, text, kind, line["light_word"] or "", reasons))
    return found


# --- Map ----------------------------------------------------------------------------------------

# Kind of a gap: mark, class of static/css/map.css, colour.
LED = ("", "step-2", "#c6dcef")
GAPS = {
    "no_lead": ("!", "gap", "#ffffff"),
    "partly": ("~", "kind-2", "#eedd88"),
    "vacant": ("o", "kind-4", "#ffaabb"),
}


@dataclass(frozen=True)
class Kind:
    """A line of the legend."""

    mark: str
    shade: str
    colour: str
    label: str

    @property
    def is_hatched(self) -> bool:
        return self.shade in maps.HATCHED


@dataclass(frozen=True)
class Map:
    drawing: maps.Drawing
    areas: list[tuple[maps.Area, str]]  # with their colour
    legend: list[Kind]
    line: str  # how thick borders are


@dataclass(frozen=True)
class Outlined:
    """A quarter as ``districts.maps`` knows it."""

    place: Place

    @property
    def outline(self):
        return self.place["outline"]

    @property
    def is_schematic(self) -> bool:
        return bool(self.place["is_schematic"])


def districts_map(quarters: list[Place], url: str) -> Map | None:
    """Who leads where; ``url`` is the page with the table, each area links to its line there."""
    known = [row for row in quarters if row["lead"] is not None]
    drawing = maps.draw([Outlined(row) for row in known], lambda row: _paint(row.place, url))
    if drawing is None:
        return None
    colours = {shade: colour for _mark, shade, colour in [LED, *GAPS.values()]}
    areas = [(area, colours[area.paint.shade]) for area in drawing.areas]
    return Map(drawing, areas, _legend(known), f"{drawing.mark_size * 0.06:.1f}")


def _paint(row: Place, url: str) -> maps.Paint:
    mark, shade, _colour = GAPS.get(row["gap"], LED)
    return maps.Paint(shade, mark, f"{row}: {lead_of(row)}", f"{url}#{row.name}")


def _legend(known: list[Place]) -> list[Kind]:
    """The kinds that are on the map, in the reader's language like the words beside it."""
    found = [Kind(*LED, _("with lead"))]
    there = {row["gap"] for row in known}
    found += [Kind(*look, str(Gap(slug).label)) for slug, look in GAPS.items() if slug in there]
    return found
