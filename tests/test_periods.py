from datetime import date, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from coordination.periods import steps

FIRST = date(2016, 4, 1)
LENGTH = 60
days = st.integers(0, LENGTH).map(lambda number: FIRST + timedelta(number))


@st.composite
def rows(draw):
    starts_on, other = draw(days), draw(st.none() | days)
    if other is not None and other < starts_on:
        starts_on, other = other, starts_on
    return SimpleNamespace(starts_on=starts_on, ends_on=other, share=draw(st.integers(1, 100)))


@given(st.lists(rows(), max_size=8), days, days)
def test_steps_agree_with_counting_day_by_day(found, one, other):
    first, last = min(one, other), max(one, other)
    result = steps(found, lambda row: row.share, first, last)
    for number in range((last - first).days + 1):
        day = first + timedelta(number)
        by_hand = sum(
            row.share
            for row in found
            if row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)
        )
        (step,) = [step for step in result if step.starts_on <= day <= step.ends_on]
        assert step.total == by_hand
    assert all(a.total != b.total for a, b in zip(result, result[1:], strict=False))


def test_an_open_end_stays_open():
    row = SimpleNamespace(starts_on=FIRST, ends_on=None, share=5)
    (step,) = steps([row], lambda row: row.share, FIRST, None)
    assert (step.starts_on, step.ends_on, step.total, step.days) == (FIRST, None, 5, None)
