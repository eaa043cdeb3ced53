import pytest
from django.urls import reverse

from coordination import editing
from tests import make
from tests.desk.staff import FRIDAY, at, question, staffed
from volunteers.desk import faqs
from volunteers.desk.models import Faq

LIST, PUBLIC = reverse("desk:faq_list"), reverse("desk:faq_public")
WORDS = {"asked": "Wer hilft beim Antrag?", "answer": "Die Sprechstunde.", "language": "de"}


@pytest.fixture
def place(db, settings):
    settings.PORTAL_DAY = FRIDAY
    return staffed()


@pytest.fixture
def row(place):
    return question(place, waits=False, first_answered_at=at(FRIDAY, 16))


def address(name, row):
    return reverse(f"desk:faq_{name}", args=[row.pk])


def test_from_a_question_to_the_public_page(client, place, row):
    client.force_login(place.lead.user)
    assert client.post(address("create", row), WORDS).url == LIST
    faq = Faq.objects.get()
    assert "wartet auf den zweiten Blick" in client.get(LIST).content.decode()
    client.force_login(place.coordinator)
    page = client.get(address("release", faq))
    response = client.post(address("release", faq), {"seen": page.context["seen"]})
    assert response.url == LIST
    client.logout()
    html = client.get(PUBLIC).content.decode()
    assert "Wer hilft beim Antrag?" in html
    assert "Die Sprechstunde." in html
    client.force_login(place.coordinator)
    client.post(address("withdraw", faq))
    assert "Wer hilft beim Antrag?" not in client.get(PUBLIC).content.decode()


def test_a_case_is_refused_and_what_was_typed_stays(client, place, row):
    client.force_login(place.lead.user)
    typed = {**WORDS, "asked": "Was braucht Frau Haddad?", "is_insisted": "on"}
    response = client.post(address("create", row), typed)
    html = response.content.decode()
    assert "Alle werden es lesen" in html
    assert "Was braucht Frau Haddad?" in html
    assert not Faq.objects.exists()


def test_an_unanswered_question_is_not_proposed(client, place):
    client.force_login(place.lead.user)
    waiting = question(place)
    response = client.get(address("create", waiting), follow=True)
    assert "Nur eine beantwortete Frage" in response.content.decode()
    client.post(address("create", waiting), WORDS)
    assert not Faq.objects.exists()


def test_who_proposed_cannot_release_by_the_page_either(client, place, row):
    faq = make.faq(released=False, proposed_by=place.coordinator, question=row)
    client.force_login(place.coordinator)
    page = client.get(address("release", faq))
    assert "Den Vorschlag haben Sie gemacht." in page.content.decode()
    response = client.post(address("release", faq), {"seen": page.context["seen"]}, follow=True)
    assert "jemand anderes" in response.content.decode()
    assert not Faq.objects.released().exists()


@pytest.mark.parametrize("seen", ["", "asked=0000", "x" * 500])
def test_a_second_look_at_something_else_releases_nothing(client, place, row, seen):
    faq = make.faq(released=False, proposed_by=place.lead.user, question=row)
    client.force_login(place.coordinator)
    client.post(address("release", faq), {"seen": seen})
    assert not Faq.objects.released().exists()


def test_two_who_edit_a_proposal(client, place, row):
    faq = make.faq(released=False, proposed_by=place.lead.user, question=row)
    seen = editing.fingerprint(faq, faqs.WORDS)
    client.force_login(place.lead.user)
    client.post(address("edit", faq), {**WORDS, "answer": "Zuerst.", "seen": seen})
    response = client.post(address("edit", faq), {**WORDS, "answer": "Danach.", "seen": seen})
    html = response.content.decode()
    assert "Zuerst." in html
    assert "Danach." in html
    faq.refresh_from_db()
    assert faq.answer == "Zuerst."


def test_an_agency_sees_its_own_proposals_and_what_is_released(client, place, row):
    own = make.faq(released=False, proposed_by=place.lead.user, question=row)
    public = make.faq()
    make.faq(released=False)
    client.force_login(place.lead.user)
    assert set(client.get(LIST).context["page"].rows) == {own, public}
    client.force_login(place.coordinator)
    assert len(client.get(LIST).context["page"].rows) == 3


def test_the_filters(client, place):
    housing = make.topic(name="Wohnen")
    proposed = make.faq(released=False, topic=housing, asked="Wer zahlt die MÖBEL?")
    english = make.faq(language="en")
    gone = make.faq(withdrawn_at=at(FRIDAY))
    client.force_login(place.coordinator)
    for parameters, expected in (
        ({}, {proposed, english}),
        ({"stand": "vorgeschlagen"}, {proposed}),
        ({"stand": "freigegeben"}, {english}),
        ({"stand": "zurueckgezogen"}, {gone}),
        ({"sprache": "en"}, {english}),
        ({"thema": housing.pk}, {proposed}),
        ({"suche": "möbel"}, {proposed}),
    ):
        assert set(client.get(LIST, parameters).context["page"].rows) == expected, parameters


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(
    client, place, rows, django_assert_max_num_queries
):
    for _n in range(rows):
        make.faq(topic=make.topic())
    client.force_login(place.coordinator)
    client.get(LIST)
    with django_assert_max_num_queries(12):
        client.get(LIST)


@pytest.mark.parametrize("rows", [1, 20])
def test_the_public_page_takes_one_query(client, db, rows, django_assert_num_queries):
    for _n in range(rows):
        make.faq(topic=make.topic())
    with django_assert_num_queries(1):
        client.get(PUBLIC)


def test_the_public_page_speaks_the_readers_language(client, db):
    make.faq(asked="Wer hilft?")
    make.faq(asked="Who helps?", language="en")
    assert "Wer hilft?" in client.get(PUBLIC).content.decode()
    assert "Who helps?" not in client.get(PUBLIC).content.decode()
    html = client.get(PUBLIC, headers={"accept-language": "en"}).content.decode()
    assert "Who helps?" in html
    assert "Wer hilft?" not in html


def test_search_on_the_public_page(client, db):
    make.faq(asked="Wer zahlt die MÖBEL?")
    make.faq(asked="Wohin mit Spenden?")
    html = client.get(PUBLIC, {"suche": "möbel"}).content.decode()
    assert "Wer zahlt die MÖBEL?" in html
    assert "Spenden" not in html
    assert "Kein Eintrag" in client.get(PUBLIC, {"suche": "Fahrrad"}).content.decode()


def test_a_proposal_names_nobody_in_public(client, place):
    make.faq(proposed_by=place.lead.user, released_by=place.coordinator)
    html = client.get(PUBLIC).content.decode()
    assert place.lead.user.name not in html
    assert place.coordinator.name not in html


def test_without_a_desk_there_is_no_public_page(client, db, settings):
    settings.PORTAL_DESK = False
    assert client.get(PUBLIC).status_code == 404
