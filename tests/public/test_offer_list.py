import re
from datetime import date

import pytest
from django.urls import reverse

from tests import make

TODAY = date(2016, 12, 1)
URL = reverse("public:offer_list")


@pytest.fixture(autouse=True)
def december(settings, db):
    settings.PORTAL_DAY = TODAY


def text(response):
    return " ".join(response.content.decode().split())


def titles(client, **query):
    return [row[0].title for row in client.get(URL, query).context["rows"]]


def test_nobody_needs_an_account_to_see_what_is_offered(client):
    make.offer(
        (1, "14:00", "16:00"),
        title="Sprachcafé",
        place="Musterstraße 5",
        district=make.district(name="Eicken"),
        agency=make.agency(short_name="AWO"),
        languages="Deutsch, Arabisch",
        is_barrier_free=True,
        confirmed_on=date(2016, 11, 30),
    )
    page = text(client.get(URL))
    for said in (
        "1 Angebot<",
        "Sprachcafé",
        "<strong>Eicken</strong>",
        "Musterstraße 5",
        "Jeden Dienstag, 14:00–16:00 Uhr",
        "Di 06.12.2016, 14:00–16:00",
        "offen für alle",
        "barrierefrei",
        "Deutsch, Arabisch",
        "AWO",
        "bestätigt am 30.11.2016, vor 1 Tag",
    ):
        assert said in page, said
    assert "lange nicht bestätigt" not in page


def test_the_frame_is_english_for_who_reads_english(client):
    make.offer(title="Sprachcafé")
    page = text(client.get(URL, headers={"accept-language": "en"}))
    assert '<h1 class="kern-heading-large">Find offers</h1>' in page
    assert "Postal code" in page
    assert '<html lang="en">' in page


def test_without_the_switch_there_are_no_such_pages(client, settings):
    offer = make.offer()
    settings.PORTAL_FINDER = False
    for url in (URL, reverse("public:offer_calendar"), detail(offer)):
        assert client.get(url).status_code == 404
    assert reverse("public:offer_list") not in text(client.get(reverse("public:imprint")))


def detail(offer):
    return reverse("public:offer_detail", args=[offer.pk])


def test_only_what_runs_today_and_whose_agency_is_active_is_listed(client):
    make.offer(title="Läuft", starts_on=TODAY, ends_on=TODAY)
    make.offer(title="Gestern vorbei", ends_on=date(2016, 11, 30))
    make.offer(title="Morgen erst", starts_on=date(2016, 12, 2))
    make.offer(title="Verband fort", agency=make.agency(is_active=False))
    assert titles(client) == ["Läuft"]
    assert titles(client, stichtag="2016-11-30") == ["Läuft"]


def test_an_offer_nobody_confirmed_for_long_says_so(client):
    make.offer(confirmed_on=date(2016, 6, 3))
    page = text(client.get(URL))
    assert "lange nicht bestätigt" in page
    assert "bestätigt am 03.06.2016, vor 181 Tagen" in page
    assert "Bitte fragen Sie nach, bevor Sie hingehen." in page


@pytest.mark.parametrize(
    ("pauses", "said"),
    [
        ([], ""),
        ([(date(2016, 12, 6), None, "")], "Fällt aus am 06.12.2016"),
        ([(date(2016, 12, 6), None, "Umzug")], "Fällt aus am 06.12.2016 (Umzug)"),
        ([(date(2016, 12, 2), date(2017, 1, 8), "Winter")], "Pause bis 08.01.2017 (Winter)"),
        (
            [(date(2016, 12, 6), None, "Umzug"), (date(2016, 12, 12), date(2017, 1, 8), "")],
            "Pause bis 08.01.2017",
        ),
        ([(date(2016, 12, 7), date(2016, 12, 12), "Dazwischen")], ""),
        ([(date(2016, 12, 13), date(2017, 1, 8), "Später")], ""),
        ([(date(2016, 11, 1), date(2018, 12, 31), "Umbau")], "Pause bis 31.12.2018 (Umbau)"),
    ],
)
def test_a_card_says_why_the_next_date_is_far_away(client, pauses, said):
    offer = make.offer((1, "14:00", "16:00"))  # Tuesdays; today is a Thursday
    for starts_on, ends_on, note in pauses:
        make.offer_exception(starts_on, ends_on, offer=offer, note=note)
    card = text(client.get(URL)).partition("offer__next")[2].partition("</p>")[0]
    reason = card.partition('<span class="offer__why">')[2]
    assert re.sub("<[^>]+>", "", reason) == said


def test_a_card_says_which_holiday_leaves_the_date_out(client, settings):
    settings.PORTAL_DAY = date(2016, 12, 23)
    make.offer((0, "14:00", "16:00"))
    page = re.sub("<[^>]+>", "", text(client.get(URL)))
    assert "Fällt aus am 26.12.2016 (Zweiter Weihnachtstag)" in page
    assert "Mo 02.01.2017, 14:00–16:00" in page


def test_filters(client):
    west = make.district(name="Ohler", parent=make.borough(name="West"))
    west.postal_codes.add(make.postal_code(code="41179"))
    make.offer((1, "14:00", "16:00"), title="Anderes", languages="Deutsch")
    make.offer(
        (5, "10:00", "12:00"),
        title="ÄLTERENTREFF",
        description="Kaffee und Kuchen",
        district=west,
        is_open_to_all=False,
        is_barrier_free=True,
        languages="Deutsch, Türkçe",
    )
    found = ["ÄLTERENTREFF"]
    assert titles(client) == ["Anderes", "ÄLTERENTREFF"]
    assert titles(client, suche="älteren") == titles(client, suche="KUCHEN") == found
    assert titles(client, plz="41179") == titles(client, plz="4117") == found
    assert titles(client, gebiet=west.pk) == titles(client, gebiet=west.parent.pk) == found
    assert titles(client, wochentag="5") == found
    assert titles(client, sprache="türkçe") == found
    assert titles(client, barrierefrei="on") == found
    assert titles(client, offen="on") == ["Anderes"]
    assert titles(client, offen="on", barrierefrei="on") == []
    eastern = make.offer(title="Zuletzt", district=make.district(name="Aachener Straße"))
    assert titles(client, sortierung="stadtteil")[0] == eastern.title
    assert "Zu diesem Filter passt kein Angebot." in text(client.get(URL, {"plz": "99999"}))


def test_a_district_brings_its_calendar(client):
    district = make.offer().district
    address = f"http://testserver/angebote/stadtteil/{district.pk}.ics"
    assert address in text(client.get(URL, {"gebiet": district.pk}))
    assert address not in text(client.get(URL))


def test_an_empty_list_says_what_belongs_there(client):
    page = text(client.get(URL))
    assert "Zurzeit gibt es kein Angebot." in page
    assert "Zurücksetzen" not in page


def test_pages_follow_each_other_without_gap(client):
    for number in range(45):
        make.offer(title=f"Angebot {number:02}")
    seen, query = [], ""
    while True:
        response = client.get(URL + query)
        seen += [row[0].title for row in response.context["rows"]]
        query = response.context["page"].next
        if not query:
            break
    assert seen == [f"Angebot {number:02}" for number in range(45)]


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(client, rows, django_assert_max_num_queries):
    group = make.target_group()
    for _ in range(rows):
        offer = make.offer(title="Sprachcafé", languages="Deutsch", is_open_to_all=False)
        offer.target_groups.add(group)
        make.offer_exception(offer=offer)
    with django_assert_max_num_queries(8):
        response = client.get(URL, {"suche": "a", "sprache": "deutsch", "offen": ""})
    assert len(response.context["rows"]) == rows


def test_nothing_of_who_is_not_released_stands_in_the_list(client):
    worker = make.worker(name="Nils Still", phone="02161 77", email="still@example.org")
    make.offer(agency=worker.agency, contact=worker)
    page = text(client.get(URL))
    assert "Nils Still" not in page
