from datetime import date

import pytest
from django.urls import reverse

from agencies.activity.models import Activity
from agencies.offers.models import Offer
from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]
DAY = "2016-12-01"


@pytest.fixture
def url():
    return reverse("offers:offer_list")


def without_offers():
    Activity.objects.update(offer=None)
    Offer.objects.all().delete()


def titles(client, url, **query):
    page = client.get(url, {"stichtag": DAY, **query}).context["page"]
    return [offer.title for offer in page.rows]


def test_the_council_finds_what_is_offered(signed_in, cast, url):
    page = text(signed_in("council").get(url, {"stichtag": DAY}))
    for said in ("Sprachcafé", "Eicken", "jeden Dienstag, 14:00–16:00 Uhr", "06.12.2016", "AWO"):
        assert said in page
    assert "offen für alle" in page
    assert "1 Angebot<" in page
    assert "Angebot anlegen" not in page
    assert reverse("offers:offer_confirm", args=[cast.offer.pk]) not in page


def test_filters(signed_in, cast, url):
    other = make.district(name="Ohler", parent=make.borough(name="West"))
    offer = make.offer(
        (5, "10:00", "12:00"),
        title="ÄLTERENTREFF",
        agency=cast.other_agency,
        district=other,
        is_open_to_all=False,
        is_barrier_free=True,
        languages="Deutsch, Türkçe",
    )
    client, found = signed_in("council"), ["ÄLTERENTREFF"]

    def only(**query):
        return titles(client, url, **query)

    assert sorted(only()) == ["Sprachcafé", "ÄLTERENTREFF"]
    assert only(suche="älteren") == found
    assert only(gebiet=other.pk) == only(gebiet=other.parent.pk) == found
    assert only(verband=cast.other_agency.pk) == found
    assert only(wochentag="5") == found
    assert only(sprache="türkçe") == found
    assert only(offen="False") == found
    assert only(barrierefrei="True") == found
    assert only(offen="True", barrierefrei="True") == []
    assert only(sortierung="-titel")[0] == "ÄLTERENTREFF"
    assert only(sortierung="-stadtteil")[0] == "ÄLTERENTREFF"
    page = text(client.get(url, {"suche": "gibt es nicht"}))
    assert "Zu diesem Filter passt kein Angebot." in page
    assert offer.title not in page


def test_ended_ones_are_shown_to_who_asks(signed_in, cast, url):
    make.offer(title="Vorbei", ends_on=date(2016, 11, 30))
    make.offer(title="Bald", starts_on=date(2017, 1, 1))
    client = signed_in("council")
    assert titles(client, url) == ["Bald", "Sprachcafé"]
    assert titles(client, url, stand="laufend") == ["Sprachcafé"]
    assert titles(client, url, stand="kommend") == ["Bald"]
    assert titles(client, url, stand="beendet") == ["Vorbei"]
    assert len(titles(client, url, stand="alle")) == 3
    assert titles(client, url, stichtag="2016-11-30", stand="laufend") == ["Sprachcafé", "Vorbei"]


def test_the_badge_says_how_old_the_confirmation_is(signed_in, cast, url):
    without_offers()
    for title, day in [
        ("Neunzig Tage", date(2016, 9, 2)),
        ("Einundneunzig", date(2016, 9, 1)),
        ("Hundertachtzig", date(2016, 6, 4)),
        ("Mehr", date(2016, 6, 3)),
    ]:
        make.offer(title=title, confirmed_on=day)
    client = signed_in("council")
    page = client.get(url, {"stichtag": DAY})
    assert {row["offer"].title: str(row["confirmation"].label) for row in page.context["rows"]} == {
        "Neunzig Tage": "aktuell",
        "Einundneunzig": "älter als 90 Tage",
        "Hundertachtzig": "älter als 90 Tage",
        "Mehr": "zu bestätigen",
    }
    assert titles(client, url, bestaetigung="fresh") == ["Neunzig Tage"]
    assert titles(client, url, bestaetigung="stale") == ["Mehr"]
    assert titles(client, url, bestaetigung="ageing") == ["Einundneunzig", "Hundertachtzig"]


def test_calendars_of_what_is_filtered_are_offered(signed_in, cast, url):
    page = text(
        signed_in("council").get(url, {"verband": cast.agency.pk, "gebiet": cast.borough.pk})
    )
    assert f"http://testserver/angebote/verband/{cast.agency.pk}.ics" in page
    assert f"http://testserver/angebote/stadtteil/{cast.borough.pk}.ics" in page


def test_the_file_holds_what_is_filtered(signed_in, cast, url):
    make.offer(title="=1+1", is_open_to_all=False)
    answer = signed_in("council").get(url, {"stichtag": DAY, "format": "csv"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("'=1+1;")
    assert "06.12.2016" in lines[2]
    assert "jeden Dienstag, 14:00–16:00 Uhr" in lines[2]
    only = signed_in("council").get(url, {"stichtag": DAY, "format": "csv", "offen": "True"})
    assert len(only.content.decode().splitlines()) == 2


def test_an_empty_list_says_what_belongs_there(signed_in, cast, url):
    without_offers()
    assert "Noch gibt es kein Angebot." in text(signed_in("council").get(url))
    assert "Angebot anlegen" in text(signed_in("lead").get(url))


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(
    signed_in, cast, url, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        offer = make.offer(is_open_to_all=False, agency=cast.agency)
        offer.target_groups.add(cast.target_group)
        make.offer_exception(offer=offer)
    client = signed_in("lead")
    with django_assert_max_num_queries(12):
        client.get(url, {"suche": "a", "sprache": ""})
