"""Reading a file of districts: CSV or GeoJSON of any city, into rows that are fit to be stored.

Everything is checked before anything is stored; what is wrong is said for all rows at once, each
message naming its row. An empty cell or a missing field says nothing: the stored value stays.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _

from coordination import tables
from districts import cells, shapes
from districts.models import District

MOST_ROWS = 5_000
MOST_MESSAGES = 50
# Where a parent is looked for unless a field is named: most files hold its key or its name.
PARENT_FIELDS = ("borough_key", "borough")
SCHEMATIC_FIELD = "schematic"


@dataclass(frozen=True)
class Options:
    """How to read a file. An empty name stands for: do not read this."""

    level: str = District.Level.QUARTER.value
    name_field: str = "name"
    key_field: str = "key"
    parent_field: str | None = None
    postal_codes_field: str = "postal_codes"
    population_field: str = "population"
    population_year_field: str = "population_year"
    area_field: str = "area_km2"
    valid_from: date | None = None

    @property
    def parent_fields(self) -> tuple:
        if self.level == District.Level.BOROUGH:
            return ()
        return PARENT_FIELDS if self.parent_field is None else (self.parent_field,)

    def as_json(self) -> dict:
        return {**asdict(self), "valid_from": self.valid_from and self.valid_from.isoformat()}

    @classmethod
    def from_json(cls, stored: dict):
        known = {item.name: stored[item.name] for item in fields(cls) if item.name in stored}
        if known.get("valid_from"):
            known["valid_from"] = date.fromisoformat(known["valid_from"])
        return cls(**known)


@dataclass
class Row:
    """One district of the file. ``values`` has only what the file says something about."""

    place: str  # "line 5" or "feature 5"
    key: str = ""
    name: str = ""
    parent: str = ""  # as in the file: key or name
    values: dict = field(default_factory=dict)

    def __str__(self):
        label = self.name or self.key
        return f"{self.place} ({label})" if label else self.place


class Messages(list):
    """What is wrong with the file, as far as anybody will read."""

    def add(self, row: Row | str, error: ValidationError | str):
        for text in error.messages if isinstance(error, ValidationError) else [error]:
            self.append(f"{row}: {text}")

    def refuse(self):
        """Raise them, if there are any."""
        if len(self) > MOST_MESSAGES:
            left = _("… and %(number)d more") % {"number": len(self) - MOST_MESSAGES}
            raise ValidationError([*self[:MOST_MESSAGES], left])
        if self:
            raise ValidationError(list(self))


def read(source: str | Path | File | bytes, options: Options) -> list[Row]:
    """The rows of a file, checked; a ValidationError lists what is wrong with it."""
    content, name = _content(source)
    found = _features(content, name) if _is_json(content, name) else _lines(content, options)
    rows, errors, seen = [], Messages(), {}
    for place, properties, geometry in found:
        if len(rows) == MOST_ROWS:
            raise ValidationError(
                _("The file has more than %(most)d districts.") % {"most": MOST_ROWS}
            )
        row = _row(place, properties, geometry, options, errors)
        rows.append(row)
        if row.key and row.key in seen:
            errors.add(
                row,
                _("duplicate key “%(key)s”, as in %(place)s")
                % {"key": row.key, "place": seen[row.key]},
            )
        seen.setdefault(row.key, place)
    if not rows:
        raise ValidationError(_("The file contains no districts."))
    errors.refuse()
    return rows


def _content(source) -> tuple[bytes, str]:
    """The bytes and the name; the size is looked at before anything is read."""
    if isinstance(source, bytes):
        size, name = len(source), ""
    elif isinstance(source, str | Path):
        path = Path(source)
        try:
            size, name = path.stat().st_size, path.name
        except (OSError, ValueError) as error:
            raise ValidationError(
                _("The file “%(name)s” cannot be read.") % {"name": source}
            ) from error
    else:
        size, name = source.size, source.name or ""
    tables.refuse_size(size, settings.IMPORT_MAX_BYTES)
    if isinstance(source, bytes):
        return source, name
    try:
        return (source.read() if isinstance(source, File) else path.read_bytes()), name
    except OSError as error:
        raise ValidationError(_("The file “%(name)s” cannot be read.") % {"name": name}) from error


def _is_json(content: bytes, name: str) -> bool:
    start = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"{", b"[")) or name.lower().endswith((".json", ".geojson"))


def _features(content: bytes, name: str) -> Iterator[tuple]:
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValidationError(_("The file is not JSON: it is not encoded in UTF-8.")) from error
    except json.JSONDecodeError as error:
        raise ValidationError(
            _("The file is not JSON: it cannot be read from line %(line)d, column %(column)d on.")
            % {"line": error.lineno, "column": error.colno}
        ) from error
    except (ValueError, RecursionError) as error:  # numbers or nesting without end
        raise ValidationError(_("The file is not JSON that can be read.")) from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise ValidationError(_("The file is not GeoJSON: a FeatureCollection is expected."))
    shapes.refuse_system(document.get("crs"))
    for number, feature in enumerate(features, 1):
        feature = feature if isinstance(feature, dict) else {}
        properties = feature.get("properties")
        yield (
            _("feature %(number)d") % {"number": number},
            properties if isinstance(properties, dict) else {},
            feature.get("geometry"),
        )


def _lines(content: bytes, options: Options) -> Iterator[tuple]:
    if content.startswith(tables.ZIP):
        raise ValidationError(_("The file is a workbook or an archive. Save it as CSV."))
    text = tables.decoded(content)
    if text is None:
        raise ValidationError(_("The file is neither CSV nor GeoJSON."))
    rows = tables.csv_rows(text)
    header = [name.strip() for name in next(rows, (0, []))[1]]
    _refuse_header(header, options)
    for number, found in rows:
        place = _("line %(number)d") % {"number": number}
        if len(found) > len(header):
            raise ValidationError(
                _("%(place)s: more cells than columns in the first line") % {"place": place}
            )
        yield place, dict(zip(header, found, strict=False)), None


def _refuse_header(header: list, options: Options) -> None:
    there = ", ".join(header)[:200]
    for name in (options.name_field, options.key_field, options.parent_field):
        if name and name not in header:
            raise ValidationError(
                _("missing field “%(field)s”; the first line has: %(there)s")
                % {"field": name, "there": there}
            )
        if name and header.count(name) > 1:
            raise ValidationError(_("The field “%(field)s” is there twice.") % {"field": name})


def _row(place, properties, geometry, options, errors) -> Row:
    row, wrong = Row(place), []

    def take(name, parse, required=False):
        """The parsed value of a field, or None after a note of what is wrong with it."""
        value = properties.get(name) if name else None
        if value is None or value == "" or (isinstance(value, str) and not value.strip()):
            if required and name in properties:
                wrong.append(_("the field “%(field)s” is empty") % {"field": name})
            elif required:
                wrong.append(_("missing field “%(field)s”") % {"field": name})
            return None
        try:
            return parse(value)
        except ValidationError as error:
            wrong.append(error)
            return None

    row.key = take(options.key_field, cells.text("key", 20), required=True) or ""
    row.name = take(options.name_field, cells.text("name", 100), required=True) or ""
    for name in filter(None, options.parent_fields):
        required = name == options.parent_field
        row.parent = row.parent or take(name, cells.text("parent", 100), required) or ""
    found = {
        "name": row.name,
        "postal_codes": take(options.postal_codes_field, cells.postal_codes_in),
        "area_km2": take(options.area_field, cells.area),
        "population": take(options.population_field, cells.population),
    }
    if found["population"] is not None:
        found["population_year"] = take(options.population_year_field, cells.year)
        if found["population_year"] is None:
            wrong.append(
                _("the population figure has no year (field “%(field)s”)")
                % {"field": options.population_year_field},
            )
    if geometry is not None:
        try:
            found["geometry"] = shapes.read(geometry)
        except ValidationError as error:
            wrong.append(error)
        said = str(properties.get(SCHEMATIC_FIELD) or "").strip().lower()
        found["is_schematic"] = said in ("true", "1", "yes", "ja", "wahr")
    for error in wrong:  # only now the row may know its name
        errors.add(row, error)
    row.values = {name: value for name, value in found.items() if value is not None}
    return row
