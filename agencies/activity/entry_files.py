"""Files of entries from an agency's own system, XLSX or CSV: read once, kept as plain text.

``packed`` looks through a file that somebody brings and keeps of it what stands in the columns we
know, as text. ``lines`` reads that, cell by cell; what cannot be read is told by line and column.
Which district or worker a name means is not known here.
"""

import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from agencies.activity.models import Activity
from agencies.activity.models.activity import MOST_MINUTES, MOST_PEOPLE
from agencies.lists.models import TargetGroup
from coordination import tables
from coordination.exports import without_apostrophe
from coordination.forms import DayField
from coordination.requests import UNSTORABLE, is_malformed
from coordination.tables import Mistake
from coordination.workbooks import Limits

MOST_BYTES = 10_000_000
MOST_ENTRIES = 20_000
# 20,000 entries with a title, some blank lines and columns nobody asked for.
LIMITS = Limits(lines=25_000, columns=100, unpacked=60_000_000, elements=1_400_000)
MOST_TEXT = 20_000_000  # characters kept of a file: in XLSX a million cells may share one text
LONGEST_CELL = 2_000
# What a column may be called. The first name is the one we tell people; the others are what our
# own exports and the English portal say. A running number ("Nr.") is none of an entry's own.
COLUMNS = {
    "external_id": ("Nummer", "Externe Nummer", "Externe ID", "Number", "External number"),
    "day": ("Datum", "Tag", "Date"),
    "district": ("Stadtteil", "Quartier", "District"),
    "worker": ("Fachkraft", "Honorarkraft", "Fachkraft oder Honorarkraft", "Worker"),
    "kind": ("Art", "Einsatzart", "Art der Tätigkeit", "Kind"),
    "format": ("Form", "Format"),
    "minutes": ("Minuten", "Dauer", "Dauer in Minuten", "Minuten (min)", "Minutes"),
    "topics": ("Themen", "Thema", "Topics"),
    "has_interpreter": ("Dolmetschen", "Mit Dolmetschen", "Sprachmittlung", "Interpreter",
                        "With interpreter"),
    "offer": ("Angebot", "Offer"),
    "note": ("Notiz", "Kurze Notiz", "Note", "Short note"),
    "agency": ("Verband", "Träger", "Agency"),
}  # fmt: skip
NAMES = {name: names[0] for name, names in COLUMNS.items()}
REQUIRED = ("day", "district", "kind", "format", "minutes")
YES = {"ja", "j", "x", "1", "wahr", "yes", "y", "true"}
NO = {"nein", "n", "0", "falsch", "no", "false"}
NONE = {"", "-", "–"}  # how people write that there was nobody
WHOLE = re.compile(r"(\d{1,15})(?:[.,]0{1,2})?")
CLOCK = re.compile(r"(\d{1,3}):(\d\d)(?::00)?")
HOURS = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?(?:h|std|stunden?|hours?)\.?", re.IGNORECASE)
MINUTES = re.compile(r"(\d{1,15})(?:min|minuten?|minutes?)\.?", re.IGNORECASE)
Column = str | int  # a name out of COLUMNS, or the id of a target group


@dataclass(frozen=True)
class Table:
    """What a file has in the columns we know; each row begins with its line in the file."""

    columns: list[Column]
    unread: list[str]  # columns nobody asked for
    rows: list[list]


@dataclass(frozen=True)
class Line:
    number: int  # in the file
    values: dict  # column -> what its cell means; without the cells that mean nothing
    found: dict  # column -> what stands there
    mistakes: list[Mistake]


def packed(content: bytes, groups: Iterable[TargetGroup]) -> bytes:
    """What is kept of a file; a ValidationError if it cannot be read as a table of entries."""
    tables.refuse_size(len(content), MOST_BYTES)
    columns = columns_of(groups)
    rows = tables.read(content, columns, LIMITS)
    places, unread = tables.headings(rows, columns, REQUIRED)
    kept, length = [], 0
    for number, cells in rows:
        texts = [_text(tables.cell(cells, place)) for place in places.values()]
        if not any(texts):
            continue
        if len(kept) == MOST_ENTRIES:
            raise ValidationError(
                _("The file has more than %(most)s entries. Please split it into several files.")
                % {"most": number_format(MOST_ENTRIES, use_l10n=True, force_grouping=True)}
            )
        length += sum(map(len, texts))
        if length > MOST_TEXT:
            raise ValidationError(_("The file holds too much text. Please split it into several."))
        kept.append([number, *texts])
    if not kept:
        raise ValidationError(_("Below the headings the file has no entries."))
    table = {"columns": list(places), "unread": unread, "rows": kept}
    return zlib.compress(json.dumps(table, ensure_ascii=False).encode(), 1)


def opened(content: bytes) -> Table:
    """What ``packed`` kept."""
    return Table(**json.loads(zlib.decompress(content)))


def columns_of(groups: Iterable[TargetGroup]) -> tables.Names:
    """Every column there may be, with the names it may have; of equal ones ours goes first."""
    counts = {group.pk: (group.name, f"Anzahl {group.name}") for group in groups}
    return {**counts, **COLUMNS}


def _text(value) -> str:
    """A cell as it would stand in a CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, datetime | date | time | timedelta | float):
        return tables.shown(value)
    # What no database could store becomes one sign, which is refused where the cell is read.
    return UNSTORABLE.sub("\0", without_apostrophe(str(value)[:LONGEST_CELL]))


def lines(table: Table, names: dict[int, str]) -> Iterator[Line]:
    """Every line of the file; ``names`` are those of the target groups."""
    parsers = [(column, *_parser(column, names), {}) for column in table.columns]
    for number, *texts in table.rows:
        values, found, mistakes = {}, {}, []
        for (column, name, parse, known), text in zip(parsers, texts, strict=True):
            found[column] = text
            if text not in known:
                # Most cells repeat what another line says: read once.
                if len(known) > MOST_ENTRIES // 10:
                    known.clear()
                try:
                    known[text] = parse(text), None
                except ValidationError as error:
                    known[text] = None, " ".join(error.messages)
            value, wrong = known[text]
            if wrong is not None:
                mistakes.append(Mistake(number, name, tables.shown(text), wrong))
            elif value is not None:
                values[column] = value
        yield Line(number, values, found, mistakes)


def _parser(column: Column, names: dict[int, str]) -> tuple[str, Callable]:
    if column in COLUMNS:
        return NAMES[column], PARSERS[column]
    return names.get(column, "?"), _people


def _day(text: str) -> date:
    return DAY.clean(_filled(text))


def _filled(text: str) -> str:
    if not text:
        raise ValidationError(_("The cell is empty. Please fill it in."))
    return text


def _name(text: str) -> str | None:
    return _printable(text) or None


def _name_there(text: str) -> str:
    return _printable(_filled(text))


def _printable(text: str) -> str:
    text = " ".join(text.split())
    if is_malformed(text) or not text.isprintable():
        raise ValidationError(_("The text has characters that cannot be read."))
    return text


def _minutes(text: str) -> int:
    """60, 60 min, 1:30 (hours and minutes), 1,5 h. A bare 1,5 could be either, so it is refused."""
    typed = "".join(_filled(text).split())
    if found := CLOCK.fullmatch(typed):
        minutes = int(found[1]) * 60 + int(found[2]) if int(found[2]) < 60 else 0
    elif found := HOURS.fullmatch(typed):
        minutes = round(float(f"{found[1]}.{found[2] or 0}") * 60)
    elif found := WHOLE.fullmatch(typed) or MINUTES.fullmatch(typed):
        minutes = int(found[1])
    else:
        raise ValidationError(
            _("Please write whole minutes, or hours with their unit: 90, 1:30 or 1,5 h.")
        )
    if not 1 <= minutes <= MOST_MINUTES:
        raise ValidationError(_("An entry has 1 to 1,440 minutes."))
    return minutes


def _people(text: str) -> int:
    typed = "".join(text.split())
    if typed in NONE:
        return 0
    found = WHOLE.fullmatch(typed)
    if found is None:
        raise ValidationError(_("Please write a whole number without a sign, for example 5."))
    if int(found[1]) > MOST_PEOPLE:
        raise ValidationError(
            _("At most %(most)s people of a target group can be counted in an entry.")
            % {"most": number_format(MOST_PEOPLE, use_l10n=True, force_grouping=True)}
        )
    return int(found[1])


def _yes(text: str) -> bool:
    typed = tables.spelling(text)
    if typed in YES:
        return True
    if typed in NO or not typed:
        return False
    raise ValidationError(_("Please write “ja” or “nein”, or leave the cell empty."))


def _note(text: str) -> str:
    return _no_longer(_printable(text), "note")


def _external_id(text: str) -> str:
    return _no_longer(_printable(text), "external_id")


def _no_longer(text: str, name: str) -> str:
    most = Activity._meta.get_field(name).max_length
    if len(text) > most:
        raise ValidationError(_("The text is longer than %(most)d characters.") % {"most": most})
    return text


DAY = DayField()
PARSERS = {
    "day": _day,
    "district": _name_there,
    "worker": _name,
    "kind": _name_there,
    "format": _name_there,
    "minutes": _minutes,
    "topics": _name,
    "has_interpreter": _yes,
    "offer": _name,
    "note": _note,
    "external_id": _external_id,
    "agency": _name,
}
