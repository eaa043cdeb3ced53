"""The tables of an answer, read from what was kept: for the page, for files, beside an older one.

Nothing here asks the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from coordination.council.summary.content import written
from coordination.disclosure import SIGN

UNITS = {"euro": "€", "hours": "h"}


@dataclass(frozen=True)
class Column:
    key: str
    heading: str
    unit: str

    @property
    def name_in_file(self) -> str:
        """Cells of a file are bare numbers, so their unit stands here."""
        sign = UNITS.get(self.unit)
        return f"{self.heading} ({sign})" if sign else self.heading


@dataclass(frozen=True)
class Cell:
    """``before`` is what an older answer says at this place; None: nothing is compared."""

    value: int | Decimal | None
    unit: str
    is_hidden: bool
    before: "Cell | None" = None

    @property
    def text(self) -> str:
        return SIGN if self.is_hidden else written(self.value, self.unit)

    @property
    def in_file(self) -> int | Decimal | str | None:
        return SIGN if self.is_hidden else self.value

    @property
    def is_changed(self) -> bool:
        return self.before is not None and self.before.text != self.text


@dataclass(frozen=True)
class Row:
    key: str
    label: str
    is_total: bool
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    slug: str
    title: str
    first: str
    columns: list[Column]
    rows: list[Row]
    gone: list[str] = field(default_factory=list)  # rows only the older answer has

    @property
    def has_hidden(self) -> bool:
        return any(
            cell.is_hidden or cell.before and cell.before.is_hidden
            for row in self.rows
            for cell in row.cells
        )

    @property
    def is_compared(self) -> bool:
        return any(cell.before for row in self.rows for cell in row.cells)

    @property
    def file_columns(self) -> list:
        """Columns for ``coordination.exports.download``."""

        def cell(place):
            return lambda row: row.cells[place].in_file

        columns = [(one.name_in_file, cell(place)) for place, one in enumerate(self.columns)]
        return [(self.first, lambda row: row.label), *columns]


@dataclass(frozen=True)
class Answered:
    """What an answer says, live or sent."""

    title: str
    day: date
    asked: list[tuple[str, str]]
    method: list[str]
    hints: list[str]
    rule: int
    protection: int | None
    tables: list[Table]

    @property
    def in_words(self) -> str:
        """Stichtag: 01.12.2016 · Stadtbezirk: Nord"""
        return " · ".join(f"{label}: {value}" for label, value in self.asked)

    @property
    def has_figures(self) -> bool:
        return any(table.rows for table in self.tables)

    @property
    def has_hidden(self) -> bool:
        return any(table.has_hidden for table in self.tables)

    def table(self, slug: str) -> Table | None:
        """The table of this name; without a name the first one."""
        found = [table for table in self.tables if slug in ("", table.slug)]
        return found[0] if found else None


def read(content: dict, older: dict | None = None) -> Answered:
    """What the JSON says; ``older`` is the JSON of an answer to lay beside it."""
    before = {table["slug"]: table for table in older["tables"]} if older else {}
    return Answered(
        title=content["title"],
        day=date.fromisoformat(content["day"]),
        asked=[tuple(pair) for pair in content["asked"]],
        method=content["method"],
        hints=content["hints"],
        rule=content["rules"]["regel"],
        protection=content["rules"]["geheimhaltung"],
        tables=[_table(kept, before.get(kept["slug"])) for kept in content["tables"]],
    )


def _table(kept: dict, older: dict | None) -> Table:
    columns = [Column(one["key"], one["heading"], one["unit"]) for one in kept["columns"]]
    known = _cells(older) if older else {}
    rows = []
    for row in kept["rows"]:
        cells = [
            _cell(value, column.unit, known.get((row["key"], column.key)))
            for value, column in zip(row["cells"], columns, strict=True)
        ]
        rows.append(Row(row["key"], row["label"], row["is_total"], cells))
    return Table(kept["slug"], kept["title"], kept["first"], columns, rows, _gone(kept, older))


def _cell(value, unit: str, before: Cell | None = None) -> Cell:
    if value == SIGN:
        return Cell(None, unit, True, before)
    return Cell(Decimal(value) if isinstance(value, str) else value, unit, False, before)


def _cells(kept: dict) -> dict[tuple[str, str], Cell]:
    return {
        (row["key"], column["key"]): _cell(value, column["unit"])
        for row in kept["rows"]
        for value, column in zip(row["cells"], kept["columns"], strict=True)
    }


def _gone(kept: dict, older: dict | None) -> list[str]:
    def labels(table) -> Iterable:
        return {row["key"]: row["label"] for row in table["rows"]}

    here = labels(kept)
    there = labels(older) if older else {}
    return [label for key, label in there.items() if key not in here]
