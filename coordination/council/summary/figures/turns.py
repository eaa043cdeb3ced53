"""Responsibilities and holders that begin and end: who follows whom, in words without persons."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from agencies.models import Assignment, Occupancy, Position
from coordination.council.summary.content import QUARTER, place
from coordination.council.summary.figures import line, listed
from coordination.periods import ONE_DAY


@dataclass(frozen=True)
class Turn:
    """On ``day`` the new row begins, or, where none follows, the old one has its last day."""

    day: date
    new: Assignment | Occupancy | None
    old: Assignment | Occupancy | None


def turns(begun: Iterable, ended: Iterable, same: Callable) -> list[Turn]:
    """Rows that begin, each with the one it follows the day after, and rows nothing follows.

    ``same(row)`` is what both have in common: one district and role, or one position.
    """
    before = defaultdict(list)
    for row in ended:
        before[same(row), row.ends_on + ONE_DAY].append(row)
    found = []
    for row in begun:
        rows = before[same(row), row.starts_on]
        rows.sort(key=lambda old: old.position_id != row.position_id)
        found.append(Turn(row.starts_on, row, rows.pop(0) if rows else None))
    found += [Turn(row.ends_on, None, row) for rows in before.values() for row in rows]
    return sorted(found, key=lambda turn: turn.day)


def of_assignments(begun: Iterable[Assignment], ended: Iterable[Assignment]) -> list[dict]:
    """One line for all districts in which the same changes on the same day."""
    found = defaultdict(list)
    for turn in turns(begun, ended, lambda row: (row.district_id, row.role)):
        if text := _of_assignment(turn):
            found[turn.day, text].append((turn.new or turn.old).district)
    kind = Assignment._meta.verbose_name
    return [
        line(
            kind,
            f"{listed(row.name for row in districts)}: {text}",
            day,
            places=[place(QUARTER, row.pk) for row in districts],
        )
        for (day, text), districts in found.items()
    ]


def _of_assignment(turn: Turn) -> str:
    """Empty where only the hours changed."""
    new, old = turn.new, turn.old
    row = new or old
    words = {"role": row.get_role_display(), "agency": row.position.agency.short_name}
    if new and old:
        words |= {"former": old.position.agency.short_name, "position": new.position.title}
        if new.position.agency_id != old.position.agency_id:
            text = _("%(role)s now %(agency)s (so far %(former)s)")
        elif new.position_id != old.position_id:
            text = _("%(role)s still %(agency)s, now position %(position)s")
        elif new.area != old.area:
            text = _("%(role)s %(agency)s, now divided differently")
        else:
            return ""
    else:
        text = _("%(role)s now %(agency)s") if new else _("%(role)s %(agency)s ends")
    return text % words + (f" ({row.area})" if row.area else "")


def of_occupancies(begun: Iterable[Occupancy], ended: Iterable[Occupancy]) -> list[dict]:
    """Holders by position; their names are nobody's business here."""
    kind = Occupancy._meta.verbose_name
    found = []
    for turn in turns(begun, ended, lambda row: row.position_id):
        if text := _of_occupancy(turn):
            position = (turn.new or turn.old).position
            found.append(line(kind, f"{named(position)}: {text}", turn.day))
    return found


def _of_occupancy(turn: Turn) -> str:
    new, old = turn.new, turn.old
    if not new:
        # What ends together with its position needs no line of its own.
        if old.position.ends_on == old.ends_on:
            return ""
        return _("%(fte)s FTE no longer filled") % {"fte": fte(old)}
    if old and old.fte != new.fte:
        return _("%(fte)s FTE filled (so far %(former)s)") % {"fte": fte(new), "former": fte(old)}
    if old and old.worker_id == new.worker_id:
        return ""
    text = _("%(fte)s FTE newly filled, without a gap") if old else _("%(fte)s FTE filled")
    return text % {"fte": fte(new)}


def named(position: Position) -> str:
    return f"{position.title} ({position.agency.short_name})"


def fte(row: Position | Occupancy) -> str:
    return number_format(row.fte, 2)
