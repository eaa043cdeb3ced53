"""On which days an offer takes place. All times are wall time: 14:00 is 14:00 in summer, too.

What is asked are always two days, between which the answer lies: an offer may be open-ended. Ask
for offers ``with_times()``, then a whole list costs no query of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

from agencies.offers.models import Offer, OfferException, OfferTime
from coordination.holidays import name_of

WEEK = timedelta(days=7)
SOON = timedelta(days=35)  # in which nearly every offer takes place
HORIZON = timedelta(days=2 * 365)  # how far ahead a next date is looked for
# Which of a month's Tuesdays it is, for those rhythms that go by the month.
OF_MONTH = {
    OfferTime.Rhythm.FIRST: 1,
    OfferTime.Rhythm.SECOND: 2,
    OfferTime.Rhythm.THIRD: 3,
    OfferTime.Rhythm.FOURTH: 4,
    OfferTime.Rhythm.LAST: -1,
}


class Date(NamedTuple):
    day: date
    starts_at: time
    ends_at: time
    is_extra: bool


@dataclass(frozen=True)
class Series:
    """The days of one weekly time: those it takes place on, and those left out."""

    time: OfferTime
    days: list[date]
    left_out: list[date]


@dataclass(frozen=True)
class Extra:
    exception: OfferException
    date: Date


def dates(offer: Offer, first: date, last: date) -> list[Date]:
    """When the offer takes place from ``first`` to ``last``, both included, in order."""
    found = [
        Date(day, series.time.starts_at, series.time.ends_at, False)
        for series in all_series(offer, first, last)
        for day in series.days
    ]
    return sorted(found + [extra.date for extra in extras(offer, first, last)])


def coming(offer: Offer, day: date, count: int) -> list[Date]:
    """The next dates from ``day`` on, so many at most, within two years."""
    first = max(day, offer.starts_on)
    found = dates(offer, first, first + SOON)
    if len(found) < count:
        found = dates(offer, first, first + HORIZON)
    return found[:count]


def next_date(offer: Offer, day: date) -> Date | None:
    return next(iter(coming(offer, day, 1)), None)


def all_series(offer: Offer, first: date, last: date) -> list[Series]:
    """The dates of each weekly time, which never say the same date twice."""
    cancelled = [row for row in offer.exceptions.all() if not row.is_extra]
    taken, found = set(), []
    for row in offer.times.all():
        series = Series(row, [], [])
        for day in regular_days(row, offer, first, last):
            date_ = (day, row.starts_at, row.ends_at)
            is_out = date_ in taken or _pauses(offer, day, cancelled)
            (series.left_out if is_out else series.days).append(day)
            taken.add(date_)
        found.append(series)
    return found


def extras(offer: Offer, first: date, last: date) -> list[Extra]:
    """Additional dates. Said explicitly, they also stand on holidays and in a pause.

    One that says what is a regular date already is not additional.
    """
    found, taken = [], set()
    for row in offer.exceptions.all():
        day = row.starts_on
        if row.is_extra and first <= day <= last and offer.is_on(day):
            date_ = Date(day, row.starts_at, row.ends_at, True)
            if date_ not in taken and not _is_regular(offer, date_):
                taken.add(date_)
                found.append(Extra(row, date_))
    return found


def _is_regular(offer: Offer, date_: Date) -> bool:
    return any(
        (series.time.starts_at, series.time.ends_at) == (date_.starts_at, date_.ends_at)
        for series in all_series(offer, date_.day, date_.day)
        if series.days
    )


def _pauses(offer: Offer, day: date, cancelled: Iterable[OfferException]) -> bool:
    if offer.pauses_on_holidays and name_of(day):
        return True
    return any(row.is_on(day) for row in cancelled)


def regular_days(row: OfferTime, offer: Offer, first: date, last: date) -> list[date]:
    """The days of one time between two days, before holidays and exceptions."""
    first, last = max(first, offer.starts_on), min(last, offer.ends_on or last)
    if first > last:
        return []
    if row.rhythm in OF_MONTH:
        rule = rrule(
            MONTHLY,
            byweekday=weekday(row.weekday)(OF_MONTH[row.rhythm]),
            dtstart=_midnight(first),
            until=_midnight(last),
        )
    else:
        weeks = 2 if row.rhythm == OfferTime.Rhythm.FORTNIGHTLY else 1
        # Every other week is counted from the offer's first such weekday.
        start = offer.starts_on + timedelta(days=(row.weekday - offer.starts_on.weekday()) % 7)
        if start < first:
            start += -(-(first - start) // (weeks * WEEK)) * weeks * WEEK
        rule = rrule(WEEKLY, interval=weeks, dtstart=_midnight(start), until=_midnight(last))
    return [moment.date() for moment in rule]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
