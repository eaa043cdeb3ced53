"""Positions over time as a drawing: holders, vacancies, end of funding."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agencies.models import Occupancy, Position
from coordination.access.permissions import Scope
from coordination.periods import ONE_DAY, steps

WIDTH, ROW = 1000, 34  # of the drawing's own units; the page scales it


@dataclass(frozen=True)
class Bar:
    """A stretch of a position: held by somebody, or vacant. ``x`` and ``width`` in units."""

    x: float
    width: float
    starts_on: date
    ends_on: date | None
    worker: str  # empty: vacant
    fte: Decimal
    worker_id: int | None = None

    @property
    def text_x(self) -> float:
        return self.x + 8

    @property
    def is_vacant(self) -> bool:
        return not self.worker

    @property
    def days(self) -> int | None:
        return (self.ends_on - self.starts_on).days + 1 if self.ends_on else None


@dataclass
class Line:
    position: Position
    y: int
    bars: list[Bar]
    end: float | None  # where funding ends, if that is within the drawing

    @property
    def text_y(self) -> int:
        return self.y + ROW - 13

    @property
    def bar_y(self) -> int:
        return self.y + 5


@dataclass
class Timeline:
    starts_on: date
    ends_on: date
    lines: list[Line]
    ticks: list[tuple[float, str]]
    now: float | None

    @property
    def width(self) -> int:
        return WIDTH

    @property
    def height(self) -> int:
        return len(self.lines) * ROW + 30

    @property
    def bar_height(self) -> int:
        return ROW - 10


def timeline(scope: Scope, day: date) -> Timeline:
    """All positions within ``scope`` from the first beginning to the last end, in two queries.

    An open end is drawn to the end of the year after ``day``.
    """
    positions = list(Position.objects.within(scope).select_related("agency"))
    starts_on = min([row.starts_on for row in positions] or [day]).replace(day=1)
    latest = max([row.ends_on for row in positions if row.ends_on] or [day])
    ends_on = max(latest, day).replace(month=12, day=31)
    # Long histories would shrink the present to nothing: five years back are enough.
    starts_on = max(starts_on, date(ends_on.year - 5, 1, 1))
    days = (ends_on - starts_on).days + 1

    def x(when: date) -> float:
        return round((when - starts_on).days / days * WIDTH, 1)

    held = {}
    for row in (
        Occupancy.objects.within(scope).standing().select_related("worker").order_by("starts_on")
    ):
        held.setdefault(row.position_id, []).append(row)

    def bar(first, last, worker="", fte=Decimal("0.00"), worker_id=None):
        until = min(last or ends_on, ends_on)
        left = x(max(first, starts_on))
        return Bar(left, round(x(until + ONE_DAY) - left, 1), first, last, worker, fte, worker_id)

    def visible(first, last):
        return first <= ends_on and (last or ends_on) >= starts_on

    lines = []
    for number, position in enumerate(positions):
        rows = held.get(position.pk, [])
        filled = steps(
            rows, lambda row: row.fte, position.starts_on, position.ends_on, Decimal("0.00")
        )
        bars = [
            bar(row.starts_on, row.ends_on, row.worker.name, row.fte, row.worker_id)
            for row in rows
            if visible(row.starts_on, row.ends_on)
        ]
        bars += [
            bar(step.starts_on, step.ends_on, fte=position.fte - step.total)
            for step in filled
            if step.total < position.fte and visible(step.starts_on, step.ends_on)
        ]
        bars.sort(key=lambda item: (item.starts_on, item.is_vacant))
        funded_until = position.ends_on
        end = x(funded_until + ONE_DAY) if funded_until and funded_until < ends_on else None
        lines.append(Line(position, number * ROW + 26, bars, end))
    ticks = [
        (x(date(year, 1, 1)), str(year))
        for year in range(starts_on.year, ends_on.year + 1)
        if date(year, 1, 1) >= starts_on
    ]
    now = x(day) if starts_on <= day <= ends_on else None
    return Timeline(starts_on, ends_on, lines, ticks, now)
