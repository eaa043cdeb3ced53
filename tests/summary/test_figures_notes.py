from datetime import date

import pytest

from coordination.council.summary.content import BOROUGH, QUARTER, place
from districts import districts
from tests import make
from tests.summary.frames import BEFORE, PERIOD, report, texts

pytestmark = pytest.mark.django_db


def notes(**fields):
    return texts(report(**fields), "notes")


def quarter(**fields):
    return make.district(**{"population": 5_000, "population_year": 2016, **fields})


@pytest.fixture(autouse=True)
def nothing_else_to_say():
    """Rows that leave a report without notes."""
    make.year()
    make.period("accepted", **PERIOD)
    district = quarter(name="Eicken")
    for _ in range(3):
        make.activity(5, 5, district=district)


def test_a_report_may_need_no_notes():
    assert notes() == []


def test_reports_that_are_not_accepted_make_figures_provisional():
    for name, state in (("AWO", "submitted"), ("DRK", "open"), ("Caritas", "locked")):
        make.period(state, agency=make.agency(short_name=name), **PERIOD)
    make.period("open", starts_on=date(2017, 1, 1), ends_on=date(2017, 3, 31))
    assert notes() == [
        "2 von 4 Berichten der Verbände über diesen Zeitraum sind angenommen. Bis alle vorliegen, "
        "sind die Tätigkeiten vorläufig. Es fehlen: AWO, DRK."
    ]


def test_a_period_nobody_reports_on_is_unchecked():
    found = notes(starts_on=date(2016, 7, 1), ends_on=date(2016, 9, 30))
    assert found == [
        "Für diesen Zeitraum ist kein Bericht eines Verbands vorgesehen; die Tätigkeiten sind "
        "daher ungeprüft.",
        "In diesem Zeitraum sind keine Tätigkeiten erfasst.",
    ]


def test_a_district_that_ended_and_moved_is_told():
    old = quarter(
        key="S7", name="Odenkirchen", parent=make.borough(name="Süd"), ends_on=date(2016, 10, 31)
    )
    new = quarter(
        key="S7", name="Odenkirchen", parent=make.borough(name="West"), starts_on=date(2016, 11, 1)
    )
    make.activity(5, district=old, day=date(2016, 10, 31))

    found = report()

    assert texts(found, "notes") == [
        "Odenkirchen bestand bis 31.10.2016. Seither gehört Odenkirchen zu West."
    ]
    places = found.list("notes")[0]["places"]
    assert places == [place(QUARTER, old.pk), place(QUARTER, new.pk)]
    assert found.place(places[0]).label == "Odenkirchen (bis 31.10.2016)"


def test_a_new_district_has_nothing_to_be_compared_with():
    for name in ("Neustadt", "Seestadt"):
        quarter(name=name, starts_on=date(2016, 11, 1))
    assert notes() == ["Neu seit 01.11.2016 und daher mit nichts vergleichbar: Neustadt, Seestadt"]


def test_a_district_whose_borough_was_corrected_is_told():
    north, south = make.borough(name="Nord"), make.borough(name="Süd")
    row = quarter(name="Hardt", parent=north)
    make.activity(5, district=row, day=BEFORE)
    districts.change(
        row,
        name=row.name,
        parent=south,
        population=row.population,
        population_year=row.population_year,
        area_km2=None,
        postal_codes=[],
        ends_on=None,
        by=make.user("coordination"),
    )

    found = report()

    assert texts(found, "notes") == [
        "Hardt liegt jetzt in Süd statt in Nord. Alle Zahlen, auch die früherer Tage, zählen dort."
    ]
    assert found.place(place(QUARTER, row.pk))["borough"] == place(BOROUGH, south.pk)


def test_districts_without_residents_are_named():
    quarter(name="Flughafen", population=None, population_year=None)
    assert notes() == [
        "Die Einwohnerzahl von Flughafen ist nicht bekannt; je 1.000 Einwohnende gibt es dort, im "
        "Bezirk und für die Stadt keine Zahl."
    ]


def test_agencies_with_freelancers_are_named_because_of_the_figures_per_fte():
    make.worker(agency=make.agency(short_name="AWO"), kind="freelance")
    make.worker(agency=make.agency(short_name="DRK"))
    assert notes() == [
        "AWO: Dort arbeiten auch Honorarkräfte. Sie besetzen keine Stelle: In den Zahlen je VZÄ "
        "zählt mit, was sie tun, nicht aber sie selbst."
    ]
