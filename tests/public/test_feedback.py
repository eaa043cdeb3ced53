import logging

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.audit.models import Entry
from coordination.public import feedbacks
from coordination.public.models import Feedback
from tests import make

URL = reverse("public:feedback_create")
LIST = reverse("public:feedback_list")
TYPED = {
    "text": "Die Karte liest mein Programm nicht vor.",
    "page": "/ansprechpartner/",
    "email": "vera.wunsch@example.org",
}


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def coordinator(client, db):
    user = make.user("coordination")
    client.force_login(user)
    return user


def test_anybody_reports_a_barrier(client, db):
    response = client.post(URL, TYPED, follow=True)
    assert response.redirect_chain == [(reverse("public:accessibility"), 302)]
    assert "Vielen Dank. Ihre Meldung ist angekommen." in text(response)
    row = Feedback.objects.get()
    assert {name: getattr(row, name) for name in TYPED} == TYPED
    assert row.done_at is None


def test_an_address_is_not_needed(client, db):
    assert client.post(URL, {"text": "Zu klein."}).status_code == 302
    assert Feedback.objects.get().email == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Vera.WUNSCH@Example.org ", "vera.wunsch@example.org"),
        ("vera@MÜLLER.example", "vera@xn--mller-kva.example"),
    ],
)
def test_an_address_is_kept_as_the_desk_keeps_it(client, db, typed, kept):
    assert client.post(URL, {**TYPED, "email": typed}).status_code == 302
    assert Feedback.objects.get().email == kept


def test_the_form_says_what_happens_with_it(client, db):
    page = text(client.get(URL, {"seite": "/stadtteile/?a=<b>"}))
    assert "Sie wird zwölf Monate nach der Erledigung gelöscht." in page
    assert f'href="{reverse("public:privacy")}"' in page
    assert 'value="/stadtteile/?a=&lt;b&gt;"' in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("text", ""),
        ("text", "   "),
        ("text", "x" * 2_001),
        ("email", "keine-adresse"),
        ("email", "a@b"),
        ("page", "x" * 201),
    ],
)
def test_bad_input_is_said_at_the_field_and_what_was_typed_stays(client, db, field, typed):
    response = client.post(URL, {**TYPED, field: typed})
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert form["page"].value() == {**TYPED, field: typed}["page"]
    assert Feedback.objects.count() == 0


def test_what_fills_in_every_field_is_thanked_and_forgotten(client, db):
    response = client.post(URL, {**TYPED, "website": "https://spam.example"}, follow=True)
    assert "Vielen Dank." in text(response)
    assert Feedback.objects.count() == 0


def test_the_same_form_sent_twice_is_one_report(client, db):
    form_id = client.get(URL).context["form"]["form_id"].value()
    for _ in range(3):
        assert client.post(URL, {**TYPED, "form_id": form_id}).status_code == 302
    assert Feedback.objects.count() == 1
    assert client.post(URL, {**TYPED, "form_id": "unfug"}).status_code == 302
    assert Feedback.objects.count() == 2


def test_who_reports_too_often_has_to_wait(client, db, settings):
    settings.PORTAL_FORM_LIMITS = {"visitor": "2/h/key", "address": "9/h/key"}
    for number in range(2):
        assert client.post(URL, {**TYPED, "text": f"Meldung {number}"}).status_code == 302
    response = client.post(URL, TYPED)
    assert response.status_code == 429
    assert "Bitte versuchen Sie es in einer Stunde erneut." in text(response)
    assert TYPED["text"] in text(response)
    assert Feedback.objects.count() == 2


def test_neither_the_log_nor_a_message_tells_who_wrote_what(client, coordinator, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post(URL, TYPED)
        row = Feedback.objects.get()
        client.post(reverse("public:feedback_done", args=[row.pk]))
    entry = Entry.objects.get()
    told = f"{entry.target_label} {entry.before} {entry.after} {entry.reason} {caplog.text} {row}"
    for word in TYPED.values():
        assert word not in told
    assert entry.target_label == f"Meldung {row.pk}"


def test_the_coordination_works_them_off(client, coordinator):
    row = make.feedback(text="<b>Zu klein</b>", email="vera@example.org")
    page = text(client.get(LIST))
    assert "&lt;b&gt;Zu klein&lt;/b&gt;" in page
    assert "mailto:vera@example.org" in page
    assert "1 Meldung<" in page
    response = client.post(reverse("public:feedback_done", args=[row.pk]), follow=True)
    assert f"Meldung {row.pk} ist erledigt." in text(response)
    row.refresh_from_db()
    assert row.done_at
    assert "Als erledigt markieren" not in text(client.get(LIST))


def test_of_two_who_finish_it_one_does(coordinator):
    row = make.feedback()
    assert feedbacks.finish(row, by=coordinator)
    done_at = Feedback.objects.get().done_at
    assert not feedbacks.finish(row, by=coordinator)
    assert Feedback.objects.get().done_at == done_at
    assert Entry.objects.count() == 1


def test_the_list_is_filtered_and_sorted(client, coordinator):
    make.feedback(text="Offen", page="B")
    make.feedback(text="Fertig", page="A", done_at=timezone.now())

    def shown(**query):
        return [row.text for row in client.get(LIST, query).context["page"].rows]

    assert shown() == ["Fertig", "Offen"]
    assert shown(stand="offen") == ["Offen"]
    assert shown(stand="erledigt") == ["Fertig"]
    assert shown(sortierung="eingang") == ["Offen", "Fertig"]
    assert shown(sortierung="-seite") == ["Offen", "Fertig"]
    Feedback.objects.filter(text="Fertig").delete()
    assert "Zu diesem Filter passt keine Meldung." in text(client.get(LIST, {"stand": "erledigt"}))


def test_an_empty_list_says_what_belongs_there(client, coordinator):
    assert "Noch liegt keine Meldung vor." in text(client.get(LIST))


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(
    client, coordinator, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        make.feedback()
    with django_assert_max_num_queries(12):
        client.get(LIST)
