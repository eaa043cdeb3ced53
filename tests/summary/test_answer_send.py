"""Sending an answer: what stands on the page goes out, once, and nothing else."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from coordination.audit.models import Entry
from coordination.council.summary.models import Answer
from tests import make


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.people["coordination"])
    return client


def url(pattern="stellen", **query):
    return reverse("summary:answer_send", args=[pattern], query=query or {"stichtag": "2016-12-01"})


def typed(desk, address=None, **changes):
    form = desk.get(address or url()).context["form"]
    return {
        "text": "Wie viele Stellen sind besetzt?",
        "group": "",
        "asked_by": "Sozialausschuss",
        "asked_on": "2016-11-01",
        "seen": form["seen"].value(),
        "form_id": str(form["form_id"].value()),
        **changes,
    }


def test_what_is_sent_can_be_read_by_the_council_at_once(desk, cast):
    response = desk.post(url(), typed(desk))
    answer = Answer.objects.get(pk__gt=cast.answer.pk)
    assert response.headers["Location"] == reverse("summary:answer_detail", args=[answer.pk])
    assert answer.sent_by == cast.people["coordination"]
    assert answer.parameters == {"stichtag": "2016-12-01"}
    desk.force_login(cast.people["council"])
    assert "Sozialausschuss" in desk.get(response.headers["Location"]).content.decode()


def test_figures_that_changed_are_shown_anew_and_what_was_typed_stays(desk, cast):
    form = typed(desk)
    make.position(agency=cast.agency, title="Noch eine")
    response = desk.post(url(), form)
    page = response.content.decode()
    assert "Die Zahlen haben sich geändert" in page
    assert "Wie viele Stellen sind besetzt?" in page
    assert Answer.objects.count() == 1
    assert response.context["form"]["seen"].value() != form["seen"]
    form["seen"] = response.context["form"]["seen"].value()
    assert desk.post(url(), form).status_code == 302
    assert Answer.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": ""}, "Wortlaut der Anfrage"),
        ({"text": "x" * 1_001}, "1000"),
        ({"asked_by": ""}, "Geben Sie an, wer gefragt hat"),
        ({"asked_by": "DE89 3704 0044 0532 0130 00"}, "IBAN"),
        ({"asked_on": "2999-01-01"}, "ist kein Datum"),
        ({"asked_on": "2199-01-01"}, "liegt noch in der Zukunft"),
        ({"group": "999999"}, "gültige Auswahl"),
        ({"seen": ""}, ""),
        ({"seen": "0" * 64}, "Die Zahlen haben sich geändert"),
        ({"form_id": "keine"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_sent(desk, changes, message):
    response = desk.post(url(), typed(desk, **changes))
    assert response.status_code == 200
    assert message in response.content.decode()
    assert Answer.objects.count() == 1


def test_a_question_that_looks_like_a_case_is_asked_about_once(desk):
    form = typed(desk, text="Was ist mit Frau Muster, geb. 3.4.1998?")
    response = desk.post(url(), form)
    assert response.status_code == 200
    assert Answer.objects.count() == 1
    bound = response.context["form"]
    form |= {"is_insisted": "on", "asked": bound["asked"].value()}
    assert desk.post(url(), form).status_code == 302
    entry = Entry.objects.filter(target_model="summary.answer").get()
    assert "Datenschutz" in entry.reason


def test_the_same_form_twice_is_one_answer(desk):
    form = typed(desk)
    first, second = desk.post(url(), form), desk.post(url(), form)
    assert first.headers["Location"] == second.headers["Location"]
    assert Answer.objects.count() == 2
    other = desk.post(url(), {**form, "text": "Etwas anderes?"})
    assert "schon einmal mit anderem Inhalt gesendet" in other.content.decode()
    assert other.context["form"]["form_id"].value() != form["form_id"]


def test_an_empty_answer_is_not_sent(desk, cast):
    address = url("geld", jahr_von="2030", jahr_bis="2031")
    response = desk.post(address, typed(desk, address))
    assert "Es gibt nichts zu senden" in response.content.decode()


def test_who_may_look_may_not_send(client, cast):
    form = {"text": "Was?", "asked_by": "Rat", "asked_on": "2016-11-01", "form_id": str(uuid4())}
    for who in ("audit", "council", "lead"):
        client.force_login(cast.people[who])
        assert client.post(url(), form).status_code == 403
    assert Answer.objects.count() == 1


def test_counts_of_a_period_without_a_released_report_are_not_sent(desk, cast):
    query = {"von": "2016-01-01", "bis": "2016-12-31"}
    address = url("kontakte", **query)
    reason = "nur über Zeiträume freigegebener Ratsberichte"
    page = desk.get(address).content.decode()
    assert reason in page
    assert "Freigegeben sind: " in page
    response = desk.post(address, typed(desk, address))
    assert response.status_code == 200
    assert reason in response.content.decode()
    assert Answer.objects.count() == 1
    report = make.council_report(starts_on=date(2016, 1, 1), ends_on=date(2016, 12, 31))
    make.release({"hidden": [], "figures": {}}, report=report)
    assert reason not in desk.get(address).content.decode()
    assert desk.post(address, typed(desk, address)).status_code == 302
