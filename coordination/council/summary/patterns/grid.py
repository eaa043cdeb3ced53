"""The tables of an answer before they are kept: rows and columns with names, counts with sums."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from coordination.council.summary.content import Number, kept
from coordination.disclosure import SIGN, Relation

TOTAL = "zusammen"


@dataclass(frozen=True)
class Heading:
    """A column; ``key`` stays the same from year to year, so that answers can be compared."""

    key: str
    text: str
    unit: str = "count"


@dataclass(frozen=True)
class Line:
    """A row. ``values`` has None where there is nothing to tell."""

    key: str
    label: str
    values: list[Number]
    is_total: bool = False


@dataclass(frozen=True)
class Grid:
    slug: str
    title: str
    first: str  # heading of the column of labels
    headings: list[Heading]
    lines: list[Line]
    hidden: Collection[str] = frozenset()

    def name(self, line: Line, heading: Heading) -> str:
        return name(self.slug, line.key, heading.key)

    @property
    def covered(self) -> dict[str, Number]:
        """What stands under the sign, by the name of its cell. Never to be kept or shown."""
        return {
            self.name(line, heading): value
            for line in self.lines
            for value, heading in zip(line.values, self.headings, strict=True)
            if self.name(line, heading) in self.hidden
        }

    def as_kept(self) -> dict:
        """As JSON. Of a hidden cell only the sign is kept, never the value."""
        return {
            "slug": self.slug,
            "title": self.title,
            "first": self.first,
            "columns": [
                {"key": one.key, "heading": one.text, "unit": one.unit} for one in self.headings
            ],
            "rows": [
                {
                    "key": line.key,
                    "label": line.label,
                    "is_total": line.is_total,
                    "cells": [
                        SIGN if self.name(line, heading) in self.hidden else kept(value)
                        for value, heading in zip(line.values, self.headings, strict=True)
                    ],
                }
                for line in self.lines
            ],
        }


@dataclass
class Answered:
    """What a pattern says to its parameters.

    ``hidden`` are the names of all hidden cells, ``covered`` what stands under the sign: also in
    those parts of the table that this answer does not show. Values are never kept.
    """

    grids: list[Grid]
    hints: list[str] = field(default_factory=list)
    hidden: Collection[str] = frozenset()
    covered: Mapping[str, Number] = field(default_factory=dict)


def shown(content: dict) -> dict[str, Number]:
    """What an answer shows, by the name of its cell."""
    return {
        name(table["slug"], row["key"], column["key"]): value
        for table in content["tables"]
        for row in table["rows"]
        for value, column in zip(row["cells"], table["columns"], strict=True)
        if value != SIGN
    }


def name(slug: str, row: str, column: str) -> str:
    return f"{slug}.{row}.{column}"


def crossed(
    slug: str,
    counts: Mapping[tuple[str, str], int],
    rows: Iterable[str],
    sums: Mapping[str, list[str]],
) -> tuple[dict[str, int], list[Relation]]:
    """Counts by row and column with all their sums, and how these hang together.

    ``sums`` says which columns are the sum of which others, parts before wholes.
    """
    rows = list(rows)
    parts = [part for some in sums.values() for part in some if part not in sums]
    values = {name(slug, row, part): counts.get((row, part), 0) for row in rows for part in parts}
    relations = []

    def total(whole: str, names: Iterable[str]) -> None:
        names = tuple(names)
        values[whole] = sum(values[one] for one in names)
        relations.append(Relation(whole, names))

    for row in rows:
        for whole, some in sums.items():
            total(name(slug, row, whole), (name(slug, row, one) for one in some))
    for column in [*parts, *sums]:
        total(name(slug, TOTAL, column), (name(slug, row, column) for row in rows))
    for whole, some in sums.items():
        total(name(slug, TOTAL, whole), (name(slug, TOTAL, one) for one in some))
    return values, relations
