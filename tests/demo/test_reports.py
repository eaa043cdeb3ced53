from datetime import date, datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from agencies.activity.models import ReportingPeriod
from agencies.reports.models import Comment, Extension, Submission
from coordination.audit.models import Entry
from coordination.holidays import is_working_day

DAY = date(2016, 12, 1)


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker):
    """The sample city once for all of these tests, which only read."""
    from django.conf import settings
    from django.db import transaction

    was = settings.DEMO, settings.PORTAL_DAY
    settings.DEMO, settings.PORTAL_DAY = True, DAY
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", verbosity=0)
        yield
        transaction.set_rollback(True)
    settings.DEMO, settings.PORTAL_DAY = was


def periods(agency):
    return ReportingPeriod.objects.filter(agency__short_name=agency)


def test_there_is_a_report_in_every_state(city, db):
    states = set(ReportingPeriod.objects.values_list("state", flat=True))
    assert states == set(ReportingPeriod.State.values)
    assert ReportingPeriod.objects.overdue(DAY).get().agency.short_name == "DRK"
    assert ReportingPeriod.objects.filter(is_nil=True).exists()
    assert ReportingPeriod.objects.filter(state="sent_back").get().comments.count() == 3
    assert set(Comment.objects.values_list("is_internal", flat=True)) == {True, False}
    assert Extension.objects.get().period.due_on == date(2016, 12, 9)
    assert Submission.objects.filter(number=2).get().period.state == "accepted"


def test_the_associations_report_by_their_own_rhythm(city, db):
    rhythms = {
        "AWO": "quarter",
        "Caritas": "quarter",
        "Diakonie": "half_year",
        "DRK": "month",
        "Paritätischer": "quarter",
    }
    for agency, rhythm in rhythms.items():
        assert set(periods(agency).values_list("rhythm", flat=True)) == {rhythm}
        assert periods(agency).latest("ends_on").ends_on == date(2017, 12, 31)
    assert not ReportingPeriod.objects.filter(agency__kind="city").exists()


def test_no_step_carries_the_real_clock(city, db):
    moved = ReportingPeriod.objects.exclude(first_submitted_at=None)
    moments = [*moved.values_list("state_since", flat=True)]
    for model in (Submission, Comment, Extension):
        moments += model.objects.values_list("at", flat=True)
    told = Entry.objects.filter(target_model="activity.reportingperiod")
    moments += [datetime.fromisoformat(entry.after["happened_at"]) for entry in told]
    assert moments
    days = {timezone.localdate(moment) for moment in moments}
    assert max(days) <= DAY
    assert all(is_working_day(day) for day in days)
