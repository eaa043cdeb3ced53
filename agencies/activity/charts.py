"""Charts as numbers for a server-rendered SVG; the template draws them with the table beside."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from agencies.activity.mirror import Mirror
from agencies.activity.models import ReportingPeriod, Rhythm
from agencies.activity.spans import Span

WIDTH, HEIGHT, LEFT, TOP, FLOOR = 720, 220, 64, 24, 188


@dataclass(frozen=True)
class Bar:
    x: float
    middle: float
    y: float
    height: float
    share: Decimal | None
    label: str


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    bar_width: float
    ticks: list[tuple[float, int]]  # y and percent
    left: int = LEFT
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = FLOOR


def shares(mirror: Mirror, rhythm: Rhythm) -> Chart:
    """A bar for each period: how large the share without refugee background was. Full is 100 %."""
    across = (WIDTH - LEFT) / len(mirror.periods)
    bars = []
    for place, (span, part) in enumerate(mirror.periods):
        share = part.share_without_background
        height = round(float(share or 0) / 100 * (FLOOR - TOP), 1)
        left = round(LEFT + across * (place + 0.15), 1)
        middle = round(LEFT + across * (place + 0.5), 1)
        y = round(FLOOR - height, 1)
        bars.append(Bar(left, middle, y, height, share, short_name_of(span, rhythm)))
    ticks = [(FLOOR - (FLOOR - TOP) * percent / 100, percent) for percent in (0, 50, 100)]
    return Chart(bars, round(across * 0.7, 1), ticks)


def name_of(span: Span, rhythm: Rhythm) -> str:
    """4. Quartal 2016."""
    return ReportingPeriod(rhythm=rhythm, starts_on=span[0], ends_on=span[1]).name


def short_name_of(span: Span, rhythm: Rhythm | None) -> str:
    """3. Q. 16, or the last day of a period with dates of its own: 30.11.16.

    Eight of them stand side by side on paper.
    """
    first, last = span
    year = f"{first:%y}"
    if rhythm == Rhythm.YEAR:
        return f"{first.year}"
    if rhythm == Rhythm.QUARTER:
        return _("Q%(number)d/%(year)s") % {"number": (first.month + 2) // 3, "year": year}
    if rhythm == Rhythm.HALF_YEAR:
        return _("H%(number)d/%(year)s") % {"number": (first.month + 5) // 6, "year": year}
    if rhythm == Rhythm.MONTH:
        return f"{first:%m/%y}"
    return f"{last:%d.%m.%y}"
