"""Schedules: the periods they make, when these are due, and what their end takes back."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from agencies.reports import periods, schedules
from agencies.reports.models import Narrative, Schedule
from agencies.reports.schedules import due_on
from coordination.audit.models import Entry
from coordination.holidays import is_working_day
from tests import make

END, NEXT = Schedule.Anchor.PERIOD_END, Schedule.Anchor.NEXT_MONTH_END


@pytest.fixture(autouse=True)
def december(settings):
    settings.PORTAL_DAY = date(2016, 12, 1)


def span(last):
    return date(last.year, 1, 1), last


@pytest.mark.parametrize(
    ("last", "anchor", "offset", "due"),
    [
        (date(2016, 6, 30), END, 14, date(2016, 7, 14)),  # a Thursday
        (date(2016, 9, 30), END, 15, date(2016, 10, 17)),  # 15.10. is a Saturday
        (date(2016, 9, 30), END, 16, date(2016, 10, 17)),  # a Sunday
        (date(2016, 12, 11), END, 14, date(2016, 12, 27)),  # Christmas Day, Boxing Day
        (date(2016, 12, 31), END, 0, date(2017, 1, 2)),  # a Saturday, then New Year's Day
        (date(2016, 12, 31), END, 6, date(2017, 1, 6)),  # Epiphany is no holiday in NRW
        (date(2016, 3, 11), END, 14, date(2016, 3, 29)),  # Good Friday to Easter Monday
        (date(2016, 4, 30), END, 16, date(2016, 5, 17)),  # Whit Monday
        (date(2016, 10, 18), END, 14, date(2016, 11, 2)),  # All Saints' Day, in NRW
        (date(2016, 9, 30), NEXT, 0, date(2016, 10, 31)),  # Reformation Day, not in NRW in 2016
        (date(2015, 12, 31), NEXT, 0, date(2016, 2, 1)),  # 31.01. is a Sunday
        (date(2016, 1, 31), NEXT, 0, date(2016, 2, 29)),  # of a leap year
        (date(2016, 11, 30), NEXT, 1, date(2017, 1, 2)),
        (date(2016, 1, 31), END, 366, date(2017, 1, 31)),
    ],
)
def test_a_report_is_due_on_a_working_day(last, anchor, offset, due):
    assert due_on(span(last), anchor, offset) == due
    assert is_working_day(due)


def test_the_land_decides_what_is_a_holiday(settings):
    from coordination import holidays

    holidays._in_year.cache_clear()
    settings.PORTAL_LAND = "BY"
    try:
        assert due_on(span(date(2016, 12, 23)), END, 14) == date(2017, 1, 9)  # Epiphany, a Friday
    finally:
        holidays._in_year.cache_clear()


def create(agency=None, **fields):
    return schedules.create(
        agency or make.agency(),
        **{"rhythm": "quarter", "starts_on": date(2016, 4, 1), "by": None, **fields},
    )


def dates(made):
    return [(period.starts_on, period.ends_on) for period in made]


pytestmark = pytest.mark.django_db


def test_it_makes_the_spans_of_the_calendar_cut_off_at_its_ends():
    made = create(starts_on=date(2016, 5, 15), ends_on=date(2016, 11, 10))
    assert dates(made) == [
        (date(2016, 5, 15), date(2016, 6, 30)),
        (date(2016, 7, 1), date(2016, 9, 30)),
        (date(2016, 10, 1), date(2016, 11, 10)),
    ]
    assert [period.due_on for period in made] == [
        date(2016, 7, 14),
        date(2016, 10, 14),
        date(2016, 11, 24),
    ]


@pytest.mark.parametrize(
    ("rhythm", "count"), [("month", 21), ("quarter", 7), ("half_year", 4), ("year", 2)]
)
def test_without_an_end_it_reaches_to_the_end_of_next_year(rhythm, count):
    made = create(rhythm=rhythm)
    assert len(made) == count
    assert made[-1].ends_on == date(2017, 12, 31)


def test_topping_up_makes_what_is_missing_once(settings):
    made = create()
    assert schedules.top_up(date(2016, 12, 31)) == 0
    assert schedules.top_up(date(2017, 1, 1)) == 4
    assert schedules.top_up(date(2017, 1, 1)) == 0
    found = made[0].agency.reporting_periods.order_by("starts_on")
    assert dates(found)[-1] == (date(2018, 10, 1), date(2018, 12, 31))
    assert found.count() == 11


def test_topping_up_leaves_ended_schedules_and_inactive_agencies_alone():
    create(ends_on=date(2017, 6, 30))
    agency = make.agency()
    create(agency)
    agency.is_active = False
    agency.save()
    assert schedules.top_up(date(2020, 1, 1)) == 0


def test_two_schedules_never_cover_the_same_day():
    agency = make.agency()
    create(agency, ends_on=date(2016, 12, 31))
    for first, last in (
        (date(2016, 12, 31), None),
        (date(2015, 1, 1), date(2016, 4, 1)),
        (date(2015, 1, 1), None),
    ):
        with pytest.raises(ValidationError) as refused:
            create(agency, starts_on=first, ends_on=last)
        assert "starts_on" in refused.value.message_dict
    create(agency, starts_on=date(2017, 1, 1), rhythm="month")
    assert agency.schedules.count() == 2


def test_a_schedule_never_covers_days_of_a_single_period():
    agency = make.agency()
    periods.create(
        agency,
        starts_on=date(2019, 5, 1),
        ends_on=date(2019, 5, 31),
        due_on=date(2019, 6, 14),
        by=None,
    )
    with pytest.raises(ValidationError, match="01.05.2019"):
        create(agency)
    assert not agency.schedules.exists()
    create(agency, ends_on=date(2019, 4, 30))


def test_what_makes_no_sense_is_refused_at_its_field():
    for fields, name in (
        ({"rhythm": "own"}, "rhythm"),
        ({"rhythm": "taeglich"}, "rhythm"),
        ({"offset_days": 367}, "offset_days"),
        ({"starts_on": date(1999, 12, 31)}, "starts_on"),
        ({"ends_on": date(2150, 1, 1)}, "ends_on"),
        ({"agency": make.agency(is_active=False)}, "agency"),
    ):
        with pytest.raises(ValidationError) as refused:
            create(**fields)
        assert name in refused.value.message_dict
    with pytest.raises(ValidationError, match="ersten"):
        create(ends_on=date(2016, 3, 1))


def test_its_end_takes_back_what_nobody_has_begun_and_says_which():
    agency = create()[0].agency
    make.activity(1, worker=make.worker(agency=agency), day=date(2016, 5, 10))
    written = agency.reporting_periods.get(starts_on=date(2017, 4, 1))
    Narrative.objects.create(period=written, overview="Begonnen.")
    empty = agency.reporting_periods.get(starts_on=date(2017, 7, 1))
    Narrative.objects.create(period=empty)  # opened, nothing written
    ending = schedules.end(
        agency.schedules.get(), ends_on=date(2016, 11, 15), reason="Träger wechselt", by=None
    )
    assert [period.name for period in ending.removed] == [
        "1. Quartal 2017",
        "3. Quartal 2017",
        "4. Quartal 2017",
    ]
    assert [period.name for period in ending.kept] == ["2. Quartal 2017"]
    assert [(period.ends_on, period.due_on) for period in ending.cut] == [
        (date(2016, 11, 15), date(2016, 11, 29))
    ]
    found = dates(agency.reporting_periods.order_by("starts_on"))
    assert found[2:] == [
        (date(2016, 10, 1), date(2016, 11, 15)),
        (date(2017, 4, 1), date(2017, 6, 30)),
    ]
    assert agency.schedules.get().ends_on == date(2016, 11, 15)
    assert Entry.objects.filter(verb="deleted").count() == 3
    assert Entry.objects.get(verb="ended").reason == "Träger wechselt"


@pytest.mark.parametrize(
    "begin",
    [
        lambda period: make.comment(period=period),
        lambda period: make.extension(period=period),
        lambda period: make.submission(period=period),
        lambda period: make.activity(
            worker=make.worker(agency=period.agency), day=period.starts_on
        ),
        lambda period: Narrative.objects.create(period=period, outlook="x"),
    ],
    ids=["comment", "extension", "submission", "entry", "text"],
)
def test_whatever_was_done_about_a_period_keeps_it(begin):
    agency = create()[0].agency
    period = agency.reporting_periods.get(starts_on=date(2017, 1, 1))
    begin(period)
    if period.submissions.exists():
        period.state, period.first_submitted_at = "submitted", period.submissions.get().at
        period.save()
    ending = schedules.end(agency.schedules.get(), ends_on=date(2016, 12, 31), reason="x", by=None)
    assert ending.kept == [period]
    assert len(ending.removed) == 3


def test_a_day_before_its_first_takes_it_back_unless_somebody_has_begun():
    agency = create()[0].agency
    schedule = agency.schedules.get()
    comment = make.comment(period=agency.reporting_periods.first())
    with pytest.raises(ValidationError, match="nicht zurückgenommen"):
        schedules.end(schedule, ends_on=date(2016, 3, 31), reason="Irrtum", by=None)
    assert agency.reporting_periods.count() == 7
    other = create()[0].agency
    schedules.end(other.schedules.get(), ends_on=date(2016, 3, 31), reason="Irrtum", by=None)
    assert not other.reporting_periods.exists()
    assert not other.schedules.exists()
    assert comment.period.agency == agency
    create(other, rhythm="month")  # and the right one can be entered


def test_an_end_is_not_put_off():
    agency = create(ends_on=date(2016, 12, 31))[0].agency
    with pytest.raises(ValidationError, match="endet bereits am 31.12.2016"):
        schedules.end(agency.schedules.get(), ends_on=date(2017, 3, 31), reason="x", by=None)
    with pytest.raises(ValidationError) as refused:
        schedules.end(agency.schedules.get(), ends_on=date(2016, 12, 31), reason="x", by=None)
    assert refused.value.code == "done"


def test_an_end_beyond_what_was_made_makes_the_periods_up_to_it(db):
    schedules.create(
        agency=make.agency(), rhythm="year", anchor="period_end", offset_days=14,
        starts_on=date(2016, 1, 1), ends_on=None, by=None,
    )  # fmt: skip
    schedule = Schedule.objects.get()
    last = date(2020, 12, 31)
    schedules.end(schedule, ends_on=last, reason="Förderung", by=None)
    assert schedules.made_by(Schedule.objects.get()).last().ends_on == last
