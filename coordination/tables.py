"""Tables people bring along: CSV as offices save it, XLSX. Rows with their number in the file.

What the cells mean is for the caller to say. A ValidationError says why a file cannot be read.
"""

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from itertools import islice
from zipfile import ZipFile

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook

ZIP = b"PK\x03\x04"  # how every XLSX begins
# A small archive may unpack to gigabytes, a small sheet may claim a million rows.
MOST_UNPACKED = 20_000_000
MOST_MARKS = 500_000  # XML elements: each costs memory, however short it is
MOST_LINES = 20_000
MOST_COLUMNS = 50

Rows = Iterator[tuple[int, list]]


def refuse_size(size: int, most: int) -> None:
    """Refuse a file before anything of it is read."""
    if size > most:
        raise ValidationError(
            _("The file is too large: %(size)d MB. At most %(most)d MB can be imported.")
            % {"size": -(-size // 1_000_000), "most": most // 1_000_000}
        )


def decoded(content: bytes) -> str | None:
    """The text of a file in UTF-8 or as Excel saves it in Germany; None if it is no text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return None if "\0" in text or "\N{REPLACEMENT CHARACTER}" in text else text


def csv_rows(text: str) -> Rows:
    """The rows that are not blank; columns are parted by what the first line has most of."""
    head = text.lstrip().partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            if number > MOST_LINES:
                raise ValidationError(_too_long())
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise ValidationError(
            _("The file is not CSV: line %(line)d cannot be read.") % {"line": reader.line_num}
        ) from error


def xlsx_rows(content: bytes) -> Rows:
    """The rows of the first sheet that are not blank: texts, numbers and days as Excel has them.

    Of a formula its last value counts.
    """
    try:
        _refuse_bomb(content)
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size may be wrong
        rows = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
        yield from _not_blank(rows)
    except ValidationError:
        raise
    except Exception as error:  # whatever zipfile and openpyxl stumble over: it is no workbook
        raise ValidationError(_unreadable()) from error


def _unreadable() -> str:
    return _("The file cannot be read as a workbook. Please save it anew as XLSX or CSV.")


def _too_long() -> str:
    text = _(
        "The sheet reaches below row %(most)d. Please copy the rows that count into an empty one."
    )
    return text % {"most": MOST_LINES}


def _not_blank(rows) -> Rows:
    for number, cells in enumerate(islice(rows, MOST_LINES + 1), 1):
        if number > MOST_LINES:
            raise ValidationError(_too_long())
        if any(cell is not None and str(cell).strip() for cell in cells):
            yield number, list(cells)


def _refuse_bomb(content: bytes) -> None:
    """Look at how large the parts say they are (no more is unpacked), and at what they hold."""
    too_large = _("Unpacked, the file is too large. Please copy the rows into an empty one.")
    with ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise ValidationError(too_large)
        marks = 0
        for part in parts:
            text = archive.read(part).replace(b"\0", b"")  # UTF-16 hides marks between zeros
            marks += text.count(b"<")
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:  # no office program writes these
                raise ValidationError(_unreadable())
    if marks > MOST_MARKS:
        raise ValidationError(too_large)
