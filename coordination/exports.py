"""Lists as files that open right in a German Excel: XLSX and CSV.

What people typed never becomes a formula (CWE-1236): in XLSX text is stored as text, in CSV,
which knows no types, an apostrophe stands before it.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import islice

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django_filters import FilterSet, OrderingFilter
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from coordination.periods import show_day

Column = tuple[str, Callable]

FORMULA_STARTS = "=+-@"
# No XML file may hold these, so no XLSX file either.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_767  # Excel's own limit
MOST_ROWS = 10_000
NARROWEST, WIDEST = 8, 60  # columns, in characters


def download(
    request: HttpRequest, name: str, columns: list[Column], rows: Iterable, *, note: str
) -> HttpResponse | None:
    """The rows as a file if the address asks for one (``?format=xlsx`` or ``csv``), else None.

    A column is a heading and a function from row to value: text, number, date or None. ``note``
    says what the file shows; the Stichtag and the moment of export are added to it. ``rows`` may
    be a queryset or a generator: it is not touched unless a file is asked for.
    """
    write = {"xlsx": _xlsx, "csv": _csv}.get(request.GET.get("format"))
    if write is None:
        return None
    if isinstance(rows, QuerySet):
        rows = rows[: MOST_ROWS + 1]
    found = list(islice(rows, MOST_ROWS + 1))
    table = [[_value(read(row)) for _heading, read in columns] for row in found[:MOST_ROWS]]
    if len(found) > MOST_ROWS:
        too_many = _("Only the first %(count)s rows. Narrow the filter to see the rest.")
        table.append([too_many % {"count": MOST_ROWS}])
    headings = [_value(heading) for heading, _read in columns]
    response = write(_note(request, note), headings, table, name)
    ending = request.GET["format"]
    file_name = f"{slugify(name) or 'export'}-{request.as_of.isoformat()}.{ending}"
    response["Content-Disposition"] = content_disposition_header(True, file_name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def in_words(filterset: FilterSet) -> str:
    """What a list is filtered by, for the note: "Verband: AWO; Art: Fachkraft"."""
    form = filterset.form
    chosen = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
    said = []
    for name, value in chosen.items():
        if isinstance(filterset.filters[name], OrderingFilter):
            continue
        field = form.fields[name]
        values = value if isinstance(value, list) else [value]
        names = {str(key): label for key, label in getattr(field, "choices", [])}
        words = [
            _shown(item, names) for item in values if item is not None and item not in ("", [])
        ]
        if words:
            said.append(f"{field.label}: {', '.join(words)}")
    return "; ".join(said)


def _shown(item, names: dict) -> str:
    if isinstance(item, date):
        return show_day(item)
    return str(names.get(str(item), item))


def _note(request, note) -> str:
    moment = timezone.localtime().strftime("%d.%m.%Y %H:%M")
    return " · ".join(
        [
            str(note),
            _("As of %(day)s") % {"day": show_day(request.as_of)},
            _("exported on %(moment)s") % {"moment": moment},
        ]
    )


def _value(value):
    """A value the file formats know: number, date, local moment, clean text or None."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if value.tzinfo else value
    if value is None or isinstance(value, int | Decimal | date):
        return value
    return ILLEGAL.sub("", str(value).replace("\r\n", "\n"))[:LONGEST_CELL]


def _looks_like_formula(text: str) -> bool:
    """Also in full-width forms and after blanks; a leading tab or return starts one as well."""
    start = unicodedata.normalize("NFKC", text[:20]).lstrip()
    return start.startswith(tuple(FORMULA_STARTS)) or text.startswith(("\t", "\r", "\n"))


def _number_format(value) -> str:
    if isinstance(value, datetime):
        return "dd.mm.yyyy hh:mm"
    if isinstance(value, date):
        return "dd.mm.yyyy"
    if isinstance(value, Decimal) and value.as_tuple().exponent < 0:
        return "#,##0." + "0" * -value.as_tuple().exponent
    return "#,##0"


def _width(values) -> int:
    longest = max((len(_text(value)) for value in values), default=0)
    return min(max(longest + 2, NARROWEST), WIDEST)


def _xlsx(note, headings, table, name) -> HttpResponse:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(slugify(name)[:31] or "export")
    for number, heading in enumerate(headings):
        cells = [heading, *(row[number] for row in table if len(row) == len(headings))]
        sheet.column_dimensions[get_column_letter(number + 1)].width = _width(cells)
    sheet.freeze_panes = "A3"
    sheet.print_title_rows = "2:2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    bold = Font(bold=True)
    sheet.append([_cell(sheet, _value(note))])
    sheet.append([_cell(sheet, heading, font=bold) for heading in headings])
    for row in table:
        sheet.append([_cell(sheet, value) for value in row])
    file = BytesIO()
    book.save(file)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(file.getvalue(), content_type=kind)


def _cell(sheet, value, font=None):
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl guesses: "=1+1" a formula, "#N/A" an error
        if _looks_like_formula(value):
            cell.quotePrefix = True  # stays text even when somebody edits the cell
    elif value is not None:
        cell.number_format = _number_format(value)
    if font:
        cell.font = font
    return cell


def _text(value) -> str:
    """A value as German text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return show_day(value)
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    return str(value)


def _csv(note, headings, table, name) -> HttpResponse:
    file = StringIO(newline="")
    writer = csv.writer(file, delimiter=";")
    for row in [headings, *table]:
        writer.writerow(
            f"'{value}" if isinstance(value, str) and _looks_like_formula(value) else _text(value)
            for value in row
        )
    return HttpResponse(file.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
