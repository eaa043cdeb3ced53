from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from agencies import assignments
from agencies.models import Assignment, Position
from coordination.audit.models import Entry
from coordination.editing import fingerprint
from coordination.periods import steps
from districts.models import District
from tests import make

START, END = date(2016, 4, 1), date(2018, 3, 31)
MIDDLE = date(2016, 12, 1)


def assign(position=None, **fields):
    return assignments.assign(
        position or make.position(),
        **{
            "district": fields.pop("district", None) or make.district(),
            "role": "lead",
            "share": 20,
            "starts_on": START,
            "by": None,
            **fields,
        },
    )


def refusal(act, *args, **fields):
    with pytest.raises(ValidationError) as caught:
        act(*args, **fields)
    return caught.value.message_dict


@pytest.fixture
def by(db):
    return make.user("coordination")


def test_an_assignment_lasts_as_long_as_the_position_and_is_logged(by):
    position, eicken = make.position(), make.district(name="Eicken")
    row = assign(position, district=eicken, share=30, reason="Ratsbeschluss", by=by)
    assert (row.starts_on, row.ends_on, row.share) == (START, END, 30)
    entry = Entry.objects.get()
    assert (entry.by, entry.verb, entry.reason) == (by, "created", "Ratsbeschluss")
    assert (entry.agency_id, entry.district_id) == (position.agency_id, eicken.pk)
    assert entry.after["share"] == 30


def test_at_no_date_more_than_100_percent(by):
    position = make.position()
    assign(position, share=50, ends_on=date(2016, 11, 30))
    assign(position, share=80, starts_on=MIDDLE)
    found = refusal(assign, position, share=21, starts_on=date(2016, 6, 1))
    assert found == {"share": ["Nur noch 20 % sind ab 01.12.2016 frei."]}
    assert assign(position, share=20).share == 20
    assert "voll verplant" in refusal(assign, position, share=1, starts_on=MIDDLE)["share"][0]
    assert Entry.objects.count() == 3


@pytest.mark.parametrize("share", [0, 101, -1])
def test_a_share_is_1_to_100_percent(by, share):
    assert "share" in refusal(assign, share=share)
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    ("field", "dates"),
    [
        ("ends_on", {"starts_on": MIDDLE, "ends_on": date(2016, 11, 30)}),
        ("starts_on", {"starts_on": date(2016, 3, 31)}),
        ("ends_on", {"ends_on": date(2018, 4, 1)}),
        ("starts_on", {"starts_on": date(2018, 4, 1), "ends_on": date(2018, 5, 1)}),
    ],
    ids=["reversed", "before funding", "ends after funding", "begins after funding"],
)
def test_dates_lie_within_the_funded_period(by, field, dates):
    assert list(refusal(assign, **dates)) == [field]
    assert not Assignment.objects.exists()


def test_an_ended_district_and_a_borough_are_refused(by):
    ended = make.district(name="Altdorf", ends_on=date(2016, 3, 31))
    assert "bis 31.03.2016" in refusal(assign, district=ended)["district"][0]
    ending = make.district(ends_on=date(2017, 12, 31))
    assert list(refusal(assign, district=ending)) == ["ends_on"]
    young = make.district(starts_on=date(2017, 1, 1))
    assert "ab 01.01.2017" in refusal(assign, district=young)["district"][0]
    assert list(refusal(assign, district=make.borough())) == ["district"]


def test_an_agency_that_is_no_longer_active_gets_nothing_new(by):
    position = make.position(agency=make.agency(is_active=False))
    assert list(refusal(assign, position)) == ["position"]


def test_two_leads_only_if_both_say_how_they_divide(by):
    eicken = make.district("41061", "41063", name="Eicken")
    first = assign(district=eicken)
    parts = {"division": "postal_codes", "postal_codes": ["41061"]}
    assert "41061" not in str(refusal(assign, district=eicken))
    assert list(refusal(assign, district=eicken, **parts)) == ["division"]
    assignments.change(first, starts_on=MIDDLE, share=20, reason="Teilung", by=by, **parts)
    second = assign(
        district=eicken, starts_on=MIDDLE, division="postal_codes", postal_codes=["41063"]
    )
    third = assign(district=eicken, starts_on=MIDDLE, division="topic", topic="Wohnen")
    assert Assignment.objects.on(MIDDLE).leads().filter(district=eicken).count() == 3
    assert (second.area, third.area) == ("41063", "Wohnen")


def test_a_deputy_beside_the_lead_is_no_second_lead(by):
    eicken = make.district()
    assign(district=eicken)
    assert assign(district=eicken, role="deputy", share=5).role == "deputy"


def test_a_position_is_not_its_own_deputy(by):
    eicken, position = make.district(), make.position()
    assign(position, district=eicken)
    assert list(refusal(assign, position, district=eicken, role="deputy")) == ["position"]
    assert list(refusal(assign, position, district=eicken)) == ["position"]


@pytest.mark.parametrize(
    ("field", "division"),
    [
        ("postal_codes", {"division": "postal_codes"}),
        ("postal_codes", {"division": "postal_codes", "postal_codes": ["41199"]}),
        ("division", {"postal_codes": ["41061"]}),
        ("topic", {"division": "topic"}),
        ("division", {"topic": "Wohnen"}),
    ],
)
def test_a_division_is_said_completely(by, field, division):
    assert list(refusal(assign, district=make.district("41061"), **division)) == [field]


def test_a_change_ends_one_and_starts_another(by):
    row = assign(share=20, ends_on=date(2017, 12, 31))
    new = assignments.change(row, starts_on=MIDDLE, share=35, reason="mehr Bedarf", by=by)
    row.refresh_from_db()
    assert (row.share, row.ends_on) == (20, date(2016, 11, 30))
    assert (new.share, new.starts_on, new.ends_on) == (35, MIDDLE, date(2017, 12, 31))
    entry = Entry.objects.first()
    assert (entry.before["share"], entry.after["share"]) == (20, 35)


def test_a_change_outside_the_term_or_on_a_past_first_day_is_refused(by):
    row = assign()
    for day in (date(2016, 3, 1), START, date(2018, 4, 1)):
        found = refusal(assignments.change, row, starts_on=day, share=5, reason="x", by=by)
        assert list(found) == ["starts_on"]


def test_a_change_of_what_has_not_begun_withdraws_the_old(by, settings):
    settings.PORTAL_DAY = MIDDLE
    row = assign(starts_on=date(2017, 1, 1))
    new = assignments.change(row, starts_on=date(2017, 1, 1), share=5, reason="x", by=by)
    row.refresh_from_db()
    assert row.is_withdrawn
    assert list(Assignment.objects.standing()) == [new]


@pytest.mark.parametrize("day", [date(2016, 6, 30), date(2018, 1, 31)])
def test_it_can_end_in_the_past_and_in_the_future(by, settings, day):
    settings.PORTAL_DAY = MIDDLE
    row = assign()
    assert assignments.end(row, ends_on=day, reason="Wechsel", by=by).ends_on == day
    entry = Entry.objects.first()
    assert (entry.verb, entry.before, entry.after) == (
        "ended",
        {"ends_on": "2018-03-31"},
        {"ends_on": day.isoformat()},
    )


def test_an_end_before_the_beginning_or_after_the_end_is_refused(by):
    row = assign(ends_on=date(2017, 12, 31))
    for day in (date(2016, 3, 31), date(2017, 12, 31), date(2018, 1, 1)):
        found = refusal(assignments.end, row, ends_on=day, reason="x", by=by)
        assert list(found) == ["ends_on"]


def test_only_what_has_not_begun_can_be_withdrawn(by, settings):
    settings.PORTAL_DAY = MIDDLE
    begun, coming = assign(), assign(starts_on=date(2017, 1, 1))
    with pytest.raises(ValidationError, match="begann am"):
        assignments.withdraw(begun, reason="x", by=by)
    assert assignments.withdraw(coming, reason="doch nicht", by=by).is_withdrawn
    assert not Assignment.objects.on(date(2017, 6, 1)).filter(pk=coming.pk).exists()
    with pytest.raises(ValidationError, match="zurückgenommen"):
        assignments.end(coming, ends_on=date(2017, 2, 1), reason="x", by=by)


def test_who_saw_an_older_state_is_refused(by):
    row = assign()
    seen = fingerprint(row, assignments.WATCHED)
    assignments.end(row, ends_on=MIDDLE, reason="zuerst", seen=seen, by=by)
    with pytest.raises(ValidationError, match="01.12.2016"):
        assignments.end(row, ends_on=date(2016, 9, 1), reason="danach", seen=seen, by=by)


def test_a_handover_moves_everything_or_nothing(by):
    source, target = make.position(), make.position()
    rows = [assign(source, share=share) for share in (30, 40)]
    assign(target, share=40)
    found = refusal(
        assignments.hand_over, rows, position=target, starts_on=MIDDLE, reason="Wechsel", by=by
    )
    assert list(found) == ["position"]
    assert Assignment.objects.on(MIDDLE).filter(position=source).count() == 2
    moved = assignments.hand_over(
        rows[:1], position=target, starts_on=MIDDLE, reason="Wechsel", by=by
    )
    assert [(row.position, row.share, row.starts_on) for row in moved] == [(target, 30, MIDDLE)]
    rows[0].refresh_from_db()
    assert rows[0].ends_on == date(2016, 11, 30)


def test_a_handover_is_in_the_log_of_both_agencies(by):
    source, target = make.position(), make.position()
    rows = [assign(source)]
    assignments.hand_over(rows, position=target, starts_on=MIDDLE, reason="Wechsel", by=by)
    agencies = {entry.agency_id for entry in Entry.objects.filter(reason="Wechsel")}
    assert agencies == {source.agency_id, target.agency_id}


def in_parallel(acts):
    """Run the acts at the same moment, each on its own connection; who was not refused?"""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait(10)
            act()
        except ValidationError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as desks:
        return list(desks.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_sixteen_desks_never_push_a_position_over_100_percent():
    position = make.position()
    districts = [make.district() for _ in range(16)]
    results = in_parallel(
        [lambda row=row: assign(position, district=row, share=30) for row in districts]
    )
    assert (results.count(True), results.count(False)) == (3, 13)
    rows = Assignment.objects.filter(position=position)
    load = steps(rows, lambda row: row.share, START, END)
    assert max(step.total for step in load) == 90


@pytest.mark.django_db(transaction=True)
def test_two_desks_cannot_both_become_the_lead():
    eicken = make.district()
    positions = [make.position() for _ in range(4)]
    results = in_parallel([lambda row=row: assign(row, district=eicken) for row in positions])
    assert results.count(True) == 1
    assert Assignment.objects.leads().filter(district=eicken).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twenty_times_counts_once():
    position, eicken = make.position(), make.district()
    results = in_parallel([lambda: assign(position, district=eicken, share=1)] * 20)
    assert results.count(True) == 1
    assert (Assignment.objects.count(), Entry.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_handovers_in_opposite_directions_do_not_deadlock():
    positions = [make.position(), make.position()]
    rows = [[assign(row, share=10) for _ in range(5)] for row in positions]
    results = in_parallel(
        [
            lambda: assignments.hand_over(
                rows[0], position=positions[1], starts_on=MIDDLE, reason="x", by=None
            ),
            lambda: assignments.hand_over(
                rows[1], position=positions[0], starts_on=MIDDLE, reason="x", by=None
            ),
        ]
    )
    assert results == [True, True]
    for position in Position.objects.all():
        assert Assignment.objects.on(MIDDLE).filter(position=position).count() == 5
    assert District.objects.count() == 10
