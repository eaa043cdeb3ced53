"""The states of a reporting period: who moves it from one to the next, and what is kept of it.

Every act locks the agency first, as writing an entry does: an entry never slips into a period
that is being handed in. Of two who act in the same moment the second reads what the first did.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.activity import activities
from agencies.activity.models import ReportingPeriod, Rhythm
from agencies.models import Agency
from agencies.reports import comments
from agencies.reports.models import Extension
from coordination.access.models import User
from coordination.audit.log import Verb, record, values
from coordination.audit.models import Entry
from coordination.periods import show_day

State = ReportingPeriod.State
# From each state to these, and to no other; ``refuse_unless`` is the only one who asks.
ALLOWED = {
    State.OPEN: {State.SUBMITTED},
    State.SUBMITTED: {State.SENT_BACK, State.ACCEPTED},
    State.SENT_BACK: {State.SUBMITTED},
    State.ACCEPTED: {State.LOCKED, State.OPEN},
    State.LOCKED: {State.OPEN},
}
# How the log calls the step into each state.
VERBS = {
    State.OPEN: Verb.UNLOCKED,
    State.SUBMITTED: Verb.SUBMITTED,
    State.SENT_BACK: Verb.SENT_BACK,
    State.ACCEPTED: Verb.ACCEPTED,
    State.LOCKED: Verb.LOCKED,
}
LONGEST = 366  # days that a period of own dates may have
LONGEST_REASON = Entry._meta.get_field("reason").max_length


@transaction.atomic
def create(
    agency: Agency,
    *,
    starts_on: date,
    ends_on: date,
    due_on: date,
    responsible: User | None = None,
    by: User | None,
) -> ReportingPeriod:
    """A single period of own dates, beside or instead of a schedule."""
    agency = activities.lock(agency.pk)
    period = ReportingPeriod(
        agency=agency,
        rhythm=Rhythm.OWN,
        starts_on=starts_on,
        ends_on=ends_on,
        due_on=due_on,
        responsible=responsible,
    )
    if not agency.is_active:
        text = _("%(agency)s is no longer active.")
        raise ValidationError({"agency": text % {"agency": agency}})
    period.full_clean()
    if (ends_on - starts_on).days >= LONGEST:
        raise ValidationError({"ends_on": _("A period of own dates has one year at most.")})
    _check_responsible(period)
    refuse_overlap(agency, starts_on, ends_on)
    schedule = agency.schedules.overlapping(starts_on, ends_on).first()
    if schedule:
        text = _(
            "%(agency)s reports by schedule in this time (%(rhythm)s, from %(day)s). "
            "End the schedule first."
        )
        raise ValidationError(
            {
                "starts_on": text
                % {
                    "agency": agency,
                    "rhythm": schedule.get_rhythm_display(),
                    "day": show_day(schedule.starts_on),
                }
            }
        )
    period.save()
    log(Verb.CREATED, period, by=by, after=values(period, "starts_on", "ends_on", "due_on"))
    return period


def refuse_overlap(agency: Agency, starts_on: date, ends_on: date) -> None:
    """Each day of an agency lies in one period at most. Needs the agency's lock."""
    other = agency.reporting_periods.overlapping(starts_on, ends_on).order_by("starts_on").first()
    if other:
        text = _("%(period)s (%(first)s to %(last)s) already covers days of this time.")
        days = {"first": show_day(other.starts_on), "last": show_day(other.ends_on)}
        raise ValidationError({"starts_on": text % {"period": other.name, **days}})


@transaction.atomic
def send_back(
    period: ReportingPeriod,
    *,
    comment: str,
    version: int | None = None,
    at: datetime | None = None,
    by: User | None,
) -> ReportingPeriod:
    """Back to the agency, with what is missing as a comment both sides read.

    ``version`` is the one that was looked at; another one by now has to be looked at first.
    """
    period = locked(period)
    refuse_unless(period, State.SENT_BACK, by=by)
    _refuse_unseen(period, version)
    comments.add(period, text=comment, is_internal=False, field="comment", at=at, by=by)
    return move(period, State.SENT_BACK, reason=comment, at=at, by=by)


@transaction.atomic
def accept(
    period: ReportingPeriod,
    *,
    comment: str = "",
    version: int | None = None,
    at: datetime | None = None,
    by: User | None,
) -> ReportingPeriod:
    """The report is right in the ``version`` that was looked at; a comment goes to the agency."""
    period = locked(period)
    refuse_unless(period, State.ACCEPTED, by=by)
    _refuse_unseen(period, version)
    if comment:
        comments.add(period, text=comment, is_internal=False, field="comment", at=at, by=by)
    return move(period, State.ACCEPTED, reason=comment, at=at, by=by)


@transaction.atomic
def lock(
    period: ReportingPeriod, *, at: datetime | None = None, by: User | None
) -> ReportingPeriod:
    """Close an accepted period for good; only ``unlock`` opens it again."""
    period = locked(period)
    refuse_unless(period, State.LOCKED, by=by)
    return move(period, State.LOCKED, at=at, by=by)


@transaction.atomic
def unlock(
    period: ReportingPeriod, *, reason: str, at: datetime | None = None, by: User | None
) -> ReportingPeriod:
    """Open an accepted or locked period again; when it was first submitted stays as it is."""
    period = locked(period)
    refuse_unless(period, State.OPEN, by=by)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the period is opened again.")})
    return move(period, State.OPEN, reason=reason, at=at, by=by)


@transaction.atomic
def extend(
    period: ReportingPeriod,
    *,
    due_on: date,
    reason: str,
    at: datetime | None = None,
    by: User | None,
) -> Extension:
    """A later due date for a report that is not in yet."""
    period = locked(period)
    if not period.is_writable:
        raise ValidationError(standing(period), code="too_late")
    last = period.extensions.order_by("pk").last()
    if last and last.due_on == due_on == period.due_on:
        text = _("%(person)s has extended it to %(day)s already.")
        who = {"person": last.by or _("System"), "day": show_day(due_on)}
        is_own = by is not None and last.by_id == by.pk
        raise ValidationError(text % who, code="done" if is_own else "too_late")
    if due_on <= period.due_on:
        text = _("It is due on %(day)s. An extension ends later than that.")
        raise ValidationError({"due_on": text % {"day": show_day(period.due_on)}})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the report may come later.")})
    extension = Extension(
        period=period, was_due_on=period.due_on, due_on=due_on, reason=reason, by=by
    )
    if at:
        extension.at = at
    extension.full_clean(exclude=["by"])
    extension.save()
    before = values(period, "due_on")
    period.due_on = due_on
    period.full_clean()
    period.save()
    after = values(period, "due_on")
    log(Verb.EXTENDED, period, by=by, at=at, before=before, after=after, reason=reason)
    return extension


@transaction.atomic
def set_responsible(
    period: ReportingPeriod,
    *,
    responsible: User | None,
    at: datetime | None = None,
    by: User | None,
) -> ReportingPeriod:
    """Who of the agency writes the report and is reminded first; None: its leads."""
    period = locked(period)
    if period.state in (State.ACCEPTED, State.LOCKED):
        raise ValidationError(standing(period), code="too_late")
    before = values(period, "responsible")
    period.responsible = responsible
    _check_responsible(period)
    after = values(period, "responsible")
    if before != after:
        period.save()
        log(Verb.CHANGED, period, by=by, at=at, before=before, after=after)
    return period


def locked(period: ReportingPeriod) -> ReportingPeriod:
    """The period as it is now that its agency is locked: nobody else moves it meanwhile."""
    agency = activities.lock(period.agency_id)
    period = ReportingPeriod.objects.select_related("responsible").get(pk=period.pk)
    period.agency = agency
    return period


def refuse_unless(period: ReportingPeriod, target: str, *, by: User | None = None) -> None:
    """Refuse a step that does not lead on from the state of the locked period.

    What somebody did meanwhile is told with their name; with the code "done" it was ``by``
    themselves who did just this, as a second click or a form that is sent twice does.
    """
    if target in ALLOWED[period.state]:
        return
    last = _last_move(period)
    is_own = by is not None and last is not None and last.by_id == by.pk
    code = "done" if is_own and period.state == target else "too_late"
    raise ValidationError(standing(period), code=code)


def move(
    period: ReportingPeriod,
    target: str,
    *,
    reason: str = "",
    at: datetime | None = None,
    by: User | None,
    **after,
) -> ReportingPeriod:
    """Save the locked period in its new state and log the step; ``after`` is logged with it.

    ``at`` is for what is entered later than it happened; the log keeps both moments.
    """
    before = values(period, "state")
    if target in ReportingPeriod.WRITABLE:
        period.is_nil = False  # there may be entries again; the versions keep what they said
    period.state, period.state_since = target, at or timezone.now()
    period.full_clean(exclude=["agency", "responsible"])
    period.save()
    after = {**values(period, "state"), **after}
    log(VERBS[target], period, by=by, at=at, before=before, after=after, reason=reason)
    return period


def version_of(period: ReportingPeriod) -> int:
    """The number of the newest version; 0 if there is none."""
    return period.submissions.aggregate(newest=Max("number"))["newest"] or 0


def _refuse_unseen(period: ReportingPeriod, version: int | None) -> None:
    newest = version_of(period)
    if version is not None and version != newest:
        text = _("Version %(number)d has come in meanwhile. Look at it before you decide.")
        raise ValidationError(text % {"number": newest}, code="new_version")


def _last_move(period: ReportingPeriod) -> Entry | None:
    moves = Entry.objects.about(period).filter(verb__in=VERBS.values())
    return moves.select_related("by").first()


def standing(period: ReportingPeriod) -> str:
    """Where the period stands, and who brought it there."""
    last = _last_move(period)
    person = last.by if last and last.verb == VERBS[period.state] else None
    if person is None:
        return {
            State.OPEN: _("This report has not been submitted."),
            State.SUBMITTED: _("This report has been submitted meanwhile."),
            State.SENT_BACK: _("This report has been sent back meanwhile."),
            State.ACCEPTED: _("This report has been accepted meanwhile."),
            State.LOCKED: _("This period has been locked meanwhile."),
        }[period.state]
    text = {
        State.OPEN: _("%(person)s has opened this period again meanwhile."),
        State.SUBMITTED: _("%(person)s has submitted this report meanwhile."),
        State.SENT_BACK: _("%(person)s has sent this report back meanwhile."),
        State.ACCEPTED: _("%(person)s has accepted this report meanwhile."),
        State.LOCKED: _("%(person)s has locked this period meanwhile."),
    }[period.state]
    return text % {"person": person}


def _check_responsible(period: ReportingPeriod) -> None:
    person = period.responsible
    if person is None:
        return
    if not person.is_active or not person.memberships.filter(agency=period.agency).exists():
        text = _("%(person)s has no active account at %(agency)s.")
        names = {"person": person, "agency": period.agency}
        raise ValidationError({"responsible": text % names})


def log(
    verb: Verb,
    period: ReportingPeriod,
    *,
    by: User | None,
    at: datetime | None = None,
    before: dict | None = None,
    after: dict | None = None,
    reason: str = "",
) -> None:
    """A line of the change log about the period, which its agency reads as well."""
    after = {**(after or {}), "happened_at": at} if at else after
    if len(reason) > LONGEST_REASON:
        reason = reason[: LONGEST_REASON - 1] + "…"
    record(
        verb, period, by=by, agency_id=period.agency_id, before=before, after=after, reason=reason
    )
