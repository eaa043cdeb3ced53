from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests import make

URL = "agencies:coverage_board"


@pytest.mark.parametrize("rows", [1, 20])
def test_the_board_costs_the_same_however_long_it_is(
    client, cast, django_assert_max_num_queries, rows
):
    for _ in range(rows):
        district = make.district("41061", parent=cast.borough)
        make.assignment("41061", district=district, position=make.occupancy().position, share=5)
    client.force_login(cast.people["coordination"])
    with django_assert_max_num_queries(12) as queries:
        client.get(reverse(URL), {"stichtag": "2016-12-01"})
    assert len(queries) == 11


def test_the_board_answers_for_the_day_in_the_address(client, cast):
    client.force_login(cast.people["lead"])
    page = client.get(reverse(URL), {"stichtag": "2018-04-01"}).content.decode()
    assert "An diesem Tag ist keine Stelle finanziert." in page
    page = client.get(reverse(URL), {"stichtag": "2017-06-01"}).content.decode()
    assert cast.worker.name in page


def test_an_impossible_day_is_said_and_the_page_still_stands(client, cast):
    client.force_login(cast.people["coordination"])
    page = client.get(reverse(URL), {"stichtag": "31.02.2016"})
    assert page.status_code == 200
    assert "„31.02.2016“ ist kein Datum" in page.content.decode()


def test_foreign_shares_are_not_shown_to_an_agency(client, cast):
    make.assignment(position=make.position(agency=cast.other_agency), share=77)
    client.force_login(cast.people["lead"])
    response = client.get(reverse(URL), {"stichtag": "2016-12-01"})
    page = response.content.decode()
    assert "10\N{NO-BREAK SPACE}%" in page  # their own
    assert "77\N{NO-BREAK SPACE}%" not in page
    response = client.get(reverse(URL), {"stichtag": "2016-12-01", "format": "xlsx"})
    shares = [row[7].value for row in load_workbook(BytesIO(response.content)).active.rows]
    assert 10 in shares
    assert 77 not in shares


def test_one_borough(client, cast):
    south = make.district(name="Odenkirchen", parent=make.borough(name="Süd"))
    client.force_login(cast.people["coordination"])
    response = client.get(reverse(URL), {"bezirk": south.parent_id, "stichtag": "2016-12-01"})
    assert [cover.district for cover in response.context["board"].covers] == [south]
