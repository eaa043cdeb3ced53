from datetime import date
from decimal import Decimal

import pytest

from agencies.models import Position
from agencies.vacancies import row_on, vacancies, vacancy_on, with_occupancies
from tests import make

DAY = date(2016, 12, 1)
HALF = Decimal("0.50")

pytestmark = pytest.mark.django_db


def stretches(position, until=DAY):
    return [
        (f"{step.starts_on:%d.%m.%y}", f"{step.ends_on:%d.%m.%y}", str(step.total), step.days)
        for step in vacancies(position, until)
    ]


def test_a_position_nobody_holds_is_vacant_from_its_first_day():
    assert stretches(make.position()) == [("01.04.16", "01.12.16", "1.00", 245)]


def test_a_position_held_in_full_is_never_vacant():
    vacancy = vacancy_on(make.occupancy().position, DAY)
    assert (vacancy.missing, vacancy.since, vacancy.days, vacancy.days_in_all) == (0, None, 0, 0)


def test_days_without_a_full_holder_are_counted_with_what_is_missing():
    position = make.position()
    make.occupancy(position=position, fte=HALF, starts_on=date(2016, 4, 18))
    make.occupancy(
        position=position, fte=HALF, starts_on=date(2016, 6, 1), ends_on=date(2016, 11, 19)
    )
    assert stretches(position) == [
        ("01.04.16", "17.04.16", "1.00", 17),
        ("18.04.16", "31.05.16", "0.50", 44),
        ("20.11.16", "01.12.16", "0.50", 12),
    ]
    vacancy = vacancy_on(position, DAY)
    assert (vacancy.missing, vacancy.since, vacancy.days) == (HALF, date(2016, 11, 20), 12)
    assert vacancy.days_in_all == 17 + 44 + 12


def test_a_vacancy_lasts_on_while_only_its_size_changes():
    position = make.position()
    make.occupancy(position=position, fte=HALF, starts_on=date(2016, 11, 20))
    assert vacancy_on(position, DAY).since == date(2016, 4, 1)


def test_withdrawn_occupancies_fill_nothing():
    position = make.position()
    make.occupancy(position=position, withdrawn_at="2016-05-01T10:00+02:00")
    assert vacancy_on(position, DAY).missing == 1


@pytest.mark.parametrize(
    ("day", "missing", "days_in_all"),
    [(date(2016, 3, 31), 0, 0), (date(2016, 4, 1), 1, 1), (date(2019, 1, 1), 0, 730)],
)
def test_only_the_funded_time_counts(day, missing, days_in_all):
    vacancy = vacancy_on(make.position(), day)
    assert (vacancy.missing, vacancy.days_in_all) == (missing, days_in_all)


def test_a_position_without_end_of_funding_is_vacant_up_to_the_day():
    assert vacancy_on(make.position(ends_on=None), date(2020, 1, 1)).missing == 1


def test_the_stretches_fill_the_funded_time_exactly():
    """Vacant days and held days, counted day by day, make up the whole."""
    position = make.position(ends_on=date(2016, 4, 30))
    make.occupancy(position=position, starts_on=date(2016, 4, 11), ends_on=date(2016, 4, 20))
    position.refresh_from_db()
    days = [date(2016, 4, n) for n in range(1, 31)]
    held = sum(not vacancy_on(position, day).missing for day in days)
    assert (held, vacancy_on(position, days[-1]).days_in_all) == (10, 20)


@pytest.mark.parametrize("rows", [1, 20])
def test_many_positions_cost_two_queries(rows, django_assert_num_queries):
    for _ in range(rows):
        make.occupancy()
    with django_assert_num_queries(2):
        shown = [row_on(position, DAY) for position in with_occupancies(Position.objects.all())]
        assert all(row.names for row in shown)
