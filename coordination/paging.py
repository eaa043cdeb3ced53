"""Pages by keyset: as fast on page 1,000 as on page 1, and stable while rows are added.

The address carries the sort values of the row at the edge (``?nach=…`` the page after it,
``?vor=…`` the one before). What cannot be read there shows the first page.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db.models import Field, Q, QuerySet
from django.http import HttpRequest

from coordination.requests import is_malformed

AFTER, BEFORE = "nach", "vor"
SIZE = 50
# Counting a million rows takes longer than showing fifty of them.
HIGHEST_COUNT = 10_000


@dataclass(frozen=True)
class Page:
    rows: list
    count: int  # of all pages; HIGHEST_COUNT if there are more
    is_capped: bool
    previous: str  # query strings of the neighbouring pages; empty: there is none
    next: str


@dataclass(frozen=True)
class Key:
    """One part of an order: the field's path, its direction, and how to read a value back."""

    path: str
    descending: bool
    field: Field

    def of(self, row):
        for name in self.path.split("__"):
            row = getattr(row, name)
        return row

    def beyond(self, value, backwards: bool, *, inclusive=False) -> Q:
        side = "lt" if self.descending != backwards else "gt"
        return Q(**{f"{self.path}__{side}{'e' if inclusive else ''}": value})


def page(
    request: HttpRequest, rows: QuerySet, *, size: int = SIZE, count: int | None = None
) -> Page:
    """The page of ``rows`` that the address asks for, in the order the rows have.

    That order must consist of fields that are never NULL; the primary key is appended. A
    ``count`` that is known already is not counted again, and stands as it is.
    """
    keys = _keys(rows)
    rows = rows.order_by(*(f"{'-' if key.descending else ''}{key.path}" for key in keys))
    is_capped = False
    if count is None:
        counted = rows.order_by().values("pk")[: HIGHEST_COUNT + 1].count()
        count, is_capped = min(counted, HIGHEST_COUNT), counted > HIGHEST_COUNT
    backwards = BEFORE in request.GET and AFTER not in request.GET
    edge = _read(keys, request.GET.get(BEFORE if backwards else AFTER, ""))
    if edge is None:
        backwards = False
        found = list(rows[: size + 1])
    else:
        wanted = rows.filter(_beyond(keys, edge, backwards))
        found = list((wanted.reverse() if backwards else wanted)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_previous = more if backwards else edge is not None
    has_next = backwards or more
    return Page(
        rows=found,
        count=count,
        is_capped=is_capped,
        previous=_query(request, BEFORE, keys, found[0]) if found and has_previous else "",
        next=_query(request, AFTER, keys, found[-1]) if found and has_next else "",
    )


def pieces(rows: QuerySet, *, size: int = 1_000) -> Iterator[list]:
    """All rows in the order they have, piece by piece: memory for one piece only.

    Each piece is a short query of its own, so that no statement runs long and no cursor stays
    open while a file is being written. ``rows`` may be named values that hold what they are
    ordered by.
    """
    keys = _keys(rows)
    rows = rows.order_by(*(f"{'-' if key.descending else ''}{key.path}" for key in keys))
    found = list(rows[:size])
    while found:
        yield found
        if len(found) < size:
            return
        edge = [key.of(found[-1]) for key in keys]
        found = list(rows.filter(_beyond(keys, edge, False))[:size])


def _keys(rows: QuerySet) -> list[Key]:
    meta = rows.model._meta
    names = [*(rows.query.order_by or meta.ordering)]
    paths = [meta.pk.name if name.lstrip("-") == "pk" else name.lstrip("-") for name in names]
    if meta.pk.name not in paths:
        names, paths = [*names, meta.pk.name], [*paths, meta.pk.name]
    last = paths.index(meta.pk.name) + 1  # behind the primary key nothing decides
    return [
        Key(path, name.startswith("-"), _field(rows, path))
        for name, path in list(zip(names, paths, strict=True))[:last]
    ]


def _field(rows: QuerySet, path: str) -> Field:
    if path in rows.query.annotations:
        return rows.query.annotations[path].output_field
    meta = rows.model._meta
    *relations, name = path.split("__")
    for relation in relations:
        meta = meta.get_field(relation).related_model._meta
    return meta.get_field(name)


def _beyond(keys: list[Key], edge: list, backwards: bool) -> Q:
    """Rows on the far side of the edge: a < x or (a = x and b < y) …"""
    pairs = list(zip(keys, edge, strict=True))
    cases = [
        key.beyond(value, backwards) & Q(**{before.path: known for before, known in pairs[:place]})
        for place, (key, value) in enumerate(pairs)
    ]
    # Says nothing new, but lets the database enter the index at the edge; without it the page
    # is as slow as an OFFSET.
    return keys[0].beyond(edge[0], backwards, inclusive=True) & reduce(or_, cases)


def _query(request, parameter: str, keys: list[Key], row) -> str:
    # str keeps the microseconds of a moment; a JSON encoder would round them.
    values = json.dumps([key.of(row) for key in keys], default=str)
    query = request.GET.copy()
    for name in (AFTER, BEFORE):
        query.pop(name, None)
    query[parameter] = urlsafe_b64encode(values.encode()).decode().rstrip("=")
    return f"?{query.urlencode()}"


def _read(keys: list[Key], cursor: str) -> list | None:
    if not cursor:
        return None
    try:
        values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(keys):
            return None
        read = [_clean(key.field, value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        return None
    return read


def _clean(field: Field, value):
    """The value as the field's type, within what its column can hold."""
    if not isinstance(value, str | int) or isinstance(value, str) and is_malformed(value):
        raise ValidationError("not a sort value")
    value = field.to_python(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValidationError("not a moment")
        return value.astimezone(UTC)
    if not isinstance(value, str):
        field.run_validators(value)
    return value
