"""Who is reminded of which report, and when: before, on and after the day it is due.

First whoever writes the report, then the agency's leads, then the coordination. As soon as it is
submitted, nobody is.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.activity.models import ReportingPeriod
from agencies.models import Membership
from agencies.reports.mails import Outbox, address, mail, one_line
from agencies.reports.models import MailKind, OptOut, Reminder
from coordination.access.models import CityRole, User
from coordination.periods import show_day

Stage = Reminder.Stage
# Days from the due date to each stage, in their order.
STAGES = {
    Stage.BEFORE: timedelta(days=-7),
    Stage.ON: timedelta(days=0),
    Stage.LEAD: timedelta(days=3),
    Stage.COORDINATION: timedelta(days=7),
}


@dataclass(frozen=True)
class Step:
    """A stage that a report has reached, and the day it counts from."""

    stage: Stage
    due_on: date


def returned_on(period: ReportingPeriod, day: date) -> date | None:
    """When a report that was submitted came back: sent back, or opened again."""
    if period.first_submitted_at is None:
        return None
    return min(timezone.localdate(period.state_since), day)


def step_on(period: ReportingPeriod, day: date) -> Step | None:
    """The last stage an open report has reached on ``day``.

    The stages count from the due date, but never from before the report was there to be written:
    of what comes back, or is asked for, after its due date the agency hears first, at once.
    """
    since = min(timezone.localdate(period.state_since), day)
    due_on = max(period.due_on, since)
    steps = [(due_on + days, Step(stage, due_on)) for stage, days in STAGES.items()]
    if since > period.due_on or returned_on(period, day):
        steps = [(since, Step(Stage.ON, since)), *[each for each in steps if each[0] > since]]
    reached = [step for start, step in steps if start <= day]
    return reached[-1] if reached else None


def open_on(day: date):
    """The reports that may have reached a stage."""
    near = Q(due_on__lte=day - STAGES[Stage.BEFORE]) | Q(first_submitted_at__isnull=False)
    rows = ReportingPeriod.objects.filter(near, state__in=ReportingPeriod.WRITABLE)
    rows = rows.filter(agency__is_active=True).select_related("agency", "responsible")
    return rows.order_by("due_on", "pk")


def send(day: date, outbox: Outbox) -> None:
    """Send what is due on ``day`` and was not sent yet: of each report its last stage only."""
    periods = {period: step for period in open_on(day) if (step := step_on(period, day))}
    if not periods:
        return
    members = defaultdict(list)
    acting = Membership.objects.filter(
        agency__in={period.agency_id for period in periods}, user__is_active=True
    )
    for member in acting.select_related("user").order_by("user__name", "pk"):
        members[member.agency_id].append(member)
    coordinating = CityRole.objects.filter(role=CityRole.Code.COORDINATION, user__is_active=True)
    coordination = [role.user for role in coordinating.select_related("user").order_by("pk")]
    unwanted = OptOut.objects.filter(kind=MailKind.DUE).values_list("user", flat=True)
    unwanted = set(unwanted)
    known = Reminder.objects.filter(period__in=periods)
    known = set(known.values_list("period", "user", "stage", "due_on"))
    for period, step in periods.items():
        own = members[period.agency_id]
        if step.stage == Stage.COORDINATION:
            readers = coordination
        else:
            readers = [member.user for member in _in_the_agency(period, step.stage, own)]
        outbox.unaddressed += not readers
        for user in readers:
            key = (period.pk, user.pk, step.stage, step.due_on)
            if user.pk in unwanted or key in known:
                continue
            claim = Reminder(period=period, user=user, stage=step.stage, due_on=step.due_on)
            message = mail(
                kind=MailKind.DUE,
                to=user,
                subject=subject(period, step, day),
                template="reports/mail/reminder.txt",
                context=_context(period, step, day, user, own),
            )
            outbox.send(message, claim=claim, called=str(step.stage.label))


def _in_the_agency(period, stage, members: list[Membership]) -> list[Membership]:
    """Whoever writes the report, as long as they still act for the agency; else its leads."""
    if stage != Stage.LEAD:
        writing = [member for member in members if member.user_id == period.responsible_id]
        if writing:
            return writing
    return _leads(members)


def _leads(members: list[Membership]) -> list[Membership]:
    return [member for member in members if member.role == Membership.Code.LEAD]


def subject(period: ReportingPeriod, step: Step, day: date) -> str:
    returned = returned_on(period, day)
    names = {"period": period.name, "due_on": show_day(period.due_on)}
    if returned and returned == step.due_on:
        names["day"] = show_day(returned)
        if step.stage != Stage.ON:
            text = _("Report %(period)s not submitted again since %(day)s") % names
        elif period.state == ReportingPeriod.State.SENT_BACK:
            text = _("Report %(period)s sent back on %(day)s") % names
        else:
            text = _("Report %(period)s opened again on %(day)s") % names
    elif period.due_on >= day:
        text = _("Report %(period)s due on %(due_on)s") % names
    else:
        text = _("Report %(period)s overdue since %(due_on)s") % names
    if step.stage == Stage.COORDINATION:
        return f"{period.agency}: {text}"
    return text


def _context(period, step: Step, day: date, user: User, members: list[Membership]) -> dict:
    leads = _leads(members)
    writing = [member.user for member in members if member.user_id == period.responsible_id]
    return {
        "period": one_line(period.name),
        "agency": one_line(period.agency),
        "stage": step.stage,
        "due_on": period.due_on,
        "is_due_today": period.due_on == day,
        "is_overdue": period.due_on < day,
        "returned_on": returned_on(period, day),
        "is_sent_back": period.state == ReportingPeriod.State.SENT_BACK,
        "is_lead": user.pk in {member.user_id for member in leads},
        "writing": one_line(writing[0]) if writing else "",
        "leads": ", ".join(one_line(member.user) for member in leads),
        "link": address("reports:period_detail", period.pk),
    }
