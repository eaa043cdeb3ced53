from datetime import date

import pytest
from django.urls import reverse

from agencies.reports import schedules
from tests import make
from tests.census import sign_in

LIST = reverse("reports:schedule_list")
CREATE = reverse("reports:schedule_create")


@pytest.fixture
def desk(client, cast, settings):
    settings.PORTAL_DAY = date(2016, 12, 1)
    return sign_in(client, cast, "coordination")


def typed(agency, **fields):
    return {
        "agency": agency.pk,
        "rhythm": "month",
        "starts_on": "01.04.2016",
        "anchor": "period_end",
        "offset_days": "14",
        **fields,
    }


def test_a_schedule_is_created_with_its_periods(desk, cast):
    answer = desk.post(CREATE, typed(cast.other_agency), follow=True)
    assert "er hat 21 Berichtszeiträume" in answer.content.decode()
    assert cast.other_agency.reporting_periods.count() == 21
    again = desk.post(CREATE, typed(cast.other_agency))
    assert "berichtet in dieser Zeit schon nach einem Rhythmus" in again.content.decode()
    assert cast.other_agency.reporting_periods.count() == 21


@pytest.mark.parametrize(
    "fields",
    [
        {"agency": "999999999999999999"},
        {"rhythm": "own"},
        {"starts_on": "31.02.2016"},
        {"starts_on": "01.01.1999"},
        {"ends_on": "31.03.2016"},
        {"anchor": "x"},
        {"offset_days": "-1"},
        {"offset_days": "1e9"},
        {"offset_days": "viel"},
    ],
)
def test_what_cannot_be_is_refused(desk, cast, fields):
    answer = desk.post(CREATE, {**typed(cast.other_agency), **fields})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not cast.other_agency.schedules.exists()


def test_the_end_names_what_it_took_back(desk, cast):
    agency = cast.other_agency
    schedules.create(agency, rhythm="quarter", starts_on=date(2016, 4, 1), by=None)
    page = reverse("reports:schedule_end", args=[agency.schedules.get().pk])
    assert "4. Quartal 2017" in desk.get(page).content.decode()
    answer = desk.post(page, {"ends_on": "31.12.2016", "reason": "Anderer Rhythmus"}, follow=True)
    text = answer.content.decode()
    assert "Zurückgenommen: 1. Quartal 2017, 2. Quartal 2017" in text
    assert agency.reporting_periods.count() == 3
    again = desk.post(page, {"ends_on": "31.12.2016", "reason": "Anderer Rhythmus"}, follow=True)
    assert "inzwischen beendet" in again.content.decode()
    assert desk.post(page, {"ends_on": "30.11.2016", "reason": ""}).context["form"].errors


def test_an_agency_sees_its_own_schedules_and_changes_none(client, cast):
    make.schedule(agency=cast.other_agency)
    browser = sign_in(client, cast, "lead")
    answer = browser.get(LIST)
    shown = answer.context["running"] + answer.context["over"]
    assert [row.agency for row in shown] == [cast.agency]
    assert "/beenden/" not in answer.content.decode()


def test_without_a_schedule_the_page_says_what_belongs_here(client, db):
    client.force_login(make.user("coordination"))
    assert "nach einem Rhythmus" in client.get(LIST).content.decode()
