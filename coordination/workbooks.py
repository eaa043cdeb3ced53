"""XLSX files (ECMA-376) read as a stream: the cells of the first sheet, row by row.

A small file may unpack to gigabytes, claim a million rows or hold millions of empty cells, so
nothing is unpacked whole, only the parts that are needed are unpacked at all, and every part is
left as soon as it goes beyond the limits. What is no workbook raises whatever zipfile, expat or
the conversion of a value raises; ``coordination.tables`` puts that into words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from io import BytesIO
from posixpath import join, normpath
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import (
    CALENDAR_MAC_1904,
    CALENDAR_WINDOWS_1900,
    from_excel,
    from_ISO8601,
)

Value = str | int | float | bool | date | time | timedelta | None
MEMBER = b"PK\x01\x02"  # begins each entry in the list of a ZIP file's members
MOST_MEMBERS = 1_000
CHUNK = 64 * 1024
MOST_NAMES = 2_000  # different names of elements and attributes; a sheet has some 50
MOST_DEPTH = 100
MOST_SILENT_CHUNKS = 16  # of one single mark: it would have to be held in memory
MOST_TEXTS = 450_000  # that cells share: 20 columns of 20,000 lines, all different, and some more
MOST_STYLES = 65_536  # of cells; Excel's own limit is 65,490
LONGEST_TEXT = 40_000  # characters of a cell; Excel's own limit is 32,767
LONGEST_NUMBER = 50
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how XLSX writes what XML may not hold


@dataclass(frozen=True)
class Limits:
    """What a file may hold. A sheet of 20 columns has some 50 elements a line."""

    lines: int = 20_000
    columns: int = 50  # cells further to the right are not read
    unpacked: int = 20_000_000  # bytes of all members together
    elements: int = 250_000


class TooLarge(Exception):
    """Unpacked, the file goes beyond the limits."""


class TooLong(Exception):
    """The sheet has more lines than the limits allow."""


class NoWorkbook(Exception):
    pass


def rows(content: bytes, limits: Limits) -> Iterator[tuple[int, list[Value]]]:
    """The rows of the first visible sheet that are not blank, with their number.

    Texts, numbers, days, times as Excel shows them; of a formula its last value.
    """
    if content.count(MEMBER) > MOST_MEMBERS:  # looked at before zipfile lists them all
        raise TooLarge
    with ZipFile(BytesIO(content)) as archive:
        parts = _Parts(archive, limits)
        path, targets, epoch = _workbook(parts)
        strings, styles = [], []
        for kind, reader, found in (
            ("sharedStrings", _Strings, strings),
            ("styles", _Styles, styles),
        ):
            if kind in targets:
                for _ in parts.read(targets[kind], reader(found)):
                    pass
        sheet = _Sheet(strings, styles, epoch, limits)
        for _ in parts.read(path, sheet):
            ready, sheet.rows = sheet.rows, []
            yield from ready


class _Parts:
    """The members of the archive, each read by an object with ``start``, ``end`` and ``text``."""

    def __init__(self, archive: ZipFile, limits: Limits):
        self.archive, self.limits, self.elements = archive, limits, 0
        members = archive.infolist()
        # No more than a member claims to have is ever unpacked of it.
        if sum(member.file_size for member in members) > limits.unpacked:
            raise TooLarge
        self.members = {member.filename.lower(): member for member in members}

    def read(self, name: str, reader) -> Iterator[None]:
        """Feed the member to the reader; comes back after every chunk."""
        member = self.members[name.lower().lstrip("/")]
        # Of other methods zipfile unpacks without limit.
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise NoWorkbook
        parser, silent = self._parser(reader), 0
        with self.archive.open(member) as file:
            while chunk := file.read(CHUNK):
                before = reader.elements
                parser.Parse(chunk, False)
                self.elements += reader.elements - before
                silent = silent + 1 if reader.elements == before else 0
                if self.elements > self.limits.elements or silent > MOST_SILENT_CHUNKS:
                    raise TooLarge
                if len(parser.intern) > MOST_NAMES or reader.depth > MOST_DEPTH:
                    raise NoWorkbook
                yield
        parser.Parse(b"", True)
        yield

    def _parser(self, reader):
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse  # entities unfold; no office program has any

        def begin(name, attributes):
            prefix = name[: name.find(":") + 1]
            parser.StartElementHandler = _without(prefix, reader.start)
            parser.EndElementHandler = _without(prefix, reader.end)
            parser.CharacterDataHandler = reader.text
            parser.StartElementHandler(name, attributes)

        parser.StartElementHandler = begin
        return parser


def _without(prefix: str, act):
    """The act told of a name without the prefix that all names of the part have."""
    if not prefix:
        return act
    return lambda name, *more: act(name.removeprefix(prefix), *more)


def _refuse(*_args):
    raise NoWorkbook


class _Reader:
    """Hears of the elements of a part, and keeps their text while it ``listens``."""

    def __init__(self):
        self.elements = self.depth = self.length = 0
        self.listens, self.pieces = False, []

    def start(self, name: str, attributes: dict) -> None:
        self.elements += 1
        self.depth += 1

    def end(self, name: str) -> None:
        self.depth -= 1

    def text(self, piece: str) -> None:
        if self.listens:
            self.length += len(piece)
            if self.length > LONGEST_TEXT:
                raise TooLarge
            self.pieces.append(piece)

    def heard(self) -> str:
        """The text kept so far; forgets it."""
        text = "".join(self.pieces)
        self.length, self.pieces = 0, []
        return text


class _Relations(_Reader):
    """(kind, target) of each relation by its id; the kind is the last word of its type."""

    def __init__(self):
        super().__init__()
        self.found = {}

    def start(self, name, attributes):
        super().start(name, attributes)
        if name == "Relationship":
            kind = attributes["Type"].rpartition("/")[2]
            self.found[attributes["Id"]] = kind, attributes["Target"]


class _Book(_Reader):
    def __init__(self):
        super().__init__()
        self.sheets, self.epoch = [], CALENDAR_WINDOWS_1900

    def start(self, name, attributes):
        super().start(name, attributes)
        if name == "sheet":
            relation = next((v for name, v in attributes.items() if name.endswith(":id")), "")
            self.sheets.append((attributes.get("state", "visible") == "visible", relation))
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = CALENDAR_MAC_1904


def _workbook(parts: _Parts) -> tuple[str, dict[str, str], datetime]:
    """Where the first visible sheet is, where the other parts are, and where days count from."""
    root, book, relations = _Relations(), _Book(), _Relations()
    _whole(parts, "_rels/.rels", root)
    path = next(
        target.lstrip("/") for kind, target in root.found.values() if kind == "officeDocument"
    )
    _whole(parts, path, book)
    folder, _slash, name = path.rpartition("/")
    _whole(parts, join(folder, "_rels", f"{name}.rels"), relations)

    def place(target):
        return target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))

    found = {key: (kind, place(target)) for key, (kind, target) in relations.found.items()}
    sheets = [
        (visible, found[relation][1])
        for visible, relation in book.sheets
        if found.get(relation, ("",))[0] == "worksheet"
    ]
    # Beside the tables there may be sheets that are a chart; of equals the first one wins.
    path = max(sheets, key=lambda sheet: sheet[0])[1]
    return path, dict(found.values()), book.epoch


def _whole(parts: _Parts, name: str, reader: _Reader) -> None:
    for _ in parts.read(name, reader):
        pass


class _Strings(_Reader):
    """The texts that cells name by number.

    Each in one or several runs; how a word is pronounced (Japanese) is not part of it.
    """

    spoken = 0

    def __init__(self, found: list[str]):
        super().__init__()
        self.found = found

    def start(self, name, attributes):
        self.elements += 1
        self.depth += 1
        if name == "t":
            self.listens = not self.spoken
        elif name == "rPh":
            self.spoken += 1

    def end(self, name):
        self.depth -= 1
        if name == "t":
            self.listens = False
        elif name == "si":
            if len(self.found) == MOST_TEXTS:
                raise TooLarge
            self.found.append(unescaped(self.heard()))
        elif name == "rPh":
            self.spoken -= 1


class _Styles(_Reader):
    """What the styles of cells make of a number: "day", "duration" or nothing."""

    def __init__(self, found: list[str]):
        super().__init__()
        self.found, self.formats, self.is_cells = found, {}, False

    def start(self, name, attributes):
        super().start(name, attributes)
        if name == "numFmt":
            self.formats[attributes["numFmtId"]] = attributes["formatCode"][:255]
        elif name == "cellXfs":
            self.is_cells = True
        elif name == "xf" and self.is_cells:
            number = attributes.get("numFmtId", "0")
            known = BUILTIN_FORMATS.get(int(number), "General")
            if len(self.found) == MOST_STYLES:
                raise NoWorkbook
            self.found.append(_meaning(self.formats.get(number, known)))

    def end(self, name):
        super().end(name)
        if name == "cellXfs":
            self.is_cells = False


@cache
def _meaning(code: str) -> str:
    if not is_date_format(code):
        return ""
    return "duration" if is_timedelta_format(code) else "day"


class _Sheet(_Reader):
    """Rows that are ready lie in ``rows``, from where whoever feeds the parser takes them."""

    def __init__(self, strings: list[str], styles: list[str], epoch: datetime, limits: Limits):
        super().__init__()
        self.strings, self.styles, self.epoch, self.limits = strings, styles, epoch, limits
        self.rows, self.cells, self.number, self.column = [], [], 0, 0
        self.kind, self.style, self.spoken = "n", "0", 0

    def start(self, name, attributes):
        # A sheet has a million elements: no detours.
        self.elements += 1
        self.depth += 1
        if name == "c":
            self.column = column(attributes["r"]) if "r" in attributes else self.column + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        elif name == "v":
            self.listens = True
        elif name == "t":
            self.listens = not self.spoken
        elif name == "row":
            self.number = int(attributes["r"]) if "r" in attributes else self.number + 1
            self.column, self.cells = 0, []
            if self.number > self.limits.lines:
                raise TooLong
        elif name == "rPh":
            self.spoken += 1

    def end(self, name):
        self.depth -= 1
        if name == "v" or name == "t":
            self.listens = False
        elif name == "c":
            if self.pieces:
                self._keep(self._value(self.heard()))
        elif name == "row":
            if self.cells:
                self.rows.append((self.number, self.cells))
                self.cells = []
        elif name == "rPh":
            self.spoken -= 1

    def _keep(self, value):
        if self.column > self.limits.columns or (isinstance(value, str) and not value.strip()):
            return
        missing = self.column - len(self.cells)
        if missing == 1:
            self.cells.append(value)
        elif missing > 1:
            self.cells += [*[None] * (missing - 1), value]
        else:
            raise NoWorkbook  # columns that run backwards

    def _value(self, text: str) -> Value:
        kind = self.kind
        if kind == "s":
            if (place := int(text)) < 0:
                raise NoWorkbook
            return self.strings[place]
        if kind == "n":
            return self._number(text)
        if kind == "b":
            return text.strip() not in ("0", "false")
        if kind == "d":
            return from_ISO8601(text)
        return unescaped(text)  # inlineStr, str (of a formula), e (an error)

    def _number(self, text: str) -> Value:
        if len(text) > LONGEST_NUMBER:
            raise NoWorkbook
        try:
            number = int(text)
        except ValueError:
            number = float(text)
        style = int(self.style)
        meaning = self.styles[style] if 0 <= style < len(self.styles) else ""
        if not meaning:
            return number
        try:
            return from_excel(number, self.epoch, timedelta=meaning == "duration")
        except (OverflowError, ValueError):  # no day: left as the number it is
            return number


@cache
def _letters(text: str) -> int:
    place = 0
    for letter in text:
        place = place * 26 + ord(letter) - 64
    return place


def column(place: str) -> int:
    """1 for "A7", 27 for "AA1"."""
    letters = place.rstrip("0123456789")
    if not 1 <= len(letters) <= 3 or not (letters.isascii() and letters.isupper()):
        raise NoWorkbook
    return _letters(letters)


def unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
