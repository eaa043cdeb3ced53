from datetime import date

import pytest

from agencies.models import Assignment
from tests import make
from volunteers.desk.escalation import Arrangement

DAY = date(2016, 12, 1)
BEFORE = date(2016, 3, 31)  # the term of positions and assignments begins on the day after


def lead(district, *, postal_code="", topic="", day):
    return Arrangement(day).assigned(Assignment.Role.LEAD, district.pk, postal_code, topic)


def deputy(district, *, day):
    return Arrangement(day).assigned(Assignment.Role.DEPUTY, district.pk, "", "")


def present(row, *, day):
    return list(Arrangement(day).present(row))


@pytest.fixture
def eicken(db):
    return make.district("41061", "41063", "41065", name="Eicken")


def test_who_leads_the_whole_district_leads_every_part_of_it(eicken):
    row = make.assignment(district=eicken)
    for asked in ({}, {"postal_code": "41063"}, {"topic": "Wohnen"}, {"postal_code": "99999"}):
        assert lead(eicken, **asked, day=DAY) == row


def test_nobody_leads_before_the_assignment_begins_nor_once_it_is_withdrawn(eicken):
    row = make.assignment(district=eicken)
    assert lead(eicken, day=BEFORE) is None
    row.withdrawn_at = "2016-11-01T12:00:00+00:00"
    row.save()
    assert lead(eicken, day=DAY) is None


def test_neither_a_deputy_nor_another_districts_lead_is_the_lead(eicken):
    make.assignment(district=eicken, role="deputy")
    make.assignment()
    assert lead(eicken, day=DAY) is None


def test_the_postal_code_decides_where_leads_divide_by_it(eicken):
    one = make.assignment("41061", district=eicken, share=30)
    other = make.assignment("41063", district=eicken, share=10)
    assert lead(eicken, postal_code="41063", day=DAY) == other
    assert lead(eicken, postal_code="41061", day=DAY) == one


def test_of_two_with_the_same_postal_code_the_larger_share_leads_then_the_older_row(eicken):
    first = make.assignment("41061", district=eicken, share=10)
    second = make.assignment("41061", district=eicken, share=10)
    assert lead(eicken, postal_code="41061", day=DAY) == first
    second.share = 20
    second.save()
    assert lead(eicken, postal_code="41061", day=DAY) == second


def test_a_postal_code_that_nobody_took_has_no_lead(eicken):
    make.assignment("41061", district=eicken)
    assert lead(eicken, postal_code="41065", day=DAY) is None


def test_without_a_postal_code_of_the_district_the_larger_share_leads(eicken):
    make.assignment("41061", district=eicken, share=10)
    larger = make.assignment("41063", district=eicken, share=30)
    assert lead(eicken, day=DAY) == larger
    assert lead(eicken, postal_code="50667", day=DAY) == larger


def test_the_topic_decides_where_leads_divide_by_it_however_it_is_typed(eicken):
    divided = {"district": eicken, "division": "topic"}
    make.assignment(topic="Wohnen", share=30, **divided)
    other = make.assignment(topic="Schule und Kita", share=10, **divided)
    assert lead(eicken, topic=" schule und  KITA", day=DAY) == other


def test_a_topic_that_nobody_took_goes_to_the_larger_share(eicken):
    divided = {"district": eicken, "division": "topic"}
    make.assignment(topic="Wohnen", share=10, **divided)
    larger = make.assignment(topic="Schule", share=30, **divided)
    assert lead(eicken, topic="Arbeit", postal_code="41061", day=DAY) == larger


def test_the_deputy_is_chosen_as_the_lead_is_of_those_who_are_there(eicken):
    make.assignment(district=eicken, share=50)
    assert deputy(eicken, day=DAY) is None
    held = [make.occupancy() for _ in range(2)]
    smaller, larger = (
        make.assignment(district=eicken, role="deputy", share=share, position=one.position)
        for one, share in zip(held, (5, 10), strict=True)
    )
    assert deputy(eicken, day=DAY) == larger
    make.absence(worker=held[1].worker)
    assert deputy(eicken, day=DAY) == smaller


def test_present_is_who_holds_the_position_that_day_is_active_and_not_absent(eicken):
    held = make.occupancy(ends_on=date(2016, 12, 31))
    row = make.assignment(district=eicken, position=held.position)
    worker = held.worker
    assert present(row, day=DAY) == [worker]
    assert present(row, day=date(2017, 1, 1)) == []  # vacant
    make.absence(worker=worker, starts_on=DAY, ends_on=date(2016, 12, 5))
    make.absence(worker=worker, starts_on=date(2016, 12, 3), ends_on=date(2016, 12, 4))
    assert present(row, day=date(2016, 11, 30)) == [worker]
    assert present(row, day=DAY) == []
    assert present(row, day=date(2016, 12, 5)) == []
    assert present(row, day=date(2016, 12, 6)) == [worker]


@pytest.mark.parametrize("gone", ["worker", "agency"])
def test_nobody_is_present_who_or_whose_agency_is_no_longer_active(eicken, gone):
    held = make.occupancy()
    row = make.assignment(district=eicken, position=held.position)
    who = held.worker if gone == "worker" else held.worker.agency
    who.is_active = False
    who.save()
    assert present(row, day=DAY) == []


def test_who_sits_on_half_the_position_is_still_there_when_the_other_is_absent(eicken):
    half = make.occupancy(fte="0.50")
    other = make.occupancy(position=half.position, fte="0.50")
    row = make.assignment(district=eicken, position=half.position)
    make.absence(worker=half.worker, starts_on=DAY, ends_on=DAY)
    assert present(row, day=DAY) == [other.worker]
