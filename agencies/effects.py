"""What an act on the coverage would change, shown before it is saved.

The act itself runs, is looked at, and is taken back: what the preview says is what saving does,
and what the rules refuse is refused in the preview with the same words.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.functional import cached_property

from agencies.coverage import Cover, Gap, Post, weekly_hours
from agencies.models import Assignment, Occupancy, Position
from coordination.periods import ONE_DAY, steps
from districts.models import District


@dataclass(frozen=True)
class LoadChange:
    """From ``starts_on`` to ``ends_on`` the position's load goes from one percentage to another."""

    position: Position
    starts_on: date
    ends_on: date | None
    before: int
    after: int

    @property
    def hours(self):
        """Weekly hours given to districts afterwards."""
        return weekly_hours(self.position.fte, self.after)


@dataclass(frozen=True)
class GapChange:
    """From ``starts_on`` to ``ends_on`` gaps of the district close or open."""

    district: District
    starts_on: date
    ends_on: date | None
    closed: tuple[Gap, ...]
    opened: tuple[Gap, ...]


@dataclass
class Effect:
    loads: list[LoadChange]
    gaps: list[GapChange]

    @cached_property
    def is_empty(self) -> bool:
        return not (self.loads or self.gaps)


class _TakenBack(Exception):
    pass


def preview(
    act: Callable[[], object], *, districts: Iterable[District], positions: Iterable[Position]
) -> Effect:
    """Run ``act``, compare the named districts and positions before and after, take it back.

    Raises whatever ``act`` raises, so a ValidationError names what the rules refuse.
    """
    districts = sorted(set(districts), key=lambda row: row.key)
    positions = sorted(set(positions), key=str)
    effect = None
    try:
        with transaction.atomic():
            before = _Picture(districts, positions)
            act()
            after = _Picture(districts, positions)
            effect = Effect(
                loads=[change for row in positions for change in _load_changes(row, before, after)],
                gaps=[change for row in districts for change in _gap_changes(row, before, after)],
            )
            raise _TakenBack
    except _TakenBack:
        return effect


class _Picture:
    """All standing rows that decide about some districts and positions."""

    def __init__(self, districts, positions):
        self.by_district = {
            row.pk: list(Assignment.objects.standing().filter(district=row).with_names())
            for row in districts
        }
        self.by_position = {
            row.pk: list(Assignment.objects.standing().filter(position=row)) for row in positions
        }
        numbers = {row.position_id for rows in self.by_district.values() for row in rows}
        self.occupancies = list(
            Occupancy.objects.standing().filter(position__in=numbers).select_related("worker")
        )

    def days(self, rows) -> set[date]:
        """The days on which something begins or has just ended."""
        found = set()
        for row in [*rows, *self.occupancies]:
            found.add(row.starts_on)
            if row.ends_on:
                found.add(row.ends_on + ONE_DAY)
        return found

    def gaps_on(self, district, day) -> list[Gap]:
        held = {}
        for row in self.occupancies:
            if row.is_on(day):
                held.setdefault(row.position_id, []).append(row)
        cover = Cover(district)
        for row in self.by_district[district.pk]:
            if row.is_on(day):
                is_lead = row.role == Assignment.Role.LEAD
                posts = cover.leads if is_lead else cover.deputies
                posts.append(Post(row, held.get(row.position_id, []), is_open=True))
        return cover.gaps


def _load_changes(position, before, after) -> Iterable[LoadChange]:
    first, last = position.starts_on, position.ends_on

    def share(row):
        return row.share

    old = steps(before.by_position[position.pk], share, first, last)
    new = steps(after.by_position[position.pk], share, first, last)
    for starts_on, ends_on in _stretches(
        {step.starts_on for step in [*old, *new]}, last=position.ends_on
    ):
        was, will = _total(old, starts_on), _total(new, starts_on)
        if was != will:
            yield LoadChange(position, starts_on, ends_on, was, will)


def _gap_changes(district, before, after) -> Iterable[GapChange]:
    days = before.days(before.by_district[district.pk]) | after.days(after.by_district[district.pk])
    changes = []
    for starts_on, ends_on in _stretches(days, last=None):
        was, will = before.gaps_on(district, starts_on), after.gaps_on(district, starts_on)
        closed = tuple(gap for gap in was if gap not in will)
        opened = tuple(gap for gap in will if gap not in was)
        if not (closed or opened):
            continue
        if changes and _continues(changes[-1], starts_on, closed, opened):
            starts_on = changes.pop().starts_on
        changes.append(GapChange(district, starts_on, ends_on, closed, opened))
    return changes


def _continues(change, starts_on, closed, opened) -> bool:
    return (
        change.ends_on == starts_on - ONE_DAY
        and change.closed == closed
        and change.opened == opened
    )


def _stretches(days: set[date], last: date | None) -> Iterable[tuple[date, date | None]]:
    ordered = sorted(days)
    ends = [day - ONE_DAY for day in ordered[1:]]
    return zip(ordered, [*ends, last], strict=True) if ordered else []


def _total(load, day) -> int:
    return next(
        step.total for step in load if step.ends_on is None or step.starts_on <= day <= step.ends_on
    )
