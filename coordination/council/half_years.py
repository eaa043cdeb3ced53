"""The list the council gets twice a year: what became of its resolutions."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from coordination.as_of import EARLIEST, LATEST
from coordination.council.models import ResolutionTask

State = ResolutionTask.State


@dataclass(frozen=True, order=True)
class HalfYear:
    year: int
    half: int  # 1 or 2

    @property
    def first(self) -> date:
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def last(self) -> date:
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def key(self) -> str:
        return f"{self.year}-{self.half}"

    def __str__(self):
        if self.half == 1:
            return _("first half of %(year)s") % {"year": self.year}
        return _("second half of %(year)s") % {"year": self.year}


def of(day: date) -> HalfYear:
    return HalfYear(day.year, 1 if day.month < 7 else 2)


def read(text: str, otherwise: HalfYear) -> HalfYear:
    """2016-2; whatever else was typed is the half-year given."""
    year, _dash, half = text.partition("-")
    fits = len(year) == 4 and year.isascii() and year.isdecimal() and half in ("1", "2")
    if not fits or not EARLIEST.year <= int(year) <= LATEST.year:
        return otherwise
    return HalfYear(int(year), int(half))


def neighbours(half_year: HalfYear) -> tuple[HalfYear | None, HalfYear | None]:
    """The one before and the one after, as far as the portal's calendar goes."""
    before, after = half_year.first - timedelta(days=1), half_year.last + timedelta(days=1)
    return (
        of(before) if before >= EARLIEST else None,
        of(after) if after <= LATEST else None,
    )


@dataclass(frozen=True)
class Listing:
    """The tasks of a half-year as they stood on ``day``: its last, or the Stichtag within it."""

    half_year: HalfYear
    day: date
    open: list
    done: list
    dropped: list

    @property
    def rows(self) -> list:
        return [*self.open, *self.done, *self.dropped]


def listing(half_year: HalfYear, tasks, *, day: date) -> Listing:
    """What is open at its end, and what was settled in it; ``tasks`` are those within reach."""
    day = min(half_year.last, max(day, half_year.first))
    tasks = tasks.on(day).with_names().order_by("due_on", "pk")
    settled = tasks.filter(since__gte=half_year.first)
    return Listing(
        half_year=half_year,
        day=day,
        open=list(tasks.filter(state=State.OPEN)),
        done=list(settled.filter(state=State.DONE)),
        dropped=list(settled.filter(state=State.DROPPED)),
    )
