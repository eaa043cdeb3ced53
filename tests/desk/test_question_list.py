from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.desk.staff import FRIDAY, at, question, staffed
from volunteers.desk.models import Mail

LIST = reverse("desk:question_list")
WEDNESDAY = date(2016, 6, 8)


@pytest.fixture
def place(db, settings):
    settings.PORTAL_DAY = WEDNESDAY
    return staffed()


def listed(client, **parameters):
    response = client.get(LIST, parameters)
    assert response.status_code == 200
    return [row.question for row in response.context["rows"]]


def test_what_waits_longest_comes_first(client, place):
    young = question(place, date(2016, 6, 7))
    old = question(place, FRIDAY)
    question(place, waits=False, first_answered_at=at(FRIDAY, 16))
    client.force_login(place.lead.user)
    assert listed(client) == [old, young]


@pytest.mark.parametrize("page", ["question_list", "faq_list", "time_list"])
def test_the_tabs_stand_below_the_heading(client, place, page):
    client.force_login(place.coordinator)
    html = client.get(reverse(f"desk:{page}")).content.decode()
    assert html.index("</h1>") < html.index('class="tabs"')


def test_a_row_says_how_far_a_question_came(client, place):
    question(place, FRIDAY)
    client.force_login(place.lead.user)
    html = client.get(LIST).content.decode()
    assert "auch bei der Vertretung" in html
    assert "3 Arbeitstage" in html
    assert "Wer hilft beim Antrag auf einen Kitaplatz?" in html
    assert "verein.example" not in html


def test_a_row_says_that_nobody_of_the_lead_is_there(client, place):
    question(place, date(2016, 6, 7))
    client.force_login(place.coordinator)
    reason = "in der Federführung niemand da"
    assert reason not in client.get(LIST).content.decode()
    make.absence(worker=place.lead.worker, starts_on=WEDNESDAY, ends_on=WEDNESDAY)
    html = client.get(LIST).content.decode()
    assert "auch bei der Vertretung" in html
    assert reason in html


def test_what_was_passed_on_by_hand_is_with_the_agency_and_no_lead(client, place):
    question(place, date(2016, 6, 7), assignment=None)
    client.force_login(place.coordinator)
    table = client.get(LIST).content.decode().split("<tbody>")[1]
    assert "beim Verband" in table
    assert "bei der Federführung" not in table


def test_each_sees_what_is_within_reach(client, place):
    row = question(place, date(2016, 6, 7))
    stranger = make.membership("lead").user
    for user, expected in (
        (place.lead.user, [row]),
        (place.deputy.user, []),
        (stranger, []),
        (place.coordinator, [row]),
    ):
        client.force_login(user)
        assert listed(client) == expected


def test_the_filters(client, place):
    other = make.district(name="Windberg")
    topic = make.topic(name="Wohnen")
    answered = question(place, waits=False, first_answered_at=at(FRIDAY, 16))
    closed = question(place, waits=False, closed_at=at(FRIDAY, 17), topic=topic)
    deputy = question(place, FRIDAY)
    lead = question(place, date(2016, 6, 7), topic=topic)
    nobody = question(place, date(2016, 6, 7), district=other, agency=None)
    nowhere = question(place, date(2016, 6, 7), district=None, agency=None)
    client.force_login(place.coordinator)
    pk = {"awo": place.awo.pk, "eicken": place.district.pk, "topic": topic.pk}
    for parameters, expected in (
        ({}, {deputy, lead, nobody, nowhere}),
        ({"stand": "beantwortet"}, {answered}),
        ({"stand": "abgeschlossen"}, {closed}),
        ({"stand": "alle"}, {answered, closed, deputy, lead, nobody, nowhere}),
        ({"stufe": "lead"}, {lead}),
        ({"stufe": "deputy"}, {deputy}),
        ({"stufe": "coordination"}, {nobody, nowhere}),
        ({"stadtteil": pk["eicken"]}, {deputy, lead}),
        ({"stadtteil": "keiner"}, {nowhere}),
        ({"verband": pk["awo"], "stand": "alle"}, {answered, closed, deputy, lead}),
        ({"verband": "keiner"}, {nobody, nowhere}),
        ({"thema": pk["topic"], "stand": "alle"}, {closed, lead}),
    ):
        assert set(listed(client, **parameters)) == expected, parameters


def mail_of(question, **fields):
    return Mail.objects.create(question=question, kind="answer", **fields)


LONG_AGO = timezone.now() - timedelta(days=31)


def test_questions_whose_mail_does_not_arrive_are_found_and_counted(client, place):
    settled = {"waits": False, "first_answered_at": at(FRIDAY, 16)}
    fine, waiting, lost, both = (question(place, **settled) for _n in range(4))
    elsewhere = question(place, agency=place.city, assignment=None, **settled)
    mail_of(fine, sent_at=LONG_AGO, created_at=LONG_AGO)
    mail_of(waiting)
    for row in (lost, both, elsewhere):
        mail_of(row, created_at=LONG_AGO)
    mail_of(both)
    client.force_login(place.coordinator)
    html = client.get(LIST).content.decode()
    assert "Bei 3 Fragen wurde eine Mail aufgegeben" in html
    assert "Bei 2 Fragen wartet eine Mail" in html
    assert set(listed(client, stand="mail-aufgegeben")) == {lost, both, elsewhere}
    assert set(listed(client, stand="mail-wartet")) == {waiting, both}
    html = client.get(LIST, {"stand": "mail-aufgegeben"}).content.decode()
    assert html.count("Mail aufgegeben</span>") == 3
    client.force_login(place.lead.user)
    assert "Bei 2 Fragen wurde eine Mail aufgegeben" in client.get(LIST).content.decode()
    Mail.objects.all().delete()
    html = client.get(LIST).content.decode()
    assert "Bei " not in html


@pytest.mark.parametrize("sort", ["warten", "eingang", "stadtteil", "thema"])
def test_every_order_pages_through_all_rows(client, place, sort, monkeypatch):
    wanted = {question(place, FRIDAY - timedelta(days=n)) for n in range(52)}
    wanted |= {question(place, district=None, agency=None)}
    client.force_login(place.coordinator)
    for direction in ("", "-"):
        found, query = [], f"?sortierung={direction}{sort}"
        while query:
            response = client.get(LIST + query)
            found += [row.question for row in response.context["rows"]]
            query = response.context["page"].next
        assert len(found) == 53
        assert set(found) == wanted


@pytest.mark.parametrize("who", ["lead", "coordinator"])
def test_the_list_costs_the_same_however_long_it_is(
    client, place, who, django_assert_max_num_queries
):
    user = place.lead.user if who == "lead" else place.coordinator
    client.force_login(user)
    counts = []
    for rows in (1, 19):
        for _n in range(rows):
            district = make.district("41065")
            make.assignment(position=place.lead.position, district=district)
            question(place, district=district, topic=make.topic())
        assert len(listed(client)) >= rows
        with django_assert_max_num_queries(12) as queries:
            listed(client)
        with django_assert_max_num_queries(13) as filtered:
            assert listed(client, stufe="coordination")
        counts.append((len(queries), len(filtered)))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_of_the_list_holds_no_word_and_no_address(client, place, kind):
    row = question(place, email="mira@verein.example")
    client.force_login(place.lead.user)
    response = client.get(LIST, {"format": kind})
    content = b"".join(response) if response.streaming else response.content
    if kind == "csv":
        assert f"{row.pk}" in content.decode("utf-8-sig")
        assert "auch" not in content.decode("utf-8-sig")
        assert "Eicken" in content.decode("utf-8-sig")
    for secret in (b"Kitaplatz", b"mira", b"verein.example"):
        assert secret not in content


def test_nobody_waiting_is_said(client, place):
    client.force_login(place.lead.user)
    assert "Niemand wartet auf eine Antwort." in client.get(LIST).content.decode()
    html = client.get(LIST, {"stand": "beantwortet"}).content.decode()
    assert "Keine Frage passt zu diesem Filter." in html
