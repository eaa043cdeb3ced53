"""What moves a reporting period from one state to the next, and what never does."""

from datetime import UTC, date, datetime
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agencies.activity import activities
from agencies.activity.models import ReportingPeriod
from agencies.reports import periods, submissions
from coordination.audit.models import Entry
from tests import make

pytestmark = pytest.mark.django_db

State = ReportingPeriod.State
# By hand, from the specification; what is not here is refused.
STEPS = {
    ("submit", "open"): "submitted",
    ("submit", "sent_back"): "submitted",
    ("send_back", "submitted"): "sent_back",
    ("accept", "submitted"): "accepted",
    ("lock", "accepted"): "locked",
    ("unlock", "accepted"): "open",
    ("unlock", "locked"): "open",
}
ACTS = {
    "submit": lambda period, by: submissions.submit(period, is_nil=True, by=by),
    "send_back": lambda period, by: periods.send_back(period, comment="Bitte prüfen.", by=by),
    "accept": lambda period, by: periods.accept(period, by=by),
    "lock": lambda period, by: periods.lock(period, by=by),
    "unlock": lambda period, by: periods.unlock(period, reason="Zahlendreher", by=by),
}


@pytest.mark.parametrize(("act", "state"), list(product(ACTS, State.values)))
def test_only_the_steps_of_the_specification_are_taken(act, state):
    # One that was in before, so that nothing but the table of steps stands in the way.
    period = make.period(state, first_submitted_at=timezone.now())
    since, by = period.state_since, make.user()
    if (act, state) not in STEPS:
        with pytest.raises(ValidationError):
            ACTS[act](period, by)
    else:
        ACTS[act](period, by)
    period.refresh_from_db()
    assert period.state == STEPS.get((act, state), state)
    moved = (act, state) in STEPS
    assert (period.state_since != since) is moved
    assert Entry.objects.about(period).count() == int(moved)


def test_whoever_comes_second_reads_who_was_first():
    period = make.period("submitted")
    first, second = make.user(name="Ada Beispiel"), make.user(name="Bert Muster")
    periods.accept(period, by=first)
    with pytest.raises(ValidationError) as refused:
        periods.send_back(period, comment="Bitte prüfen.", by=second)
    assert refused.value.message == "Dieser Bericht wurde inzwischen von Ada Beispiel angenommen."
    assert refused.value.code == "too_late"
    assert not period.comments.exists()


def test_a_second_click_of_the_same_person_is_done_and_not_too_late():
    period, by = make.period("submitted"), make.user()
    periods.accept(period, by=by)
    with pytest.raises(ValidationError) as refused:
        periods.accept(period, by=by)
    assert refused.value.code == "done"
    assert Entry.objects.about(period).count() == 1


def test_a_report_that_never_came_in_is_told_apart_from_one_somebody_took():
    with pytest.raises(ValidationError, match="nicht eingereicht"):
        periods.accept(make.period(), by=make.user())


def test_sending_back_needs_a_comment_that_both_sides_read():
    period, by = make.period("submitted"), make.user()
    for text in ("", "   "):
        with pytest.raises(ValidationError) as refused:
            periods.send_back(period, comment=text, by=by)
        assert "comment" in refused.value.message_dict
    periods.send_back(period, comment="Der September fehlt.", by=by)
    comment = period.comments.get()
    assert (comment.text, comment.is_internal, comment.by) == ("Der September fehlt.", False, by)
    entry = Entry.objects.about(period).get()
    assert (entry.verb, entry.reason) == ("sent_back", "Der September fehlt.")


def test_a_comment_too_long_for_the_log_is_kept_whole_as_a_comment():
    period, text = make.period("submitted"), "x" * 1_000
    periods.send_back(period, comment=text, by=None)
    assert period.comments.get().text == text
    assert Entry.objects.about(period).get().reason == "x" * 499 + "…"
    other = make.period("submitted")
    with pytest.raises(ValidationError) as refused:
        periods.send_back(other, comment="x" * 1_001, by=None)
    assert "comment" in refused.value.message_dict


def test_a_version_nobody_has_looked_at_is_not_accepted():
    period, by = make.period("submitted"), make.user()
    make.submission(period=period, number=1)
    make.submission(period=period, number=2)
    for act in (periods.accept, periods.send_back):
        fields = {"comment": "Gut.", "version": 1, "by": by}
        with pytest.raises(ValidationError, match="Fassung 2"):
            act(period, **fields)
    assert periods.accept(period, version=2, by=by).state == "accepted"


def test_opening_again_needs_a_reason_and_keeps_the_first_date():
    period = make.period("locked")
    first = period.first_submitted_at
    for reason in ("", " "):
        with pytest.raises(ValidationError) as refused:
            periods.unlock(period, reason=reason, by=None)
        assert "reason" in refused.value.message_dict
    period = periods.unlock(period, reason="Zahlendreher", by=None)
    assert (period.state, period.first_submitted_at) == ("open", first)
    submissions.submit(period, by=None)
    period.refresh_from_db()
    assert period.first_submitted_at == first


def test_entries_can_be_written_exactly_while_the_period_may_be():
    worker = make.worker()
    for state in State.values:
        make.period(state, agency=worker.agency)
        if state in ("open", "sent_back"):
            activities.refuse_closed(worker.agency, date(2016, 2, 1))
        else:
            with pytest.raises(ValidationError):
                activities.refuse_closed(worker.agency, date(2016, 2, 1))
        worker.agency.reporting_periods.all().delete()


def test_an_extension_is_later_has_a_reason_and_is_kept():
    period, by = make.period(due_on=date(2016, 4, 14)), make.user()
    for day, reason, field in (
        (date(2016, 4, 14), "Krankheit", "due_on"),
        (date(2016, 4, 1), "Krankheit", "due_on"),
        (date(2016, 5, 2), " ", "reason"),
    ):
        with pytest.raises(ValidationError) as refused:
            periods.extend(period, due_on=day, reason=reason, by=by)
        assert field in refused.value.message_dict
    periods.extend(period, due_on=date(2016, 5, 2), reason="Krankheit", by=by)
    period.refresh_from_db()
    extension = period.extensions.get()
    assert period.due_on == extension.due_on == date(2016, 5, 2)
    assert (extension.was_due_on, extension.by) == (date(2016, 4, 14), by)
    entry = Entry.objects.about(period).get()
    assert (entry.verb, entry.before["due_on"]) == ("extended", "2016-04-14")
    with pytest.raises(ValidationError) as refused:
        periods.extend(period, due_on=date(2016, 5, 2), reason="Krankheit", by=by)
    assert refused.value.code == "done"


@pytest.mark.parametrize("state", ["submitted", "accepted", "locked"])
def test_what_is_in_needs_no_more_time(state):
    with pytest.raises(ValidationError):
        periods.extend(make.period(state), due_on=date(2030, 1, 1), reason="x", by=None)


def test_only_an_active_account_of_the_agency_writes_its_report():
    period, by = make.period(), make.user()
    member = make.membership(agency=period.agency).user
    assert periods.set_responsible(period, responsible=member, by=by).responsible == member
    gone = make.membership(agency=period.agency, user=make.user(is_active=False)).user
    for person in (make.membership().user, make.user(), gone):
        with pytest.raises(ValidationError) as refused:
            periods.set_responsible(period, responsible=person, by=by)
        assert "responsible" in refused.value.message_dict
    period.refresh_from_db()
    assert period.responsible == member
    assert periods.set_responsible(period, responsible=None, by=by).responsible is None
    periods.set_responsible(period, responsible=None, by=by)  # nothing changes, nothing is logged
    assert Entry.objects.about(period).filter(verb="changed").count() == 2
    with pytest.raises(ValidationError):
        periods.set_responsible(make.period("accepted"), responsible=None, by=by)


def own(agency, starts_on, ends_on, due_on=date(2017, 1, 16)):
    return periods.create(agency, starts_on=starts_on, ends_on=ends_on, due_on=due_on, by=None)


def test_a_day_lies_in_one_period_at_most():
    agency = make.agency()
    make.period(agency=agency, starts_on=date(2016, 4, 1), ends_on=date(2016, 6, 30))
    for first, last in (
        (date(2016, 6, 30), date(2016, 7, 31)),
        (date(2016, 1, 1), date(2016, 4, 1)),
        (date(2016, 5, 1), date(2016, 5, 1)),
        (date(2016, 1, 1), date(2016, 12, 30)),
    ):
        with pytest.raises(ValidationError, match="2. Quartal 2016"):
            own(agency, first, last)
    own(agency, date(2016, 7, 1), date(2016, 7, 31))
    own(agency, date(2016, 3, 1), date(2016, 3, 31))
    own(make.agency(), date(2016, 5, 1), date(2016, 5, 1))
    assert agency.reporting_periods.count() == 3


def test_own_dates_have_limits():
    agency = make.agency()
    with pytest.raises(ValidationError, match="ersten"):
        own(agency, date(2016, 2, 1), date(2016, 1, 1))
    with pytest.raises(ValidationError, match="nach Ende"):
        own(agency, date(2016, 2, 1), date(2016, 3, 1), due_on=date(2016, 2, 20))
    with pytest.raises(ValidationError, match="höchstens ein Jahr"):
        own(agency, date(2015, 1, 1), date(2016, 1, 2))
    own(agency, date(2016, 1, 1), date(2016, 12, 31))
    with pytest.raises(ValidationError, match="nicht mehr aktiv"):
        own(make.agency(is_active=False), date(2016, 1, 1), date(2016, 12, 31))


def test_where_a_schedule_runs_there_are_no_own_dates_even_ahead_of_its_periods():
    schedule = make.schedule(starts_on=date(2016, 4, 1), ends_on=None)
    with pytest.raises(ValidationError, match="Beenden Sie zuerst den Rhythmus"):
        own(schedule.agency, date(2016, 12, 1), date(2016, 12, 31))
    own(schedule.agency, date(2016, 1, 1), date(2016, 3, 31))


def test_what_happened_earlier_carries_its_own_moment():
    period, at = make.period("submitted"), datetime(2016, 4, 20, 9, tzinfo=UTC)
    period = periods.accept(period, comment="Gut.", at=at, by=None)
    assert period.state_since == period.comments.get().at == at
    entry = Entry.objects.about(period).get()
    assert entry.after["happened_at"].startswith("2016-04-20T09:00")
    assert (timezone.now() - entry.at).days == 0  # the log itself cannot be set back
