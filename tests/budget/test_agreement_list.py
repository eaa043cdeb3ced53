from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from coordination.budget.models import Agreement
from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]
DAY = "?stichtag=2016-12-01"
URL = "/haushalt/vereinbarungen/"


def listed(response):
    return [row.reference for row in response.context["page"].rows]


def test_everybody_sees_the_agreements_within_reach_and_their_sums_only(signed_in, cast):
    make.agreement(1_000, agency=cast.other_agency, reference="FREMD")
    own = signed_in("lead").get(URL)
    assert "FREMD" not in text(own)
    assert own.context["sums"]["agreed"] == 32_000
    assert signed_in("audit").get(URL).context["sums"]["agreed"] == 33_000
    foreign = signed_in("lead").get(URL, {"verband": cast.other_agency.pk})
    assert "FREMD" not in text(foreign)


@pytest.fixture
def three(cast):
    """The cast's agreement and two more: one that has ended, one that has not begun."""
    make.agreement(parts={2015: 500}, agency=cast.other_agency, reference="ALT-ä", kind="material")
    make.agreement(parts={2018: 700}, agency=cast.agency, reference="NEU", subject="Übergang")
    return [Agreement.objects.get(pk=cast.agreement.pk).reference, "ALT-ä", "NEU"]


def test_filters_and_sorting(signed_in, cast, three):
    client, now = signed_in("coordination"), three[0]

    def found(**query):
        return listed(client.get(URL, {"stichtag": "2016-12-01", **query}))

    assert found() == ["NEU", now, "ALT-ä"]
    assert found(verband=cast.other_agency.pk) == ["ALT-ä"]
    assert found(art="material") == ["ALT-ä"]
    assert found(jahr=2017) == [now]
    assert found(suche="ÜBERG") == ["NEU"]
    assert found(suche="alt-Ä") == ["ALT-ä"]
    assert found(laufzeit="laeuft") == [now]
    assert found(laufzeit="kommt") == ["NEU"]
    assert found(laufzeit="zuende") == ["ALT-ä"]
    assert found(sortierung="betrag") == ["ALT-ä", "NEU", now]
    assert found(sortierung="-bis")[0] == "NEU"
    assert found(jahr="x", art="x", laufzeit="x", sortierung="password") == ["NEU", now, "ALT-ä"]


def test_a_year_shows_its_own_amounts(signed_in, cast):
    answer = signed_in("coordination").get(URL, {"jahr": "2016"})
    sums = answer.context["sums"]
    assert (sums["agreed"], sums["committed"], sums["paid"]) == (24_000, 18_000, 3_000)
    assert "Die Beträge sind die des Haushaltsjahres 2016." in text(answer)


def test_the_sum_is_that_of_all_pages(signed_in, cast, monkeypatch):
    monkeypatch.setattr("coordination.paging.page.__kwdefaults__", {"size": 2, "count": None})
    for _ in range(4):
        make.agreement(100)
    client = signed_in("coordination")
    seen, url = [], URL + "?sortierung=-betrag"
    while url:
        answer = client.get(url)
        assert answer.context["sums"]["agreed"] == 32_400
        assert "Summe über alle Seiten" in text(answer)
        seen += listed(answer)
        following = answer.context["page"].next
        url = following and URL + following
    assert len(seen) == len(set(seen)) == 5


def test_an_odd_place_in_the_list_shows_its_first_page(signed_in, cast):
    client = signed_in("coordination")
    for odd in ("x", "WyJ4IiwgMV0", "WyJOYU4iLCAxXQ", "WyIwLjAwNSIsIDFd"):
        assert client.get(URL, {"sortierung": "betrag", "nach": odd}).status_code == 200


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("query", ["", "&jahr=2016&suche=v&sortierung=-gebunden"])
def test_the_list_costs_the_same_however_long_it_is(
    signed_in, rows, query, django_assert_max_num_queries
):
    for _ in range(rows):
        make.commitment()
    client = signed_in("coordination")
    with django_assert_max_num_queries(12):
        client.get(URL + DAY + query)


def test_the_workbook_sums_what_the_page_sums(signed_in, cast):
    make.agreement(Decimal("0.10"), starts_on=date(2016, 1, 2))
    client = signed_in("coordination")
    sums = client.get(URL).context["sums"]
    sheet = load_workbook(BytesIO(client.get(URL + "?format=xlsx").content), data_only=True).active
    last = [cell.value for cell in sheet[sheet.max_row]]
    assert last[0] == "Summe"
    expected = [float(sums[name]) for name in ("agreed", "committed", "requested", "paid")]
    assert last[7:11] == pytest.approx(expected)


def test_the_csv_has_german_figures(signed_in, cast):
    answer = signed_in("lead").get(URL + "?format=csv")
    head, row = answer.content.decode("utf-8-sig").splitlines()
    assert head.split(";")[:4] == ["Aktenzeichen", "Verband", "Art", "Gegenstand"]
    assert row.split(";")[7:] == ["32000,00", "18000,00", "9000,00", "3000,00", "500,00"]


def test_the_first_agreement_is_invited_and_a_narrow_filter_explained(signed_in, cast):
    assert "Hier steht, was die Stadt" in text(signed_in("other_lead").get(URL))
    assert reverse("budget:agreement_create") not in text(signed_in("other_lead").get(URL))
    assert reverse("budget:agreement_create") in text(signed_in("coordination").get(URL))
    assert "Keine Vereinbarung passt" in text(signed_in("coordination").get(URL, {"suche": "xyz"}))
