"""The weekly digest: what waits for somebody, and what was entered last week.

One mail a person, with a part for each role they hold, made with the permissions of this role in
its place alone. Council and audit get none: nothing is released to them by mail.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.activity import summaries
from agencies.activity.models import Activity, ReportingPeriod
from agencies.activity.spans import Span
from agencies.activity.summaries import Sums
from agencies.actors import actor_for
from agencies.coverage import Gap, board_on
from agencies.models import Agency, Membership, Worker
from agencies.offers.models import Confirmation, Offer
from agencies.offers.models.offer import STALE_DAYS
from agencies.reports.mails import Outbox, address, mail, one_line
from agencies.reports.models import Digest, MailKind, OptOut
from coordination.access.models import CityRole, User
from coordination.access.permissions import Actor, Perm, Role, Scope
from coordination.holidays import is_working_day
from coordination.periods import ONE_DAY, show_day

ONE_WEEK = timedelta(days=7)
SOON = timedelta(days=14)  # how far ahead due dates are told
MOST_LINES = 10


@dataclass(frozen=True)
class Line:
    text: str
    link: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    lines: list[Line]
    link: str = ""


@dataclass(frozen=True)
class Part:
    title: str
    sections: list[Section]


@dataclass(frozen=True)
class Reader:
    """Somebody in one of their roles, and on which day they read."""

    user: User
    actor: Actor  # with this one role
    day: date

    def scope(self, perm: Perm) -> Scope:
        return self.actor.scope(perm)

    @property
    def last_week(self) -> Span:
        monday = monday_of(self.day)
        return monday - ONE_WEEK, monday - ONE_DAY


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def send(day: date, outbox: Outbox) -> None:
    """Send this week's digest to everybody whose week has not been dealt with.

    Whoever has nothing to read gets no mail, and none later in the week.
    """
    week, idle = monday_of(day), []
    for user in readers(week):
        parts = parts_for(user, day)
        if not parts:
            idle.append(Digest(user=user, week=week))
            continue
        message = mail(
            kind=MailKind.DIGEST,
            to=user,
            subject=_("Your week in %(portal)s from %(day)s")
            % {"portal": settings.PORTAL_NAME, "day": show_day(week)},
            template="reports/mail/digest.txt",
            context={"parts": parts},
        )
        outbox.send(message, claim=Digest(user=user, week=week), called=str(MailKind.DIGEST.label))
    if not outbox.is_trial:
        Digest.objects.bulk_create(idle, ignore_conflicts=True)


def readers(week: date):
    """Active accounts with a role that has a digest, without those who had this week's."""

    def own(model, **which):
        return Exists(model.objects.filter(user=OuterRef("pk"), **which))

    coordinating = own(CityRole, role=CityRole.Code.COORDINATION)
    acting = own(Membership, agency__is_active=True)
    had, unwanted = own(Digest, week=week), own(OptOut, kind=MailKind.DIGEST)
    return User.objects.filter(coordinating | acting, ~had, ~unwanted, is_active=True)


def parts_for(user: User, day: date) -> list[Part]:
    """One part per role, without those that have nothing to say."""
    held = actor_for(user)
    found = []
    if Role.COORDINATION in held.citywide:
        actor = Actor(citywide=frozenset({Role.COORDINATION}))
        title = str(CityRole.Code.COORDINATION.label)
        found.append(_part(title, Role.COORDINATION, Reader(user, actor, day)))
    agencies = Agency.objects.active().filter(pk__in=[place for _role, place in held.in_agency])
    roles = {place: role for role, place in held.in_agency}
    for agency in agencies:
        actor = Actor(in_agency=frozenset({(roles[agency.pk], agency.pk)}))
        found.append(_part(one_line(agency), roles[agency.pk], Reader(user, actor, day)))
    return [part for part in found if part.sections]


def _part(title: str, role: Role, reader: Reader) -> Part:
    return Part(title, [section for make in SECTIONS[role] if (section := make(reader))])


def _section(title: str, lines: Iterable[Line], link: str = "") -> Section | None:
    """A section with the first lines and the number of the others; None without lines."""
    lines = list(lines)
    more = len(lines) - MOST_LINES
    if more > 0:
        lines = [*lines[:MOST_LINES], Line(_("and %(count)s more") % {"count": more})]
    return Section(title, lines, link) if lines else None


def to_check(reader: Reader) -> Section | None:
    rows = ReportingPeriod.objects.within(reader.scope(Perm.CHECK_REPORTS))
    rows = rows.filter(state=ReportingPeriod.State.SUBMITTED, agency__is_active=True)
    lines = [
        Line(
            _("%(agency)s: %(period)s, submitted on %(day)s")
            % {**_names(row), "day": show_day(timezone.localdate(row.state_since))},
            address("reports:period_detail", row.pk),
        )
        for row in rows.select_related("agency").order_by("state_since", "pk")
    ]
    return _section(_("Reports to check"), lines)


def overdue(reader: Reader) -> Section | None:
    rows = ReportingPeriod.objects.within(reader.scope(Perm.VIEW_REPORTS)).filter(
        state__in=ReportingPeriod.WRITABLE, due_on__lt=reader.day, agency__is_active=True
    )
    late = defaultdict(list)
    for row in rows.select_related("agency").order_by("agency__short_name", "due_on", "pk"):
        late[one_line(row.agency)].append(
            _("%(period)s (due on %(day)s)") % {**_names(row), "day": show_day(row.due_on)}
        )
    lines = [Line(f"{agency}: {', '.join(reports)}") for agency, reports in late.items()]
    return _section(_("Overdue reports"), lines, address("reports:period_board"))


def reports_due(reader: Reader) -> Section | None:
    """Reports of the own agency that wait for it: due soon, overdue or sent back."""
    sent_back = ReportingPeriod.State.SENT_BACK
    near = Q(due_on__lte=reader.day + SOON) | Q(state=sent_back)
    rows = ReportingPeriod.objects.within(reader.scope(Perm.WRITE_REPORTS))
    rows = rows.filter(near, state__in=ReportingPeriod.WRITABLE).order_by("due_on", "pk")
    lines = []
    for row in rows.select_related("agency"):
        names = {**_names(row), "day": show_day(row.due_on)}
        if row.due_on < reader.day:
            text = _("%(period)s, overdue since %(day)s") % names
        else:
            text = _("%(period)s, due on %(day)s") % names
        if row.state == sent_back:
            names["day"] = show_day(timezone.localdate(row.state_since))
            text += ", " + _("sent back on %(day)s") % names
        lines.append(Line(text, address("reports:period_detail", row.pk)))
    return _section(_("Reports due"), lines)


def unconfirmed(reader: Reader) -> Section | None:
    """Offers that nobody has said for long still take place."""
    scope = reader.scope(Perm.MANAGE_OFFERS)
    rows = Offer.objects.within(scope).on(reader.day).select_related("agency", "district")
    rows = rows.confirmed_as(Confirmation.STALE, reader.day).filter(agency__is_active=True)
    rows = list(rows.order_by("confirmed_on", "pk"))
    if scope.citywide:
        count = defaultdict(int)
        for row in rows:
            count[one_line(row.agency)] += 1
        lines = [Line(f"{agency}: {number}") for agency, number in sorted(count.items())]
        link = address("offers:offer_list")
    else:
        lines = [
            Line(
                _("%(offer)s (%(district)s), last confirmed on %(day)s")
                % {
                    "offer": one_line(row.title),
                    "district": one_line(row.district),
                    "day": show_day(row.confirmed_on),
                },
                address("offers:offer_detail", row.pk),
            )
            for row in rows
        ]
        link = ""
    title = _("Offers not confirmed for %(days)s days") % {"days": STALE_DAYS}
    return _section(title, lines, link)


def without_lead(reader: Reader) -> Section | None:
    board = board_on(reader.day, reader.scope(Perm.VIEW_STAFFING))
    covers = board.with_gap(Gap.NO_LEAD)
    lines = [Line(one_line(cover.district)) for cover in covers]
    return _section(
        _("Districts without lead: %(count)s") % {"count": len(covers)},
        lines,
        address("agencies:coverage_board"),
    )


def entries_by_agency(reader: Reader) -> Section | None:
    """What each agency entered. One that has people and entered nothing is named too."""
    sums = summaries.sums(reader.scope(Perm.VIEW_ACTIVITY), *reader.last_week, "agency")
    entered = {agency: found for (agency,), found in sums.items()}
    staffed = Exists(Worker.objects.active().filter(agency=OuterRef("pk")))
    rows = Agency.objects.filter(Q(staffed, is_active=True) | Q(pk__in=entered))
    lines = [
        Line(f"{one_line(row)}: {in_words(entered.get(row.pk, Sums()))}")
        for row in rows.order_by("short_name", "pk")
    ]
    return _section(_entered_title(reader), lines, address("activity:activity_list"))


def entries_by_worker(reader: Reader) -> Section | None:
    """What each of the agency's people entered, those who entered nothing too."""
    rows = Activity.objects.within(reader.scope(Perm.MANAGE_ACTIVITY)).between(*reader.last_week)
    entered = {worker: found for (worker,), found in summaries.summed(rows, "worker").items()}
    people = Worker.objects.within(reader.scope(Perm.MANAGE_WORKERS))
    people = people.filter(Q(is_active=True) | Q(pk__in=entered)).order_by("name", "pk")
    lines = [Line(f"{one_line(row)}: {in_words(entered.get(row.pk, Sums()))}") for row in people]
    return _section(_entered_title(reader), lines, address("activity:activity_list"))


def own_entries(reader: Reader) -> Section | None:
    """What the reader entered as a worker, and the working days they held a post and did not."""
    first, last = reader.last_week
    own = Worker.objects.active().within(reader.scope(Perm.LOG_ACTIVITY))
    worker = own.filter(user=reader.user).first()
    if worker is None:
        return None
    rows = Activity.objects.within(reader.scope(Perm.LOG_ACTIVITY)).filter(worker=worker)
    rows = rows.between(first, last)
    entered = summaries.summed(rows)[()]
    lines = [Line(in_words(entered))] if entered.entries else []
    posts = list(worker.occupancies.standing().overlapping(first, last))
    busy = set(rows.values_list("day", flat=True))
    missing = [
        day
        for day in (first + timedelta(days=number) for number in range(7))
        if is_working_day(day) and day not in busy and any(post.is_on(day) for post in posts)
    ]
    if missing:
        days = ", ".join(date_format(day, "D d.m.") for day in missing)
        lines.append(Line(_("Days without an entry: %(days)s") % {"days": days}))
    title = _("Your entries from %(first)s to %(last)s") % _week_names(reader)
    return _section(title, lines, address("activity:activity_list"))


def in_words(found: Sums) -> str:
    """12 entries, 18.5 hours, 140 participants."""
    if not found.entries:
        return _("no entries")
    entries = ngettext("%(count)s entry", "%(count)s entries", found.entries)
    people = ngettext("%(count)s participant", "%(count)s participants", found.participants)
    return ", ".join(
        [
            entries % {"count": found.entries},
            _("%(hours)s hours") % {"hours": number_format(found.hours, 1)},
            people % {"count": found.participants},
        ]
    )


def _names(period: ReportingPeriod) -> dict[str, str]:
    return {"agency": one_line(period.agency), "period": one_line(period.name)}


def _week_names(reader: Reader) -> dict[str, str]:
    first, last = reader.last_week
    return {"first": show_day(first), "last": show_day(last)}


def _entered_title(reader: Reader) -> str:
    return _("Entries from %(first)s to %(last)s") % _week_names(reader)


SECTIONS: dict[Role, list[Callable[[Reader], Section | None]]] = {
    Role.COORDINATION: [to_check, overdue, unconfirmed, without_lead, entries_by_agency],
    Role.LEAD: [reports_due, unconfirmed, entries_by_worker, own_entries],
    Role.WORKER: [reports_due, own_entries],
}
