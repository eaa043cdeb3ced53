from datetime import date, datetime

from django.utils import timezone

from agencies.activity.models import ReportingPeriod
from agencies.reports.models import Comment, Extension, Submission
from coordination.audit.models import Entry
from coordination.holidays import is_working_day

DAY = date(2016, 12, 1)


def periods(agency):
    return ReportingPeriod.objects.filter(agency__short_name=agency)


def test_there_is_a_report_in_every_state(sample_city, db):
    states = set(ReportingPeriod.objects.values_list("state", flat=True))
    assert states == set(ReportingPeriod.State.values)
    assert ReportingPeriod.objects.overdue(DAY).get().agency.short_name == "DRK"
    assert ReportingPeriod.objects.filter(is_nil=True).exists()
    assert ReportingPeriod.objects.filter(state="sent_back").get().comments.count() == 3
    assert set(Comment.objects.values_list("is_internal", flat=True)) == {True, False}
    assert Extension.objects.get().period.due_on == date(2016, 12, 9)
    assert Submission.objects.filter(number=2).get().period.state == "accepted"


def test_the_associations_report_by_their_own_rhythm(sample_city, db):
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


def test_no_step_carries_the_real_clock(sample_city, db):
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
