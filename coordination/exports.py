"""Lists as files that open right in a German Excel: XLSX and CSV.

What people typed never becomes a formula (CWE-1236): in XLSX text is stored as text, in CSV,
which knows no types, an apostrophe stands before it. The only formulas are the sums of an XLSX.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO, StringIO
from itertools import chain, islice
from tempfile import TemporaryFile

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django_filters import FilterSet, OrderingFilter
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range

from coordination.periods import show_day

SUM = "sum"
Column = tuple[str, Callable] | tuple[str, Callable, str]

FORMULA_STARTS = "=+-@"
# No XML file may hold these, so no XLSX file either.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_767  # Excel's own limit
MOST_ROWS = 10_000
NARROWEST, WIDEST = 8, 60  # columns, in characters
MEASURED = 1_000  # lines of a long file that say how wide its columns are
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
A4 = 9  # XLSX's number for the paper


def download(
    request: HttpRequest, name: str, columns: list[Column], rows: Iterable, *, note: str
) -> HttpResponse | None:
    """The rows as a file if the address asks for one (``?format=xlsx`` or ``csv``), else None.

    A column is a heading and a function from row to value: text, number, date or None; with
    ``SUM`` as third part its numbers are summed below the last row of an XLSX. A CSV is for
    programs, which would take the sum for one more row. ``note`` says what the file shows; the
    Stichtag and the moment of export are added to it. ``rows`` may be a queryset or a generator:
    it is not touched unless a file is asked for.
    """
    write = {"xlsx": _xlsx, "csv": _csv}.get(request.GET.get("format"))
    if write is None:
        return None
    if isinstance(rows, QuerySet):
        rows = rows[: MOST_ROWS + 1]
    found = list(islice(rows, MOST_ROWS + 1))
    table = [[_value(read(row)) for _heading, read, *_sum in columns] for row in found[:MOST_ROWS]]
    below = []
    if len(found) > MOST_ROWS:
        below = [[_too_many(MOST_ROWS)]]
    headings = [_value(heading) for heading, *_rest in columns]
    summed = [number for number, column in enumerate(columns) if SUM in column[2:]]
    response = write(
        headings, table, below, name=name, note=_note(request, note), summed=summed if table else []
    )
    return named(response, request, name, request.GET["format"])


def _too_many(count: int) -> str:
    text = _("Only the first %(count)s rows. Narrow the filter to see the rest.")
    return text % {"count": number_format(count, use_l10n=True, force_grouping=True)}


def download_long(
    request: HttpRequest, name: str, columns: list[Column], rows: Iterator, *, note: str, most: int
) -> StreamingHttpResponse | None:
    """As ``download``, for a list of many rows: memory does not grow with it; without sums.

    ``rows`` fetches them piece by piece (``coordination.paging.pieces``).
    """
    if request.GET.get("format") not in ("xlsx", "csv"):
        return None
    headings = [_value(heading) for heading, *_rest in columns]

    def lines():
        for number, row in enumerate(rows):
            if number == most:
                yield [_too_many(most)]
                return
            yield [_value(read(row)) for _heading, read, *_sum in columns]

    if request.GET["format"] == "csv":
        text = map(_csv_line, chain([headings], lines()))
        encoded = (part.encode() for part in chain(["\N{BOM}"], text))
        response = StreamingHttpResponse(encoded, content_type=CSV)
    else:
        file = TemporaryFile()  # noqa: SIM115 – the response closes it
        _long_xlsx(file, headings, lines(), name=name, note=_note(request, note))
        file.seek(0)
        response = FileResponse(file, content_type=XLSX)
    return named(response, request, name, request.GET["format"])


def _long_xlsx(file, headings, lines, *, name, note) -> None:
    """Row by row: what has been written lies on the disk, not in memory."""
    book = Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet(slugify(name)[:31] or "export")
    style = cache(lambda **options: book.add_format(options))
    _set_up(sheet)
    widths = [_width([heading]) for heading in headings]
    for line, row in enumerate(chain([[_value(note)], headings], lines)):
        for column, value in enumerate(row):
            _write_cell(sheet, line, column, value, style, bold=line == 1)
        if 1 < line < MEASURED and len(row) == len(widths):
            widths = [max(pair) for pair in zip(widths, map(_width, zip(row)), strict=True)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    book.close()


def named(
    response: HttpResponse, request: HttpRequest, name: str, ending: str, *, inline: bool = False
) -> HttpResponse:
    """The response as a file named after what it shows and the Stichtag; ``inline`` opens it."""
    file_name = f"{slugify(name) or 'export'}-{request.as_of.isoformat()}.{ending}"
    response["Content-Disposition"] = content_disposition_header(not inline, file_name)
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
            str(note).rstrip(" ·"),
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


def guarded(text: str) -> str:
    """A cell of a CSV that no spreadsheet takes for a formula."""
    return f"'{text}" if _looks_like_formula(text) else text


def without_apostrophe(text: str) -> str:
    """A cell of a CSV of ours as it was before the apostrophe was put in front of it."""
    return text[1:] if text.startswith("'") and _looks_like_formula(text[1:]) else text


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


def _xlsx(headings, table, below, *, name, note, summed) -> HttpResponse:
    file = BytesIO()
    book = Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet(slugify(name)[:31] or "export")
    style = cache(lambda **options: book.add_format(options))
    totals = {number: _total(row[number] for row in table) for number in summed}
    for number, heading in enumerate(headings):
        values = [heading, *(row[number] for row in table), totals.get(number)]
        sheet.set_column(number, number, _width(values))
    _set_up(sheet)
    lines = [[_value(note)], headings, *table, *below]
    for line, row in enumerate(lines):
        for column, value in enumerate(row):
            _write_cell(sheet, line, column, value, style, bold=line == 1)
    if totals and 0 not in totals:
        _write_cell(sheet, len(lines), 0, _("Sum"), style, bold=True)
    for column, total in totals.items():
        formula = f"=SUM({xl_range(2, column, len(table) + 1, column)})"
        look = style(bold=True, num_format=_number_format(total))
        # With its value, which viewers show that do not calculate: on phones, in mail programs.
        sheet.write_formula(len(lines), column, formula, look, total)
    book.close()
    return HttpResponse(file.getvalue(), content_type=XLSX)


def _set_up(sheet) -> None:
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)


def _total(values) -> Decimal | int:
    return sum(value for value in values if isinstance(value, int | Decimal))


def _write_cell(sheet, line, column, value, style, *, bold):
    if isinstance(value, str):
        # Marked as text, it stays text even when somebody edits the cell.
        look = style(bold=bold, quote_prefix=_looks_like_formula(value))
        if value.startswith("<r>"):
            # XlsxWriter takes <r>…</r> for XML of its own and would write it unescaped.
            sheet.write_rich_string(line, column, "<", "r", value[2:], look)
        else:
            sheet.write_string(line, column, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(line, column, value, style(num_format=_number_format(value)))
    elif value is not None:
        sheet.write_number(line, column, value, style(num_format=_number_format(value)))


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


def _csv(headings, table, below, **_only_xlsx) -> HttpResponse:
    text = "".join(_csv_line(row) for row in [headings, *table, *below])
    return HttpResponse(text.encode("utf-8-sig"), content_type=CSV)


def _csv_line(row: list) -> str:
    file = StringIO(newline="")
    csv.writer(file, delimiter=";").writerow(
        guarded(value) if isinstance(value, str) else _text(value) for value in row
    )
    return file.getvalue()
