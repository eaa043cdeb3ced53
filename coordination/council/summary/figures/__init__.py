"""Where the figures of a council report come from: one module for each part of the report.

``collect(frame, ground)`` asks the database. ``derive(content, frame)`` yields figures computed
from those that are shown, ``remark(content, frame)`` lines for lists: neither can therefore tell
anything that is hidden. A module has one of these functions or more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.activity.spans import Span
from agencies.coverage import Board
from agencies.models import Agency
from coordination.access.permissions import Scope
from coordination.council.summary.content import Number
from coordination.disclosure import Bound, Relation
from districts.models import District

EVERYTHING = Scope(citywide=True)
MOST_LINES = 40  # of a list


@dataclass(frozen=True)
class Frame:
    """What a report speaks of: a day, a period of activities, and since when changes count."""

    as_of: date
    starts_on: date
    ends_on: date
    since: date | None = None

    @property
    def span(self) -> Span:
        return self.starts_on, self.ends_on


@dataclass(frozen=True)
class Ground:
    """What several parts speak of: the places in their order, and who is where on the day."""

    quarters: list[District]  # with their borough
    agencies: list[Agency]  # with ``has_freelancers``
    board: Board

    @property
    def boroughs(self) -> dict[int | None, list[District]]:
        """The quarters by the number of their borough; None: those that lie in none."""
        found = {}
        for row in self.quarters:
            found.setdefault(row.parent_id, []).append(row)
        return found


@dataclass
class Part:
    """What one module contributes. ``counts`` are protected together, ``figures`` are not.

    ``rows`` says for a figure's key, or for a measure, how many rows were counted where no other
    figure says it. ``tied`` are whole numbers to hide wherever the count they belong to is hidden:
    key of the number, key of the count. ``unsaid`` are counts no report ever says, which tie those
    together that it does: what everybody knows of how they come about.
    """

    counts: dict[str, int] = field(default_factory=dict)
    unsaid: dict[str, int] = field(default_factory=dict)
    tied: dict[str, str] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    figures: dict[str, Number] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    places: dict[str, dict] = field(default_factory=dict)
    lists: dict[str, list[dict]] = field(default_factory=dict)

    def add(self, other: "Part") -> None:
        for name in ("counts", "unsaid", "tied", "figures", "rows"):
            getattr(self, name).update(getattr(other, name))
        for name, facts in other.places.items():
            self.places.setdefault(name, {}).update(facts)
        for name, lines in other.lists.items():
            self.lists.setdefault(name, []).extend(lines)
        self.relations += other.relations
        self.bounds += other.bounds


def listed(names: Iterable[str], most: int = 6) -> str:
    """Eicken, Hardt, Neuwerk and 4 more."""
    names = list(names)
    text = ", ".join(names[:most])
    if len(names) > most:
        text += _(" and %(more)s more") % {"more": len(names) - most}
    return text


def line(kind: str, text: str, day: date | None = None, *, places: Iterable[str] = ()) -> dict:
    """A line of a list, as the report keeps it."""
    found = {"kind": str(kind), "text": text}
    if day:
        found["day"] = day.isoformat()
    if places:
        found["places"] = list(places)
    return found


def bounded(lines: list[dict], most: int = MOST_LINES) -> list[dict]:
    """The first lines, and how many there are besides."""
    more = len(lines) - most
    if more <= 0:
        return lines
    text = ngettext("and one more", "and %(number)d more", more) % {"number": more}
    return [*lines[:most], {"kind": "more", "text": text, "number": more}]
