from datetime import date

import pytest
from django.urls import reverse

from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]


@pytest.fixture(autouse=True)
def december(settings):
    settings.PORTAL_DAY = date(2016, 12, 1)


@pytest.fixture
def url(cast):
    return reverse("offers:offer_detail", args=[cast.offer.pk])


def test_everybody_reads_the_facts_dates_and_calendars(signed_in, cast, url):
    make.offer_exception(
        date(2016, 12, 14), extra=("18:00", "20:00"), offer=cast.offer, note="Jahresabschluss"
    )
    page = signed_in("council").get(url)
    for said in (
        "jeden Dienstag, 14:00–16:00 Uhr",
        "nicht an Feiertagen",
        "Musterstraße 5",
        cast.worker.name,
        "14.12.2016, 18:00–20:00: findet zusätzlich statt",
        "Jahresabschluss",
        "27.12.2016: fällt aus",
        f"http://testserver/angebote/{cast.offer.pk}/kalender.ics",
        "Kalender abonnieren",
    ):
        assert said in text(page), said
    days = [each.day for each in page.context["dates"]]
    assert len(days) == 8
    assert days[:5] == [date(2016, 12, day) for day in (6, 13, 14, 20)] + [date(2017, 1, 3)]


def test_only_who_may_reads_of_entries_and_the_log(signed_in, cast, url):
    for who, sees_entries, sees_log in [
        ("council", False, False),
        ("other_lead", False, False),
        ("worker", True, True),
        ("audit", True, True),
        ("coordination", True, True),
    ]:
        answer = signed_in(who).get(url)
        page = text(answer)
        assert (answer.context["entries"] is not None) is sees_entries, who
        assert ("1 Tätigkeit, am 15.11.2016" in page) is sees_entries, who
        assert ("?objekt=offers.offer:" in page) is sees_log, who


def test_only_the_own_agency_is_offered_to_change_it(signed_in, cast, url):
    for who, may in [("council", False), ("audit", False), ("other_lead", False), ("lead", True)]:
        page = text(signed_in(who).get(url))
        for name in ("offer_edit", "offer_end", "offer_confirm", "exception_create"):
            assert (reverse(f"offers:{name}", args=[cast.offer.pk]) in page) is may, (who, name)


def test_an_ended_offer_says_so(signed_in, cast, url):
    cast.offer.ends_on = date(2016, 11, 30)
    cast.offer.save()
    page = text(signed_in("lead").get(url))
    assert "Das Angebot endete am 30.11.2016." in page
    assert "offer_confirm" not in page


def test_a_contact_person_who_left_is_pointed_out(signed_in, cast, url):
    cast.worker.is_active = False
    cast.worker.save()
    assert "nicht mehr aktiv. Bitte nennen Sie eine andere" in text(signed_in("lead").get(url))


@pytest.mark.parametrize("rows", [1, 20])
def test_an_offer_costs_the_same_whatever_belongs_to_it(
    signed_in, cast, url, rows, django_assert_max_num_queries
):
    for day in range(1, rows + 1):
        make.offer_exception(date(2017, 1, day), offer=cast.offer)
        make.activity(worker=cast.worker, offer=cast.offer)
    client = signed_in("lead")
    with django_assert_max_num_queries(12):
        client.get(url)
