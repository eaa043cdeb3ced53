"""Who is told of a question that waits."""

from datetime import date

import pytest
from django.core import mail

from agencies.reports.mails import Outbox
from agencies.reports.models import MailKind, OptOut
from coordination.access.permissions import Scope
from tests import make
from tests.desk.staff import FRIDAY, at, question, staffed, told
from volunteers.desk import answers, notices, routing
from volunteers.desk.models import Notice, Question

ANNA, DORA, KIM = "anna@stadt.example", "dora@stadt.example", "kim@stadt.example"
LEA = "leitung@awo.example"


@pytest.fixture
def place(db, settings):
    settings.PORTAL_URL = "https://portal.example.org"
    return staffed()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2016, 6, 3), [ANNA]),
        (date(2016, 6, 7), [ANNA]),
        (date(2016, 6, 8), [ANNA, DORA]),
        (date(2016, 6, 10), [ANNA, DORA]),
        (date(2016, 6, 13), [ANNA, DORA, KIM]),
    ],
)
def test_first_the_lead_then_the_deputy_then_the_coordination(place, day, expected):
    question(place)
    assert told(day) == expected
    assert told(day) == []


def test_each_is_told_once_at_each_stage(place):
    question(place)
    runs = [told(date(2016, 6, day)) for day in range(3, 15)]
    assert [run for run in runs if run] == [[ANNA], [DORA], [KIM]]


def test_a_new_wait_is_told_anew(place):
    row = question(place)
    assert told(FRIDAY) == [ANNA]
    Question.objects.filter(pk=row.pk).update(waits=False)
    assert told(date(2016, 6, 20)) == []
    again = date(2016, 6, 20)
    Question.objects.filter(pk=row.pk).update(waits=True, waits_since=at(again))
    assert told(again) == [ANNA]


def test_the_mail_says_no_word_of_the_question_and_names_no_address(place):
    row = question(place, email="mira@verein.example")
    told(date(2016, 6, 13))
    for message in mail.outbox:
        assert message.subject == f"Frage {row.pk} wartet auf eine Antwort"
        assert f"https://portal.example.org/fragen/{row.pk}/" in message.body
        assert "seit 03.06.2016" in message.body
        assert "Eicken" in message.body
        for secret in ("Kitaplatz", "mira", "verein.example"):
            assert secret not in message.body
            assert secret not in str(message.message())


def test_nobody_can_switch_these_mails_off(place):
    for kind in MailKind:
        OptOut.objects.create(user=place.lead.user, kind=kind)
    question(place)
    assert told(FRIDAY) == [ANNA]


def test_without_an_account_of_the_holder_the_leads_of_the_agency_are_told(place):
    place.lead.worker.user = None
    place.lead.worker.save()
    question(place)
    assert told(FRIDAY) == [LEA]


def test_an_agency_without_any_account_leaves_it_to_the_coordination(place):
    place.awo.memberships.all().delete()
    question(place)
    assert told(FRIDAY) == [KIM]


def test_a_deactivated_account_is_told_nothing(place):
    place.lead.user.is_active = False
    place.lead.user.save()
    question(place)
    assert told(FRIDAY) == [LEA]


def test_where_the_lead_is_absent_the_deputy_is_told_at_once(place):
    make.absence(worker=place.lead.worker, starts_on=FRIDAY, ends_on=date(2016, 6, 6))
    question(place)
    assert told(FRIDAY) == [DORA]
    assert "abwesend oder unbesetzt" in mail.outbox[0].body
    assert told(date(2016, 6, 7)) == [ANNA]


def test_where_nobody_leads_the_coordination_is_told_at_once(place):
    question(place, district=None, agency=None)
    assert told(FRIDAY) == [KIM]
    assert "Es ist niemand da, der antworten kann." in mail.outbox[0].body


def test_what_was_passed_on_by_hand_is_told_to_the_leads_of_that_agency(place):
    drk = make.agency(short_name="DRK")
    lead = make.membership("lead", agency=drk).user
    question(place, agency=drk)
    assert told(FRIDAY) == [lead.email]


def test_who_has_it_back_is_told_again(place):
    """Of the coordination and the deputy nothing has changed: they know."""
    drk = make.agency(short_name="DRK")
    lead = make.membership("lead", agency=drk).user
    row, monday = question(place), date(2016, 6, 13)
    assert told(monday) == [ANNA, DORA, KIM]
    routing.forward(row, agency=drk, reason="Spendenlager", by=place.coordinator)
    assert told(monday) == [lead.email]
    routing.forward(row, agency=None, reason="Doch dort", by=place.coordinator)
    assert told(monday) == [ANNA]
    assert told(monday) == []


def test_a_deputy_who_was_told_reads_on_when_the_question_is_passed_on(place, settings):
    settings.PORTAL_DAY = FRIDAY
    make.absence(worker=place.lead.worker, starts_on=FRIDAY, ends_on=FRIDAY)
    row, drk = question(place), make.agency(short_name="DRK")
    make.membership("lead", agency=drk)
    assert told(FRIDAY) == [DORA]
    routing.forward(row, agency=drk, reason="Spendenlager", by=place.coordinator)
    scope = Scope(agencies=frozenset({place.city.pk}))
    assert list(Question.objects.reachable(scope, date(2016, 6, 6))) == [row]


def test_of_a_question_that_is_opened_again_everybody_is_told_again(place):
    row, monday = question(place), date(2016, 6, 13)
    assert told(monday) == [ANNA, DORA, KIM]
    answers.close(row, by=place.coordinator)
    assert told(monday) == []
    answers.reopen(row, by=place.coordinator)
    assert told(monday) == [ANNA, DORA, KIM]
    assert told(monday) == []


def test_nobody_hears_of_what_is_answered_closed_or_unconfirmed(place):
    question(place, waits=False)
    question(place, closed_at=at(FRIDAY))
    row = question(place)
    Question.objects.filter(pk=row.pk).update(confirmed_at=None)
    assert told(date(2016, 6, 20)) == []


def test_a_question_answered_while_the_run_is_under_way_is_not_told(place, settings):
    first, second = question(place), question(place)
    settings.EMAIL_BACKEND = "tests.desk.staff.AnswersMeanwhile"
    assert told(FRIDAY) == [ANNA]
    assert [notice.question for notice in Notice.objects.all()] == [first]
    second.refresh_from_db()
    assert not second.waits


def test_a_server_that_is_down_leaves_no_claim(place, settings):
    question(place)
    settings.EMAIL_BACKEND = "tests.reports.post.Down"
    outbox = Outbox()
    notices.send(FRIDAY, outbox)
    assert outbox.failed == 1
    assert not Notice.objects.exists()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert told(FRIDAY) == [ANNA]


def test_a_trial_run_counts_and_writes_nothing(place):
    question(place)
    outbox = Outbox(is_trial=True)
    notices.send(FRIDAY, outbox)
    assert sum(outbox.sent.values()) == 1
    assert mail.outbox == []
    assert not Notice.objects.exists()
