"""The mails to who asked: each once, whatever the server does, and no word where it must not be."""

import logging
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from tests import make
from tests.desk.asking import ADDRESS, ASK, WORDS, asked, links, typed, use
from tests.people.desks import at_once
from tests.reports.post import Crash, Down
from volunteers.desk import answers, mails, questions
from volunteers.desk.models import Link, Mail, Message, Question

CANARY = "Zwergpinguin4711"


def waiting(kind="closed", **fields):
    """A mail that waits in the database."""
    fields["question"] = fields.get("question") or make.question()
    return Mail.objects.create(kind=kind, **fields)


def answered(text="Das Bürgerbüro hilft."):
    agency = make.agency(short_name="AWO")
    worker = make.worker(agency=agency, name="Fred Fachkraft")
    worker.user = make.user(name="Fred Konto")
    worker.save()
    question = make.question(agency=agency, email=ADDRESS)
    answers.answer(question, text=text, by=worker.user, agency=agency)
    return worker


def parsed(message):
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


# --- Once, and not never ------------------------------------------------------------------------


def test_a_mail_goes_out_with_the_act_it_tells_of(db, sent):
    with sent():
        questions.ask(**asked())
        assert mail.outbox == []
    assert [message.to for message in mail.outbox] == [[ADDRESS]]
    assert mails.send_waiting().sent.total() == 0


def test_what_is_undone_mails_nobody(db, sent):
    with sent(), transaction.atomic():
        questions.ask(**asked())
        transaction.set_rollback(True)
    assert not Question.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("backend", ["Down", "Swallows"])
def test_without_a_mail_server_the_question_is_kept_and_mailed_later(
    client, db, settings, sent, backend
):
    use(settings, backend)
    with sent():
        response = client.post(ASK, typed(district=make.district().pk))
    assert response.status_code == 302
    assert Question.objects.count() == 1
    assert (Mail.objects.get().sent_at, Link.objects.count()) == (None, 0)
    assert mails.send_waiting().failed == 1
    use(settings, "EmailBackend")
    assert mails.send_waiting().sent.total() == 1
    assert mails.send_waiting().sent.total() == 0
    (token,) = links("bestaetigen")
    assert questions.confirm(token)


def test_a_server_that_is_down_is_asked_once_a_run(db, settings):
    use(settings, "Down")
    for _number in range(3):
        waiting()
    Down.opened = 0
    assert mails.send_waiting().failed == 3
    assert Down.opened == 1


def test_an_act_waits_for_its_own_mail_only(db, settings, sent):
    for _number in range(3):
        waiting()
    with sent():
        questions.ask(**asked())
    assert len(mail.outbox) == 1
    assert Mail.objects.filter(sent_at=None).count() == 3


def test_one_address_that_is_refused_keeps_no_other_waiting(db, settings):
    use(settings, "RefusesOne")
    waiting(question=make.question(email="leitung@awo.example"))
    waiting(question=make.question(email=ADDRESS))
    outbox = mails.send_waiting()
    assert (outbox.failed, outbox.sent.total()) == (1, 1)
    assert mail.outbox[0].to == [ADDRESS]


def test_an_address_that_never_takes_a_mail_is_given_up_after_a_month(db, settings):
    waiting(created_at=timezone.now() - timedelta(days=31))
    assert mails.send_waiting().sent.total() == 0
    waiting(created_at=timezone.now() - timedelta(days=29))
    assert mails.send_waiting().sent.total() == 1


def test_a_crash_after_sending_sends_again_and_never_loses(db, settings):
    waiting()
    use(settings, "Crashes")
    with pytest.raises(Crash):
        mails.send_waiting()
    assert Mail.objects.get().sent_at is None
    use(settings, "EmailBackend")
    mails.send_waiting()
    assert len(mail.outbox) == 2
    assert Link.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_moment_send_each_mail_once(settings):
    use(settings, "Slow")
    for _number in range(4):
        waiting()
    outboxes = at_once([mails.send_waiting] * 4)
    assert [outbox.failed for outbox in outboxes] == [0, 0, 0, 0]
    assert sum(outbox.sent.total() for outbox in outboxes) == len(mail.outbox) == 4
    assert Link.objects.count() == len(set(links("frage"))) == 4


@pytest.mark.django_db(transaction=True)
def test_without_compare_and_swap_they_would_not(settings, monkeypatch):
    """Whether the test above would notice."""
    use(settings, "Slow")
    waiting()
    claim = type(Mail.objects.all()).filter

    def unclaimed(self, *rules, **fields):
        fields.pop("sent_at", None)
        return claim(self, *rules, **fields)

    rows = list(Mail.objects.select_related("question"))
    monkeypatch.setattr(type(Mail.objects.all()), "filter", unclaimed)
    written = [mails._taken(row) for row in rows * 2]
    assert None not in written


@pytest.mark.django_db(transaction=True)
def test_a_server_that_comes_back_gets_each_mail_once_from_two_runs(settings):
    use(settings, "Down")
    district = make.district()
    for number in range(3):
        questions.ask(**asked(district=district, email=f"p{number}@verein.example"))
    assert (len(mail.outbox), Question.objects.count()) == (0, 3)
    use(settings, "Slow")
    outboxes = at_once([mails.send_waiting] * 2)
    assert sum(outbox.sent.total() for outbox in outboxes) == 3
    assert sorted(message.to[0] for message in mail.outbox) == [
        f"p{number}@verein.example" for number in range(3)
    ]


def test_no_mail_goes_out_whose_link_leads_nowhere(db, settings):
    waiting()
    settings.PORTAL_URL = ""
    assert mails.send_waiting().sent.total() == 0
    assert mail.outbox == []


def test_what_was_promised_is_mailed_also_when_the_desk_takes_no_new_question(db, settings):
    waiting()
    settings.PORTAL_DESK = False
    assert mails.send_waiting().sent.total() == 1


@pytest.mark.parametrize(
    ("sent_at", "days", "state"),
    [(None, 29, "waiting"), (None, 31, "given_up"), (timezone.now(), 31, "sent")],
)
def test_a_mail_waits_is_sent_or_was_given_up(db, sent_at, days, state):
    row = waiting(sent_at=sent_at, created_at=timezone.now() - timedelta(days=days))
    assert row.state == state
    assert Mail.objects.waiting().exists() == (state == "waiting")
    assert Mail.objects.given_up().exists() == (state == "given_up")


def test_many_mails_cost_no_query_more_each(db, django_assert_max_num_queries):
    for _number in range(10):
        waiting()
    with django_assert_max_num_queries(1 + 10 * 4):  # savepoint, claim, link, release
        mails.send_waiting()


# --- What is in them ----------------------------------------------------------------------------


def test_who_is_asked_to_confirm_gets_a_link_and_not_a_word_of_the_question(db, sent):
    """Else anybody could send anything to anybody in the city's name."""
    with sent():
        questions.ask(**asked(text=f"{CANARY} https://werbung.example"))
    message = mail.outbox[0]
    assert message.subject == "Bitte bestätigen Sie Ihre Frage"
    assert CANARY not in message.message().as_string()
    assert "werbung" not in message.body
    (token,) = links("bestaetigen")
    assert f"https://testserver/rueckversicherung/bestaetigen/{token}/" in message.body
    assert "Der Link gilt 7 Tage." in message.body


def test_what_is_confirmed_is_acknowledged_with_a_way_back(db, sent):
    with sent():
        question = questions.confirm(make.link("confirm", question=make.unconfirmed()).token)
    assert mail.outbox[0].subject == f"Ihre Frage {question.pk} ist angekommen"
    assert len(links("frage")) == 1
    assert "gilt einmal und 30 Tage lang" in mail.outbox[0].body


def test_an_answer_is_mailed_by_the_agency_with_a_way_to_go_on(client, db, sent):
    with sent():
        worker = answered("Das Bürgerbüro hilft.\n\n\n\nMo & Di.")
    body = mail.outbox[0].body
    assert mail.outbox[0].subject == f"Antwort auf Ihre Frage {Question.objects.get().pk}"
    assert "AWO:" in body
    assert "Fred" not in body
    assert "Das Bürgerbüro hilft." in body
    assert "Mo & Di." in body
    (token,) = links("frage")
    assert client.get(f"/rueckversicherung/frage/{token}/").status_code == 200
    assert worker.name


def test_a_released_person_signs_with_their_name(db, sent):
    worker = answered()
    worker.is_public = True
    worker.save()
    mails.send_waiting()
    assert "Fred Fachkraft, AWO:" in mail.outbox[0].body
    assert "Konto" not in mail.outbox[0].body


def test_a_mail_speaks_the_language_of_the_question(db, sent):
    with sent():
        questions.ask(**asked(language="en"))
    message = mail.outbox[0]
    assert message.subject == "Please confirm your question"
    assert "If that was you, please confirm your question here:" in message.body
    assert "Guten Tag" not in message.body


@pytest.mark.parametrize("kind", Mail.Kind.values)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_mail_is_plain_automatic_and_tells_nothing_in_its_head(db, kind, language):
    question = make.question(CANARY, email=ADDRESS, language=language)
    if kind == "confirm":
        question = make.unconfirmed(CANARY, email=ADDRESS, language=language)
    message = make.message(question=question, text=CANARY) if kind == "answer" else None
    waiting(kind, question=question, message=message)
    assert mails.send_waiting().sent.total() == 1
    read = parsed(mail.outbox[0])
    assert read["Auto-Submitted"] == "auto-generated"
    assert read.get_content_type() == "text/plain"
    assert read["To"] == ADDRESS
    heads = " ".join(f"{name}: {value}" for name, value in read.items())
    assert CANARY not in heads
    assert ADDRESS not in read["Subject"]
    assert "\n\n\n" not in read.get_content()
    assert "https://testserver/rueckversicherung/" in read.get_content()
    assert "{" not in read.get_content()


def test_an_address_with_line_breaks_forges_no_header(db):
    """No form lets one in; should a row have one all the same, it is not sent."""
    waiting(question=make.question(email="a@b.example\r\nBcc: opfer@example.org"))
    assert mails.send_waiting().failed == 1
    assert mail.outbox == []


# --- What stays behind --------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["Down", "Swallows", "RefusesOne", "EmailBackend"])
def test_no_log_line_has_an_address_a_word_or_a_link(client, db, settings, sent, caplog, backend):
    caplog.set_level(logging.DEBUG)
    use(settings, backend)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # off in production, too
    place = {"district": make.district().pk}
    with sent():
        client.post(ASK, typed(email=f"{CANARY}@verein.example", text=CANARY, **place))
        client.post(ASK, typed(email=f"{CANARY}@@", text=CANARY, **place))
    with sent():
        link = make.link(question=make.question(email="leitung@awo.example"))
        client.post(f"/rueckversicherung/frage/{link.token}/", {"text": CANARY})
        client.post(f"/rueckversicherung/frage/{link.token}/", {"text": CANARY})
    mails.send_waiting()
    said = "\n".join([f"{record.getMessage()} {record.exc_text}" for record in caplog.records])
    for secret in [CANARY, CANARY.lower(), "verein.example", "awo.example"]:
        assert secret not in said


def test_a_stolen_database_opens_no_question(db, sent):
    with sent():
        questions.ask(**asked())
    (token,) = links("bestaetigen")
    with connection.cursor() as cursor:
        for model in (Question, Message, Mail, Link):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            assert token not in str(cursor.fetchall())
    assert WORDS
