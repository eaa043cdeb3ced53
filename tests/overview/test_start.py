from datetime import date

import pytest
from django.urls import reverse

from tests import make

URL = "overview:start"


@pytest.mark.parametrize("rows", [1, 20])
def test_the_start_page_costs_the_same_however_big_the_city(
    client, cast, django_assert_max_num_queries, rows
):
    for _ in range(rows):
        make.assignment(position=make.occupancy().position)
    client.force_login(cast.people["coordination"])
    with django_assert_max_num_queries(12):
        client.get(reverse(URL), {"stichtag": "2016-12-01"})


def test_the_coordination_sees_agencies_without_a_lead(client, cast):
    make.agency(short_name="Caritas")
    client.force_login(cast.people["coordination"])
    page = client.get(reverse(URL)).content.decode()
    assert "Caritas hat keine Leitung" in page
    assert "AWO hat keine Leitung" not in page


def test_the_council_sees_no_positions(client, cast):
    client.force_login(cast.people["council"])
    page = client.get(reverse(URL), {"stichtag": "2016-12-01"}).content.decode()
    assert cast.position.title not in page
    assert "1 / 1" in page


def test_an_agency_sees_its_own_positions(client, cast):
    make.position(agency=cast.other_agency, title="Fremde Stelle")
    client.force_login(cast.people["lead"])
    page = client.get(reverse(URL), {"stichtag": "2016-12-01"}).content.decode()
    assert cast.position.title in page
    assert "Fremde Stelle" not in page


@pytest.mark.parametrize(("who", "is_said"), [("coordination", False), ("lead", True)])
def test_an_agency_is_told_that_open_points_are_those_of_the_whole_city(client, cast, who, is_said):
    make.assignment(position=make.position(agency=cast.other_agency))
    client.force_login(cast.people[who])
    page = client.get(reverse(URL), {"stichtag": "2016-12-01"}).content.decode()
    assert "mit unbesetzter Federführung" in page
    assert ("mit unbesetzter Federführung (ganze Stadt)" in page) is is_said


@pytest.mark.parametrize("rows", [1, 20])
def test_the_start_page_of_an_agency_costs_the_same_however_much_was_done(
    client, cast, django_assert_max_num_queries, rows
):
    for n in range(rows):
        make.activity(worker=cast.worker, district=cast.district, kind=cast.kind)
        first = date(2010 + n // 4, n % 4 * 3 + 1, 1)
        make.period(agency=cast.agency, starts_on=first, ends_on=first)
    client.force_login(cast.people["lead"])
    with django_assert_max_num_queries(14):  # five of them ask whom each question waits for
        client.get(reverse(URL), {"stichtag": "2016-12-01"})


def figures(client, cast, who, day="2016-12-01"):
    client.force_login(cast.people[who])
    return client.get(reverse(URL), {"stichtag": day}).context["figures"]


def test_the_month_so_far_counts_entries_within_reach(client, cast):
    make.activity(day=date(2016, 11, 30), minutes=30)
    make.activity(worker=cast.worker, day=date(2016, 10, 31))
    city = figures(client, cast, "coordination", "2016-11-30").month
    assert (city.entries, city.minutes) == (2, 90)
    assert figures(client, cast, "lead", "2016-11-30").month.entries == 1
    assert figures(client, cast, "other_lead", "2016-11-30").month.entries == 0
    assert figures(client, cast, "council", "2016-11-30").month.entries == 0


def test_reports_to_check_and_overdue_are_counted(client, cast):
    make.period(agency=cast.agency, starts_on=date(2014, 1, 1), ends_on=date(2014, 3, 31))
    found = figures(client, cast, "coordination")
    assert (found.to_check, found.overdue) == (1, 1)  # what was sent back was handed in once
    assert found.due == []
    assert cast.sent_back_period in figures(client, cast, "lead").due
    assert figures(client, cast, "other_lead").overdue == 0


def test_an_agency_is_told_of_a_report_three_weeks_before_it_is_due(client, cast):
    make.period(agency=cast.other_agency, ends_on=date(2016, 3, 31), due_on=date(2016, 4, 22))
    assert figures(client, cast, "other_lead", "2016-03-31").due == []
    assert len(figures(client, cast, "other_lead", "2016-04-01").due) == 1


def test_offers_nobody_confirmed_for_long_are_counted_for_whoever_can(client, cast):
    make.offer(agency=cast.agency, confirmed_on=date(2016, 6, 3))
    make.offer(agency=cast.agency, confirmed_on=date(2016, 6, 4))
    assert figures(client, cast, "lead").stale_offers == 1
    assert figures(client, cast, "other_lead").stale_offers == 0
    assert figures(client, cast, "council").stale_offers == 0


def test_the_council_is_led_to_the_latest_report(client, cast):
    latest = make.release(title="Ratsbericht 4. Quartal 2016")
    client.force_login(cast.people["council"])
    page = client.get(reverse(URL)).content.decode()
    assert reverse("summary:release_detail", args=[latest.pk]) in page
    assert "Neu: Ratsbericht 4. Quartal 2016, Stand" in page
    client.force_login(cast.people["lead"])
    assert "Ratsbericht" not in client.get(reverse(URL)).content.decode()


def test_volunteers_without_contact_person_are_counted_within_reach(client, cast):
    assert figures(client, cast, "coordination").without_contact == 1  # the group
    make.volunteer(districts=[cast.district])
    make.volunteer(agency=cast.other_agency)
    assert figures(client, cast, "coordination").without_contact == 3
    assert figures(client, cast, "lead").without_contact == 1
    assert figures(client, cast, "other_lead").without_contact == 1
    assert figures(client, cast, "council").without_contact == 0
    assert figures(client, cast, "lead", "2018-04-01").without_contact == 2  # then the lead ends
    page = client.get(reverse(URL), {"stichtag": "2018-04-01"}).content.decode()
    assert f"{reverse('volunteers:care_list')}?stichtag=2018-04-01" in page
    assert "Ehrenamtliche und Gruppen ohne Ansprechperson" in page


def test_questions_of_volunteers_are_counted_for_whoever_answers(client, cast, settings):
    assert figures(client, cast, "lead").open_questions == 1
    assert figures(client, cast, "other_lead").open_questions == 0
    assert figures(client, cast, "audit").open_questions == 0
    settings.PORTAL_DESK = False  # what was asked still waits
    assert figures(client, cast, "lead").open_questions == 1
