from datetime import date, timedelta

import pytest

from agencies.activity import hints
from coordination.as_of import today
from tests import make


@pytest.fixture
def usual(db):
    """An entry nobody would ask about."""
    return {
        "worker": make.worker(),
        "day": today(),
        "district": make.district(name="Eicken"),
        "kind": make.kind(),
        "format": make.format(),
        "minutes": 60,
        "counts": {make.target_group("refugee"): 3},
    }


def asked(usual, entry=None, **fields):
    return [hint.text for hint in hints.found(hints.Words(**{**usual, **fields}), entry=entry)]


def stored(usual, refugees=3, **fields):
    names = ["worker", "day", "district", "kind", "format", "minutes"]
    return make.activity(refugees, **{**{name: usual[name] for name in names}, **fields})


def test_an_ordinary_entry_raises_no_question(usual):
    assert asked(usual) == []


def test_over_two_hundred_participants(usual):
    refugees, helpers = make.target_group("refugee"), make.target_group("helper")
    assert asked(usual, counts={refugees: 200, helpers: 50}) == []
    assert "201 Teilnehmende" in asked(usual, counts={refugees: 201})[0]


def test_more_than_fourteen_hours_on_a_day(usual):
    stored(usual, minutes=13 * 60, kind=make.kind())
    assert asked(usual) == []
    assert "14,2 Stunden" in asked(usual, minutes=70)[0]
    assert asked(usual, minutes=70, worker=make.worker()) == []


def test_more_than_sixty_days_back(usual):
    assert asked(usual, day=today() - timedelta(days=60)) == []
    assert "61 Tage" in asked(usual, day=today() - timedelta(days=61))[0]


@pytest.fixture
def assigned(usual):
    """The worker holds a position that covers Eicken, for ever."""
    position = make.position(starts_on=date(2016, 4, 1), ends_on=None)
    make.occupancy(
        position=position, worker=usual["worker"], starts_on=date(2016, 4, 1), ends_on=None
    )
    make.assignment(
        position=position, district=usual["district"], starts_on=date(2016, 4, 1), ends_on=None
    )
    return usual


def test_a_district_the_worker_is_not_assigned_to(assigned):
    assert asked(assigned) == []
    (text,) = asked(assigned, district=make.district(name="Pesch"))
    assert "Pesch" in text
    assert "Eicken" in text


def test_who_is_assigned_nowhere_is_not_asked(usual):
    assert asked(usual, district=make.district()) == []


def test_freelancers_hold_no_position_and_are_not_asked(assigned):
    assigned["worker"].kind = "freelance"
    assert asked(assigned, district=make.district()) == []


def test_an_offer_in_another_district(usual):
    there = make.offer(agency=usual["worker"].agency, district=make.district(name="Pesch"))
    assert "Pesch" in asked(usual, offer=there)[0]
    assert asked(usual, offer=there, district=there.district) == []


def test_an_entry_that_exists_already(usual):
    stored(usual)
    group = make.target_group("refugee")
    same = stored(usual).headcounts.get().target_group
    assert "schon" in asked(usual, counts={same: 3})[0]
    assert asked(usual, counts={same: 4}) == []
    assert asked(usual, counts={group: 3}) == []
    assert asked(usual, counts={same: 3}, minutes=61) == []
    assert asked(usual, counts={same: 3}, kind=make.kind()) == []


def test_a_change_is_asked_only_about_what_it_changes(usual):
    entry = stored(usual, 300, day=today() - timedelta(days=90))
    group = entry.headcounts.get().target_group
    kept = {"counts": {group: 300}, "day": entry.day}
    assert asked(usual, entry, **kept) == []
    assert asked(usual, entry, **{**kept, "minutes": 90}) == []
    (text,) = asked(usual, entry, **{**kept, "counts": {group: 301}})
    assert "301" in text


def test_the_fingerprint_is_of_what_was_asked(usual):
    group = make.target_group("refugee")
    prints = [
        hints.fingerprint(hints.found(hints.Words(**{**usual, "counts": {group: number}})))
        for number in (201, 202, 201, 3)
    ]
    assert prints[0] == prints[2] != prints[1]
    assert prints[3] == ""
