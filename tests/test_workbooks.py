"""XLSX as a stream: what cells mean, and that no file takes more time or memory than it may.

Time and memory are measured in a process of its own, by what the system says it held at most.
"""

import json
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from openpyxl import Workbook
from openpyxl.chart import BarChart

from coordination import tables
from coordination.workbooks import Limits
from tests.test_tables import GOOD, rebuilt, sheet, workbook

# As much as any caller lets through.
LIMITS = Limits(lines=25_000, columns=100, unpacked=60_000_000, elements=1_400_000)
MOST_SECONDS, MOST_MEGABYTES = 3, 64


def rows(content, limits=LIMITS):
    return [cells for _, cells in tables.xlsx_rows(content, limits)]


def saved(book):
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def test_cells_are_what_excel_shows():
    row = ["Text", 7, 7.5, True, date(2016, 4, 1), datetime(2016, 4, 1, 12), time(1, 30), None, "x"]  # noqa: DTZ001
    (found,) = rows(workbook(row))
    assert found[:4] == ["Text", 7, 7.5, True]
    assert found[4:7] == [datetime(2016, 4, 1), datetime(2016, 4, 1, 12), time(1, 30)]  # noqa: DTZ001
    assert found[7:] == [None, "x"]


def test_texts_that_cells_share_are_found():
    assert rows(SHARED) == [["Text", 7]]


def test_durations_and_the_calendar_of_old_macs_are_understood():
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001
    book.active.append([timedelta(hours=26), date(2016, 4, 1)])
    assert rows(saved(book)) == [[timedelta(hours=26), datetime(2016, 4, 1)]]  # noqa: DTZ001


def test_the_first_sheet_that_is_seen_counts():
    book = Workbook()
    book.active.append(["hidden"])
    book.active.sheet_state = "hidden"
    book.create_chartsheet("Chart").add_chart(BarChart())
    book.create_sheet("Seen").append(["seen"])
    assert rows(saved(book)) == [["seen"]]


def test_runs_of_text_are_one_text_without_how_it_is_spoken():
    xml = sheet(
        '<row r="1"><c t="inlineStr"><is><r><t>Zwei </t></r><r><t>Teile</t></r>'
        "<rPh><t>ni</t></rPh></is></c><c t='str'><f>A1&amp;B1</f><v>a_x000A_b</v></c></row>"
    )
    assert rows(rebuilt(GOOD, sheet1=xml)) == [["Zwei Teile", "a\nb"]]


def test_names_with_a_prefix_are_the_same_names():
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = (
        f'<x:worksheet xmlns:x="{space}"><x:sheetData><x:row r="2"><x:c r="B2"><x:v>5</x:v>'
        "</x:c></x:row></x:sheetData></x:worksheet>"
    )
    assert list(tables.xlsx_rows(rebuilt(GOOD, sheet1=xml))) == [(2, [None, 5])]


def test_20_000_lines_of_20_columns_are_read():
    texts = '<c t="inlineStr"><is><t>Text</t></is></c>' * 19
    lines = (f"<row><c><v>{number}</v></c>{texts}</row>" for number in range(20_001))
    found = rows(rebuilt(GOOD, sheet1=sheet("".join(lines))))
    assert (len(found), found[-1]) == (20_001, [20_000, *["Text"] * 19])


@pytest.mark.parametrize("limits", [Limits(), LIMITS])
def test_one_line_too_many_is_refused(limits):
    xml = sheet(f'<row r="{limits.lines + 1}"><c><v>1</v></c></row>')
    with pytest.raises(ValidationError, match=f"bis unter Zeile {limits.lines}"):
        rows(rebuilt(GOOD, sheet1=xml), limits)


def with_shared_texts():
    """As Excel itself writes it: cells name their texts by number."""
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write_row(0, 0, ["Text", 7])
    return file.getvalue()


SHARED = with_shared_texts()


def part(name, kind, content, claimed=None, method=8):
    """A workbook with this part in the place of another; it may claim another size."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(SHARED)) as old, zipfile.ZipFile(file, "w", method) as new:
        for member in old.namelist():
            if not member.endswith(name):
                new.writestr(member, old.read(member))
        path = {"sheet": f"xl/worksheets/{name}", "book": f"xl/{name}"}[kind]
        with new.open(path, "w") as target:
            for piece in content:
                target.write(piece)
    content = file.getvalue()
    if claimed is not None:
        content = _claiming(content, name.encode(), claimed)
    return content


def _claiming(content, name, size):
    """The archive with another unpacked size in the list of its members and before the member."""
    for mark, place, name_place in ((b"PK\1\2", 24, 46), (b"PK\3\4", 22, 30)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            if content[start + name_place :][:80].split(b"PK")[0].find(name) >= 0:
                content = (
                    content[: start + place]
                    + struct.pack("<I", size)
                    + content[start + place + 4 :]
                )
    return content


SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OPENING = f'<worksheet xmlns="{SPACE}"><sheetData>'.encode()


def cells(row, times, opening=OPENING):
    yield opening
    for _ in range(times):
        yield row


def nested_zip():
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w", 8) as archive:
        archive.writestr("0", b"0" * 50_000_000)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", 8) as archive:
        for number in range(100):
            archive.writestr(f"{number}.zip", inner.getvalue())
    return file.getvalue()


def four_gigabytes():
    """Zeros, as far as the archive admits; 4 MB of compressed data, repeated."""
    squeezer, file = zlib.compressobj(9, 8, -15), BytesIO()
    zeros = squeezer.compress(b"0" * 100_000_000) + squeezer.flush()
    with zipfile.ZipFile(file, "w", 0) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", zeros)
    content = _claiming(file.getvalue(), b"sheet1", 4_000_000_000)
    for mark, place in ((b"PK\1\2", 10), (b"PK\3\4", 8)):
        start = content.find(mark) + place
        content = content[:start] + struct.pack("<H", 8) + content[start + 2 :]
    return content


def thousands_of_members():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(60_000):
            archive.writestr(str(number), b"")
    return file.getvalue()


def laughs():
    names = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)]
    head = f'<!DOCTYPE sst [<!ENTITY a0 "{"ha" * 50}">{"".join(names)}]>'
    return rebuilt(SHARED, sharedStrings=f'{head}<sst xmlns="{SPACE}"><si><t>&a11;</t></si></sst>')


def laughs_in_utf_16():
    head = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY a "aaaa">]>'
    return rebuilt(GOOD, sheet1=(head + sheet("<row><c><v>&a;</v></c></row>")).encode("utf-16"))


def shared_strings(*pieces):
    return part("sharedStrings.xml", "book", pieces)


def millions_of_shared_texts():
    numbered = b"".join(b"<si><t>%07d</t></si>" % number for number in range(1_500_000))
    return shared_strings(f'<sst xmlns="{SPACE}">'.encode(), numbered, b"</sst>")


HOSTILE = {
    "millions of shared texts": millions_of_shared_texts,
    "a nested archive": nested_zip,
    "4 GB of zeros": four_gigabytes,
    "50 MB of zeros that claim to be little": lambda: part(
        "sheet1.xml", "sheet", [b"0" * 50_000_000], claimed=1_000
    ),
    "50 MB of zeros within the limit": lambda: part("sheet1.xml", "sheet", [b"0" * 50_000_000]),
    "50 MB of blanks": lambda: part("sheet1.xml", "sheet", cells(b" " * 1_000_000, 50)),
    "laughs": laughs,
    "laughs in UTF-16": laughs_in_utf_16,
    "a million rows": lambda: part("sheet1.xml", "sheet", cells(b"<row/>" * 1_048, 1_001)),
    "a row far below": lambda: part(
        "sheet1.xml", "sheet", cells(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>', 1)
    ),
    "millions of empty cells in a row": lambda: part(
        "sheet1.xml", "sheet", cells(b"<c/>" * 10_000, 1_200, OPENING + b"<row>")
    ),
    "millions of empty cells in many rows": lambda: part(
        "sheet1.xml", "sheet", cells(b"<row>" + b"<c/>" * 500 + b"</row>", 24_000)
    ),
    "millions of marks nobody knows": lambda: part(
        "sheet1.xml", "sheet", cells(b"<z/>" * 10_000, 1_200)
    ),
    "a deep nest": lambda: part("sheet1.xml", "sheet", cells(b"<a>" * 10_000, 1_500)),
    "a nest of cells": lambda: part("sheet1.xml", "sheet", cells(b"<c>" * 10_000, 1_500)),
    "a million names": lambda: part(
        "sheet1.xml", "sheet", cells(b"".join(b"<n%d/>" % n for n in range(1_000_000)), 1)
    ),
    "an attribute of 50 MB": lambda: part(
        "sheet1.xml", "sheet", cells(b"x" * 1_000_000, 50, OPENING + b'<row r="')
    ),
    "a comment of 50 MB": lambda: part(
        "sheet1.xml", "sheet", cells(b"< x" * 300_000, 50, OPENING + b"<!--")
    ),
    "a million attributes": lambda: part(
        "sheet1.xml",
        "sheet",
        cells(b" ".join(b'a%d=""' % n for n in range(1_000_000)), 1, OPENING + b"<row "),
    ),
    "a text of 50 MB": lambda: part(
        "sheet1.xml", "sheet", cells(b"x" * 1_000_000, 50, OPENING + b'<row><c t="str"><v>')
    ),
    "a shared text of 50 MB": lambda: shared_strings(
        f'<sst xmlns="{SPACE}"><si><t>'.encode(), b"x" * 50_000_000
    ),
    "thousands of members": thousands_of_members,
    "BZIP2": lambda: part("sheet1.xml", "sheet", [b"0" * 50_000_000], method=zipfile.ZIP_BZIP2),
    "LZMA": lambda: part("sheet1.xml", "sheet", [b"0" * 50_000_000], method=zipfile.ZIP_LZMA),
    "millions of formats": lambda: part(
        "styles.xml", "book", cells(b'<xf numFmtId="14"/>' * 1_000, 2_000, b"<a><cellXfs>")
    ),
}

MEASURE = """
import json, re, sys, time
import django
from django.conf import settings
settings.configure(USE_I18N=False)
from django.core.exceptions import ValidationError
from coordination import tables
from coordination.workbooks import Limits
content = sys.stdin.buffer.read()
# Not getrusage: what that calls the most is inherited from the process that started this one.
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1000
before, start, refused = peak(), time.process_time(), False
try:
    rows = tables.xlsx_rows(content, Limits(*json.loads(sys.argv[1])))
    held = list(rows) if sys.argv[2] == "hold" else [None for row in rows]
except ValidationError:
    refused = True
print(json.dumps([refused, time.process_time() - start, peak() - before]))
"""


def measured(content, *, hold=False):
    """Whether it was refused, in how many seconds and with how many megabytes more."""
    limits = [LIMITS.lines, LIMITS.columns, LIMITS.unpacked, LIMITS.elements]
    process = subprocess.run(
        [sys.executable, "-c", MEASURE, json.dumps(limits), "hold" if hold else ""],
        input=content,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return json.loads(process.stdout)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_bomb_takes_neither_time_nor_memory(kind):
    refused, seconds, megabytes = measured(HOSTILE[kind]())
    assert refused
    assert seconds < MOST_SECONDS
    assert megabytes < MOST_MEGABYTES


def test_members_are_counted_before_they_are_listed():
    with pytest.raises(ValidationError, match="zu groß"):
        rows(thousands_of_members())


def test_memory_that_is_taken_is_measured():
    """Red control: 400,000 texts that the limits just let through, all of them held."""
    numbered = (f'<c t="str"><v>{number:0120}</v></c>' for number in range(400_000))
    lines = (f"<row>{''.join(line)}</row>" for line in zip(*[numbered] * 20, strict=True))
    refused, _seconds, megabytes = measured(rebuilt(GOOD, sheet1=sheet("".join(lines))), hold=True)
    assert not refused
    assert megabytes > MOST_MEGABYTES


@pytest.mark.parametrize("seed", range(40))
def test_whatever_bytes_are_turned_the_file_is_read_or_refused(seed):
    """And nothing but a ValidationError is raised."""
    chance = random.Random(seed)
    content = bytearray(workbook(["Datum", "Betrag"], [date(2016, 4, 1), 1.5], ["x", "y"]))
    for _ in range(chance.randrange(1, 30)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    with suppress(ValidationError):
        rows(bytes(content))
