"""Public holidays of the Land, and the working day on which something falls due."""

from datetime import date
from functools import cache

from django.conf import settings
from holidays import country_holidays

from coordination.periods import ONE_DAY

SATURDAY = 5


@cache
def _in_year(year: int) -> dict[date, str]:
    return dict(
        country_holidays("DE", subdiv=settings.PORTAL_LAND, years=year, language="de").items()
    )


def name_of(day: date) -> str:
    """The public holiday that ``day`` is in the Land, or nothing."""
    return _in_year(day.year).get(day, "")


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and not name_of(day)


def working_day_from(day: date) -> date:
    """The day itself, or the next one that is no Saturday, Sunday or holiday (§ 193 BGB)."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def working_days_after(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; the day itself never counts (§ 187 BGB)."""
    for _step in range(count):
        day = working_day_from(day + ONE_DAY)
    return day


def working_days_before(day: date, count: int) -> date:
    """The ``count``-th working day before ``day``; the day itself never counts."""
    for _step in range(count):
        day -= ONE_DAY
        while not is_working_day(day):
            day -= ONE_DAY
    return day


def working_days_since(day: date, until: date) -> int:
    """How many working days lie after ``day``, up to and with ``until``."""
    days = (day + number * ONE_DAY for number in range(1, (until - day).days + 1))
    return sum(is_working_day(each) for each in days)
