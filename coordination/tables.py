"""Tables people bring along: CSV as offices save it, XLSX. Rows with their number in the file.

What the cells mean is for the caller to say. A ValidationError says why a file cannot be read.
"""

import csv
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO
from itertools import islice

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from coordination import workbooks
from coordination.workbooks import Limits

ZIP = b"PK\x03\x04"  # how every XLSX begins
LIMITS = Limits()
DELIMITERS = ";,\t"
HEADINGS_WITHIN = 10  # lines from the top: above them may stand a title
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

Rows = Iterator[tuple[int, list]]
Names = dict[str, tuple[str, ...]]  # of each column what it may be called; the first is told


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a cell; ``number`` is its line in the file."""

    number: int
    column: str
    found: str  # what stands in the cell
    text: str  # what is wrong with it and what to do


def refuse_size(size: int, most: int) -> None:
    """Refuse a file before anything of it is read."""
    if size > most:
        raise ValidationError(
            _("The file is too large: %(size)d MB. At most %(most)d MB can be imported.")
            % {"size": -(-size // 1_000_000), "most": most // 1_000_000}
        )


def read(content: bytes, columns: Names, limits: Limits = LIMITS) -> Rows:
    """The rows of a file, XLSX or CSV; ``columns`` tell what parts the columns of a CSV."""
    if not content.strip():
        raise ValidationError(_("The file is empty."))
    if content.startswith(ZIP):
        return xlsx_rows(content, limits)
    text = decoded(content)
    if text is None:
        raise ValidationError(_("The file is neither XLSX nor CSV. Please save it as one of them."))
    return csv_rows(text, limits, _delimiter(text, columns))


def decoded(content: bytes) -> str | None:
    """The text of a file in UTF-8 or as Excel saves it in Germany; None if it is no text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return None if "\0" in text or "\N{REPLACEMENT CHARACTER}" in text else text


def csv_rows(text: str, limits: Limits = LIMITS, delimiter: str = "") -> Rows:
    """The rows that are not blank; columns are parted by what the first line has most of."""
    head = text.lstrip().partition("\n")[0]
    delimiter = delimiter or max(DELIMITERS, key=head.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            if number > limits.lines:
                raise ValidationError(_too_long(limits))
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells[: limits.columns]
    except csv.Error as error:
        raise ValidationError(
            _("The file is not CSV: line %(line)d cannot be read.") % {"line": reader.line_num}
        ) from error


def xlsx_rows(content: bytes, limits: Limits = LIMITS) -> Rows:
    """The rows of the first sheet that are not blank: texts, numbers and days as Excel has them.

    Of a formula its last value counts.
    """
    try:
        yield from workbooks.rows(content, limits)
    except workbooks.TooLong as error:
        raise ValidationError(_too_long(limits)) from error
    except workbooks.TooLarge as error:
        raise ValidationError(
            _("Unpacked, the file is too large. Please copy the rows into an empty one.")
        ) from error
    except Exception as error:  # whatever zipfile, expat and the values stumble over
        raise ValidationError(
            _("The file cannot be read as a workbook. Please save it anew as XLSX or CSV.")
        ) from error


def _too_long(limits: Limits) -> str:
    text = _(
        "The sheet reaches below row %(most)d. Please copy the rows that count into an empty one."
    )
    return text % {"most": limits.lines}


def spelling(text: str) -> str:
    """What stays the same however a word is written: "Kosten-Art ", "KOSTENART"; "ä", "ae"."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(UMLAUTS)
    return "".join(letter for letter in plain if letter.isalnum())


def _known(columns: Names) -> dict[str, str]:
    return {spelling(name): column for column, names in columns.items() for name in names}


def _delimiter(text: str, columns: Names) -> str:
    """What parts the columns so that most headings are known; "" if none is."""
    known = _known(columns)
    lines = list(islice(StringIO(text), HEADINGS_WITHIN))

    def matches(delimiter):
        return max(
            len({spelling(cell) for cell in line.split(delimiter)[: LIMITS.columns]} & set(known))
            for line in lines
        )

    best = max(DELIMITERS, key=matches)
    return best if matches(best) > 1 else ""


def headings(
    rows: Rows, columns: Names, required: Iterable[str] | None = None
) -> tuple[dict[str, int], list[str]]:
    """At which place which column stands, and what other columns there are.

    Takes the rows down to the headings. Refuses a file that lacks a ``required`` column (None:
    all of them) or has one twice.
    """
    known = _known(columns)
    required = set(columns if required is None else required)
    best, best_count = [], -1
    for _number, (_line, cells) in zip(range(HEADINGS_WITHIN), rows, strict=False):
        found = ["" if cell is None else " ".join(str(cell).split()) for cell in cells]
        names = [known.get(spelling(heading)) for heading in found]
        count = len(set(names) & required)
        if count == len(required):
            places = {name: place for place, name in enumerate(names) if name}
            if len(places) < sum(1 for name in names if name):
                raise ValidationError(_("A column is there twice: %(there)s") % _there(found))
            others = [text for text, name in zip(found, names, strict=True) if not name]
            return places, [short(text) for text in others if text]
        if count > best_count:
            best, best_count = found, count
    missing = required - {known.get(spelling(heading)) for heading in best}
    raise ValidationError(
        _(
            "These columns are missing: %(missing)s. The headings of the file are: %(there)s. "
            "Please write the headings as in the template."
        )
        % {
            "missing": ", ".join(names[0] for name, names in columns.items() if name in missing),
            **_there(best),
        }
    )


def _there(found: list[str]) -> dict:
    return {"there": ", ".join(short(text) for text in found if text)[:200] or "–"}


def cell(cells: list, place: int):
    """What stands at the place, trimmed; None beyond the end of the row."""
    value = cells[place] if place < len(cells) else None
    return value.strip() if isinstance(value, str) else value


def whole(value):
    """Excel knows no whole numbers: 7 for 7.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def short(text: str) -> str:
    return "".join(letter for letter in text[:60] if letter.isprintable())


def shown(value) -> str:
    """What stands in the cell, short and without what would not print."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float):
        return f"{whole(value)}".replace(".", ",")
    return short(str(value))
