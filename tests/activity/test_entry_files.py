"""Files of entries: every way to write one, and every way to get it wrong."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from agencies.activity import entry_files
from agencies.activity.entry_files import lines, opened, packed
from agencies.lists.models import TargetGroup
from coordination import exports
from tests.test_tables import GOOD, workbook

HEADS = ["Datum", "Stadtteil", "Art", "Form", "Minuten"]
HEAD = ";".join(HEADS)
LINE = "15.11.2016;Eicken;Beratung;vor Ort;60"
GROUPS = [TargetGroup(pk=1, name="Geflüchtete"), TargetGroup(pk=2, name="Ehrenamtliche")]
NAMES = {1: "Geflüchtete", 2: "Ehrenamtliche"}


def read(content):
    content = content.encode() if isinstance(content, str) else content
    return list(lines(opened(packed(content, GROUPS)), NAMES))


def only(content):
    (line,) = read(content)
    assert line.mistakes == []
    return line.values


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}\n{LINE}\n",
        f"{HEAD}\n{LINE}\n".encode("utf-8-sig"),
        f"{HEAD}\r\n2016-11-15; eicken ;BERATUNG;vor  Ort;60 min\r\n".encode("cp1252"),
        "Stadtteil,Dauer in Minuten,Form,DATUM,Einsatzart\nEicken,1:00,vor Ort,15.11.2016,Beratung",
        "Tätigkeiten der AWO, 2016, Stand heute\n\nForm\tDatum\tArt\tMinuten\tStadtteil\n"
        "vor Ort\t15.11.2016\tBeratung\t1 h\tEicken",
        "Date;District;Kind;Format;Minutes\n15.11.2016;Eicken;Beratung;vor Ort;60,0",
        workbook(HEADS, [date(2016, 11, 15), "Eicken", "Beratung", "vor Ort", 60]),
        workbook(
            ["Auszug"],
            [],
            HEADS,
            [datetime.fromisoformat("2016-11-15T12:30"), "Eicken", "Beratung", "vor Ort", time(1)],
        ),
        workbook(HEADS, [date(2016, 11, 15), "Eicken", "Beratung", "vor Ort", timedelta(hours=1)]),
    ],
)
def test_an_entry_is_read_however_it_is_written(content):
    values = only(content)
    assert (values["day"], values["minutes"]) == (date(2016, 11, 15), 60)
    assert [values[name].casefold() for name in ("district", "kind", "format")] == [
        "eicken", "beratung", "vor ort",
    ]  # fmt: skip


def test_all_columns_have_their_place_and_others_are_named():
    table = opened(packed((
        f"Nummer;{HEAD};Fachkraft;GEFLUECHTETE;Anzahl Ehrenamtliche;Themen;Dolmetschen;Angebot;"
        f"Notiz;Verband;Lfd. Nr.;Wetter\n"
        f"A-7;{LINE};Anna Muster;3;;Wohnen, Sprache;ja;Sprachcafé;Viel los;AWO;1;Regen\n"
    ).encode(), GROUPS))  # fmt: skip
    assert table.unread == ["Lfd. Nr.", "Wetter"]
    (line,) = lines(table, NAMES)
    assert line.mistakes == []
    assert line.values == {
        "external_id": "A-7", "day": date(2016, 11, 15), "district": "Eicken", "kind": "Beratung",
        "format": "vor Ort", "minutes": 60, "worker": "Anna Muster", 1: 3, 2: 0,
        "topics": "Wohnen, Sprache", "has_interpreter": True, "offer": "Sprachcafé",
        "note": "Viel los", "agency": "AWO",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("90", 90), ("90 Min.", 90), ("1:30", 90), ("01:30:00", 90), ("1,5 h", 90), ("1.25 Std", 75),
     ("2 Stunden", 120), ("90.0", 90), ("1440", 1440)],
)  # fmt: skip
def test_minutes_are_read_however_they_are_written(typed, minutes):
    assert only(f"{HEAD}\n15.11.2016;Eicken;Beratung;vor Ort;{typed}\n")["minutes"] == minutes


WRONG = [
    ("31.02.2016;Eicken;Beratung;vor Ort;60", "Datum", "31.02.2016", "ist kein Datum"),
    (";Eicken;Beratung;vor Ort;60", "Datum", "", "Die Zelle ist leer"),
    ("15.11.2016; ;Beratung;vor Ort;60", "Stadtteil", "", "Die Zelle ist leer"),
    ("15.11.2016;Ei\u202ecken;Beratung;vor Ort;60", "Stadtteil", "Eicken", "nicht lesbare Zeichen"),
    ("15.11.2016;Eicken;Beratung;vor Ort;1,5", "Minuten", "1,5", "90, 1:30 oder 1,5 h"),
    ("15.11.2016;Eicken;Beratung;vor Ort;0", "Minuten", "0", "1 bis 1.440 Minuten"),
    ("15.11.2016;Eicken;Beratung;vor Ort;1441", "Minuten", "1441", "1 bis 1.440 Minuten"),
    ("15.11.2016;Eicken;Beratung;vor Ort;1:75", "Minuten", "1:75", "1 bis 1.440 Minuten"),
    ("15.11.2016;Eicken;Beratung;vor Ort;-60", "Minuten", "-60", "ganze Minuten"),
    ("15.11.2016;Eicken;Beratung;vor Ort;lang", "Minuten", "lang", "ganze Minuten"),
    ("15.11.2016;Eicken;Beratung;vor Ort;" + "9" * 400, "Minuten", "9" * 60, "ganze Minuten"),
]


@pytest.mark.parametrize(("line", "column", "found", "text"), WRONG)
def test_a_mistake_says_where_what_and_what_to_do(line, column, found, text):
    good, wrong = read(f"{HEAD}\n{LINE}\n{line}\n")
    assert good.mistakes == []
    (mistake,) = wrong.mistakes
    assert (mistake.number, mistake.column, mistake.found) == (3, column, found)
    assert text in mistake.text


@pytest.mark.parametrize(
    ("typed", "text"),
    [("-1", "ohne Vorzeichen"), ("drei", "ganze Zahl"), ("2,5", "ganze Zahl"),
     ("1.000", "ganze Zahl"), ("1000000000000", "höchstens 9.999"), ("10000", "höchstens 9.999"),
     ("1e3", "ganze Zahl"), ("٣", None), ("3.0", None), ("–", None)],
)  # fmt: skip
def test_people_are_whole_numbers(typed, text):
    (line,) = read(f"{HEAD};Geflüchtete\n{LINE};{typed}\n")
    if text is None:
        assert line.mistakes == []
        assert line.values[1] in (0, 3)
    else:
        (mistake,) = line.mistakes
        assert (mistake.column, mistake.found) == ("Geflüchtete", typed)
        assert text in mistake.text


@pytest.mark.parametrize(
    ("typed", "answer"), [("ja", True), ("X", True), ("1", True), ("nein", False), ("", False)]
)
def test_yes_and_no_are_read(typed, answer):
    assert only(f"{HEAD};Dolmetschen\n{LINE};{typed}\n")["has_interpreter"] is answer


@pytest.mark.parametrize(
    ("column", "typed", "text"),
    [
        ("Dolmetschen", "vielleicht", "ja“ oder „nein"),
        ("Notiz", "x" * 301, "länger als 300 Zeichen"),
        ("Nummer", "x" * 101, "länger als 100 Zeichen"),
        ("Notiz", "\x07", "nicht lesbare Zeichen"),
    ],
)
def test_other_cells_say_what_is_wrong(column, typed, text):
    (line,) = read(f"{HEAD};{column}\n{LINE};{typed}\n")
    (mistake,) = line.mistakes
    assert mistake.column == column
    assert text in mistake.text


def test_a_number_that_excel_took_for_one_stays_whole():
    row = [date(2016, 11, 15), "Eicken", "Beratung", "vor Ort", 60.0, 4711.0, True]
    values = only(workbook([*HEADS, "Nummer", "Dolmetschen"], row))
    assert (values["external_id"], values["has_interpreter"]) == ("4711", True)


def test_what_an_export_put_before_a_formula_is_taken_off_again():
    sent = exports._csv_line(["15.11.2016", "Eicken", "Beratung", "vor Ort", 60, "-Treffen"])
    assert "'-Treffen" in sent
    assert only(f"{HEAD};Notiz\n{sent}")["note"] == "-Treffen"


def test_line_breaks_in_a_note_become_spaces():
    assert only(f'{HEAD};Notiz\n{LINE};"a\nb"\n')["note"] == "a b"


REFUSED = {
    "nothing": (b"", "Die Datei ist leer."),
    "blanks": (b" \n \r\n", "Die Datei ist leer."),
    "only headings": (HEAD.encode(), "stehen in der Datei keine Tätigkeiten"),
    "other headings": (
        b"Tag;Ort;Minuten\n1;2;3\n",
        "Diese Spalten fehlen: Stadtteil, Art, Form. Die Überschriften der Datei sind: Tag, Ort",
    ),
    "a heading twice": (f"{HEAD};Tag\n{LINE};x".encode(), "doppelt"),
    "a PDF": (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\0", "weder XLSX noch CSV"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 9, "weder XLSX noch CSV"),
    "a broken workbook": (GOOD[: len(GOOD) // 2], "nicht als Arbeitsmappe lesen"),
    "21,000 lines": (f"{HEAD}\n{(LINE + chr(10)) * 21_000}".encode(), "mehr als 20.000"),
    "26,000 blank lines": (f"{HEAD}\n{chr(10) * 26_000}{LINE}".encode(), "bis unter Zeile 25000"),
    "11 MB": (b"x" * 11_000_000, "zu groß: 11 MB. Höchstens 10 MB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_of_entries_is_refused(case):
    content, text = REFUSED[case]
    with pytest.raises(ValidationError) as error:
        packed(content, GROUPS)
    assert text in " ".join(error.value.messages)


def test_20_000_lines_below_a_title_are_read():
    content = f"Auszug\n\n{HEAD}\n{(LINE + chr(10)) * 20_000}"
    assert len(opened(packed(content.encode(), GROUPS)).rows) == 20_000


def test_one_long_text_in_every_cell_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(entry_files, "MOST_TEXT", 1_000)
    with pytest.raises(ValidationError, match="zu viel Text"):
        packed(f"{HEAD};Notiz\n{f'{LINE};{chr(120) * 290}{chr(10)}' * 5}".encode(), GROUPS)
