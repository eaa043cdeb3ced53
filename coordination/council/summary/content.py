"""What a council report says, as JSON: figures with names, the same live and released.

A figure's key is its measure and its place, ``teilnehmende.stadtteil-31``, with ``@1`` behind it
for the period before the reported one, ``@2`` for the one before that. Every number a reader sees
is a figure, so that each can say where it comes from. Nothing here asks the database.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils.formats import number_format

from coordination.disclosure import SIGN
from coordination.money import euro

FORMAT = 1  # of the JSON
CITY = "stadt"
BOROUGH, QUARTER, AGENCY, GROUP, LINE = (
    "bezirk",
    "stadtteil",
    "verband",
    "zielgruppe",
    "haushaltsstelle",
)
NOTHING = "–"
Number = int | Decimal | None


def place(kind: str, pk: int | None) -> str:
    """``stadtteil-31``; without a row ``stadtteil-0``: those that lie in none."""
    return f"{kind}-{pk or 0}"


def key(measure: str, *places: str, ago: int = 0) -> str:
    """The name of a figure; ``ago`` counts periods backwards from the reported one."""
    return ".".join([measure, *(places or [CITY])]) + (f"@{ago}" if ago else "")


def measure_of(name: str) -> str:
    return name.partition("@")[0].partition(".")[0]


def places_of(name: str) -> list[str]:
    return name.partition("@")[0].split(".")[1:]


def ago_of(name: str) -> int:
    return int(name.partition("@")[2] or 0)


@dataclass(frozen=True)
class Place:
    """A city, borough, quarter, agency, target group or budget line as it was called then.

    ``facts`` is what else was kept of it: residents, outline, who leads, light and reasons …
    """

    name: str
    kind: str
    label: str
    facts: dict

    def __str__(self):
        return self.label

    def __getitem__(self, fact: str):
        """A fact, None where it was not kept. Templates ask here before they read an attribute."""
        if fact in self.__dataclass_fields__:
            raise KeyError(fact)
        return self.facts.get(fact)


@dataclass(frozen=True)
class Shown:
    """A figure as it is shown: a number, the sign for a hidden one, or a dash for none."""

    key: str
    value: Number
    unit: str
    is_hidden: bool

    @property
    def text(self) -> str:
        if self.is_hidden:
            return SIGN
        return written(self.value, self.unit)

    def __str__(self):
        return self.text


def written(value: Number, unit: str) -> str:
    """412 · 1.234,5 · 12.500,00 € · 37,5 % · +3,2, grouped as German offices write it."""
    if value is None:
        return NOTHING
    if unit == "euro":
        return euro(value)
    text = number_format(abs(value), use_l10n=True, force_grouping=True)
    if unit == "change":
        sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else "±"
        return f"{sign}{text}"
    if value < 0:
        text = f"\N{MINUS SIGN}{text}"
    return f"{text}\N{NO-BREAK SPACE}%" if unit == "percent" else text


class Content:
    """Reads the kept JSON of a report."""

    def __init__(self, kept: dict):
        self.kept = kept
        self._hidden = frozenset(kept["hidden"])

    def figure(self, measure: str, *places: str, ago: int = 0) -> Shown:
        """The figure, or a dash where the report has none of that name."""
        return self.shown(key(measure, *places, ago=ago))

    def shown(self, name: str) -> Shown:
        unit = self.kept["measures"].get(measure_of(name), {}).get("unit", "count")
        return Shown(name, self.number(name), unit, name in self._hidden)

    def number(self, name: str) -> Number:
        """The value of a figure that is shown; None of a hidden one or one that is not there."""
        value = self.kept["figures"].get(name)
        return Decimal(value) if isinstance(value, str) else value

    def rows(self, name: str) -> int | None:
        """How many rows were counted for a figure; None where that is not told."""
        kept, measure = self.kept["rows"], measure_of(name)
        for known in (name, measure):
            if known in kept:
                return kept[known]
        of = self.kept["measures"].get(measure, {}).get("rows_of")
        # Every entry of a place was looked at for its target groups.
        places = [where for where in places_of(name) if not where.startswith(GROUP)]
        return self.number(key(of, *places, ago=ago_of(name))) if of else None

    def __contains__(self, name: str) -> bool:
        return name in self.kept["figures"] or name in self._hidden

    def places(self, kind: str) -> list[Place]:
        """The places of a kind in their order."""
        return [found for found in self._places.values() if found.kind == kind]

    def place(self, name: str) -> Place | None:
        return self._places.get(name)

    def list(self, name: str) -> list[dict]:
        """The lines of a list: changes, endings, tasks, notes, corrections."""
        return self.kept["lists"].get(name, [])

    def day(self, name: str) -> date | None:
        """as_of, starts_on, ends_on, since, until."""
        value = self.kept["frame"].get(name)
        return date.fromisoformat(value) if value else None

    @property
    def hidden(self) -> frozenset[str]:
        return self._hidden

    @cached_property
    def _places(self) -> dict[str, Place]:
        places = self.kept["places"]
        return {
            name: Place(name, name.partition("-")[0], facts["label"], facts)
            for name, facts in sorted(places.items(), key=lambda one: one[1].get("order", 0))
        }


def kept(value: Number) -> int | str | None:
    """A number as JSON keeps it exactly."""
    return str(value) if isinstance(value, Decimal) else value
