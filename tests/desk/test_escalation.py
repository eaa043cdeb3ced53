"""Whom a question waits for: time travels by the day that is passed."""

from datetime import date, timedelta

import pytest

from agencies.models import Assignment
from coordination.public import finder
from tests import make
from tests.desk.staff import CITY, DEPUTY, FRIDAY, LEAD, at, post, question, staffed
from volunteers.desk import routing
from volunteers.desk.escalation import Arrangement

DAY = timedelta(days=1)


@pytest.fixture
def place(db):
    return staffed()


@pytest.mark.parametrize(
    ("asked", "deputy", "coordination"),
    [
        # Friday: Monday and Tuesday pass, on Wednesday the third working day begins.
        (date(2016, 6, 3), date(2016, 6, 8), date(2016, 6, 13)),
        (date(2016, 6, 4), date(2016, 6, 8), date(2016, 6, 13)),  # Saturday
        (date(2016, 6, 6), date(2016, 6, 9), date(2016, 6, 14)),  # Monday
        # Thursday before Christmas: Boxing Day is a Monday, New Year's Day a Sunday.
        (date(2016, 12, 22), date(2016, 12, 28), date(2017, 1, 2)),
        # Friday before the 500th anniversary of the Reformation and All Saints'.
        (date(2017, 10, 27), date(2017, 11, 3), date(2017, 11, 8)),
        # In other years 31 October is a working day.
        (date(2016, 10, 28), date(2016, 11, 3), date(2016, 11, 8)),
        # Tuesday before Corpus Christi.
        (date(2016, 5, 24), date(2016, 5, 30), date(2016, 6, 2)),
    ],
)
def test_after_two_and_five_whole_working_days(place, asked, deputy, coordination):
    row = question(place, asked)
    assert routing.stage(row, asked) == LEAD
    assert routing.stage(row, deputy - DAY) == LEAD
    assert routing.stage(row, deputy) == DEPUTY
    assert routing.stage(row, coordination - DAY) == DEPUTY
    assert routing.stage(row, coordination) == CITY
    assert routing.way(row, coordination).stages == [LEAD, DEPUTY, CITY]


def test_the_day_is_that_of_the_city_not_of_greenwich(place):
    late = question(place, FRIDAY, at=at(date(2016, 6, 6), 0))  # Sunday 22:00 UTC
    assert routing.way(late, date(2016, 6, 8)).since == date(2016, 6, 6)
    assert routing.stage(late, date(2016, 6, 8)) == LEAD


def test_what_lies_ahead_of_the_portals_day_counts_as_that_day(place):
    ahead = question(place, date(2016, 6, 30))
    assert routing.way(ahead, FRIDAY).since == FRIDAY
    assert routing.stage(ahead, FRIDAY) == LEAD


def test_an_absent_lead_is_not_waited_for(place):
    make.absence(worker=place.lead.worker, starts_on=FRIDAY, ends_on=date(2016, 6, 10))
    row = question(place)
    assert routing.stage(row, FRIDAY) == DEPUTY
    assert routing.way(row, FRIDAY).stages == [DEPUTY]
    assert routing.way(row, FRIDAY).agency == place.awo
    # Back again, the lead is asked too.
    assert routing.way(row, date(2016, 6, 13)).stages == [LEAD, DEPUTY, CITY]


def test_of_two_who_share_a_position_one_is_enough(place):
    make.occupancy(position=place.lead.position, worker=make.worker(agency=place.awo))
    make.absence(worker=place.lead.worker, starts_on=FRIDAY, ends_on=FRIDAY)
    assert routing.stage(question(place), FRIDAY) == LEAD


def test_a_vacant_position_is_not_waited_for(place):
    place.lead.occupancy.delete()
    assert routing.stage(question(place), FRIDAY) == DEPUTY


def test_a_worker_who_left_and_an_agency_that_gave_up_are_not_waited_for(place):
    row = question(place)
    place.lead.worker.is_active = False
    place.lead.worker.save()
    assert routing.stage(row, FRIDAY) == DEPUTY
    place.lead.worker.is_active = True
    place.lead.worker.save()
    assert routing.stage(row, FRIDAY) == LEAD
    place.awo.is_active = False
    place.awo.save()
    assert routing.stage(row, FRIDAY) == DEPUTY


def test_without_a_lead_the_deputy_is_asked_at_once(place):
    place.lead.assignment.delete()
    row = question(place, agency=None)
    assert routing.stage(row, FRIDAY) == DEPUTY
    assert routing.way(row, FRIDAY).agency is None


def test_where_nobody_is_there_the_coordination_is_asked_at_once(place):
    for worker in (place.lead.worker, place.deputy.worker):
        make.absence(worker=worker, starts_on=FRIDAY, ends_on=FRIDAY)
    assert routing.way(question(place), FRIDAY).stages == [CITY]
    nowhere = question(place, district=None, agency=None)
    assert routing.way(nowhere, FRIDAY).stages == [CITY]


def test_where_nobody_stands_in_the_coordination_is_asked_in_the_deputys_place(place):
    place.deputy.assignment.delete()
    row = question(place)
    assert routing.stage(row, date(2016, 6, 7)) == LEAD
    assert routing.way(row, date(2016, 6, 8)).stages == [LEAD, CITY]


def test_the_desk_asks_whom_the_finder_names(place):
    diakonie, eicken = make.agency(short_name="Diakonie"), place.district
    place.lead.assignment.delete()
    post(place.awo, "lead", eicken, "Berta", codes=["41061"], share=5)
    post(diakonie, "lead", eicken, "Carl", codes=["41063"], share=10)
    make.absence(worker=place.deputy.worker, starts_on=FRIDAY, ends_on=FRIDAY)
    post(diakonie, "deputy", eicken, "Emil", share=1)
    arrangement = Arrangement(FRIDAY)
    for code, named in (("41061", "AWO"), ("41063", "Diakonie"), ("99999", "Diakonie")):
        answer = finder.answer(eicken, postal_code=code, day=FRIDAY)
        lead = arrangement.assigned(Assignment.Role.LEAD, eicken.pk, code, "")
        deputy = arrangement.assigned(Assignment.Role.DEPUTY, eicken.pk, code, "")
        assert lead.position.agency.short_name == named
        assert answer.lead.desk.name == lead.position.agency.name
        assert answer.lead.deputy.desk.name == deputy.position.agency.name == diakonie.name


@pytest.mark.parametrize("rows", [1, 20])
def test_the_arrangement_takes_four_queries(place, django_assert_num_queries, rows):
    for number in range(rows):
        post(place.awo, "lead", make.district("41065"), f"Name{number}")
    with django_assert_num_queries(4):
        arrangement = Arrangement(FRIDAY)
        for district in arrangement.quarters:
            arrangement.assigned("lead", district, "41065", "")
