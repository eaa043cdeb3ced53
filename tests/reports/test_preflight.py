"""What is pointed out before a report is handed in."""

import time
from datetime import date

import pytest

from agencies.reports import figures, narratives, preflight
from agencies.reports.contradictions import contradictions
from agencies.reports.models import Narrative
from coordination.as_of import today
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return make.worker(name="Kim Beispiel")


@pytest.fixture
def period(worker):
    return make.period(agency=worker.agency, starts_on=date(2016, 9, 1), ends_on=date(2016, 9, 30))


def found(period, **texts):
    counted = figures.of(period)
    blocks = narratives.blocks(Narrative(**texts), counted)
    return preflight.findings(period, blocks, counted)


def said(period, **texts):
    return " | ".join(finding.text for finding in found(period, **texts))


def log(worker, *days, **fields):
    for day in days:
        make.activity(1, worker=worker, day=date(2016, 9, day), **fields)


def every_day(worker, **fields):
    log(worker, *range(1, 31), **fields)


def test_a_district_that_is_led_and_has_no_entry_is_named(period, worker):
    eicken, westend = make.district(name="Eicken"), make.district(name="Westend")
    position = make.position(agency=period.agency)
    for district in (eicken, westend):
        make.assignment(position=position, district=district)
    make.assignment(position=position, district=make.district(name="Nur Vertretung"), role="deputy")
    make.assignment(district=make.district(name="Anderer Verband"))
    make.assignment(
        position=position, district=make.district(name="Später"), starts_on=date(2016, 10, 1)
    )
    every_day(worker, district=eicken)
    (finding,) = found(period, overview="Text")
    assert "1 Stadtteil in Ihrer Federführung ohne Tätigkeit" in finding.text
    assert [part.text for part in finding.parts] == ["Westend"]
    assert finding.parts[0].address.endswith(f"?stadtteil={westend.pk}")


def test_who_holds_a_position_and_logged_nothing_is_named(period, worker):
    make.occupancy(position=make.position(agency=period.agency), worker=worker)
    silent = make.worker(agency=period.agency, name="Noor Still")
    make.occupancy(position=make.position(agency=period.agency), worker=silent)
    every_day(worker)
    (finding,) = found(period, overview="Text")
    assert [part.text for part in finding.parts] == ["Noor Still"]


def test_working_days_without_entry_are_named_in_stretches(period, worker):
    log(worker, *range(1, 10), *range(17, 30))
    (finding,) = found(period, overview="Text")
    assert finding.text.startswith("6 Arbeitstage ohne Tätigkeit")
    assert [part.text for part in finding.parts] == ["12.–16.09.2016", "30.09.2016"]


def test_weekends_and_holidays_need_no_entry_and_part_no_stretch():
    first, last = date(2016, 9, 29), date(2016, 10, 5)  # Monday 3 October is a holiday
    (stretch,) = preflight.stretches(first, last, {date(2016, 10, 5)})
    assert stretch == ((date(2016, 9, 29), date(2016, 10, 4)), 3)
    assert preflight.in_words(stretch[0]) == "29.09.–04.10.2016"
    assert preflight.stretches(date(2016, 10, 1), date(2016, 10, 3), set()) == []


def test_a_logged_saturday_parts_a_stretch():
    found = preflight.stretches(date(2016, 9, 5), date(2016, 9, 16), {date(2016, 9, 10)})
    assert [preflight.in_words(days) for days, _ in found] == ["05.–09.09.2016", "12.–16.09.2016"]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2016, 9, 12), date(2016, 9, 12), "12.09.2016"),
        (date(2015, 12, 28), date(2016, 1, 4), "28.12.2015–04.01.2016"),
    ],
)
def test_stretches_in_words(first, last, words):
    assert preflight.in_words((first, last)) == words


def test_today_and_days_to_come_are_not_missing(worker):
    year = today().year
    period = make.period(
        agency=worker.agency, starts_on=today(), ends_on=date(year + 1, 12, 31),
        due_on=date(year + 1, 12, 31),
    )  # fmt: skip
    make.activity(1, worker=worker, day=date(year + 1, 12, 31))
    assert "Arbeitstag" not in said(period, overview="Text")


def test_many_stretches_are_cut_off_and_counted(worker):
    period = make.period(agency=worker.agency)
    for month in (1, 2, 3):
        for day in range(1, 29, 2):
            make.activity(1, worker=worker, day=date(2016, month, day))
    (finding,) = found(period, overview="Text")
    assert len(finding.parts) == preflight.MOST_STRETCHES
    assert finding.more > 0


def test_an_empty_report_leads_to_a_nil_report(period):
    (finding,) = found(period)
    assert "reichen Sie eine Fehlanzeige ein" in finding.text
    assert not finding.is_hurdle


def test_a_text_without_entries_and_entries_without_text(period, worker):
    assert "keine Tätigkeit erfasst, der Bericht hat aber" in said(period, overview="Text")
    every_day(worker)
    assert said(period) == "Der Bericht hat keinen Text, nur Zahlen."


def test_notes_saved_in_spite_of_the_warning_are_counted(period, worker):
    every_day(worker)
    make.activity(1, worker=worker, day=date(2016, 9, 1), is_note_insisted=True)
    assert said(period, overview="Text") == (
        "1 Kurznotiz wurde trotz Datenschutzhinweis gespeichert."
    )


def test_unknown_names_come_first_and_are_the_only_hurdle(period, worker):
    hurdles = [
        finding.is_hurdle for finding in found(period, overview="9 Tätigkeiten", needs="{stundn}")
    ]
    assert hurdles == [True, False, False]
    assert "Vielleicht gemeint: {stunden}" in said(period, needs="{stundn}")


# --- Text that says otherwise -------------------------------------------------------------------


@pytest.fixture
def counted(worker, period):
    """412 participants, 168 of them without background, in 3 districts, 24.5 hours."""
    cafe = make.kind(name="Sprachcafé")
    make.kind(name="Aufsuchende Arbeit")
    places = [make.district(name=name) for name in ("Eicken", "Westend", "Holt")]
    make.target_group("refugee", name="Geflüchtete")
    make.target_group("helper", name="Ehrenamtliche")
    fields = {"worker": worker, "day": date(2016, 9, 1)}
    for number in range(11):
        make.activity(kind=cafe, district=places[number % 3], minutes=60, **fields)
    make.activity(244, 168, 9, kind=cafe, district=places[0], minutes=810, **fields)
    return figures.of(period)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("412 Teilnehmende", None),
        ("410 Teilnehmende", "teilnehmende"),
        ("Es kamen 410 Teilnehmerinnen und Teilnehmer.", "teilnehmende"),
        ("mit 410 Teilnehmer*innen", "teilnehmende"),
        ("1.412 Teilnehmende", "teilnehmende"),
        ("1\u202f412 Teilnehmende", "teilnehmende"),
        ("rund 400 Teilnehmende", None),
        ("über 300 Teilnehmende", "teilnehmende"),
        ("168 Teilnehmende ohne Fluchthintergrund", None),
        ("412 Teilnehmende ohne Fluchthintergrund", "ohne_fluchthintergrund"),
        ("244 Menschen mit Fluchterfahrung", None),
        ("drei Stadtteile", None),
        ("in vier Stadtteilen", "stadtteile"),
        ("12 Stadtteile", "stadtteile"),
        ("keine Sprachcafés", "art:Sprachcafé"),
        ("12 Sprachcafés", None),
        ("Zwei Sprachcafés", "art:Sprachcafé"),
        ("keine aufsuchende Arbeit", None),
        ("7 Ehrenamtliche", "zielgruppe:Ehrenamtliche"),
        ("9 Ehrenamtliche", None),
        ("9 Ehrenamtliche und Fachkräfte", None),
        ("12 Tätigkeiten", None),
        ("5 Tätigkeiten in Eicken", None),
        ("6 Tätigkeiten im Stadtteil Eicken", "stadtteil:Eicken"),
        ("2 Teilnehmende in Eicken", None),
        ("24,5 Stunden", None),
        ("24 Stunden", None),
        ("25 Stunden", None),
        ("30 Stunden", "stunden"),
        ("2 Stunden pro Woche", None),
        ("40,8 % ohne Fluchthintergrund", None),
        ("41 Prozent ohne Fluchthintergrund", None),
        ("30 % der Teilnehmenden ohne Fluchthintergrund", "anteil_ohne_fluchthintergrund"),
        ("59 % mit Fluchthintergrund", None),
        ("70 % hatten einen. Andere ohne Fluchthintergrund", None),
        ("90 % Teilnehmende", None),
        ("Am 12.09.2016 Teilnehmende", None),
        ("eine Tätigkeit", None),
        ("Haus 3, Stadtteile", None),
        ("{teilnehmende} Teilnehmende", None),
        ("4120 Teilnehmende", "teilnehmende"),
        ("bis zu 5 Angebote", "angebote"),
    ],
)
def test_numbers_beside_a_known_word_are_compared(counted, text, wrong):
    found = contradictions(narratives.filled(text, counted), counted)
    assert [each.figure.name for each in found] == ([wrong] if wrong else [])


def test_a_contradiction_is_told_with_both_numbers_and_the_way_out(counted, period):
    text = said(period, focus="Wir hatten 12 Stadtteile.")
    assert "„12 Stadtteile“ steht in „Schwerpunkte der Arbeit“, erfasst: 3" in text
    assert "{stadtteile}" in text


@pytest.mark.parametrize(
    "text", ["1" * 20_000, "9 " * 10_000, "rund " * 4_000, "9 % " * 5_000, "12 Stadtteile " * 1_400]
)
def test_comparing_takes_no_longer_than_the_text_is(counted, text):
    start = time.perf_counter()
    contradictions(narratives.filled(text, counted), counted)
    assert time.perf_counter() - start < 0.5


def test_a_name_of_the_lists_is_no_pattern(counted, period):
    make.kind(name="(a+)+$ [x")
    assert contradictions(narratives.filled("3 (a+)+$ [x", counted), figures.of(period))


def test_the_whole_check_takes_two_queries(counted, period, django_assert_max_num_queries):
    blocks = narratives.blocks(Narrative(overview="12 Stadtteile {x}"), counted)
    with django_assert_max_num_queries(2):
        preflight.findings(period, blocks, counted)
