"""People who act on one report, or one agency, in the same moment."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import QuerySet

from agencies.activity import activities
from agencies.activity.models import Activity, ReportingPeriod
from agencies.models import Agency
from agencies.reports import comments, periods, schedules, submissions
from agencies.reports.models import Schedule, Submission
from coordination.audit.models import Entry
from tests import make
from tests.people.desks import REFUSED, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def again(period):
    return ReportingPeriod.objects.get(pk=period.pk)


def accepted(results):
    return len(results) - results.count(REFUSED)


def test_twenty_acceptances_are_one():
    period, people = make.period("submitted"), [make.user() for _ in range(4)]
    results = at_once(
        [lambda by=by: periods.accept(again(period), comment="Gut.", by=by) for by in people * 5]
    )
    assert accepted(results) == 1
    assert Entry.objects.about(period).filter(verb="accepted").count() == 1
    assert period.comments.count() == 1


def test_a_report_is_either_accepted_or_sent_back():
    period, by = make.period("submitted"), make.user()
    results = at_once(
        [lambda: periods.accept(again(period), by=by)] * 6
        + [lambda: periods.send_back(again(period), comment="Bitte prüfen.", by=by)] * 6
    )
    assert accepted(results) == 1
    state = again(period).state
    assert Entry.objects.about(period).get().verb == state
    assert period.comments.count() == (state == "sent_back")


def test_twenty_submissions_are_one_version():
    period, by = make.period(), make.user()
    results = at_once([lambda: submissions.submit(again(period), is_nil=True, by=by)] * 20)
    assert accepted(results) == 1
    assert Submission.objects.get().number == 1


def test_an_extension_that_is_sent_often_is_granted_once():
    period, by = make.period(), make.user()
    results = at_once(
        [lambda: periods.extend(again(period), due_on=date(2016, 5, 2), reason="Krankheit", by=by)]
        * 12
    )
    assert accepted(results) == 1
    assert period.extensions.count() == 1


def test_a_comment_that_is_sent_often_is_said_once():
    period, by = make.period(), make.user()
    results = at_once(
        [lambda: comments.create(again(period), text="Hallo", is_internal=False, by=by)] * 12
    )
    assert accepted(results) == 1
    assert period.comments.count() == 1


def test_schedules_and_single_periods_made_at_once_never_overlap():
    agency = make.agency()
    results = at_once(
        [
            lambda rhythm=rhythm: schedules.create(
                Agency.objects.get(pk=agency.pk),
                rhythm=rhythm,
                starts_on=date(2016, 4, 1),
                ends_on=date(2016, 12, 31),
                by=None,
            )
            for rhythm in ["month", "quarter", "half_year", "year"] * 2
        ]
        + [
            lambda: periods.create(
                Agency.objects.get(pk=agency.pk),
                starts_on=date(2016, 6, 1),
                ends_on=date(2016, 7, 31),
                due_on=date(2016, 8, 15),
                by=None,
            )
        ]
        * 4
    )
    assert accepted(results) == 1
    found = list(agency.reporting_periods.order_by("starts_on"))
    assert all(one.ends_on < next_.starts_on for one, next_ in zip(found, found[1:], strict=False))


def test_topping_up_by_several_at_once_makes_each_period_once():
    agency = make.agency()
    Schedule.objects.create(agency=agency, rhythm="month", starts_on=date(2016, 4, 1))
    results = at_once([lambda: schedules.top_up(date(2016, 12, 1))] * 8)
    assert sum(results) == agency.reporting_periods.count() == 21


def enter(worker, district, kind, form):
    return activities.log(
        worker=worker,
        day=date(2016, 2, 1),
        district=district,
        kind=kind,
        format=form,
        minutes=60,
        counts={},
        by=None,
    )


def entries_while_it_is_submitted():
    """How many entries the version says there were, and how many there are."""
    worker, district = make.worker(), make.district()
    period, kind, form = make.period(agency=worker.agency), make.kind(), make.format()
    acts = [lambda: enter(worker, district, kind, form)] * 15
    acts.insert(7, lambda: submissions.submit(again(period), by=None))
    at_once(acts)
    return Submission.objects.get().figures["taetigkeiten"], Activity.objects.count()


@pytest.mark.parametrize("attempt", range(4))
def test_no_entry_slips_into_a_report_that_is_being_submitted(attempt):
    said, there = entries_while_it_is_submitted()
    assert said == there


def test_without_the_lock_two_checkers_accept_one_report(monkeypatch):
    """The red control: reading and writing alone do not keep them apart on PostgreSQL."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer at a time begin, so it needs no lock of rows")
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    period, people = make.period("submitted"), [make.user() for _ in range(4)]
    results = at_once([lambda by=by: periods.accept(again(period), by=by) for by in people * 5])
    assert accepted(results) > 1
