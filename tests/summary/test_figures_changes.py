from datetime import date
from decimal import Decimal

import pytest

from coordination.council.summary.content import QUARTER, place
from tests import make
from tests.summary.frames import report, texts

pytestmark = pytest.mark.django_db
SINCE = date(2016, 9, 22)


@pytest.fixture
def awo():
    return make.agency(short_name="AWO")


@pytest.fixture
def drk():
    return make.agency(short_name="DRK")


def changes(**fields):
    return texts(report(since=SINCE, **fields), "changes")


def position(agency, title="Quartiersarbeit", **fields):
    return make.position(agency=agency, title=title, **fields)


def test_without_a_last_meeting_there_is_no_such_list():
    make.position(starts_on=date(2016, 10, 1))
    found = report()
    assert found.list("changes") == []
    assert "changes" not in found.kept["lists"]


def test_who_takes_over_a_district_is_told_once(awo, drk):
    districts = [make.district(name=name) for name in ("Eicken", "Hardt")]
    before, after = position(awo), position(drk)
    for row in districts:
        make.assignment(position=before, district=row, ends_on=date(2016, 9, 30))
        make.assignment(position=after, district=row, starts_on=date(2016, 10, 1))

    found = report(since=SINCE)

    assert found.list("changes") == [
        {
            "kind": "Zuständigkeit",
            "text": "Eicken, Hardt: Federführung jetzt DRK (bisher AWO)",
            "day": "2016-10-01",
            "places": [place(QUARTER, row.pk) for row in districts],
        }
    ]


def test_beginnings_and_endings_are_told(awo, drk):
    make.assignment(
        position=position(awo),
        district=make.district(name="Eicken"),
        starts_on=date(2016, 10, 5),
        role="deputy",
    )
    make.assignment(
        position=position(drk), district=make.district(name="Hardt"), ends_on=date(2016, 10, 4)
    )
    assert changes() == ["Eicken: Vertretung jetzt AWO", "Hardt: Federführung DRK endet"]


def test_other_hours_alone_are_no_news(awo):
    post = {"position": position(awo), "district": make.district()}
    make.assignment(**post, share=10, ends_on=date(2016, 9, 30))
    make.assignment(**post, share=20, starts_on=date(2016, 10, 1))
    assert changes() == []


def test_another_position_of_the_same_agency_is_told(awo):
    district = make.district(name="Eicken")
    for title, days in (
        ("Süd", {"ends_on": date(2016, 9, 30)}),
        ("Nord", {"starts_on": date(2016, 10, 1)}),
    ):
        make.assignment(position=position(awo, title), district=district, **days)
    assert changes() == ["Eicken: Federführung weiter AWO, jetzt Stelle Nord"]


@pytest.mark.parametrize(
    ("days", "is_told"),
    [
        ({"starts_on": SINCE}, False),  # began on the day of the meeting
        ({"starts_on": date(2016, 9, 23)}, True),
        ({"starts_on": make.DAY}, True),
        ({"starts_on": date(2016, 12, 2)}, False),
        ({"ends_on": date(2016, 9, 21)}, False),  # was over before it
        ({"ends_on": SINCE}, True),
        ({"ends_on": date(2016, 11, 30)}, True),
        ({"ends_on": make.DAY}, False),  # still holds on the day of the report
    ],
)
def test_what_counts_is_the_difference_between_the_two_days(days, is_told):
    make.position(**days)
    assert bool(changes()) is is_told


def test_withdrawn_rows_changed_nothing():
    make.assignment(starts_on=date(2016, 10, 1), withdrawn_at="2016-09-30T00:00Z")
    make.occupancy(starts_on=date(2016, 10, 1), withdrawn_at="2016-09-30T00:00Z")
    assert changes() == []


def test_holders_are_told_without_their_names(awo):
    post = position(awo)
    make.occupancy(
        position=post, ends_on=date(2016, 9, 30), worker=make.worker(agency=awo, name="Ada Kern")
    )
    make.occupancy(
        position=post,
        starts_on=date(2016, 10, 1),
        ends_on=date(2016, 10, 31),
        worker=make.worker(agency=awo, name="Bo Lindt"),
    )
    make.occupancy(position=post, starts_on=date(2016, 11, 15), fte=Decimal("0.50"))

    found = report(since=SINCE)

    assert texts(found, "changes") == [
        "Quartiersarbeit (AWO): 0,50 VZÄ besetzt",
        "Quartiersarbeit (AWO): 1,00 VZÄ nicht mehr besetzt",
        "Quartiersarbeit (AWO): 1,00 VZÄ ohne Lücke neu besetzt",
    ]
    assert "Kern" not in str(found.kept)
    assert "Lindt" not in str(found.kept)


def test_positions_begin_and_end(awo):
    position(awo, "Süd", starts_on=date(2016, 10, 1), fte=Decimal("0.50"))
    old = position(awo, "Nord", ends_on=date(2016, 10, 31))
    make.occupancy(position=old, ends_on=old.ends_on)  # its end goes without saying
    assert changes() == [
        "Nord (AWO): Förderung von 1,00 VZÄ endet",
        "Süd (AWO): mit 0,50 VZÄ gefördert bis 31.03.2018",
    ]


def test_money_that_came_or_was_agreed_on_is_told(awo):
    first = make.agreement(agency=awo, reference="V-2015", signed_on=date(2015, 6, 1))
    make.agreement(
        144_000,
        agency=awo,
        reference="V-2016",
        subject="Honorarkräfte",
        signed_on=date(2016, 11, 2),
        predecessor=first,
    )
    make.agreement(agency=awo, reference="V-ALT", starts_on=date(2016, 1, 1))
    make.allocation(reference="Bescheid 7", issued_on=date(2016, 11, 24))
    assert changes() == [
        "Bescheid 7: 1.000.000,00\N{NO-BREAK SPACE}€, davon 38.300,00\N{NO-BREAK SPACE}€ "
        "für soziale Betreuung",
        "V-2016 mit AWO: Honorarkräfte, 144.000,00\N{NO-BREAK SPACE}€, 01.01.2016 bis 31.12.2016; "
        "verlängert V-2015",
    ]


def test_what_the_council_did_is_told():
    group = make.group(short_name="GRÜ")
    make.motion(group, number="2016/7", title="Mehr Stellen", submitted_on=date(2016, 10, 2))
    rat = make.committee(name="Rat")
    make.resolution(title="Stellen bis 2018", committee=rat, day=date(2016, 11, 9))
    old = make.resolution(day=date(2016, 3, 1))
    make.task("done", resolution=old, text="Bericht vorlegen", closed_on=date(2016, 11, 20))
    make.task("done", resolution=old, closed_on=date(2016, 9, 1))
    make.task("done", resolution=old, closed_on=date(2016, 12, 5))  # after the day of the report
    assert changes() == [
        "Bericht vorlegen (Fachbereich Soziales): erledigt",
        "Stellen bis 2018 (Rat): angenommen",
        "2016/7 Mehr Stellen (GRÜ)",
    ]


def test_the_list_has_an_end():
    for number in range(43):
        make.position(starts_on=date(2016, 10, 1 + number % 28))
    found = report(since=SINCE)
    lines = found.list("changes")
    assert len(lines) == 41
    assert lines[-1] == {"kind": "more", "text": "und 3 weitere Zeilen", "number": 3}
    days = [line["day"] for line in lines[:-1]]
    assert days == sorted(days, reverse=True)
