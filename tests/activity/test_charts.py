"""What stands below the bars."""

from datetime import date

import pytest

from agencies.activity.charts import short_name_of


@pytest.mark.parametrize(
    ("rhythm", "last", "label"),
    [
        ("month", date(2016, 7, 31), "07/16"),
        ("quarter", date(2016, 9, 30), "3. Q. 16"),
        ("half_year", date(2016, 12, 31), "2. Hj. 16"),
        ("year", date(2017, 6, 30), "2016"),
        (None, date(2016, 11, 30), "30.11.16"),
    ],
)
def test_a_label_is_so_short_that_eight_stand_side_by_side(rhythm, last, label):
    assert short_name_of((date(2016, 7, 1), last), rhythm) == label
