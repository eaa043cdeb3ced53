from datetime import date
from decimal import Decimal

import pytest

from agencies.coverage import Gap, board_on
from coordination.access.permissions import Scope
from tests import make

DAY = date(2016, 12, 1)
CITY = Scope(citywide=True)


def gaps_of(district, day=DAY):
    (cover,) = [cover for cover in board_on(day, CITY).covers if cover.district == district]
    return cover.gaps


@pytest.fixture
def held(db):
    return make.occupancy().position


def test_a_district_without_anybody_lacks_lead_and_deputy(db):
    assert gaps_of(make.district()) == [Gap.NO_LEAD, Gap.NO_DEPUTY]


def test_a_lead_with_holder_and_a_deputy_leave_no_gap(held):
    eicken = make.district("41061")
    make.assignment(district=eicken, position=held)
    make.assignment(district=eicken, role="deputy")
    assert gaps_of(eicken) == []


def test_a_lead_on_a_vacant_position_is_said(db):
    eicken = make.district()
    make.assignment(district=eicken)
    assert gaps_of(eicken) == [Gap.VACANT, Gap.NO_DEPUTY]


def test_a_division_with_an_open_postal_code_is_a_lead_for_a_part(held):
    uedding = make.district("41065", "41066")
    make.assignment("41065", district=uedding, position=held)
    assert gaps_of(uedding) == [Gap.PARTLY, Gap.NO_DEPUTY]


def test_the_same_postal_code_twice_is_an_overlap(held):
    eicken = make.district("41061", "41063")
    make.assignment("41061", "41063", district=eicken, position=held)
    make.assignment("41063", district=eicken, position=make.occupancy().position)
    assert gaps_of(eicken) == [Gap.OVERLAP, Gap.NO_DEPUTY]


def test_the_board_answers_for_any_day(held):
    eicken = make.district()
    make.assignment(district=eicken, position=held, starts_on=date(2017, 1, 1))
    assert Gap.NO_LEAD in gaps_of(eicken, date(2016, 12, 31))
    assert Gap.NO_LEAD not in gaps_of(eicken, date(2017, 1, 1))
    assert Gap.NO_LEAD in gaps_of(eicken, date(2018, 4, 1))


def test_shares_are_open_only_within_the_scope(held):
    row = make.assignment(position=held, share=30)
    foreign = make.assignment(share=40)
    board = board_on(DAY, Scope(agencies=frozenset({held.agency_id})))
    shares = {entry.position: entry.share for entry in board.entries}
    assert shares == {row.position.title: 30, foreign.position.title: None}
    assert {load.position.title: load.is_open for load in board.loads} == {
        row.position.title: True,
        foreign.position.title: False,
    }


def test_assignments_in_ended_districts_are_not_lost(held):
    gone = make.district(ends_on=date(2016, 6, 30))
    row = make.assignment(district=gone, position=held)
    assert board_on(DAY, CITY).stray == [row]


def test_the_load_of_a_worker_counts_each_position_with_their_part_of_it(db):
    first = make.occupancy(fte=Decimal("0.50"))
    second = make.position(agency=first.position.agency)
    make.occupancy(position=second, worker=first.worker, fte=Decimal("0.25"))
    make.assignment(position=first.position, share=40)
    make.assignment(position=second, share=100)
    (load,) = board_on(DAY, CITY).workloads
    assert (load.worker, load.fte) == (first.worker, Decimal("0.75"))
    # 39 h × 0.75 = 19.5 + 9.75 (shown to one decimal each); 40 % and 100 % of the parts
    assert (load.hours, load.assigned) == (Decimal("29.3"), Decimal("17.6"))
    assert load.share == 60
