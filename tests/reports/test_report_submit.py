from datetime import date

import pytest
from django.urls import reverse

from agencies.activity.models import ReportingPeriod
from agencies.reports import narratives
from agencies.reports.models import Submission
from coordination.as_of import today
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(client, cast):
    client.force_login(cast.people["lead"])
    return reverse("reports:report_submit", args=[cast.open_period.pk])


@pytest.fixture
def empty(client, cast):
    """A period without entries."""
    client.force_login(cast.people["lead"])
    return reverse("reports:report_submit", args=[cast.sent_back_period.pk])


def text(response):
    return response.content.decode()


def send(client, url, **more):
    return client.post(url, {"seen": client.get(url).context["seen"], **more})


def made(period):
    return Submission.objects.filter(period=period)


def test_a_report_is_looked_through_and_handed_in(client, cast, url):
    narratives.write(cast.open_period, overview="{teilnehmende} kamen.", by=None)
    page = text(client.get(url))
    assert "Vor dem Einreichen prüfen" in page
    assert ">5</a> kamen." in page
    response = send(client, url)
    version = made(cast.open_period).get()
    assert response.headers["Location"] == reverse("reports:version_detail", args=[version.pk])
    assert version.blocks == {"overview": "5 kamen."}
    assert version.by == cast.people["lead"]


def test_what_to_look_at_leads_to_where_it_is_mended(client, cast, url):
    narratives.write(cast.open_period, focus="12 Stadtteile {stundn}", by=None)
    page = text(client.get(url))
    edit = reverse("reports:narrative_edit", args=[cast.open_period.pk])
    assert page.index("zu beheben") < page.index("„12 Stadtteile“")
    assert f'href="{edit}#id_focus"' in page
    assert "/taetigkeiten/woche/?woche=2016-10-" in page


def test_a_name_that_is_no_figure_is_refused(client, cast, url):
    narratives.write(cast.open_period, focus="{stundn}", by=None)
    assert "ist keine bekannte Zahl. Bitte ändern" in text(send(client, url))
    assert not made(cast.open_period).exists()


def test_figures_that_changed_meanwhile_are_shown_before_they_are_handed_in(client, cast, url):
    seen = client.get(url).context["seen"]
    make.activity(7, worker=cast.worker, day=date(2016, 11, 16))
    response = client.post(url, {"seen": seen})
    assert "Es wurde nichts eingereicht" in text(response)
    assert not made(cast.open_period).exists()
    again = client.post(url, {"seen": response.context["seen"]})
    assert again.status_code == 302


def test_without_what_was_seen_nothing_is_handed_in(client, cast, url):
    assert "Es wurde nichts eingereicht" in text(client.post(url))
    assert not made(cast.open_period).exists()


def test_an_empty_period_is_handed_in_as_a_nil_report(client, cast, empty):
    page = text(client.get(empty))
    assert "Fehlanzeige einreichen" in page
    assert "Bericht einreichen</span>" not in page
    send(client, empty, fehlanzeige="1")
    assert made(cast.sent_back_period).get().is_nil


def test_with_entries_a_nil_report_is_neither_offered_nor_taken(client, cast, url):
    assert "Fehlanzeige einreichen" not in text(client.get(url))
    assert "erfasst ist aber 1 Tätigkeit" in text(send(client, url, fehlanzeige="1"))
    assert not made(cast.open_period).exists()


def test_before_its_last_day_the_page_says_from_when_on(client, cast):
    client.force_login(cast.people["lead"])
    year = today().year
    period = make.period(agency=cast.agency, starts_on=today(), ends_on=date(year + 1, 12, 31))
    url = reverse("reports:report_submit", args=[period.pk])
    page = text(client.get(url))
    assert f"Der Zeitraum endet am 31.12.{year + 1}." in page
    assert 'id="submit"' not in page
    client.post(url, {"seen": client.get(url).context["seen"]})
    assert not made(period).exists()


def test_a_second_click_leads_on(client, cast, url):
    seen = client.get(url).context["seen"]
    for _ in range(2):
        response = client.post(url, {"seen": seen})
        assert response.status_code == 302
    assert made(cast.open_period).count() == 1


def test_a_resubmission_says_what_stays(client, cast):
    client.force_login(cast.people["lead"])
    period = cast.sent_back_period
    make.submission(period=period)
    url = reverse("reports:report_submit", args=[period.pk])
    assert "Fassung 1 wurde schon eingereicht; das erste Datum" in text(client.get(url))
    send(client, url, fehlanzeige="1")
    first = ReportingPeriod.objects.get(pk=period.pk).first_submitted_at
    assert (made(period).first().number, first) == (2, period.first_submitted_at)


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_much_was_logged(
    client, cast, url, rows, django_assert_max_num_queries
):
    ReportingPeriod.objects.filter(pk=cast.open_period.pk).update(starts_on=date(2016, 10, 2))
    narratives.write(cast.open_period, overview="12 Stadtteile {x} " * rows, by=None)
    for number in range(rows):
        make.activity(
            1,
            worker=make.worker(agency=cast.agency),
            kind=make.kind(),
            day=date(2016, 10, 1 + number),
        )
        district = make.district()
        make.assignment(position=cast.position, district=district)
    with django_assert_max_num_queries(12):
        client.get(url)
