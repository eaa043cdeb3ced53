from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from agencies import endings
from coordination.access.permissions import Scope
from tests import make

CITY = Scope(citywide=True)
URL = "agencies:ending_list"


def test_what_ends_with_the_funding(db):
    occupancy = make.occupancy()
    lead = make.assignment(position=occupancy.position)
    stays = make.position(ends_on=None)
    make.assignment(position=stays, ends_on=None)
    found = endings.between(date(2016, 12, 1), date(2018, 3, 31), CITY)
    assert found.positions == [occupancy.position]
    assert found.occupancies == [occupancy]
    assert found.assignments == [lead]
    assert found.without_lead == [lead.district]
    assert found.weekly_hours == Decimal("39.0")


def test_a_district_with_a_successor_keeps_its_lead(db):
    lead = make.assignment(ends_on=date(2017, 12, 31))
    make.assignment(district=lead.district, starts_on=date(2018, 1, 1))
    found = endings.between(date(2016, 12, 1), date(2017, 12, 31), CITY)
    assert found.assignments == [lead]
    assert found.without_lead == []


def test_nothing_ends_the_day_before(db):
    make.occupancy()
    assert endings.between(date(2016, 12, 1), date(2018, 3, 30), CITY).is_empty


def test_the_page_proposes_the_next_end_of_funding(client, cast):
    client.force_login(cast.people["coordination"])
    response = client.get(reverse(URL), {"stichtag": "2016-12-01"})
    assert response.context["endings"].ends_on == date(2018, 3, 31)
    assert "39,0" in response.content.decode()


@pytest.mark.parametrize("typed", ["31.02.2018", "gestern", "2016-01-01"])
def test_a_wrong_day_is_said_at_the_field(client, cast, typed):
    client.force_login(cast.people["coordination"])
    response = client.get(reverse(URL), {"stichtag": "2016-12-01", "bis": typed})
    assert response.status_code == 200
    assert response.context["form"].errors["bis"]
    assert typed in response.content.decode()


def test_the_export_says_what_the_page_says(client, cast):
    client.force_login(cast.people["coordination"])
    response = client.get(reverse(URL), {"stichtag": "2016-12-01", "format": "xlsx"})
    rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(response.content)).active]
    assert "31.03.2018" in str(rows[0][0])
    assert len(rows) == 2 + 3  # note, heading; position, occupancy, assignment


@pytest.mark.parametrize("rows", [1, 20])
def test_it_costs_the_same_however_much_ends(client, cast, django_assert_max_num_queries, rows):
    for _ in range(rows):
        make.assignment(position=make.occupancy().position)
    client.force_login(cast.people["coordination"])
    with django_assert_max_num_queries(12):
        client.get(reverse(URL), {"stichtag": "2016-12-01"})


def test_an_agency_does_not_learn_when_foreign_funding_ends(client, cast):
    make.position(agency=cast.other_agency, ends_on=date(2017, 2, 13))
    client.force_login(cast.people["lead"])
    page = client.get(reverse(URL), {"stichtag": "2016-12-01"}).content.decode()
    assert "2017-02-13" not in page


def test_a_lead_that_begins_and_ends_in_between_is_lost_too(db):
    lead = make.assignment(starts_on=date(2017, 2, 1))
    found = endings.between(date(2016, 12, 1), date(2018, 3, 31), CITY)
    assert found.without_lead == [lead.district]
