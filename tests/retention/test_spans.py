from datetime import date, timedelta

import pytest

from coordination.retention.spans import Span, cut


@pytest.mark.parametrize(
    ("months", "ended", "first_day_due"),
    [
        (3, date(2016, 6, 30), date(2016, 9, 30)),
        (3, date(2016, 11, 30), date(2017, 2, 28)),  # § 188 Abs. 3 BGB
        (3, date(2015, 11, 30), date(2016, 2, 29)),
        (12, date(2016, 2, 29), date(2017, 2, 28)),
        (12, date(2015, 2, 28), date(2016, 2, 28)),
        (1, date(2016, 1, 31), date(2016, 2, 29)),
        (24, date(2014, 12, 31), date(2016, 12, 31)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(months, ended, first_day_due):
    span = Span(months=months)
    assert span.last_before(first_day_due) >= ended
    assert span.last_before(first_day_due - timedelta(days=1)) < ended


def test_no_day_is_left_out_and_none_comes_back():
    """Going through the days, the last one that has run out never moves backwards."""
    days = [date(2015, 1, 1) + timedelta(days=n) for n in range(1_500)]
    for span in (Span(months=1), Span(months=3), Span(months=12), Span(days=7)):
        ends = [span.last_before(day) for day in days]
        assert ends == sorted(ends)


def test_what_has_a_moment_is_kept_the_whole_span():
    """Of 23:59 a day later only a minute would be over."""
    assert cut(Span(days=1), date(2016, 12, 3)).before.date() == date(2016, 12, 2)
    assert cut(Span(), date(2016, 12, 3)).before.date() == date(2016, 12, 3)
    assert cut(Span(months=12), date(2016, 12, 3)).before.date() == date(2015, 12, 3)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span(months=12), "12 Monate"),
        (Span(months=1), "1 Monat"),
        (Span(months=120), "10 Jahre"),
        (Span(days=1), "1 Tag"),
        (Span(days=30), "30 Tage"),
        (Span(), "sofort"),
    ],
)
def test_a_span_in_words(span, text):
    assert str(span) == text
