"""What vacant positions free: days without holder × daily rate, in the year and the term."""

from datetime import date
from decimal import Decimal

import pytest

from coordination.access.permissions import Scope
from coordination.budget.savings import savings
from tests import make

pytestmark = pytest.mark.django_db
CITY = Scope(citywide=True)


@pytest.fixture
def agreement():
    """365 € a year for one position: a euro a day; 2015 has no leap day."""
    position = make.position(starts_on=date(2015, 1, 1), ends_on=date(2015, 12, 31))
    agreement = make.agreement(parts={2015: 365}, agency=position.agency)
    agreement.positions.add(position)
    return agreement


def held(agreement, starts_on, ends_on, fte="1.00"):
    position = agreement.positions.get()
    return make.occupancy(position=position, starts_on=starts_on, ends_on=ends_on, fte=Decimal(fte))


def found(day, scope=CITY):
    return savings(make.year(2015), day, scope)


def test_every_day_without_holder_frees_a_daily_rate(agreement):
    held(agreement, date(2015, 1, 31), date(2015, 12, 31))
    (saving,) = found(date(2015, 12, 31))
    assert (saving.days, saving.rate, saving.freed) == (30, Decimal("1.00"), Decimal("30.00"))


def test_a_position_that_is_always_held_frees_nothing(agreement):
    held(agreement, date(2015, 1, 1), date(2015, 12, 31))
    assert found(date(2015, 12, 31)) == []


def test_half_a_position_frees_half(agreement):
    held(agreement, date(2015, 1, 1), date(2015, 12, 31), fte="0.50")
    (saving,) = found(date(2015, 1, 10))
    assert saving.freed == Decimal("5.00")


def test_only_days_up_to_the_day_asked_for_count(agreement):
    assert found(date(2015, 2, 10))[0].days == 41
    assert found(date(2016, 6, 1))[0].days == 365


def test_days_outside_the_term_cost_the_agreement_nothing():
    position = make.position(starts_on=date(2015, 1, 1), ends_on=date(2015, 12, 31))
    agreement = make.agreement(
        parts={2015: 92}, agency=position.agency, starts_on=date(2015, 10, 1)
    )
    agreement.positions.add(position)
    (saving,) = found(date(2015, 12, 31))
    assert (saving.days, saving.freed) == (92, Decimal("92.00"))


def test_from_the_thirtieth_day_on_somebody_has_to_decide(agreement):
    assert not found(date(2015, 1, 29))[0].is_to_decide
    assert found(date(2015, 1, 30))[0].is_to_decide


def test_it_can_be_used_until_the_treasury_pays_no_more(agreement):
    year = make.year(2015)
    year.last_payment_on = date(2015, 12, 15)
    year.save()
    assert found(date(2015, 12, 15))[0].usable_until == date(2015, 12, 15)
    assert found(date(2015, 12, 16))[0].usable_until is None


def test_who_is_known_to_come_shortens_the_forecast(agreement):
    held(agreement, date(2015, 3, 1), date(2015, 12, 31))
    assert found(date(2015, 12, 31))[0].days == 59


def test_two_positions_share_the_rate(agreement):
    agreement.positions.add(
        make.position(
            agency=agreement.agency, starts_on=date(2015, 1, 1), ends_on=date(2015, 12, 31)
        )
    )
    assert [row.rate for row in found(date(2015, 1, 31))] == [Decimal("0.50")] * 2


def test_an_agency_sees_its_own_only(agreement):
    own = Scope(agencies=frozenset({agreement.agency_id}))
    assert len(found(date(2015, 1, 31), own)) == 1
    assert found(date(2015, 1, 31), Scope(agencies=frozenset({make.agency().pk}))) == []


def test_an_agreement_about_material_frees_nothing():
    make.agreement(parts={2015: 365}, kind="material")
    assert found(date(2015, 12, 31)) == []
