import csv
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import openpyxl
import pytest
from django.http import HttpRequest

from coordination import exports
from coordination.exports import MOST_ROWS, SUM, download, download_long

FORMULAS = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "=HYPERLINK(\"http://example.org\")",
    "=cmd|' /C calc'!A0",
]  # fmt: skip
# What XlsxWriter and Excel each have a meaning of their own for.
MARKUP = ["<r></wrong></r>", "<r><t>Text</t></r>", "<r>", "_x0041_", "<b>&amp;"]
ODD = ["#N/A", "#REF!", "A\x00B\x1bC\ufffeD", "x" * 40_000, "Eins;zwei\ndrei", "Ümläut „ß“", ""]


def asked(format, day=date(2016, 12, 1)):
    request = HttpRequest()
    request.GET["format"] = format
    request.as_of = day
    return request


def exported(format, *rows, headings=None, name="stellen"):
    width = len(rows[0]) if rows else 1
    columns = [(f"Spalte {n}", lambda row, n=n: row[n]) for n in range(width)]
    if headings:
        columns = [(heading, read) for heading, (_, read) in zip(headings, columns, strict=True)]
    return download(asked(format), name, columns, rows, note="Stellen")


def sheet(*rows):
    return openpyxl.load_workbook(BytesIO(exported("xlsx", *rows).content)).active


def lines(*rows):
    text = exported("csv", *rows).content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=";"))


@pytest.mark.parametrize("format", ["", "pdf", "XLSX", "xlsx "])
def test_without_a_known_format_the_page_goes_on(format):
    assert exported(format, ["a"]) is None


@pytest.mark.parametrize("text", FORMULAS + ODD)
def test_typed_text_is_never_a_formula_in_xlsx(text):
    cell = sheet([text]).cell(3, 1)
    assert cell.data_type in ("s", "inlineStr") or (text == "" and cell.value is None)
    if text in FORMULAS:
        assert cell.quotePrefix


@pytest.mark.parametrize("text", MARKUP)
def test_typed_text_is_never_markup_in_xlsx(text):
    file = exported("xlsx", [text, text]).content
    assert [cell.data_type for cell in openpyxl.load_workbook(BytesIO(file)).active[3]] == ["s"] * 2
    strings = openpyxl.xml.functions.fromstring(ZipFile(BytesIO(file)).read("xl/sharedStrings.xml"))
    # In the file _x0041_ would mean "A"; its first underscore is written as _x005F_.
    written = ["".join(item.itertext()).replace("_x005F_", "_") for item in strings]
    assert text in written


@pytest.mark.parametrize("text", FORMULAS)
def test_typed_text_is_never_a_formula_in_csv(text):
    assert lines([text])[1][0].startswith("'")


def test_headings_and_note_are_no_formulas_either():
    response = download(asked("xlsx"), "x", [("=1+1", lambda row: row)], ["a"], note="=2+2")
    found = openpyxl.load_workbook(BytesIO(response.content)).active
    assert {found.cell(1, 1).data_type, found.cell(2, 1).data_type} == {"s"}


def test_numbers_and_dates_keep_their_type_and_read_as_german():
    row = [-5, Decimal("-1234.50"), 1234, date(2018, 3, 31), datetime(2016, 12, 1, 11, tzinfo=UTC)]
    found = [sheet(row).cell(3, n) for n in range(1, 6)]
    assert [cell.value for cell in found] == [
        -5,
        -1234.5,
        1234,
        datetime(2018, 3, 31),  # noqa: DTZ001 – a sheet knows no time zone
        datetime(2016, 12, 1, 12),  # noqa: DTZ001
    ]
    assert [cell.number_format for cell in found] == [
        "#,##0",
        "#,##0.00",
        "#,##0",
        "dd.mm.yyyy",
        "dd.mm.yyyy hh:mm",
    ]
    assert lines(row)[1] == ["-5", "-1234,50", "1234", "31.03.2018", "01.12.2016 12:00"]


def test_nothing_yes_and_no():
    assert lines([None, True, False])[1] == ["", "ja", "nein"]


def test_the_sheet_says_what_it_shows_and_freezes_its_bold_heading():
    found = sheet(["a", "b"])
    assert found.cell(1, 1).value.startswith("Stellen · Stichtag 01.12.2016 · exportiert am ")
    assert [cell.value for cell in found[2]] == ["Spalte 0", "Spalte 1"]
    assert all(cell.font.bold for cell in found[2])
    assert found.freeze_panes == "A3"
    assert found.column_dimensions["A"].width >= 8


def test_csv_opens_right_in_german_excel():
    response = exported("csv", ["Ä", "b"])
    assert response.content.startswith(b"\xef\xbb\xbfSpalte 0;Spalte 1\r\n")
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_the_file_name_is_safe_and_carries_the_day():
    response = exported("xlsx", ["a"], name='../Stellen "Nord"\r\nX: y')
    assert (
        response["Content-Disposition"] == 'attachment; filename="stellen-nord-x-y-2016-12-01.xlsx"'
    )
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_too_long_says_that_it_was_cut():
    found = lines(*([n] for n in range(MOST_ROWS + 1)))
    assert len(found) == MOST_ROWS + 2
    assert found[-1][0].startswith("Nur die ersten 10.000 Zeilen.")


def test_rows_are_not_touched_unless_a_file_is_asked_for():
    def rows():
        raise AssertionError("the rows were read")
        yield

    assert download(asked(""), "x", [("A", str)], rows(), note="") is None


AMOUNTS = [
    ("Zweck", lambda row: row[0]),
    ("Betrag", lambda row: row[1], SUM),
    ("Anzahl", lambda row: row[2], SUM),
    ("Notiz", lambda row: row[0]),
]


def amounts(rows, format="xlsx", columns=AMOUNTS, **how):
    file = download(asked(format), "mittel", columns, rows, note="Mittel").content
    return openpyxl.load_workbook(BytesIO(file), **how).active if format == "xlsx" else file


def formulas(sheet):
    return [cell.coordinate for row in sheet for cell in row if cell.data_type == "f"]


def test_sums_stand_below_exactly_the_rows():
    rows = [("a", Decimal("1234.50"), 2), ("b", None, None), ("c", Decimal("-0.55"), 3)]
    found = amounts(rows)
    assert [cell.value for cell in found[6]] == ["Summe", "=SUM(B3:B5)", "=SUM(C3:C5)", None]
    assert [found[f"{column}6"].number_format for column in "BC"] == ["#,##0.00", "#,##0"]
    assert all(cell.font.bold for cell in found[6][:3])
    assert found.max_row == 6
    # The sum a viewer shows is the one Excel computes from the cells.
    known = amounts(rows, data_only=True)
    for column in "BC":
        cells = [known[f"{column}{line}"].value or 0 for line in (3, 4, 5)]
        assert known[f"{column}6"].value == pytest.approx(sum(cells), abs=1e-9)
    assert known["B6"].value == 1233.95


@pytest.mark.parametrize("text", FORMULAS)
def test_the_sums_are_the_only_formulas(text):
    found = amounts([(text, Decimal("1.00"), 1), (text, text, 1)])
    assert formulas(found) == ["B5", "C5"]
    assert {found[place].data_type for place in ("A3", "D3", "A4", "B4", "D4")} == {"s"}


def test_a_sum_in_the_first_column_leaves_no_room_for_its_name():
    found = amounts([("a", Decimal("2.00"), 1)], columns=AMOUNTS[1:2])
    assert [cell.value for cell in found[4]] == ["=SUM(A3)"]


def test_without_rows_there_is_nothing_to_sum():
    assert amounts([]).max_row == 2
    assert formulas(amounts([])) == []


def test_without_the_mark_there_is_no_sum():
    assert sheet(["a", 1]).max_row == 3


def test_a_csv_has_no_sums():
    assert len(amounts([("a", Decimal("1.00"), 1)], "csv").splitlines()) == 2


def test_the_sum_of_a_cut_list_is_that_of_its_rows(monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    found = amounts([("a", Decimal("1.00"), 1)] * 3)
    assert found["A5"].value.startswith("Nur die ersten 2 Zeilen.")
    assert [cell.value for cell in found[6]][:2] == ["Summe", "=SUM(B3:B4)"]


def test_the_sheet_prints_on_a4_with_its_heading_on_every_page():
    found = sheet(["a"])
    assert found.print_title_rows == "$2:$2"
    assert (found.page_setup.orientation, int(found.page_setup.paperSize)) == ("landscape", 9)
    assert found.sheet_properties.pageSetUpPr.fitToPage
    assert found.page_setup.fitToHeight == 0


def exported_long(format, rows, most=100, **more):
    columns = [("Tag", lambda row: row[0]), ("Text", lambda row: row[1])]
    answer = download_long(asked(format), "lang", columns, iter(rows), note="Lang", most=most)
    with closing(answer):
        return b"".join(answer.streaming_content)


LONG = [(date(2016, 12, 1), text) for text in (*FORMULAS, *MARKUP, *ODD)]


@pytest.mark.django_db  # an answer that ends lets go of its connections
def test_a_long_file_holds_what_a_short_one_does():
    texts = [row[1] for row in LONG]
    short = exported("csv", *LONG, headings=["Tag", "Text"]).content
    assert exported_long("csv", LONG) == short
    found = openpyxl.load_workbook(BytesIO(exported_long("xlsx", LONG))).active
    same = openpyxl.load_workbook(BytesIO(exported("xlsx", *LONG).content)).active
    # Of text within a cell openpyxl leaves the escape that Excel takes away.
    read = [str(cell.value).replace("_x005F_", "_") for cell in found["B"][2:]]
    assert read == [str(cell.value) for cell in same["B"][2:]]
    for cell, text in zip(found["B"][2:], texts, strict=True):
        assert cell.data_type in ("s", "inlineStr") or cell.value is None
        assert cell.quotePrefix or text not in FORMULAS
    assert (found["A3"].number_format, found.freeze_panes) == ("dd.mm.yyyy", "A3")


@pytest.mark.django_db  # an answer that ends lets go of its connections
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_long_file_reads_its_rows_one_by_one_and_says_that_it_was_cut(format):
    def endless():
        while True:
            yield date(2016, 12, 1), "x"

    file = exported_long(format, endless(), most=3)
    if format == "csv":
        last = file.decode().splitlines()[-1]
    else:
        last = openpyxl.load_workbook(BytesIO(file)).active["A6"].value
    assert last.startswith("Nur die ersten 3 Zeilen.")
