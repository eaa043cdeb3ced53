"""Where the figures of a council report come from: one module for each part of the report.

Each has ``collect(frame, ground)``, which asks the database, and may have ``derive(content,
frame)``: figures computed from those that are shown, which therefore tell nothing that is hidden.
"""

from dataclasses import dataclass, field
from datetime import date

from agencies.activity.spans import Span
from agencies.models import Agency
from coordination.access.permissions import Scope
from coordination.council.summary.content import Number
from coordination.disclosure import Bound, Relation
from districts.models import District

EVERYTHING = Scope(citywide=True)


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
    """The places every part speaks of, in their order."""

    quarters: list[District]  # with their borough
    agencies: list[Agency]

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
    key of the number, key of the count.
    """

    counts: dict[str, int] = field(default_factory=dict)
    tied: dict[str, str] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    figures: dict[str, Number] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    places: dict[str, dict] = field(default_factory=dict)
    lists: dict[str, list[dict]] = field(default_factory=dict)

    def add(self, other: "Part") -> None:
        for name in ("counts", "tied", "figures", "rows", "places", "lists"):
            getattr(self, name).update(getattr(other, name))
        self.relations += other.relations
        self.bounds += other.bounds
