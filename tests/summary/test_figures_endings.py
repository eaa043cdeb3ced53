from datetime import date

import pytest

from tests import make
from tests.summary.frames import report, texts

pytestmark = pytest.mark.django_db
UNTIL = date(2017, 6, 1)  # six months after the day of the report


@pytest.fixture
def post():
    agency = make.agency(short_name="AWO")
    return make.position(agency=agency, title="Süd")


def endings():
    return texts(report(), "endings")


@pytest.mark.parametrize(
    ("ends_on", "is_told"),
    [
        (date(2016, 11, 30), False),
        (make.DAY, True),
        (UNTIL, True),
        (date(2017, 6, 2), False),
        (None, False),
    ],
)
def test_six_months_are_looked_ahead(ends_on, is_told):
    make.position(ends_on=ends_on)
    assert bool(endings()) is is_told


def test_what_is_left_without_lead_is_told(post):
    for name in ("Eicken", "Hardt"):
        make.assignment(position=post, district=make.district(name=name), ends_on=date(2017, 3, 31))
    assert endings() == [
        "Eicken, Hardt: Federführung AWO endet",
        "Am 02.06.2017 ohne Federführung: Eicken, Hardt",
    ]


def test_who_follows_is_told_with_it(post):
    district = make.district(name="Eicken")
    make.assignment(position=post, district=district, ends_on=date(2017, 3, 31))
    make.assignment(
        position=make.position(agency=make.agency(short_name="DRK")),
        district=district,
        starts_on=date(2017, 4, 1),
    )
    assert endings() == ["Eicken: Federführung AWO endet; es folgt DRK"]


def test_the_same_position_with_other_hours_is_no_ending(post):
    district = make.district()
    make.assignment(position=post, district=district, ends_on=date(2017, 3, 31))
    make.assignment(position=post, district=district, starts_on=date(2017, 4, 1))
    assert endings() == []


def test_a_holder_who_is_followed_leaves_no_gap(post):
    make.occupancy(position=post, ends_on=date(2017, 1, 31))
    assert endings() == ["Süd (AWO): 1,00 VZÄ nicht mehr besetzt"]
    make.occupancy(position=post, starts_on=date(2017, 2, 1))
    assert endings() == []


def test_a_position_takes_its_holder_with_it(post):
    post.ends_on = date(2017, 3, 31)
    post.save()
    make.occupancy(position=post, ends_on=post.ends_on)
    assert endings() == ["Süd (AWO): Förderung von 1,00 VZÄ endet"]


def test_agreements_end_or_go_on():
    agency = make.agency(short_name="AWO")
    first = make.agreement(agency=agency, reference="V-1")
    make.agreement(agency=agency, reference="V-2", parts={2017: 500_000}, predecessor=first)
    assert endings() == [
        "V-1 mit AWO über 24.000,00\N{NO-BREAK SPACE}€ endet; verlängert durch V-2"
    ]
