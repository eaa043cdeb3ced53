from datetime import date

import pytest

from coordination.council.summary.content import BOROUGH, QUARTER, place
from tests import make
from tests.summary.frames import report

pytestmark = pytest.mark.django_db
MEASURES = ("stadtteile", "mit_federfuehrung", "ohne_federfuehrung", "ohne_vertretung")


def numbers(found, *places):
    return [found.figure(measure, *places).value for measure in MEASURES]


def test_districts_are_counted_with_and_without_lead():
    north, south = make.borough(name="Nord"), make.borough(name="Süd")
    led = make.district(name="Eicken", parent=north)
    post = make.assignment(district=led)
    make.assignment(district=led, role="deputy")
    make.occupancy(position=post.position)
    make.district(name="Hardt", parent=north)
    make.assignment(district=make.district(parent=south), ends_on=date(2016, 11, 30))

    found = report()

    assert numbers(found) == [3, 1, 2, 2]
    assert numbers(found, place(BOROUGH, north.pk)) == [2, 1, 1, 1]
    assert numbers(found, place(BOROUGH, south.pk)) == [1, 0, 1, 1]


def test_the_map_is_told_who_leads_and_what_is_wrong():
    drk, awo = make.agency(short_name="DRK"), make.agency(short_name="AWO")
    both, vacant, partly, nobody = (make.district("41061", "41063") for _ in range(4))
    for agency in (drk, awo):
        position = make.occupancy(position=make.position(agency=agency)).position
        make.assignment(district=both, position=position, division="topic", topic=agency.name)
    make.assignment(district=vacant, position=make.position(agency=awo))
    held = make.occupancy(position=make.position(agency=drk)).position
    make.assignment("41061", district=partly, position=held)

    found = report()

    facts = [found.place(place(QUARTER, row.pk)) for row in (both, vacant, partly, nobody)]
    assert [row["lead"] for row in facts] == ["DRK, AWO", "AWO", "DRK", ""]
    assert [row["gap"] for row in facts] == ["", "vacant", "partly", "no_lead"]
    assert facts[3]["gap_word"] == "ohne Federführung"
    assert [row["place"] for row in found.list("without_lead")] == [place(QUARTER, nobody.pk)]


def test_a_district_that_no_longer_exists_counts_nowhere():
    """It is still a place of the report: something may have been counted there before."""
    gone = make.district(ends_on=date(2016, 11, 30))
    found = report()
    assert numbers(found) == [0, 0, 0, 0]
    assert found.place(place(QUARTER, gone.pk))["gap"] == ""


def test_boroughs_add_up_to_the_city():
    for parent in (make.borough(), make.borough(), None):
        make.district(parent=parent)
        make.assignment(district=make.district(parent=parent))
    found = report()
    for measure in MEASURES:
        parts = [found.figure(measure, row.name).value for row in found.places(BOROUGH)]
        assert sum(parts) == found.figure(measure).value, measure
