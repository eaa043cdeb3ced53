"""On which days an offer takes place."""

from datetime import date, time

import pytest

from agencies.offers import dates
from agencies.offers.models import Offer
from tests import make

pytestmark = pytest.mark.django_db
DAY = date(2016, 12, 1)  # a Thursday


def loaded(offer):
    return Offer.objects.with_names().with_times().get(pk=offer.pk)


def days(offer, first=DAY, last=date(2017, 1, 31)):
    return [f"{found.day:%d.%m.}" for found in dates.dates(loaded(offer), first, last)]


def test_every_week():
    offer = make.offer((3, "10:00", "12:00"))
    assert days(offer, last=date(2016, 12, 22)) == ["01.12.", "08.12.", "15.12.", "22.12."]
    first = dates.next_date(loaded(offer), DAY)
    assert first == (DAY, time(10), time(12), False)


def test_every_other_week_is_counted_from_the_first_such_weekday():
    # The offer begins on a Friday: its first Thursday is the 7th of April.
    offer = make.offer((3, "10:00", "12:00", "fortnightly"), starts_on=date(2016, 4, 1))
    assert days(offer, date(2016, 4, 1), date(2016, 5, 4)) == ["07.04.", "21.04."]
    for asked_from in (date(2016, 11, 20), DAY, date(2016, 12, 2)):
        assert days(offer, asked_from, date(2016, 12, 31))[-1] == "29.12."


@pytest.mark.parametrize(
    ("rhythm", "found"),
    [
        ("first", ["01.12.", "05.01."]),
        ("second", ["08.12.", "12.01."]),
        ("third", ["15.12.", "19.01."]),
        ("fourth", ["22.12.", "26.01."]),
        ("last", ["29.12.", "26.01."]),
    ],
)
def test_the_nth_weekday_of_a_month(rhythm, found):
    assert days(make.offer((3, "10:00", "12:00", rhythm))) == found


def test_holidays_are_left_out_only_if_the_offer_pauses_on_them():
    # In 2016 the 26th of December is a Monday, in North Rhine-Westphalia a holiday.
    pauses = make.offer((0, "10:00", "12:00"))
    goes_on = make.offer((0, "10:00", "12:00"), pauses_on_holidays=False)
    assert "26.12." not in days(pauses)
    assert "26.12." in days(goes_on)


def test_a_holiday_of_another_land_is_a_day_like_any(settings):
    # Epiphany, the 6th of January 2017, is a Friday: no holiday in North Rhine-Westphalia.
    assert "06.01." in days(make.offer((4, "10:00", "12:00")))


def test_a_pause_leaves_out_all_its_days_and_an_additional_date_stands_in_it():
    offer = make.offer((3, "10:00", "12:00"))
    make.offer_exception(date(2016, 12, 8), date(2016, 12, 22), offer=offer)
    make.offer_exception(date(2016, 12, 16), extra=("09:00", "10:00"), offer=offer)
    assert days(offer, last=date(2016, 12, 31)) == ["01.12.", "16.12.", "29.12."]
    extra = dates.dates(loaded(offer), date(2016, 12, 16), date(2016, 12, 16))
    assert extra == [(date(2016, 12, 16), time(9), time(10), True)]


def test_an_additional_date_may_be_a_holiday():
    offer = make.offer((3, "10:00", "12:00"))
    make.offer_exception(date(2016, 12, 25), extra=("15:00", "18:00"), offer=offer)
    assert "25.12." in days(offer)


def test_nothing_takes_place_twice():
    offer = make.offer((3, "10:00", "12:00"), (3, "10:00", "12:00", "first"))
    make.offer_exception(DAY, extra=("10:00", "12:00"), offer=offer)
    make.offer_exception(date(2016, 12, 2), extra=("10:00", "12:00"), offer=offer)
    make.offer_exception(date(2016, 12, 2), extra=("10:00", "12:00"), offer=offer)
    assert days(offer, last=date(2016, 12, 3)) == ["01.12.", "02.12."]


def test_nothing_lies_outside_the_time_of_the_offer():
    offer = make.offer(
        (3, "10:00", "12:00"), starts_on=date(2016, 12, 5), ends_on=date(2016, 12, 15)
    )
    make.offer_exception(date(2016, 12, 20), extra=("10:00", "12:00"), offer=offer)
    assert days(offer) == ["08.12.", "15.12."]
    assert dates.next_date(loaded(offer), date(2016, 12, 16)) is None
    assert dates.next_date(loaded(offer), date(2016, 1, 1)).day == date(2016, 12, 8)


def test_an_offer_with_several_times_is_in_order():
    offer = make.offer((4, "16:00", "18:00"), (0, "09:00", "11:00"), (4, "09:00", "11:00"))
    found = dates.dates(loaded(offer), date(2016, 12, 2), date(2016, 12, 5))
    assert [(each.day.day, each.starts_at.hour) for each in found] == [(2, 9), (2, 16), (5, 9)]


def test_the_next_dates_are_as_many_as_asked_for():
    monthly = make.offer((3, "10:00", "12:00", "last"), ends_on=None)
    found = [each.day for each in dates.coming(loaded(monthly), DAY, 8)]
    assert len(found) == 8
    assert found[-1] == date(2017, 8, 31)  # Ascension Day, the 25th of May, is left out


def test_an_offer_that_pauses_for_good_has_no_next_date():
    offer = make.offer((3, "10:00", "12:00"), ends_on=None)
    make.offer_exception(DAY, date(2199, 12, 31), offer=offer)
    assert dates.next_date(loaded(offer), DAY) is None


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2199, 12, 31)])
def test_the_ends_of_time_are_days_like_any(day):
    offer = make.offer((3, "10:00", "12:00", "fortnightly"), starts_on=date(1900, 1, 1))
    Offer.objects.update(ends_on=None)
    found = dates.next_date(loaded(offer), day)
    assert found.day.weekday() == 3
    assert (found.day - date(1900, 1, 4)).days % 14 == 0


@pytest.mark.parametrize("rows", [1, 50])
def test_a_list_costs_the_same_however_long_it_is(rows, django_assert_num_queries):
    for _ in range(rows):
        make.offer_exception(offer=make.offer())
    with django_assert_num_queries(4):
        for offer in Offer.objects.with_names().with_times():
            dates.next_date(offer, DAY)
