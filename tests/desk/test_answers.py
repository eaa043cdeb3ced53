import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from coordination.audit.models import Entry
from tests.desk.staff import FRIDAY, at, question, staffed
from volunteers.desk import answers
from volunteers.desk.models import Mail, Message, Question

MONDAY = date(2016, 6, 6)


@pytest.fixture
def place(db, settings):
    settings.PORTAL_DAY = MONDAY
    return staffed()


def test_an_answer_is_kept_and_its_mail_queued(place):
    row = question(place)
    message = answers.answer(
        row,
        text="Die Kita-Beratung am Dienstag.",
        agency=place.awo,
        at=at(MONDAY, 9),
        by=place.lead.user,
    )
    row.refresh_from_db()
    assert not row.waits
    assert row.first_answered_at == at(MONDAY, 9)
    assert (message.by, message.agency) == (place.lead.user, place.awo)
    queued = Mail.objects.get()
    assert (queued.question, queued.kind, queued.message) == (row, "answer", message)


def test_only_the_first_answer_counts_for_the_time(place):
    row = question(place)
    answers.answer(row, text="Ich frage nach.", at=at(MONDAY, 9), by=place.lead.user)
    answers.answer(row, text="Dienstags ab 9.", at=at(MONDAY, 12), by=place.lead.user)
    row.refresh_from_db()
    assert row.first_answered_at == at(MONDAY, 9)
    assert row.messages.count() == 3


def test_the_log_says_that_never_what(place):
    row = question(place, email="mira@verein.example")
    answers.answer(row, text="Dienstags im Stadtteilbüro.", by=place.lead.user)
    answers.close(row, by=place.lead.user)
    answers.reopen(row, by=place.lead.user)
    entries = Entry.objects.about(row).order_by("pk")
    assert [entry.verb for entry in entries] == ["answered", "closed", "reopened"]
    assert {entry.by for entry in entries} == {place.lead.user}
    assert {entry.agency_id for entry in entries} == {place.awo.pk}
    written = json.dumps([(e.target_label, e.before, e.after, e.reason) for e in entries])
    for secret in ("Kitaplatz", "Stadtteil", "mira"):
        assert secret not in written


def test_the_same_click_twice_sends_one_answer(place):
    row = question(place)
    answers.answer(row, text="Dienstags.", seen=row.messages.get().pk, by=place.lead.user)
    with pytest.raises(ValidationError) as refused:
        answers.answer(row, text="Dienstags.", seen=0, by=place.lead.user)
    assert refused.value.code == "done"
    assert row.messages.count() == 2
    assert Mail.objects.count() == 1


def test_the_second_of_two_who_answer_reads_the_first_answer_before(place):
    row = question(place)
    seen = row.messages.get().pk
    answers.answer(row, text="Dienstags.", seen=seen, by=place.lead.user)
    with pytest.raises(ValidationError, match="Anna hat inzwischen geantwortet") as refused:
        answers.answer(row, text="Mittwochs.", seen=seen, by=place.deputy.user)
    assert refused.value.code == "changed"
    last = row.messages.last().pk
    answers.answer(row, text="Mittwochs.", seen=last, by=place.deputy.user)
    assert row.messages.count() == 3


def test_a_new_word_of_who_asked_has_to_be_read_first(place):
    row = question(place)
    seen = row.messages.get().pk
    Message.objects.create(question=row, text="Es eilt.")
    with pytest.raises(ValidationError, match="noch einmal geschrieben"):
        answers.answer(row, text="Dienstags.", seen=seen, by=place.lead.user)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2_001])
def test_an_answer_says_something_and_not_too_much(place, text):
    row = question(place)
    with pytest.raises(ValidationError) as refused:
        answers.answer(row, text=text, by=place.lead.user)
    assert list(refused.value.message_dict) == ["text"]
    assert row.messages.count() == 1


def test_a_closed_question_is_opened_before_it_is_answered(place):
    row = question(place, closed_at=at(MONDAY), waits=False)
    with pytest.raises(ValidationError, match="abgeschlossen"):
        answers.answer(row, text="Dienstags.", by=place.lead.user)


def test_a_question_that_was_withdrawn_or_never_confirmed_cannot_be_answered(place):
    row, other = question(place), question(place)
    Question.objects.filter(pk=row.pk).update(confirmed_at=None)
    other.messages.all().delete()
    Question.objects.filter(pk=other.pk).delete()
    for each in (row, other):
        for act in (answers.close, answers.reopen):
            with pytest.raises(ValidationError, match="zurückgezogen"):
                act(each, by=place.lead.user)
        with pytest.raises(ValidationError, match="zurückgezogen"):
            answers.answer(each, text="Dienstags.", by=place.lead.user)
    assert not Entry.objects.exists()


def test_closing_tells_who_asked_and_stops_the_wait(place):
    row = question(place)
    answers.close(row, at=at(MONDAY), by=place.lead.user)
    row.refresh_from_db()
    assert (row.waits, row.closed_at, row.first_answered_at) == (False, at(MONDAY), None)
    assert Mail.objects.get().kind == "closed"
    with pytest.raises(ValidationError) as refused:
        answers.close(row, by=place.deputy.user)
    assert refused.value.code == "done"


def test_reopened_an_unanswered_question_has_waited_since_it_was_asked(place):
    row = question(place)
    answers.close(row, by=place.lead.user)
    answers.reopen(row, by=place.coordinator)
    row.refresh_from_db()
    assert row.is_open
    assert row.waits_since == at(FRIDAY)


def test_reopened_an_answered_question_waits_for_nobody(place):
    row = question(place)
    answers.answer(row, text="Dienstags.", by=place.lead.user)
    answers.close(row, by=place.lead.user)
    answers.reopen(row, by=place.lead.user)
    row.refresh_from_db()
    assert (row.waits, row.closed_at) == (False, None)
    with pytest.raises(ValidationError) as refused:
        answers.reopen(row, by=place.lead.user)
    assert refused.value.code == "done"


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_once_are_one_answer(settings):
    settings.PORTAL_DAY = MONDAY
    place = staffed()
    row = question(place)
    seen = row.messages.get().pk

    def click(_number):
        try:
            answers.answer(row, text="Dienstags.", seen=seen, by=place.lead.user)
        except ValidationError as error:
            return error.code
        else:
            return "sent"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(click, range(20)))
    assert sorted(set(results)) == ["done", "sent"]
    assert results.count("sent") == 1
    assert row.messages.count() == 2
    assert Mail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_answer_at_once_each_but_one_reads_first(settings):
    settings.PORTAL_DAY = MONDAY
    place = staffed()
    row = question(place)
    seen = row.messages.get().pk

    def write(number):
        try:
            answers.answer(row, text=f"Antwort {number}", seen=seen, by=place.lead.user)
        except ValidationError as error:
            return error.code
        else:
            return "sent"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(write, range(8)))
    assert results.count("sent") == 1
    assert results.count("changed") == 7


def test_the_moment_is_now_unless_it_is_said(place):
    before = timezone.now()
    message = answers.answer(question(place), text="Dienstags.", by=place.lead.user)
    assert before <= message.at <= timezone.now()
