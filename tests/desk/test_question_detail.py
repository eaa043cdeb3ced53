"""A question's page, and what is done from it."""

from datetime import date, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from coordination import typed
from tests import make
from tests.desk.staff import FRIDAY, at, question, staffed
from volunteers.desk.models import Mail

WEDNESDAY = date(2016, 6, 8)


@pytest.fixture
def place(db, settings):
    settings.PORTAL_DAY = WEDNESDAY
    return staffed()


@pytest.fixture
def row(place):
    return question(place, date(2016, 6, 7), email="mira@verein.example")


def address(name, row):
    return reverse(f"desk:question_{name}", args=[row.pk])


def sent(client, row, text="Dienstags im Stadtteilbüro.", **fields):
    form = client.get(address("detail", row)).context["form"]
    fields = {"text": text, "seen": form["seen"].value(), **fields}
    return client.post(address("answer", row), fields)


def test_the_page_shows_the_conversation_and_no_address(client, place, row):
    make.message(question=row, by=place.deputy.user, agency=place.city, text="Ich frage nach.")
    client.force_login(place.lead.user)
    html = client.get(address("detail", row)).content.decode()
    assert "Wer hilft beim Antrag auf einen Kitaplatz?" in html
    assert "Dora (Stadt)" in html
    assert "mira" not in html


@pytest.mark.parametrize("who", ["lead", "coordinator", "audit"])
def test_nobody_sees_the_address(client, place, row, who):
    users = {"lead": place.lead.user, "coordinator": place.coordinator}
    client.force_login(users.get(who) or make.user("audit"))
    for name in ("detail", "answer", "close", "reopen", "forward"):
        response = client.get(address(name, row))
        assert b"verein.example" not in response.content


def test_the_page_costs_the_same_however_long_the_conversation(
    client, place, row, django_assert_max_num_queries
):
    for _n in range(20):
        make.message(question=row, by=make.user(), agency=place.awo)
    client.force_login(place.lead.user)
    client.get(address("detail", row))
    with django_assert_max_num_queries(20):
        client.get(address("detail", row))


def test_each_message_says_what_became_of_its_mail(client, place, row):
    client.force_login(place.lead.user)

    def mailed(kind, **fields):
        text = f"Wort {Mail.objects.count()}"
        message = make.message(question=row, by=place.lead.user, agency=place.awo, text=text)
        return Mail.objects.create(question=row, kind=kind, message=message, **fields)

    mailed("answer", sent_at=at(date(2016, 6, 8), 9))
    mailed("answer")
    mailed("answer", created_at=timezone.now() - timedelta(days=31))
    html = client.get(address("detail", row)).content.decode()
    said = html.partition("Wort 0")[2]
    first, said = said.split("Wort 1")
    second, third = said.split("Wort 2")
    assert "Mail gesendet am 08.06.2016 09:00" in first
    assert "Mail wartet darauf, dass der Mailserver sie annimmt" in second
    assert f"Mail am {timezone.localdate() - timedelta(days=1):%d.%m.%Y} aufgegeben" in third
    assert "Die Antwort ist nicht angekommen" in third


def test_mails_about_the_question_itself_are_told_too(client, place, row):
    client.force_login(place.lead.user)
    Mail.objects.create(question=row, kind="received", sent_at=at(date(2016, 6, 7), 16))
    Mail.objects.create(question=row, kind="closed")
    html = client.get(address("detail", row)).content.decode()
    assert "Eingangsbestätigung: Mail gesendet am 07.06.2016 16:00" in html
    assert "Mitteilung über den Abschluss: Mail wartet darauf" in html


def test_an_answer_is_sent(client, place, row):
    client.force_login(place.lead.user)
    response = sent(client, row)
    assert response.url == address("detail", row)
    message = row.messages.last()
    assert (message.text, message.by, message.agency) == (
        "Dienstags im Stadtteilbüro.",
        place.lead.user,
        place.awo,
    )
    assert Mail.objects.get().message == message


def test_the_deputy_answers_in_the_name_of_its_own_agency(client, place):
    row = question(place, FRIDAY)
    client.force_login(place.deputy.user)
    sent(client, row)
    assert row.messages.last().agency == place.city
    # And goes on reading what it wrote.
    assert client.get(address("detail", row)).status_code == 200


def test_the_coordination_answers_for_the_city(client, place, row):
    client.force_login(place.coordinator)
    sent(client, row)
    assert row.messages.last().agency is None


def test_a_double_click_is_one_answer(client, place, row):
    client.force_login(place.lead.user)
    seen = client.get(address("detail", row)).context["form"]["seen"].value()
    for _click in range(2):
        response = client.post(address("answer", row), {"text": "Dienstags.", "seen": seen})
        assert response.url == address("detail", row)
    assert row.messages.count() == 2


def test_the_second_who_answers_sees_the_first_answer_and_sends_again(client, place, row):
    client.force_login(place.coordinator)
    seen = client.get(address("detail", row)).context["form"]["seen"].value()
    make.message(question=row, by=place.lead.user, agency=place.awo, text="Am Dienstag um 9.")
    response = client.post(address("answer", row), {"text": "Am Mittwoch.", "seen": seen})
    html = response.content.decode()
    assert "Anna hat inzwischen geantwortet" in html
    assert "Am Dienstag um 9." in html
    assert "Am Mittwoch." in html
    assert row.messages.count() == 2
    again = response.context["form"]["seen"].value()
    client.post(address("answer", row), {"text": "Am Mittwoch.", "seen": again})
    assert row.messages.last().text == "Am Mittwoch."


@pytest.mark.parametrize("seen", ["", "0", "99999999999999999999", "abc"])
def test_a_form_that_saw_nothing_sends_nothing(client, place, row, seen):
    client.force_login(place.lead.user)
    response = client.post(address("answer", row), {"text": "Dienstags.", "seen": seen})
    assert response.status_code == 200
    assert row.messages.count() == 1


def test_the_privacy_guard_asks_once(client, place, row):
    client.force_login(place.lead.user)
    case = "Frau Haddad kommt am Dienstag."
    response = sent(client, row, case)
    html = response.content.decode()
    assert "Der Text enthält anscheinend" in html
    assert case in html
    assert row.messages.count() == 1
    asked = response.context["form"]["asked"].value()
    sent(client, row, "Frau Meyer auch.", is_insisted="on", asked=asked)
    assert row.messages.count() == 1, "ticked for another case"
    sent(client, row, case, is_insisted="on", asked=asked)
    assert row.messages.last().text == case


def test_what_was_typed_survives_the_end_of_the_session(client, place, row):
    place.lead.user.set_password(make.PASSWORD)
    place.lead.user.save()
    client.force_login(place.lead.user)
    page = client.get(address("detail", row))
    fields = {
        "text": "Dienstags ab 9.",
        "seen": page.context["form"]["seen"].value(),
        typed.MARK: page.context["typed_by"],
    }
    Session.objects.all().delete()
    to_sign_in = client.post(address("answer", row), fields).url
    fields = {"login": place.lead.user.email, "password": make.PASSWORD}
    client.post(to_sign_in, {**fields, "next": address("answer", row)})
    html = client.get(address("answer", row)).content.decode()
    assert "Dienstags ab 9." in html
    assert "noch nicht gesendet" in html
    assert row.messages.count() == 1


def test_close_and_reopen(client, place, row):
    client.force_login(place.lead.user)
    html = client.get(address("close", row)).content.decode()
    assert "Diese Frage hat noch niemand beantwortet." in html
    client.post(address("close", row))
    row.refresh_from_db()
    assert row.closed_at is not None
    response = client.post(address("close", row), follow=True)
    assert "Die Frage ist schon abgeschlossen." in response.content.decode()
    response = sent(client, row, follow=True)
    assert "Bitte öffnen Sie sie zuerst wieder." in response.content.decode()
    client.post(address("reopen", row))
    row.refresh_from_db()
    assert row.is_open


def test_the_coordination_passes_on_and_an_agency_does_not(client, place, row):
    drk = make.agency(short_name="DRK")
    fields = {"agency": drk.pk, "reason": "Spendenlager"}
    client.force_login(place.lead.user)
    assert client.post(address("forward", row), fields).status_code == 403
    client.force_login(place.coordinator)
    response = client.post(address("forward", row), {"agency": drk.pk, "reason": ""})
    assert "reason" in response.context["form"].errors
    naming = {**fields, "reason": "Mira (mira@verein.example) fragt"}
    assert "bleibt dauerhaft" in client.post(address("forward", row), naming).content.decode()
    client.post(address("forward", row), fields)
    row.refresh_from_db()
    assert row.agency == drk
    client.force_login(place.lead.user)
    assert client.get(address("detail", row)).status_code == 404


def test_foreign_and_unknown_are_the_same(client, place, row):
    client.force_login(make.membership("lead").user)
    for name in ("detail", "answer", "close", "reopen"):
        assert client.get(address(name, row)).status_code == 404
        assert client.post(address(name, row)).status_code in (404, 405)
    assert client.get("/fragen/999999/").status_code == 404


def test_audit_reads_and_does_nothing(client, place, row):
    client.force_login(make.user("audit"))
    html = client.get(address("detail", row)).content.decode()
    assert "Antwort senden" not in html
    assert "Weitere Schritte" not in html
    assert client.post(address("answer", row), {"text": "x"}).status_code == 403


def test_a_closed_question_offers_to_be_opened(client, place):
    row = question(place, FRIDAY, waits=False, closed_at=at(FRIDAY, 17))
    client.force_login(place.lead.user)
    html = client.get(address("detail", row)).content.decode()
    assert "Wieder öffnen" in html
    assert "Antwort senden" not in html
