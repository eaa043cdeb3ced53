from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from coordination.audit.models import Entry
from tests import make
from tests.desk.asking import WORDS, asked, links
from tests.people.desks import at_once
from volunteers.desk import links as desk_links
from volunteers.desk import questions
from volunteers.desk.models import Link, Mail, Question


@pytest.fixture
def token(db):
    """Of a question that somebody has just asked."""
    return make.link("confirm", question=make.unconfirmed()).token


def page(token):
    return f"/rueckversicherung/bestaetigen/{token}/"


def test_looking_confirms_nothing_however_often(client, token):
    """Mail programs and virus scanners open every link."""
    for _time in range(3):
        response = client.get(page(token))
        assert response.status_code == 200
        assert client.head(page(token)).status_code == 200
    assert WORDS in response.content.decode()
    assert Link.objects.get().used_at is None
    assert Question.objects.get().confirmed_at is None


def test_the_button_confirms_and_from_then_on_the_question_waits(client, token):
    response = client.post(page(token))
    assert response.headers["Location"] == "/rueckversicherung/fertig/bestaetigt/"
    question = Question.objects.get()
    assert question.confirmed_at == question.waits_since
    assert timezone.now() - question.confirmed_at < timedelta(minutes=1)
    assert question.mails.get().kind == Mail.Kind.RECEIVED


def test_a_confirmed_question_is_with_whoever_leads_the_district(db, settings):
    settings.PORTAL_DAY = make.DAY
    district, agency = make.district(), make.agency()
    position = make.position(agency=agency)
    make.occupancy(position=position)
    assignment = make.assignment(position=position, district=district)
    question = make.unconfirmed(district=district)
    questions.confirm(make.link("confirm", question=question).token)
    question.refresh_from_db()
    assert (question.assignment, question.agency) == (assignment, agency)


def test_the_page_afterwards_says_so(client, db):
    said = client.get("/rueckversicherung/fertig/bestaetigt/").content.decode()
    assert "Ihre Frage ist angekommen" in said
    assert client.get("/rueckversicherung/fertig/quatsch/").status_code == 404


def test_the_log_says_that_a_question_was_confirmed_and_no_word_of_it(client, token):
    client.post(page(token))
    entry = Entry.objects.get(target_model="desk.question")
    assert (entry.verb, entry.by, entry.before, entry.after) == ("confirmed", None, {}, {})
    assert entry.target_label == f"Frage {Question.objects.get().pk}"


def test_an_unconfirmed_question_is_in_no_log(db):
    questions.ask(**asked())
    assert not Entry.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("state", ["used", "expired", "unknown", "other purpose", "confirmed"])
def test_what_no_longer_works_looks_the_same_whatever_it_is(client, db, method, state):
    now = timezone.now()
    question = make.unconfirmed()
    link = make.link("confirm", question=question)
    if state == "used":
        Link.objects.update(used_at=now)
    elif state == "expired":
        Link.objects.update(expires_at=now)
    elif state == "other purpose":
        link = make.link("reply", question=question)
    elif state == "confirmed":
        Question.objects.update(confirmed_at=now, waits_since=now)
    before = Question.objects.values().get()
    token = "unbekannt" if state == "unknown" else link.token
    response = getattr(client, method)(page(token))
    assert response.status_code == 404
    assert "Dieser Link gilt nicht mehr" in response.content.decode()
    assert "Was bis dahin" not in response.content.decode()
    assert Question.objects.values().get() == before
    assert not Mail.objects.exists()


def test_all_links_that_no_longer_work_show_the_very_same_page(client, db):
    used = make.link("confirm", used_at=timezone.now(), question=make.unconfirmed()).token
    old = make.link("confirm", expires_at=timezone.now(), question=make.unconfirmed()).token
    pages = [client.get(page(token)).content.decode() for token in (used, old, "unbekannt")]
    pages = [
        said.replace(token, "…")
        for said, token in zip(pages, (used, old, "unbekannt"), strict=True)
    ]
    without_csrf = {said.partition("<main")[2] for said in pages}
    assert len(without_csrf) == 1


@pytest.mark.parametrize("token", ["x" * 3_000, "%00", "%ED%A0%80", "..%2F..", "%E2%80%AE"])
def test_nonsense_for_a_token_is_no_error(client, db, token):
    assert client.get(page(token)).status_code in (400, 404)


@pytest.mark.django_db(transaction=True)
def test_two_links_to_one_question_confirm_it_once():
    """Its mail goes out twice if the machine stops in the wrong moment."""
    question = make.unconfirmed()
    tokens = [make.link("confirm", question=question).token for _number in range(4)]
    acts = [lambda token=token: questions.confirm(token) for token in tokens]
    assert len([one for one in at_once(acts) if one]) == 1
    assert Mail.objects.count() == 1


def test_what_was_seen_before_the_lock_is_looked_at_again_behind_it(db, monkeypatch):
    """SQLite lets nobody in between, so here the link that was seen is an old one."""
    question = make.unconfirmed()
    first, second = [make.link("confirm", question=question).token for _number in range(2)]
    seen = desk_links.find(second, desk_links.Purpose.CONFIRM)
    questions.confirm(first)
    monkeypatch.setattr(desk_links, "find", lambda token, purpose: seen)
    assert questions.confirm(second) is None
    assert Mail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_confirmations_at_once_have_one_effect():
    token = make.link("confirm", question=make.unconfirmed()).token
    results = at_once([lambda: questions.confirm(token)] * 20)
    assert len([one for one in results if one]) == 1
    assert Mail.objects.count() == 1
    assert Entry.objects.filter(target_model="desk.question").count() == 1
    assert len(links("frage")) == len(mail.outbox) == 1
