"""A double click: what the first one did is what the second is told, and nothing happens twice."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make
from tests.people.desks import at_once
from volunteers.desk.models import Link, Mail, Message, Question

WORD = "Und wer hilft am Wochenende?"
ACTS = {
    "bestaetigt": ("bestaetigen", ""),
    "geschrieben": ("frage", ""),
    "geschlossen": ("frage", "schliessen/"),
    "geloescht": ("frage", "zurueckziehen/"),
}


class Browser:
    """It has the page of a link open, with a button to act."""

    def __init__(self, client, what):
        page, act = ACTS[what]
        confirms = page == "bestaetigen"
        question = make.unconfirmed() if confirms else make.question()
        self.link = make.link("confirm" if confirms else "reply", question=question)
        address = f"/rueckversicherung/{page}/{self.link.token}/"
        shown = client.get(address + (act if act == "zurueckziehen/" else ""))
        self.fields = {"text": WORD, "seen": mark(shown)}
        self.client, self.address = client, address + act
        self.page = address

    def click(self, **fields):
        return self.client.post(self.address, {**self.fields, **fields})


def mark(response):
    (found,) = set(re.findall(r'name="seen" value="(\w+)"', response.content.decode()))
    return found


def kept():
    models = (Question, Message, Link, Mail)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


@pytest.mark.parametrize("what", ACTS)
def test_the_second_click_ends_where_the_first_does(client, db, what):
    browser = Browser(client, what)
    done = f"/rueckversicherung/fertig/{what}/"
    assert browser.click().headers["Location"] == done
    before = kept()
    assert browser.click().headers["Location"] == done
    assert kept() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ACTS)
def test_so_do_clicks_at_the_same_moment(client, what):
    browser = Browser(client, what)
    answers = at_once([browser.click] * 3)
    assert {answer.headers.get("Location") for answer in answers} == {
        f"/rueckversicherung/fertig/{what}/"
    }
    assert Mail.objects.count() == (what != "geloescht")


@pytest.mark.parametrize("what", ACTS)
@pytest.mark.parametrize("seen", ["", "quatsch", "of another link"])
def test_who_finds_a_used_link_learns_nothing(client, db, what, seen):
    """Not whether there is, or was, a question: they have never seen its page."""
    if seen == "of another link":
        seen = Browser(client, what).fields["seen"]
    browser = Browser(client, what)
    browser.click()
    before = kept()
    response = browser.click(seen=seen)
    assert response.status_code == 404
    assert "Dieser Link gilt nicht mehr" in response.content.decode()
    assert kept() == before
    assert client.get(browser.page).status_code == 404


@pytest.mark.parametrize("what", ["bestaetigt", "geschrieben", "geschlossen"])
def test_a_moment_later_the_link_is_a_used_one(client, db, what):
    browser = Browser(client, what)
    browser.click()
    Link.objects.update(used_at=timezone.now() - timedelta(minutes=11))
    assert browser.click().status_code == 404


def test_another_word_is_not_taken_for_the_one_that_has_arrived(client, db):
    browser = Browser(client, "geschrieben")
    browser.click()
    response = browser.click(text="Noch etwas Wichtiges")
    assert response.status_code == 404
    assert "Noch etwas Wichtiges" in response.content.decode()
    assert not Message.objects.filter(text__contains="Wichtiges").exists()


def test_who_has_written_is_not_told_that_the_question_is_closed(client, db):
    browser = Browser(client, "geschrieben")
    browser.click()
    response = client.post(f"{browser.page}schliessen/", browser.fields)
    assert response.status_code == 404
    response = client.post(f"{browser.page}zurueckziehen/", browser.fields)
    assert response.status_code == 404
