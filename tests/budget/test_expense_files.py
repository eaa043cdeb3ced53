"""Files of expenses: every way to write one, and every way to get it wrong."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from openpyxl import load_workbook

from coordination.budget.expense_files import Line, read, template
from tests.test_tables import GOOD, workbook

HEAD = "Datum;Empfänger;Kostenart;Betrag\n"
JUNE = Line(2, date(2016, 6, 15), "Gehalt Juni", "staff", Decimal("1234.5"))


def csv(*lines, head=HEAD):
    return (head + "\n".join(lines)).encode()


def refusal(content):
    with pytest.raises(ValidationError) as error:
        read(content)
    (message,) = error.value.messages
    return message


@pytest.mark.parametrize(
    "content",
    [
        csv("15.06.2016;Gehalt Juni;Personalkosten;1.234,50"),
        csv("15.06.2016;Gehalt Juni;Personalkosten;1.234,50 €").decode().encode("utf-8-sig"),
        csv("15.06.2016;Gehalt Juni;Personalkosten;1234,5").decode().encode("cp1252"),
        csv("2016-06-15;Gehalt  Juni ;PERSONALKOSTEN;1234.50"),
        b'Kostenart,Betrag,Datum,Zweck\nPersonal,"1.234,50",15.6.2016,Gehalt Juni\n',
        csv("Gehalt Juni\t1234,50\tstaff\t15.06.2016", head="Payee\tAmount\tKostenart\tDatum\n"),
        workbook(
            ["Datum", "Empfänger", "Kostenart", "Betrag"],
            [date(2016, 6, 15), "Gehalt Juni", "Personalkosten", 1234.5],
        ),
        workbook(
            ["Betrag (€)", "Datum", "Empfänger oder Zweck", "Kostenart"],
            [
                "1.234,50",
                datetime.fromisoformat("2016-06-15T12:30"),
                "Gehalt Juni",
                "Personalkosten",
            ],
        ),
    ],
)
def test_an_expense_is_read_however_it_is_written(content):
    found = read(content)
    assert (found.lines, found.mistakes, found.unread) == ([JUNE], [], [])


def test_a_title_above_the_headings_and_other_columns_do_no_harm():
    found = read(csv("1;15.06.2016;Gehalt Juni;Personalkosten;1234,50;bar", head=(
        "Ausgaben der AWO 2016\n\nNr.;Datum;Empfänger;Kostenart;Betrag;Bemerkung\n"
    )))  # fmt: skip
    assert found.lines == [Line(4, *list(vars(JUNE).values())[1:])]
    assert found.unread == ["Nr.", "Bemerkung"]


def test_a_number_of_excel_is_taken_without_its_crumbs():
    row = [date(2016, 6, 15), 4711.0, "Sachkosten", 0.1 + 0.2]
    (line,) = read(workbook(["Datum", "Empfänger", "Kostenart", "Betrag"], row)).lines
    assert (line.payee, line.amount) == ("4711", Decimal("0.3"))


REFUSED = {
    "nothing": (b"", "Die Datei ist leer."),
    "blanks": (b" \n \r\n", "Die Datei ist leer."),
    "only headings": (HEAD.encode(), "stehen in der Datei keine Ausgaben"),
    "other headings": (
        b"Tag;Wer;Betrag\n1;2;3\n",
        "Diese Spalten fehlen: Datum, Empfänger, Kostenart. "
        "Die Überschriften der Datei sind: Tag, Wer, Betrag.",
    ),
    "only semicolons": (b";;;\n;;\n", "Diese Spalten fehlen: Datum, Empfänger, Kostenart, Betrag"),
    "a heading twice": (csv(head="Datum;Empfänger;Zweck;Kostenart;Betrag\n"), "doppelt"),
    "a NUL": (csv("15.06.2016;Ge\0halt;Personalkosten;1"), "weder XLSX noch CSV"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x81", "weder XLSX noch CSV"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 9, "weder XLSX noch CSV"),
    "a broken workbook": (GOOD[: len(GOOD) // 2], "nicht als Arbeitsmappe lesen"),
    "open quotes": (csv('15.06.2016;"Gehalt;Personalkosten;1'), "kein CSV"),
    "6,000 lines": (
        csv(*["15.06.2016;Gehalt;Personalkosten;1,00"] * 6_000),
        "mehr als 5000 Ausgaben",
    ),
    "6 MB": (b"x" * 6_000_000, "Die Datei ist zu groß: 6 MB. Höchstens 5 MB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_of_expenses_is_refused(case):
    content, message = REFUSED[case]
    assert message in refusal(content)


WRONG = [
    ("31.02.2016;Gehalt;Personalkosten;1", "Datum", "31.02.2016", "ist kein Datum"),
    ("15.06.16;Gehalt;Personalkosten;1", "Datum", "15.06.16", "so schreiben: 31.03.2018"),
    ("15.06.20161;Gehalt;Personalkosten;1", "Datum", "15.06.20161", "ist kein Datum"),
    (";Gehalt;Personalkosten;1", "Datum", "", "Die Zelle ist leer"),
    ("15.06.2016; ;Personalkosten;1", "Empfänger", "", "Die Zelle ist leer"),
    (f"15.06.2016;{'x' * 201};Personalkosten;1", "Empfänger", "x" * 60, "länger als 200 Zeichen"),
    ("15.06.2016;Ge\x07halt;Personalkosten;1", "Empfänger", "Gehalt", "nicht lesbare Zeichen"),
    ("15.06.2016;Gehalt;Reisen;1", "Kostenart", "Reisen", "Personalkosten, Honorare, Sachkosten"),
    ("15.06.2016;Gehalt;Personalkosten;0,005", "Betrag", "0,005", "ganze Cent"),
    ("15.06.2016;Gehalt;Personalkosten;0", "Betrag", "0", "mindestens 0,01"),
    ("15.06.2016;Gehalt;Personalkosten;-1", "Betrag", "-1", "mindestens 0,01"),
    ("15.06.2016;Gehalt;Personalkosten;1e9", "Betrag", "1e9", "ist kein Betrag"),
    ("15.06.2016;Gehalt;Personalkosten;1000000000", "Betrag", "1000000000", "höchstens"),
    ("15.06.2016;Gehalt;Personalkosten;1.234,5.6", "Betrag", "1.234,5.6", "ist kein Betrag"),
    ("15.06.2016;Gehalt;Personalkosten;1,234.50", "Betrag", "1,234.50", "ist kein Betrag"),
    ("15.06.2016;Gehalt;Personalkosten;viel", "Betrag", "viel", "ist kein Betrag"),
    ("15.06.2016;Gehalt;Personalkosten", "Betrag", "", "Die Zelle ist leer"),
]


@pytest.mark.parametrize(("line", "column", "found", "text"), WRONG)
def test_a_mistake_says_where_what_and_what_to_do(line, column, found, text):
    content = read(csv("15.06.2016;Gehalt;Personalkosten;1", line))
    (mistake,) = content.mistakes
    assert (mistake.number, mistake.column, mistake.found) == (3, column, found)
    assert text in mistake.text
    assert len(content.lines) == 1


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ([42536, "Gehalt", "Personalkosten", 1], "Datum"),
        ([True, "Gehalt", "Personalkosten", 1], "Datum"),
        ([date(2016, 6, 15), True, "Personalkosten", 1], "Empfänger"),
        (
            [date(2016, 6, 15), datetime.fromisoformat("2016-06-15"), "Personalkosten", 1],
            "Empfänger",
        ),
        ([date(2016, 6, 15), "Gehalt", 7, 1], "Kostenart"),
        ([date(2016, 6, 15), "Gehalt", "Personalkosten", 33.333333], "Betrag"),
        ([date(2016, 6, 15), "Gehalt", "Personalkosten", True], "Betrag"),
        ([date(2016, 6, 15), "Gehalt", "Personalkosten", 1e300], "Betrag"),
        ([date(2016, 6, 15), "Gehalt", "Personalkosten", date(2016, 6, 15)], "Betrag"),
        ([date(2016, 6, 15), "Gehalt", "Personalkosten", "=1/0"], "Betrag"),
    ],
)
def test_a_cell_of_excel_that_means_something_else_is_a_mistake(row, column):
    found = read(workbook(["Datum", "Empfänger", "Kostenart", "Betrag"], row))
    assert [mistake.column for mistake in found.mistakes] == [column]


def test_all_mistakes_are_told_at_once():
    found = read(csv("a;b;c;d", ";;;x"))
    assert [(mistake.number, mistake.column) for mistake in found.mistakes] == [
        (2, "Datum"), (2, "Kostenart"), (2, "Betrag"),
        (3, "Datum"), (3, "Empfänger"), (3, "Kostenart"), (3, "Betrag"),
    ]  # fmt: skip


def test_the_template_filled_in_is_a_file_we_read():
    book = load_workbook(BytesIO(template(["staff", "material"])))
    sheet = book.worksheets[0]
    assert "Nie" in str(list(book.worksheets[1].values)) or "nie" in str(
        list(book.worksheets[1].values)
    )
    assert "Personalkosten,Sachkosten" in sheet.data_validations.dataValidation[0].formula1
    with pytest.raises(ValidationError, match="keine Ausgaben"):
        read(template(["staff"]))
    sheet.append([date(2016, 6, 15), "Gehalt Juni", "Personalkosten", 1234.5])
    file = BytesIO()
    book.save(file)
    assert read(file.getvalue()).lines == [JUNE]
