from datetime import date

import pytest
from django.core.exceptions import ValidationError

from coordination.access.permissions import Scope
from coordination.audit.models import Entry
from tests import make
from tests.desk.staff import FRIDAY, at, post, question, staffed
from volunteers.desk import routing
from volunteers.desk.models import Question

WEDNESDAY = date(2016, 6, 8)


@pytest.fixture
def place(db, settings):
    settings.PORTAL_DAY = FRIDAY
    return staffed()


def reached(agency, day):
    scope = Scope(agencies=frozenset({agency.pk}))
    return list(Question.objects.reachable(scope, day).order_by("pk"))


def test_a_confirmed_question_goes_to_the_districts_lead(place):
    row = question(place, agency=None)
    assert routing.route(row, FRIDAY)
    row.refresh_from_db()
    assert (row.agency, row.assignment) == (place.awo, place.lead.assignment)
    assert not routing.route(row, FRIDAY)


def test_the_postal_code_and_the_topic_decide_where_leads_share_a_district(place):
    place.lead.assignment.delete()
    housing = make.topic(name="Wohnen")
    diakonie = make.agency(short_name="Diakonie")
    post(place.awo, "lead", place.district, "Berta", codes=["41061"])
    post(diakonie, "lead", place.district, "Carl", codes=["41063"], share=1)
    drk = make.agency(short_name="DRK")
    post(drk, "lead", place.district, "Emil", division="topic", topic="Wohnen", share=1)
    rows = [
        question(place, agency=None, postal_code="41061"),
        question(place, agency=None, postal_code="41063"),
        question(place, agency=None, topic=housing),
    ]
    for row in rows:
        routing.route(row, FRIDAY)
    assert [row.agency for row in rows] == [place.awo, diakonie, drk]


def test_open_questions_follow_when_the_lead_changes(place):
    drk = make.agency(short_name="DRK")
    kept, row = question(place, waits=False), question(place)
    place.lead.assignment.ends_on = date(2016, 6, 5)
    place.lead.assignment.save()
    new = post(drk, "lead", place.district, "Emil", starts_on=date(2016, 6, 6))
    monday = date(2016, 6, 6)
    # Before any job has run, the pages know.
    assert routing.way(row, monday).agency == drk
    assert reached(drk, monday) == [row]
    assert reached(place.awo, monday) == [kept]
    assert reached(place.awo, date(2016, 6, 5)) == [kept, row]
    assert routing.reroute(monday) == 1
    row.refresh_from_db(), kept.refresh_from_db()
    assert (row.agency, row.assignment) == (drk, new.assignment)
    assert kept.agency == place.awo
    entry = Entry.objects.about(row).get()
    assert (entry.by, entry.before, entry.after) == (None, {"agency": "AWO"}, {"agency": "DRK"})
    assert routing.reroute(monday) == 0


def test_a_question_whose_lead_ended_shows_for_the_coordination(place):
    row = question(place)
    place.lead.assignment.ends_on = FRIDAY
    place.lead.assignment.save()
    place.deputy.assignment.delete()
    monday = date(2016, 6, 6)
    assert routing.stage(row, monday) == "coordination"
    assert list(Question.objects.reachable(Scope(citywide=True), monday)) == [row]
    assert reached(place.awo, monday) == []
    routing.reroute(monday)
    row.refresh_from_db()
    assert (row.agency, row.assignment) == (None, None)


def test_an_agency_reads_what_is_with_it_and_nothing_else(place):
    other = make.agency()
    row = question(place)
    assert reached(place.awo, FRIDAY) == [row]
    assert reached(other, FRIDAY) == []
    assert list(Question.objects.reachable(Scope(), FRIDAY)) == []


def test_what_nobody_confirmed_concerns_nobody(place):
    row = question(place)
    Question.objects.filter(pk=row.pk).update(confirmed_at=None)
    assert reached(place.awo, FRIDAY) == []
    assert list(Question.objects.reachable(Scope(citywide=True), FRIDAY)) == []


def test_the_deputy_reads_a_question_once_it_came_that_far(place):
    row = question(place)
    assert reached(place.city, date(2016, 6, 7)) == []
    assert reached(place.city, WEDNESDAY) == [row]
    assert reached(place.city, date(2016, 6, 20)) == [row]


def test_a_deputy_who_was_told_goes_on_reading_when_the_lead_is_back(place):
    row = question(place)
    monday = date(2016, 6, 6)
    make.absence(worker=place.lead.worker, starts_on=FRIDAY, ends_on=FRIDAY)
    assert reached(place.city, FRIDAY) == [row]
    assert reached(place.city, monday) == []
    row.notices.create(user=place.deputy.user, stage="deputy", waits_since=row.waits_since)
    assert reached(place.city, monday) == [row]
    # Of the next wait it has not been told.
    Question.objects.filter(pk=row.pk).update(waits_since=at(monday))
    assert reached(place.city, monday) == []


def test_whoever_has_answered_goes_on_reading(place):
    row = question(place, waits=False)
    assert reached(place.city, WEDNESDAY) == []
    make.message(question=row, by=place.deputy.user, agency=place.city)
    assert reached(place.city, WEDNESDAY) == [row]


def test_the_coordination_passes_a_question_on(place):
    drk, row = make.agency(short_name="DRK"), question(place)
    routing.forward(row, agency=drk, reason="Fragt nach dem Spendenlager", by=place.coordinator)
    row.refresh_from_db()
    assert row.is_by_hand
    assert (row.agency, routing.way(row, FRIDAY).agency) == (drk, drk)
    assert routing.stage(row, FRIDAY) == "lead"
    assert routing.stage(row, WEDNESDAY) == "deputy"
    # Neither the job nor the next word takes it away again.
    assert routing.reroute(FRIDAY) == 0
    assert not routing.route(row, FRIDAY)
    entry = Entry.objects.about(row).get()
    assert entry.reason == "Fragt nach dem Spendenlager"
    assert (entry.before, entry.after) == ({"agency": "AWO"}, {"agency": "DRK"})
    # Back to whoever leads.
    routing.forward(row, agency=None, reason="Doch dort", by=place.coordinator)
    row.refresh_from_db()
    assert (row.agency, row.assignment) == (place.awo, place.lead.assignment)


def test_what_was_passed_on_to_an_agency_that_gave_up_is_not_lost(place):
    drk, row = make.agency(short_name="DRK"), question(place)
    routing.forward(row, agency=drk, reason="Dort", by=place.coordinator)
    drk.is_active = False
    drk.save()
    row.refresh_from_db()
    assert routing.stage(row, FRIDAY) == "deputy"
    assert routing.reroute(FRIDAY) == 1
    row.refresh_from_db()
    assert row.agency == place.awo


def test_a_question_is_not_passed_on_to_where_it_cannot_be_answered(place):
    gone, row = make.agency(is_active=False), question(place)
    with pytest.raises(ValidationError) as refused:
        routing.forward(row, agency=gone, reason="Dort", by=place.coordinator)
    assert refused.value.message_dict == {"agency": ["Dieser Verband ist nicht mehr aktiv."]}
    closed = question(place, closed_at=at(FRIDAY, 17), waits=False)
    with pytest.raises(ValidationError, match="abgeschlossen"):
        routing.forward(closed, agency=place.city, reason="Dort", by=place.coordinator)
    with pytest.raises(ValidationError, match="schon dort"):
        routing.forward(row, agency=None, reason="Dort", by=place.coordinator)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "reason",
    [
        "mira@verein.example will es schriftlich",
        "Bitte MIRA@verein.EXAMPLE anschreiben",
        "Antwort an jemand@anders.example",
        "Frau Haddad fragt nach dem Spendenlager",
        "Rückruf unter 02161 1234567",
    ],
)
def test_the_reason_says_nothing_of_who_asked(place, reason):
    """It stands in the change log for good, and outlives the question."""
    row, drk = question(place, email="mira@verein.example"), make.agency(short_name="DRK")
    with pytest.raises(ValidationError) as refused:
        routing.forward(row, agency=drk, reason=reason, by=place.coordinator)
    assert list(refused.value.message_dict) == ["reason"]
    row.refresh_from_db()
    assert row.agency == place.awo
    assert not Entry.objects.exists()


def test_an_address_like_no_other_is_not_found_in_its_parts(place):
    row, drk = question(place, email="mira@intern"), make.agency(short_name="DRK")
    with pytest.raises(ValidationError):
        routing.forward(row, agency=drk, reason="An mira@intern", by=place.coordinator)
    routing.forward(row, agency=drk, reason="Spendenlager intern", by=place.coordinator)
    row.refresh_from_db()
    assert row.agency == drk
