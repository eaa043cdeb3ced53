from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from agencies import occupancies
from agencies.models import Occupancy
from coordination.audit.models import Entry
from coordination.editing import fingerprint
from coordination.periods import steps
from tests import make
from tests.agencies.test_assignments import in_parallel

START, END = date(2016, 4, 1), date(2018, 3, 31)
TODAY = date(2016, 12, 1)
HALF, FULL = Decimal("0.50"), Decimal("1.00")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sample_day(settings):
    settings.PORTAL_DAY = TODAY


def hold(position=None, **fields):
    position = position or make.position()
    return occupancies.hold(
        position,
        **{
            "worker": fields.pop("worker", None) or make.worker(agency=position.agency),
            "fte": FULL,
            "starts_on": START,
            "by": None,
            **fields,
        },
    )


def refusal(act, *args, **fields):
    with pytest.raises(ValidationError) as caught:
        act(*args, **fields)
    return getattr(caught.value, "message_dict", {"__all__": caught.value.messages})


def test_somebody_holds_a_position_to_the_end_of_its_funding():
    by = make.user("coordination")
    occupancy = hold(by=by, reason="Bewerbung")
    assert (occupancy.starts_on, occupancy.ends_on, occupancy.fte) == (START, END, FULL)
    entry = Entry.objects.get()
    assert (entry.verb, entry.by, entry.reason) == ("created", by, "Bewerbung")
    assert entry.agency_id == occupancy.position.agency_id
    assert entry.after["worker"] == occupancy.worker.name


def test_a_position_without_end_of_funding_may_be_held_without_end():
    assert hold(make.position(ends_on=None)).ends_on is None


@pytest.mark.parametrize(
    ("fields", "field", "text"),
    [
        ({"starts_on": date(2016, 3, 31)}, "starts_on", "erst ab 01.04.2016 finanziert"),
        ({"starts_on": date(2018, 4, 1)}, "starts_on", "nur bis 31.03.2018 finanziert"),
        ({"ends_on": date(2018, 4, 1)}, "ends_on", "nur bis 31.03.2018 finanziert"),
        (
            {"starts_on": date(2016, 5, 2), "ends_on": date(2016, 5, 1)},
            "ends_on",
            "letzte Tag liegt vor dem ersten",
        ),
        ({"fte": Decimal("0.00")}, "fte", ""),
        ({"fte": Decimal("1.01")}, "fte", ""),
        ({"fte": Decimal("-0.50")}, "fte", ""),
    ],
)
def test_what_does_not_fit_the_position_is_refused_at_its_field(fields, field, text):
    found = refusal(hold, **fields)
    assert list(found) == [field]
    assert text in found[field][0]
    assert not Occupancy.objects.exists()
    assert not Entry.objects.exists()


def test_only_people_of_the_agency_hold_its_positions():
    found = refusal(hold, worker=make.worker(agency=make.agency(short_name="DRK")))
    assert "gehört nicht zu" in found["worker"][0]


def test_freelancers_hold_no_position():
    position = make.position()
    freelancer = make.worker(agency=position.agency, kind="freelance")
    assert refusal(hold, position, worker=freelancer) == {
        "worker": ["Honorarkräfte haben keine Stelle."]
    }


def test_who_is_no_longer_active_holds_no_position():
    position = make.position()
    gone = make.worker(agency=position.agency, is_active=False)
    assert "nicht mehr aktiv" in refusal(hold, position, worker=gone)["worker"][0]


def test_a_closed_agency_takes_nobody_on():
    position = make.position(agency=make.agency(is_active=False))
    assert "nicht mehr aktiv" in refusal(hold, position)["__all__"][0]


def test_two_halves_make_one_position():
    position = make.position()
    hold(position, fte=HALF)
    hold(position, fte=HALF)
    assert refusal(hold, position, fte=Decimal("0.01")) == {
        "fte": ["Ab 01.04.2016 ist nichts mehr frei: Die Stelle ist voll besetzt."]
    }


def test_the_refusal_says_what_is_left_and_from_when():
    position = make.position()
    hold(position, fte=HALF, starts_on=TODAY)
    assert refusal(hold, position, fte=FULL) == {"fte": ["Nur noch 0,50 VZÄ frei ab 01.12.2016."]}


def test_a_successor_starts_the_day_after_and_no_earlier():
    position = make.position()
    hold(position, ends_on=date(2016, 11, 30))
    assert "fte" in refusal(hold, position, starts_on=date(2016, 11, 30))
    assert hold(position, starts_on=TODAY)


def test_withdrawn_occupancies_take_no_room():
    position = make.position()
    occupancies.withdraw(hold(position, starts_on=date(2017, 1, 1)), reason="Absage", by=None)
    assert hold(position)


def test_nobody_works_more_than_full_time_over_all_positions():
    worker = make.worker(name="Anna Beispiel")
    first, second = make.position(agency=worker.agency), make.position(agency=worker.agency)
    hold(first, worker=worker, fte=Decimal("0.75"), starts_on=TODAY)
    assert refusal(hold, second, worker=worker, fte=HALF) == {
        "fte": ["Anna Beispiel hat ab 01.12.2016 bereits 0,75 VZÄ; frei sind noch 0,25 VZÄ."]
    }
    assert hold(second, worker=worker, fte=Decimal("0.25"))


@pytest.mark.parametrize("day", [START, date(2016, 11, 30), date(2017, 6, 30)])
def test_an_occupancy_ends_in_the_past_or_in_the_future(day):
    by = make.user()
    occupancy = occupancies.end(hold(), ends_on=day, reason="Elternzeit", by=by)
    assert Occupancy.objects.get().ends_on == day == occupancy.ends_on
    entry = Entry.objects.first()
    assert (entry.verb, entry.by, entry.reason) == ("ended", by, "Elternzeit")
    assert (entry.before, entry.after) == ({"ends_on": "2018-03-31"}, {"ends_on": day.isoformat()})


def test_ending_before_the_first_day_hints_at_withdrawing():
    found = refusal(occupancies.end, hold(), ends_on=date(2016, 3, 31), reason="x", by=None)
    assert "beginnt erst am 01.04.2016. Nehmen Sie sie zurück" in found["ends_on"][0]


@pytest.mark.parametrize("day", [date(2017, 6, 30), date(2017, 7, 1)])
def test_a_set_end_is_not_moved_on(day):
    occupancy = hold(ends_on=date(2017, 6, 30))
    found = refusal(occupancies.end, occupancy, ends_on=day, reason="x", by=None)
    assert "endet bereits am 30.06.2017" in found["ends_on"][0]


def test_an_open_occupancy_ends_on_any_day():
    occupancy = hold(make.position(ends_on=None))
    assert occupancies.end(occupancy, ends_on=date(2030, 1, 1), reason="x", by=None).ends_on


def test_ending_what_somebody_else_has_ended_meanwhile_shows_their_day():
    occupancy = hold()
    seen = fingerprint(occupancy, ["ends_on"])
    occupancies.end(occupancy, ends_on=date(2017, 6, 30), reason="x", by=None)
    found = refusal(
        occupancies.end, occupancy, ends_on=date(2017, 5, 31), reason="y", seen=seen, by=None
    )
    assert any("30.06.2017" in text for text in found["__all__"])


def test_what_has_not_begun_is_withdrawn_and_stays_visible():
    occupancy = occupancies.withdraw(hold(starts_on=date(2016, 12, 2)), reason="Absage", by=None)
    assert occupancy.is_withdrawn
    assert not Occupancy.objects.standing().exists()
    assert Entry.objects.first().verb == "withdrawn"
    found = refusal(occupancies.withdraw, occupancy, reason="x", by=None)
    assert "inzwischen zurückgenommen" in found["__all__"][0]
    found = refusal(occupancies.end, occupancy, ends_on=END, reason="x", by=None)
    assert "inzwischen zurückgenommen" in found["__all__"][0]


def test_what_began_today_is_ended_not_withdrawn():
    found = refusal(occupancies.withdraw, hold(starts_on=TODAY), reason="x", by=None)
    assert "begann am 01.12.2016" in found["__all__"][0]


@pytest.mark.django_db(transaction=True)
def test_many_people_filling_the_same_position_never_exceed_it():
    position = make.position()
    people = [make.worker(agency=position.agency) for _ in range(8)]
    results = in_parallel(
        [
            lambda worker=worker: hold(position, worker=worker, fte=Decimal("0.30"))
            for worker in people
        ]
    )
    assert (results.count(True), results.count(False)) == (3, 5)
    held = steps(Occupancy.objects.all(), lambda row: row.fte, START, END, Decimal(0))
    assert max(step.total for step in held) == Decimal("0.90")


@pytest.mark.django_db(transaction=True)
def test_one_person_is_not_hired_twice_at_the_same_moment():
    worker = make.worker()
    positions = [make.position(agency=worker.agency) for _ in range(8)]
    results = in_parallel([lambda row=row: hold(row, worker=worker, fte=HALF) for row in positions])
    assert results.count(True) == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twenty_times_fills_once():
    position = make.position()
    worker = make.worker(agency=position.agency)
    results = in_parallel([lambda: hold(position, worker=worker)] * 20)
    assert results.count(True) == 1
    assert (Occupancy.objects.count(), Entry.objects.count()) == (1, 1)
