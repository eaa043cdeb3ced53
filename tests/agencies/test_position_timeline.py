from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from agencies.timelines import timeline
from coordination.access.permissions import Scope
from tests import make

CITY = Scope(citywide=True)
DAY = date(2016, 12, 1)


def test_vacancies_are_the_days_nobody_holds(db):
    position = make.position()
    make.occupancy(position=position, ends_on=date(2016, 10, 31))
    make.occupancy(position=position, starts_on=date(2017, 1, 15))
    (line,) = timeline(CITY, DAY).lines
    assert [(bar.is_vacant, bar.starts_on, bar.ends_on) for bar in line.bars] == [
        (False, date(2016, 4, 1), date(2016, 10, 31)),
        (True, date(2016, 11, 1), date(2017, 1, 14)),
        (False, date(2017, 1, 15), date(2018, 3, 31)),
    ]
    assert line.bars[1].days == 75


def test_half_a_position_is_half_vacant(db):
    make.occupancy(fte=Decimal("0.50"))
    (line,) = timeline(CITY, DAY).lines
    assert [(bar.is_vacant, bar.fte) for bar in line.bars] == [
        (False, Decimal("0.50")),
        (True, Decimal("0.50")),
    ]


def test_bars_stay_within_the_drawing(db):
    make.occupancy(position=make.position(starts_on=date(1990, 1, 1), ends_on=None), ends_on=None)
    drawing = timeline(CITY, DAY)
    for line in drawing.lines:
        for bar in line.bars:
            assert bar.x >= 0
            assert bar.x + bar.width <= drawing.width + 0.2


@pytest.mark.parametrize("rows", [1, 20])
def test_it_costs_the_same_however_many_positions(
    client, cast, django_assert_max_num_queries, rows
):
    for _ in range(rows):
        make.occupancy()
    client.force_login(cast.people["coordination"])
    with django_assert_max_num_queries(8):
        client.get(reverse("agencies:position_timeline"))


def test_an_agency_sees_its_own_positions_only(client, cast):
    make.position(agency=cast.other_agency, title="Fremde Stelle")
    client.force_login(cast.people["lead"])
    page = client.get(reverse("agencies:position_timeline")).content.decode()
    assert cast.position.title in page
    assert "Fremde Stelle" not in page
