"""Charts as numbers for a server-rendered SVG; the template draws them with the table beside."""

from dataclasses import dataclass
from decimal import Decimal

from coordination.budget.overview import Month
from coordination.money import ZERO, whole_euros

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 112, 12, 12, 32


@dataclass(frozen=True)
class Line:
    points: str  # for <polyline>
    ends_at: tuple[float, float]


@dataclass(frozen=True)
class Chart:
    now: Line | None
    before: Line | None
    ticks: list[tuple[float, str]]  # y and amount
    marks: list[tuple[float, str]]  # x and month
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


def lines(months: list[Month]) -> Chart:
    """How payments grew over the months, beside the year before."""
    highest = max([month.paid or ZERO for month in months] + [month.before for month in months])
    top = _round_up(highest)
    across = (WIDTH - LEFT - RIGHT) / len(months)
    down = HEIGHT - TOP - BOTTOM

    def y(amount: Decimal) -> float:
        return round(HEIGHT - BOTTOM - float(amount / top) * down, 1)

    def line(amounts) -> Line | None:
        """From nothing on the first day to each month's last."""
        drawn = [(LEFT, y(ZERO))]
        drawn += [(round(LEFT + across * n, 1), y(each)) for n, each in enumerate(amounts, 1)]
        points = " ".join(f"{x},{height}" for x, height in drawn)
        return Line(points, drawn[-1]) if len(drawn) > 1 else None

    before = [month.before for month in months]
    return Chart(
        now=line([month.paid for month in months if month.paid is not None]),
        before=line(before) if any(before) else None,
        ticks=[(y(top * n / 4), whole_euros(top * n / 4)) for n in range(5)],
        marks=[
            (round(LEFT + across * (n + 0.5), 1), f"{month.ends_on:%m}")
            for n, month in enumerate(months)
        ],
    )


def _round_up(amount: Decimal) -> Decimal:
    """To 1, 2 or 5 times a power of ten, at least 1,000 €."""
    step = Decimal(1000)
    while True:
        for factor in (1, 2, 4, 8):
            if amount <= step * factor:
                return step * factor
        step *= 10
