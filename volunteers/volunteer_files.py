"""Files of volunteers, XLSX or CSV: read once, kept as plain text, and the template to fill in.

``packed`` looks through a file that somebody brings and keeps of it what stands in the columns we
know. ``lines`` reads that cell by cell; what a name of a district or topic means is not known here.
"""

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs

from agencies.models import Agency
from coordination import tables
from coordination.exports import without_apostrophe
from coordination.forms import DayField
from coordination.requests import UNSTORABLE, is_malformed
from coordination.tables import Mistake
from coordination.workbooks import Limits
from volunteers.models import Volunteer

MOST_BYTES = 5_000_000
MOST_LINES = 2_000
LIMITS = Limits(lines=2_500, columns=100)
MOST_TEXT = 4_000_000  # characters kept of a file: in XLSX many cells may share one text
LONGEST_CELL = 2_000
# What a column may be called; the first name is the one we tell people.
COLUMNS = {
    "name": ("Name", "Vor- und Nachname", "Vorname Nachname"),
    "email": ("E-Mail", "E-Mail-Adresse", "Mail", "Email address"),
    "phone": ("Telefon", "Telefonnummer", "Mobil", "Handy", "Phone"),
    "districts": ("Stadtteile", "Stadtteil", "Quartier", "Quartiere", "Districts", "District"),
    "languages": ("Sprachen", "Sprache", "Languages"),
    "interests": ("Interessen", "Themen", "Interesse", "Interests", "Topics"),
    "starts_on": ("Seit", "Dabei seit", "Hilft seit", "Von", "Since", "From"),
    "ends_on": ("Bis", "Hilft bis", "Until"),
    "consent": ("Einwilligung", "Quelle der Einwilligung", "Wie die Einwilligung vorliegt",
                "Consent"),
    "consent_on": ("Einwilligung vom", "Datum der Einwilligung", "Einwilligung am", "Consent of"),
    "contact": ("Ansprechperson", "Ansprechpartner", "Ansprechpartnerin", "Contact person"),
    "agency": ("Verband", "Träger", "Betreut von", "Agency"),
}  # fmt: skip
NAMES = {name: names[0] for name, names in COLUMNS.items()}
REQUIRED = ("name", "districts", "starts_on", "consent", "consent_on")
CONSENTS = {
    Volunteer.Consent.WRITTEN: ("schriftlich", "Unterschrift", "unterschrieben", "Formular"),
    Volunteer.Consent.MAIL: ("per E-Mail", "E-Mail", "Mail"),
    Volunteer.Consent.SPOKEN: ("mündlich", "persönlich", "mündlich, notiert"),
}


@dataclass(frozen=True)
class Table:
    """What a file has in the columns we know; each row begins with its line in the file."""

    agency: int  # whom the file is entered for
    columns: list[str]
    unread: list[str]  # columns nobody asked for
    rows: list[list]


@dataclass(frozen=True)
class Line:
    number: int  # in the file
    values: dict  # column -> what its cell means; without the cells that mean nothing
    found: dict  # column -> what stands there
    mistakes: list[Mistake]


def packed(content: bytes, agency: Agency) -> bytes:
    """What is kept of a file; a ValidationError if it cannot be read as a table of volunteers."""
    tables.refuse_size(len(content), MOST_BYTES)
    rows = tables.read(content, COLUMNS, LIMITS)
    places, unread = tables.headings(rows, COLUMNS, REQUIRED)
    kept, length = [], 0
    for number, cells in rows:
        texts = [_text(tables.cell(cells, place)) for place in places.values()]
        if not any(texts):
            continue
        if len(kept) == MOST_LINES:
            raise ValidationError(
                _("The file has more than %(most)s volunteers. Please split it into several files.")
                % {"most": number_format(MOST_LINES, use_l10n=True, force_grouping=True)}
            )
        length += sum(map(len, texts))
        if length > MOST_TEXT:
            raise ValidationError(_("The file holds too much text. Please split it into several."))
        kept.append([number, *texts])
    if not kept:
        raise ValidationError(_("Below the headings the file has no volunteers."))
    table = {"agency": agency.pk, "columns": list(places), "unread": unread, "rows": kept}
    return zlib.compress(json.dumps(table, ensure_ascii=False).encode(), 1)


def opened(content: bytes) -> Table:
    """What ``packed`` kept."""
    return Table(**json.loads(zlib.decompress(content)))


def _text(value) -> str:
    """A cell as it would stand in a CSV."""
    if value is None:
        return ""
    if not isinstance(value, str | int):
        return tables.shown(value)
    # What no database could store becomes one sign, which is refused where the cell is read.
    return UNSTORABLE.sub("\0", without_apostrophe(str(value)[:LONGEST_CELL]))


def lines(table: Table) -> Iterator[Line]:
    """Every line of the file; what cannot be read is told by line and column."""
    for number, *texts in table.rows:
        values, found, mistakes = {}, dict(zip(table.columns, texts, strict=True)), []
        for column, text in found.items():
            try:
                value = PARSERS.get(column, _words)(text)
                if value is None and column in REQUIRED:
                    raise ValidationError(_("The cell is empty. Please fill it in."))
            except ValidationError as error:
                said = " ".join(error.messages)
                mistakes.append(Mistake(number, NAMES[column], tables.shown(text), said))
            else:
                if value is not None:
                    values[column] = value
        yield Line(number, values, found, mistakes)


def _words(text: str) -> str | None:
    text = " ".join(text.split())
    if is_malformed(text):
        raise ValidationError(_("The text has characters that cannot be read."))
    return text or None


def _day(text: str) -> date | None:
    return DAY.clean(text)


def _consent(text: str) -> str | None:
    typed = tables.spelling(text)
    if not typed:
        return None
    for consent, names in CONSENTS.items():
        if typed in {tables.spelling(str(name)) for name in (*names, consent.label)}:
            return consent.value
    raise ValidationError(_("Please write one of: %(kinds)s.") % {"kinds": _consents()})


def _consents() -> str:
    return ", ".join(names[0] for names in CONSENTS.values())


DAY = DayField(required=False)
PARSERS: dict[str, Callable] = {
    "starts_on": _day,
    "ends_on": _day,
    "consent": _consent,
    "consent_on": _day,
}

# --- the template ---------------------------------------------------------------------------------

SHEET, LISTS, HINTS = "Ehrenamtliche", "Listen", "Hinweise"
WIDTHS = {"name": 28, "email": 28, "districts": 28, "interests": 28, "contact": 24}
WIDTH = 18
IN_TEMPLATE = [name for name in COLUMNS if name != "agency"]


def template(districts: list[str], topics: list[str]) -> bytes:
    """An empty workbook to fill in, with the words of today."""
    file = BytesIO()
    book = Workbook(file, {"in_memory": True})
    sheet, choices, hints = (book.add_worksheet(name) for name in (SHEET, LISTS, HINTS))
    bold = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    text = book.add_format({"num_format": "@"})  # so that 02161 keeps its 0
    looks = {"phone": text, "starts_on": day, "ends_on": day, "consent_on": day}
    for place, name in enumerate(IN_TEMPLATE):
        sheet.set_column(place, place, WIDTHS.get(name, WIDTH), looks.get(name))
        sheet.write_string(0, place, NAMES[name], bold)
    sheet.freeze_panes(1, 0)
    lists = {
        "districts": districts,
        "interests": topics,
        "consent": [names[0] for names in CONSENTS.values()],
    }
    for place, (name, words) in enumerate(lists.items()):
        choices.set_column(place, place, 30)
        choices.write_string(0, place, NAMES[name], bold)
        for row, word in enumerate(words, 1):
            choices.write_string(row, place, word)
    source = f"={LISTS}!{xl_range_abs(1, 2, len(CONSENTS), 2)}"
    place = IN_TEMPLATE.index("consent")
    sheet.data_validation(1, place, MOST_LINES, place, {"validate": "list", "source": source})
    hints.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
    for row, text in enumerate(_hints()):
        hints.write_string(row, 0, text)
    book.close()
    return file.getvalue()


def _hints() -> list[str]:
    most = number_format(MOST_LINES, use_l10n=True, force_grouping=True)
    return [
        _("One line for each volunteer, on the first sheet. Leave the headings as they are."),
        _("Only people who have agreed to it: Einwilligung says how, Einwilligung vom says when."),
        _("Einwilligung: %(kinds)s.") % {"kinds": _consents()},
        _("E-Mail or Telefon: at least one of the two."),
        _("Stadtteile and Interessen: several are parted by commas; the sheet “Listen” has all."),
        _(
            "Ansprechperson: the name of a worker. Empty: whoever leads the first of the "
            "districts today."
        ),
        _("Bis: empty means until further notice."),
        _("At most %(most)s volunteers in a file.") % {"most": most},
    ]
