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
    """What a pattern says to its parameters. ``hidden`` are the names of all hidden cells."""

    grids: list[Grid]
    hints: list[str] = field(default_factory=list)
    hidden: Collection[str] = frozenset()


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
    slug: str, counts: Mapping[tuple[str, str], int], rows: Iterable[str], columns: list[str]
) -> tuple[dict[str, int], list[Relation]]:
    """Counts by row and column with all their sums, and how these hang together.

    The last column is the sum of the others.
    """
    rows, (*parts, whole) = list(rows), columns
    values = {name(slug, row, part): counts.get((row, part), 0) for row in rows for part in parts}
    relations = []
    for row in rows:
        names = tuple(name(slug, row, part) for part in parts)
        values[name(slug, row, whole)] = sum(values[one] for one in names)
        relations.append(Relation(name(slug, row, whole), names))
    for column in columns:
        names = tuple(name(slug, row, column) for row in rows)
        values[name(slug, TOTAL, column)] = sum(values[one] for one in names)
        relations.append(Relation(name(slug, TOTAL, column), names))
    names = tuple(name(slug, TOTAL, part) for part in parts)
    relations.append(Relation(name(slug, TOTAL, whole), names))
    return values, relations
