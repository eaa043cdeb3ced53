from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from coordination.audit.models import Entry
from tests import make
from tests.desk.asking import ADDRESS, links
from tests.people.desks import at_once
from volunteers.desk import mails, questions
from volunteers.desk.models import Faq, Link, Mail, Message, Question

MORE = "Und wer hilft am Wochenende?"


def page(token, act=""):
    return f"/rueckversicherung/frage/{token}/{act}"


def way_in(**fields):
    return make.link(question=make.question(**fields))


@pytest.fixture
def answered(db):
    """A question that the AWO answered an hour ago; its token."""
    agency = make.agency(short_name="AWO", name="AWO Musterstadt e. V.")
    worker = make.worker(agency=agency, name="Fred Fachkraft")
    worker.user = make.user(name="Fred Konto")
    worker.save()
    hour = timezone.now() - timedelta(hours=1)
    link = way_in(agency=agency, waits=False, at=hour - timedelta(hours=1), first_answered_at=hour)
    answer = "Die Familienberatung."
    make.message(question=link.question, by=worker.user, agency=agency, at=hour, text=answer)
    link.worker = worker
    return link


# --- What is shown ------------------------------------------------------------------------------


def test_the_conversation_is_shown_and_looking_uses_nothing_up(client, answered):
    for _time in range(3):
        said = client.get(page(answered.token)).content.decode()
    assert "Wer hilft beim Antrag auf einen Kitaplatz?" in said
    assert "Die Familienberatung." in said
    assert Link.objects.get().used_at is None


def test_who_answered_is_the_agency_unless_the_person_is_released(client, answered):
    said = client.get(page(answered.token)).content.decode()
    assert "AWO" in said
    assert "Fred" not in said
    answered.worker.is_public = True
    answered.worker.save()
    said = client.get(page(answered.token)).content.decode()
    assert "Fred Fachkraft, AWO" in said
    assert "Fred Konto" not in said
    answered.worker.is_active = False
    answered.worker.save()
    assert "Fred" not in client.get(page(answered.token)).content.decode()


def test_what_the_city_says_bears_the_name_of_no_account(client, db):
    link = way_in()
    make.message(question=link.question, by=make.user("coordination", name="Kim Koordination"))
    said = client.get(page(link.token)).content.decode()
    assert "Koordination der Stadt Musterstadt" in said
    assert "Kim" not in said


def test_the_address_of_who_asked_is_not_on_the_page(client, db):
    """A link may be passed on."""
    link = way_in(email=ADDRESS)
    assert ADDRESS not in client.get(page(link.token)).content.decode()


def test_what_somebody_wrote_is_shown_as_text(client, db):
    link = make.link(question=make.question("<script>alert(1)</script>\n& weiter"))
    said = client.get(page(link.token)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>&amp; weiter" in said


@pytest.mark.parametrize("words", [1, 20])
def test_the_page_costs_the_same_however_long_the_conversation(
    client, db, django_assert_max_num_queries, words
):
    link = way_in()
    for _word in range(words):
        worker = make.worker()
        worker.user = make.user()
        worker.save()
        make.message(question=link.question, by=worker.user, agency=worker.agency)
    with django_assert_max_num_queries(2):
        client.get(page(link.token))


# --- Going on -----------------------------------------------------------------------------------


def test_one_more_word_waits_for_an_answer_again(client, answered):
    response = client.post(page(answered.token), {"text": MORE})
    assert response.headers["Location"] == "/rueckversicherung/fertig/geschrieben/"
    question = Question.objects.get()
    assert question.messages.last().text == MORE
    assert question.messages.last().by is None
    assert question.waits
    assert timezone.now() - question.waits_since < timedelta(minutes=1)
    assert question.mails.get().kind == Mail.Kind.RECEIVED


def test_asking_again_before_the_answer_does_not_start_the_wait_anew(client, db):
    asked = timezone.now() - timedelta(days=4)
    link = way_in(at=asked)
    client.post(page(link.token), {"text": MORE})
    assert Question.objects.get().waits_since == asked


def test_a_closed_question_is_opened_again_by_a_word(client, db):
    link = way_in(waits=False, closed_at=timezone.now())
    assert "wird sie wieder geöffnet" in client.get(page(link.token)).content.decode()
    client.post(page(link.token), {"text": MORE})
    question = Question.objects.get()
    assert (question.closed_at, question.waits) == (None, True)
    assert [entry.verb for entry in Entry.objects.about(question)] == ["reopened"]


def test_a_link_is_good_for_one_word_and_the_next_one_is_not_lost(client, answered):
    client.post(page(answered.token), {"text": MORE})
    response = client.post(page(answered.token), {"text": "Noch etwas Wichtiges"})
    assert response.status_code == 404
    said = response.content.decode()
    assert "Ihr Text wurde nicht gesendet" in said
    assert "Noch etwas Wichtiges" in said
    assert Message.objects.filter(text__contains="Wichtiges").count() == 0
    assert client.get(page(answered.token)).status_code == 404


def test_the_mail_about_it_brings_the_next_link(client, answered, sent):
    with sent():
        client.post(page(answered.token), {"text": MORE})
    (token,) = links("frage")
    assert token != answered.token
    assert MORE in client.get(page(token)).content.decode()


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2_001])
def test_no_words_and_too_many_use_no_link_up(client, answered, text):
    response = client.post(page(answered.token), {"text": text})
    assert response.context["form"].errors["text"]
    assert Link.objects.get().used_at is None
    assert Message.objects.count() == 2


def test_a_word_that_looks_like_a_case_is_asked_about_here_too(client, answered):
    case = "Herr Yilmaz, geb. 1.2.1990, wartet noch."
    response = client.post(page(answered.token), {"text": case})
    assert case in response.content.decode()
    assert Link.objects.get().used_at is None
    suggested = client.post(page(answered.token), {"text": case, "vorschlag": "1"})
    assert "Person A" in suggested.context["form"]["text"].value()
    insisting = {"is_insisted": "on", "asked": response.context["form"].data["asked"]}
    assert client.post(page(answered.token), {"text": case, **insisting}).status_code == 302


@pytest.mark.parametrize("act", ["", "schliessen/", "zurueckziehen/"])
@pytest.mark.parametrize("state", ["used", "expired", "unknown", "other purpose"])
def test_no_act_works_by_a_link_that_no_longer_does(client, db, act, state):
    now = timezone.now()
    link = way_in()
    if state == "used":
        Link.objects.update(used_at=now)
    elif state == "expired":
        Link.objects.update(expires_at=now)
    elif state == "other purpose":
        link = make.link("confirm", question=link.question)
    token = "unbekannt" if state == "unknown" else link.token
    response = client.post(page(token, act), {"text": MORE})
    assert response.status_code == 404
    assert "Dieser Link gilt nicht mehr" in response.content.decode()
    assert (Message.objects.count(), Question.objects.get().closed_at) == (1, None)


def test_a_question_nobody_confirmed_is_not_gone_on_with(client, db):
    token = make.link("reply", question=make.unconfirmed()).token
    assert client.get(page(token)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_twenty_words_by_one_link_at_once_are_one():
    token = way_in(waits=False).token
    results = at_once([lambda: questions.continue_(token, MORE)] * 20)
    assert len([one for one in results if one]) == 1
    assert Message.objects.filter(text=MORE).count() == 1
    assert len(mail.outbox) == 1


# --- Closing and withdrawing --------------------------------------------------------------------


def test_who_asked_closes_the_question(client, answered):
    response = client.post(page(answered.token, "schliessen/"))
    assert response.headers["Location"] == "/rueckversicherung/fertig/geschlossen/"
    question = Question.objects.get()
    assert question.closed_at
    assert not question.waits
    assert question.mails.get().kind == Mail.Kind.CLOSED
    assert client.get(page(answered.token, "schliessen/")).status_code == 405


def test_by_the_mail_about_closing_it_is_opened_again(client, answered, sent):
    with sent():
        client.post(page(answered.token, "schliessen/"))
    (token,) = links("frage")
    client.post(page(token), {"text": MORE})
    assert Question.objects.get().closed_at is None


def test_withdrawing_asks_first_and_then_deletes_every_trace(client, answered):
    question = answered.question
    faq = make.faq(question=question)
    Mail.objects.create(question=question, kind=Mail.Kind.ANSWER, message=Message.objects.last())
    assert (
        "lässt sich nicht rückgängig"
        in client.get(page(answered.token, "zurueckziehen/")).content.decode()
    )
    assert Question.objects.exists()
    response = client.post(page(answered.token, "zurueckziehen/"))
    assert response.headers["Location"] == "/rueckversicherung/fertig/geloescht/"
    left = [model.objects.count() for model in (Question, Message, Link, Mail)]
    assert left == [0, 0, 0, 0]
    assert Faq.objects.get().question is None  # tells nothing of anybody
    assert faq.asked
    entry = Entry.objects.get(verb="withdrawn")
    assert (entry.by, entry.target_label) == (None, f"Frage {question.pk}")


def test_with_a_question_go_its_proposals_nobody_has_released(client, answered):
    make.faq(released=False, question=answered.question)
    turned_down = make.faq(released=False, question=answered.question)
    type(turned_down).objects.filter(pk=turned_down.pk).update(withdrawn_at=timezone.now())
    public = make.faq(question=answered.question)
    client.post(page(answered.token, "zurueckziehen/"))
    assert list(Faq.objects.all()) == [public]


@pytest.mark.django_db(transaction=True)
def test_withdrawing_while_its_mail_goes_out_leaves_nothing_and_fails_for_nobody(settings):
    settings.EMAIL_BACKEND = "tests.reports.post.Slow"
    for _time in range(5):
        link = way_in()
        Mail.objects.create(question=link.question, kind=Mail.Kind.CLOSED)
        outbox, is_gone = at_once(
            [mails.send_waiting, lambda token=link.token: questions.withdraw(token)]
        )
        assert (outbox.failed, is_gone) == (0, True)
    assert (Question.objects.count(), Link.objects.count(), Mail.objects.count()) == (0, 0, 0)
