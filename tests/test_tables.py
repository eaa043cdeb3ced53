"""Files that claim to be tables: what is read, and that what is none is refused at once."""

import time
import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from openpyxl import Workbook

from coordination import tables


def workbook(*rows):
    book, file = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def rebuilt(content, **parts):
    """The workbook with parts of it replaced, named by how their path ends."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for name in old.namelist():
            end = name.rpartition("/")[2].removesuffix(".xml")
            new.writestr(name, parts.get(end, old.read(name)))
    return file.getvalue()


def sheet(rows):
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'


GOOD = workbook(["Datum", "Betrag"], [], ["x", 1.5])


def test_rows_keep_their_number_in_the_file():
    assert [number for number, _ in tables.xlsx_rows(GOOD)] == [1, 3]
    assert list(tables.csv_rows("a;b\n\n;\n1;2\n")) == [(1, ["a", "b"]), (4, ["1", "2"])]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_the_first_line_says_what_parts_the_columns(delimiter):
    assert list(tables.csv_rows(f"a{delimiter}b\n")) == [(1, ["a", "b"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_german_text_is_read_as_it_is_saved(encoding):
    assert tables.decoded("Empfänger".encode(encoding)) == "Empfänger"


@pytest.mark.parametrize("content", [b"a\0b", b"\x89PNG\x81", "Büro".encode("utf-16")])
def test_what_is_no_text_is_no_csv(content):
    assert tables.decoded(content) is None


def test_a_sheet_that_lies_about_its_size_is_read_to_its_end():
    xml = sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>')
    xml = xml.replace("<sheetData>", '<dimension ref="A1:A1"/><sheetData>')
    found = list(tables.xlsx_rows(rebuilt(GOOD, sheet1=xml)))
    assert [cells[0] for _, cells in found] == [1, 2]


def zeros():
    """50 kB that unpack to 50 MB."""
    return rebuilt(GOOD, theme1=b"0" * 50_000_000)


BOMBS = {
    "a part of 50 MB": zeros,
    "millions of cells": lambda: rebuilt(GOOD, sheet1=sheet("<row>" + "<c/>" * 2_000_000)),
    "a million empty rows": lambda: rebuilt(
        GOOD, sheet1=sheet('<row r="1"/><row r="1048576"><c r="A1048576"><v>1</v></c></row>')
    ),
    "laughs": lambda: rebuilt(
        GOOD,
        sheet1='<!DOCTYPE a [<!ENTITY a "aaaa">]>' + sheet('<row><c t="str"><v>&a;</v></c></row>'),
    ),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_at_once(kind):
    content, start = BOMBS[kind](), time.perf_counter()
    with pytest.raises(ValidationError):
        list(tables.xlsx_rows(content))
    assert time.perf_counter() - start < 2


def test_a_cell_far_to_the_right_makes_no_wide_rows():
    xml = sheet('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>')
    ((_, cells),) = tables.xlsx_rows(rebuilt(GOOD, sheet1=xml))
    assert cells == [1]


def empty_zip():
    file = BytesIO()
    zipfile.ZipFile(file, "w").close()
    return file.getvalue()


BROKEN = {
    "cut in half": GOOD[: len(GOOD) // 2],
    "rubbish": b"PK\x03\x04" + b"\xff" * 500,
    "an empty archive": empty_zip(),
    "a part missing": rebuilt(GOOD, workbook=b""),
    "no XML": rebuilt(GOOD, sheet1=b"\x00\xff<<<"),
    "a number without end": rebuilt(
        GOOD, sheet1=sheet(f'<row r="1"><c r="A1"><v>{"9" * 5_000}</v></c></row>')
    ),
    "a text that is not there": rebuilt(
        GOOD, sheet1=sheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')
    ),
    "bits turned": bytes(
        byte ^ (255 if place % 97 == 50 else 0) for place, byte in enumerate(GOOD)
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_workbook_is_refused(kind):
    with pytest.raises(ValidationError, match="Arbeitsmappe"):
        list(tables.xlsx_rows(BROKEN[kind]))


def test_a_size_is_refused_before_anything_is_read():
    with pytest.raises(ValidationError, match="3 MB. Höchstens 2 MB"):
        tables.refuse_size(2_000_001, 2_000_000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_found_in_any_encoding(encoding):
    """In UTF-16 the marks lie between zeros; an entity may unfold to gigabytes."""

    def read(head):
        xml = head + sheet('<row><c t="str"><v>a</v></c></row>')
        return list(tables.xlsx_rows(rebuilt(GOOD, sheet1=xml.encode(encoding))))

    assert read("")[0][1][0] == "a"
    with pytest.raises(ValidationError):
        read('<!DOCTYPE a [<!ENTITY a "aaaa">]>')


def test_a_million_blank_lines_are_refused_at_once():
    with pytest.raises(ValidationError):
        list(tables.csv_rows("Datum;Betrag\n" + "\n" * 1_000_000))
