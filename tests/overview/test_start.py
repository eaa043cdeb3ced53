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
