"""The months, quarters, half-years and years of the calendar, as first and last day."""

from collections.abc import Iterator
from datetime import date

from dateutil.relativedelta import relativedelta

from agencies.activity.models import Rhythm
from coordination.periods import ONE_DAY

MONTHS = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.HALF_YEAR: 6, Rhythm.YEAR: 12}
Span = tuple[date, date]


def around(day: date, rhythm: Rhythm) -> Span:
    """The calendar's month, quarter, half-year or year in which ``day`` lies."""
    length = MONTHS[rhythm]
    start = date(day.year, (day.month - 1) // length * length + 1, 1)
    return start, start + relativedelta(months=length) - ONE_DAY


def before(span: Span) -> Span:
    """The span of the same length that ends the day before: of whole months, whole months."""
    starts_on, ends_on = span
    last = starts_on - ONE_DAY
    if months := whole_months(span):
        return starts_on - relativedelta(months=months), last
    return last - (ends_on - starts_on), last


def after(span: Span) -> Span:
    """The span of the same length that starts the day after: of whole months, whole months."""
    starts_on, ends_on = span
    first = ends_on + ONE_DAY
    if months := whole_months(span):
        return first, first + relativedelta(months=months) - ONE_DAY
    return first, first + (ends_on - starts_on)


def whole_months(span: Span) -> int:
    """How many calendar months the span is, or 0 if it begins or ends within one."""
    starts_on, ends_on = span
    after = ends_on + ONE_DAY
    if starts_on.day != 1 or after.day != 1:
        return 0
    return (after.year - starts_on.year) * 12 + after.month - starts_on.month


def within(starts_on: date, ends_on: date, rhythm: Rhythm) -> Iterator[Span]:
    """The spans of the calendar between two days, the first and the last one cut off there."""
    day = starts_on
    while day <= ends_on:
        first, last = around(day, rhythm)
        yield max(first, starts_on), min(last, ends_on)
        day = last + ONE_DAY
