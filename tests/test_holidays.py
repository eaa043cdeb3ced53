"""Working days of the Land, here Nordrhein-Westfalen."""

from datetime import date

import pytest

from coordination.holidays import working_days_after, working_days_before, working_days_since


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2016, 6, 3), 1, date(2016, 6, 6)),  # a Friday, the Monday after
        (date(2016, 6, 4), 1, date(2016, 6, 6)),  # a Saturday
        (date(2016, 6, 3), 0, date(2016, 6, 3)),
        (date(2016, 12, 22), 3, date(2016, 12, 28)),  # Boxing Day is a Monday
        (date(2016, 12, 30), 1, date(2017, 1, 2)),  # New Year's Day is a Sunday
        (date(2017, 10, 30), 2, date(2017, 11, 3)),  # 500 years of Reformation, then All Saints'
        (date(2016, 10, 31), 1, date(2016, 11, 2)),  # an ordinary 31 October, All Saints'
        (date(2016, 5, 25), 1, date(2016, 5, 27)),  # Corpus Christi
    ],
)
def test_working_days_after(day, count, expected):
    assert working_days_after(day, count) == expected


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2016, 6, 6), 1, date(2016, 6, 3)),
        (date(2016, 12, 28), 3, date(2016, 12, 22)),
        (date(2017, 11, 3), 2, date(2017, 10, 30)),
    ],
)
def test_working_days_before(day, count, expected):
    assert working_days_before(day, count) == expected


def test_working_days_since_counts_neither_the_day_itself_nor_weekends_nor_holidays():
    assert working_days_since(date(2016, 12, 22), date(2016, 12, 22)) == 0
    assert working_days_since(date(2016, 12, 22), date(2016, 12, 26)) == 1
    assert working_days_since(date(2016, 12, 22), date(2016, 12, 28)) == 3
    assert working_days_since(date(2016, 12, 28), date(2016, 12, 22)) == 0
