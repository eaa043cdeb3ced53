"""The figures of the start page: from money, activity, reports, council, and volunteers."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, IntegerField, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from agencies.activity.models import Activity, ReportingPeriod, Rhythm
from agencies.activity.spans import around
from agencies.activity.summaries import Sums
from agencies.offers.models import Confirmation, Offer
from coordination.access.models import User
from coordination.access.permissions import Actor, Perm
from coordination.as_of import today
from coordination.budget.models import BudgetYear, Payout
from coordination.council.models import ResolutionTask
from coordination.council.summary.models import CouncilReport, Release
from volunteers import care
from volunteers.desk.models import Question

AHEAD = timedelta(days=21)  # an agency is told of reports that fall due until then


@dataclass
class Figures:
    """What the reader may not see is 0, or None where 0 says something."""

    payouts: int  # for the city: to check or pay by the reader; for an agency: to request now
    free: Decimal | None  # of the year's budget, in euros
    to_check: int  # reports handed in
    overdue: int  # reports never handed in and past their due date
    stale_offers: int  # running ones that nobody has confirmed for long
    overdue_tasks: int  # what the council asked for and is not done in time
    without_contact: int  # volunteers and groups within reach who have no contact person
    open_questions: int  # volunteers wait for an answer: of the agency, or of the city
    drafts: int  # council reports that are not released yet
    release: int | None  # the latest council report, by id
    release_title: str | None
    release_as_of: date | None
    month: Sums  # entries and minutes of the month so far
    due: list[ReportingPeriod]  # an agency's reports still to be handed in


def figures_for(actor: Actor, user: User, day: date) -> Figures:
    """All figures in one query; a second one for an agency's own reports."""
    periods = ReportingPeriod.objects.within(actor.scope(Perm.VIEW_REPORTS))
    writable = periods.filter(state__in=ReportingPeriod.WRITABLE)
    offers = Offer.objects.within(actor.scope(Perm.MANAGE_OFFERS)).on(day)
    start, _end = around(day, Rhythm.MONTH)
    entries = Activity.objects.within(actor.scope(Perm.VIEW_ACTIVITY)).between(start, day)
    asked = {
        "payouts": _count(_payouts(actor, user, day)),
        "free": _free(actor, day),
        "to_check": _count(periods.filter(state=ReportingPeriod.State.SUBMITTED)),
        "overdue": _count(periods.overdue(day)),
        "stale_offers": _count(offers.confirmed_as(Confirmation.STALE, day)),
        "overdue_tasks": _count(_tasks(actor, day)),
        "without_contact": care.without_contact(
            actor.scope(Perm.VIEW_VOLUNTEERS), reach_on=today(), day=day
        ),
        "open_questions": _count(_questions(actor, today())),
        "drafts": _count(_drafts(actor)),
        "release": Subquery(_releases(actor).values("pk")[:1]),
        "release_title": Subquery(_releases(actor).values("title")[:1]),
        "release_as_of": Subquery(_releases(actor).values("as_of")[:1]),
        "entries": _count(entries),
        "minutes": _total(entries, Sum("minutes")),
    }
    # Asked of the reader's own row, because that is always there.
    found = User.objects.filter(pk=user.pk).values(**asked).get()
    month = Sums(entries=found.pop("entries"), minutes=found.pop("minutes"))
    due = []
    if not actor.may(Perm.CHECK_REPORTS):
        soon = writable.filter(due_on__lte=day + AHEAD)
        due = list(soon.select_related("agency").order_by("due_on", "pk"))
    return Figures(**found, month=month, due=due)


def _payouts(actor: Actor, user: User, day: date) -> QuerySet:
    if actor.may(Perm.CHECK_PAYOUTS):
        return Payout.objects.waiting_for(user)
    return Payout.objects.within(actor.scope(Perm.REQUEST_PAYOUTS)).to_request(day)


def _tasks(actor: Actor, day: date) -> QuerySet:
    rows = ResolutionTask.objects.overdue(day)
    return rows if actor.may(Perm.VIEW_COUNCIL) else rows.none()


def _questions(actor: Actor, day: date) -> QuerySet:
    """What waits, whether or not anybody can ask anew."""
    return Question.objects.reachable(actor.scope(Perm.ANSWER_QUESTIONS), day).open()


def _drafts(actor: Actor) -> QuerySet:
    rows = CouncilReport.objects.drafts()
    return rows if actor.may(Perm.VIEW_DRAFTS) else rows.none()


def _releases(actor: Actor) -> QuerySet:
    rows = Release.objects.order_by("-number")
    return rows if actor.may(Perm.VIEW_COUNCIL) else rows.none()


def _free(actor: Actor, day: date):
    year = BudgetYear.objects.with_sums().filter(year=day.year)
    return Subquery((year if actor.may(Perm.VIEW_BUDGET) else year.none()).values("free"))


def _count(rows: QuerySet) -> Coalesce:
    return _total(rows, Count("pk"))


def _total(rows: QuerySet, measure) -> Coalesce:
    found = rows.order_by().values(all=Value(1)).annotate(total=measure).values("total")
    return Coalesce(Subquery(found), 0, output_field=IntegerField())
