"""All public offers as one calendar, or those of a filter, read back by another library."""

import re
from datetime import date

import pytest
import vobject
from django.urls import reverse

from tests import make

TODAY = date(2016, 12, 1)
FEED, LIST, WEEK = (f"/angebote-finden/{page}" for page in ("kalender.ics", "", "kalender/"))


@pytest.fixture(autouse=True)
def december(settings, db):
    settings.PORTAL_DAY = TODAY


def titles(response):
    calendar = vobject.readOne(response.content.decode())
    return sorted(event.summary.value for event in getattr(calendar, "vevent_list", []))


def test_it_holds_what_everybody_can_go_to_or_will_be_able_to(client):
    make.offer(title="Läuft")
    make.offer(title="Kommt", starts_on=date(2017, 2, 1))
    make.offer(title="Vorbei", ends_on=date(2016, 11, 30))
    make.offer(title="Verband fort", agency=make.agency(is_active=False))
    response = client.get(FEED)
    assert titles(response) == ["Kommt", "Läuft"]
    assert b"X-WR-CALNAME:Angebote: Musterstadt" in response.content


def test_without_the_switch_there_is_none(client, settings):
    settings.PORTAL_FINDER = False
    assert client.get(FEED).status_code == 404


def test_caches_keep_it_for_everybody(client, cast):
    make.offer()
    first = client.get(FEED)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first["Cache-Control"] == "public, max-age=3600"
    again = client.get(FEED, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    client.force_login(cast.people["lead"])
    signed_in = client.get(FEED, headers={"accept-language": "en"})
    assert signed_in.content == first.content
    assert not signed_in.cookies
    assert "Cookie" not in signed_in.get("Vary", "")


@pytest.mark.parametrize("rows", [1, 20])
def test_it_costs_the_same_however_many_there_are(client, rows, django_assert_max_num_queries):
    for _ in range(rows):
        make.offer_exception()
    with django_assert_max_num_queries(5):
        assert len(titles(client.get(FEED))) == rows


def test_nobody_is_in_it_whom_their_agency_has_not_released(client):
    still = make.worker(name="Nils Still", phone="02161 77", email="still@example.org")
    make.offer(agency=still.agency, contact=still)
    shown = make.worker(name="Miriam Sandvoß", is_public=True)
    make.offer(agency=shown.agency, contact=shown)
    body = re.sub(r"\r\n ", "", client.get(FEED).content.decode())
    assert "Miriam Sandvoß" in body
    for secret in ("Nils Still", "02161 77", "still@example.org"):
        assert secret not in body


def test_a_filter_has_a_calendar_of_its_own(client):
    west = make.district(name="Ohler")
    make.offer((5, "10:00", "12:00"), title="Kochen", district=west, is_barrier_free=True)
    make.offer(title="Nähen")
    assert titles(client.get(FEED, {"gebiet": west.pk})) == ["Kochen"]
    assert titles(client.get(FEED, {"wochentag": "5", "barrierefrei": "on"})) == ["Kochen"]
    assert titles(client.get(FEED, {"suche": "näh", "plz": ""})) == ["Nähen"]
    assert titles(client.get(FEED, {"gebiet": "unfug"})) == ["Kochen", "Nähen"]


def links(client, page, **query):
    said = client.get(page, query).content.decode()
    return [
        link.replace("&amp;", "&") for link in re.findall(r'href="(http[^"]+\.ics[^"]*)"', said)
    ]


@pytest.mark.parametrize("page", [LIST, WEEK])
def test_list_and_calendar_lead_to_it(client, page):
    district = make.offer().district
    everything = f"http://testserver{FEED}"
    assert links(client, page) == [everything]
    query = {"gebiet": district.pk, "suche": "ä&b", "offen": "on", "nach": "x", "ab": "2016-12-05"}
    selection = f"{everything}?suche=%C3%A4%26b&gebiet={district.pk}&offen=on"
    district_feed = reverse("offers:district_feed", args=[district.pk])
    assert links(client, page, **query) == [
        selection,
        f"http://testserver{district_feed}",
        everything,
    ]
    assert '<a class="kern-link" href="#feeds">' in client.get(page).content.decode()


def test_an_empty_list_offers_no_empty_calendar(client):
    assert links(client, LIST) == links(client, WEEK) == [f"http://testserver{FEED}"]
