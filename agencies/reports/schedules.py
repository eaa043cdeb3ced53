"""Schedules: how often an agency reports, and the reporting periods that follow from it."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from agencies.activity import activities, spans
from agencies.activity.models import Activity, ReportingPeriod, Rhythm
from agencies.activity.spans import Span
from agencies.models import Agency
from agencies.reports import periods
from agencies.reports.models import Comment, Extension, Narrative, Schedule
from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.holidays import working_day_from
from coordination.periods import ONE_DAY, show_day

EARLIEST = activities.EARLIEST  # before it there are no entries to report
LATEST = date(2099, 12, 31)
LOGGED = ("rhythm", "starts_on", "ends_on", "anchor", "offset_days")


@dataclass
class Ending:
    """What the end of a schedule did to its periods."""

    removed: list[ReportingPeriod] = field(default_factory=list)
    cut: list[ReportingPeriod] = field(default_factory=list)  # end with the schedule now
    kept: list[ReportingPeriod] = field(default_factory=list)  # begun: they stay as they are


def due_on(span: Span, anchor: str, offset_days: int) -> date:
    """When the report on ``span`` is due: so many days after the anchor, on a working day."""
    day = span[1]
    if anchor == Schedule.Anchor.NEXT_MONTH_END:
        day = day.replace(day=1) + relativedelta(months=2) - ONE_DAY
    return working_day_from(day + timedelta(days=offset_days))


def horizon(day: date) -> date:
    """As far ahead as an open-ended schedule makes periods: the end of the next year."""
    return date(day.year + 1, 12, 31)


@transaction.atomic
def create(
    agency: Agency,
    *,
    rhythm: str,
    starts_on: date,
    ends_on: date | None = None,
    anchor: str = Schedule.Anchor.PERIOD_END,
    offset_days: int = 14,
    by: User | None,
) -> list[ReportingPeriod]:
    """A schedule with the periods of its time; without an end they reach into the next year."""
    agency = activities.lock(agency.pk)
    schedule = Schedule(
        agency=agency,
        rhythm=rhythm,
        starts_on=starts_on,
        ends_on=ends_on,
        anchor=anchor,
        offset_days=offset_days,
    )
    _check(schedule)
    other = agency.schedules.overlapping(starts_on, ends_on).order_by("starts_on").first()
    if other:
        text = _("%(agency)s already reports by schedule in this time (%(rhythm)s, from %(day)s).")
        names = {"agency": agency, "rhythm": other.get_rhythm_display()}
        raise ValidationError({"starts_on": text % {**names, "day": show_day(other.starts_on)}})
    periods.refuse_overlap(agency, starts_on, ends_on or LATEST)
    schedule.save()
    made = _make(schedule, ends_on or horizon(today()))
    after = {**values(schedule, *LOGGED), "periods": len(made)}
    _record(Verb.CREATED, schedule, by=by, after=after)
    return made


@transaction.atomic
def end(schedule: Schedule, *, ends_on: date, reason: str, by: User | None) -> Ending:
    """End a schedule, and take back the later periods that nobody has begun.

    A period in which the end lies is cut off there. A day before the first takes the schedule
    back altogether, which needs that none of its periods has been begun.
    """
    activities.lock(schedule.agency_id)
    schedule = Schedule.objects.select_related("agency").filter(pk=schedule.pk).first()
    if schedule is None or schedule.ends_on == ends_on:
        raise ValidationError(_("This schedule has been ended meanwhile."), code="done")
    if schedule.ends_on and schedule.ends_on < ends_on:
        text = _("It ends on %(day)s already. A later end needs a new schedule.")
        raise ValidationError({"ends_on": text % {"day": show_day(schedule.ends_on)}})
    ending = _shorten(schedule, ends_on, by)
    if ends_on < schedule.starts_on:
        if ending.kept:
            text = _("%(period)s has been begun: the schedule can end, but not be taken back.")
            raise ValidationError({"ends_on": text % {"period": ending.kept[0].name}})
        before = values(schedule, *LOGGED)
        _record(Verb.WITHDRAWN, schedule, by=by, before=before, reason=reason)
        schedule.delete()
        return ending
    before = values(schedule, "ends_on")
    schedule.ends_on = ends_on
    _check_days(schedule)
    schedule.full_clean()
    schedule.save()
    _make(schedule, ends_on)  # nothing tops up what has an end
    after = values(schedule, "ends_on")
    _record(Verb.ENDED, schedule, by=by, before=before, after=after, reason=reason)
    return ending


def top_up(day: date) -> int:
    """Make what open-ended schedules lack up to the end of the year after ``day``; how many.

    Safe to run as often as one likes, and by several at once.
    """
    running = Schedule.objects.filter(agency__is_active=True, ends_on=None)
    return sum(_top_up(schedule, horizon(day)) for schedule in running)


def made_by(schedule: Schedule) -> QuerySet[ReportingPeriod]:
    """The periods of a schedule, the earliest first."""
    rows = ReportingPeriod.objects.filter(agency=schedule.agency_id, rhythm=schedule.rhythm)
    return rows.overlapping(schedule.starts_on, schedule.ends_on).order_by("starts_on")


def begun(rows: QuerySet[ReportingPeriod]) -> QuerySet[ReportingPeriod]:
    """Those of the periods on which somebody has worked."""
    own = {"period": OuterRef("pk")}
    text = Narrative.objects.filter(**own).exclude(**dict.fromkeys(Narrative.BLOCKS, ""))
    entries = Activity.objects.filter(
        agency=OuterRef("agency"), day__gte=OuterRef("starts_on"), day__lte=OuterRef("ends_on")
    )
    return rows.filter(
        ~Q(state=ReportingPeriod.State.OPEN)
        | Q(first_submitted_at__isnull=False)
        | Exists(text)
        | Exists(entries)
        | Exists(Comment.objects.filter(**own))
        | Exists(Extension.objects.filter(**own))
    )


def _shorten(schedule: Schedule, ends_on: date, by: User | None) -> Ending:
    ending = Ending()
    later = made_by(schedule).filter(ends_on__gt=ends_on)
    begun_ones = set(begun(later.order_by()).values_list("pk", flat=True))
    for period in later:
        period.agency = schedule.agency
        if period.pk in begun_ones:
            ending.kept.append(period)
        elif period.starts_on > ends_on:
            before = values(period, "starts_on", "ends_on", "due_on")
            periods.log(Verb.DELETED, period, by=by, before=before)
            ending.removed.append(period)
        else:
            before = values(period, "ends_on", "due_on")
            period.ends_on = ends_on
            period.due_on = due_on(
                (period.starts_on, ends_on), schedule.anchor, schedule.offset_days
            )
            period.save()
            after = values(period, "ends_on", "due_on")
            periods.log(Verb.CHANGED, period, by=by, before=before, after=after)
            ending.cut.append(period)
    ReportingPeriod.objects.filter(pk__in=[period.pk for period in ending.removed]).delete()
    return ending


@transaction.atomic
def _top_up(schedule: Schedule, last: date) -> int:
    newest = made_by(schedule).last()
    if newest and newest.ends_on >= last:
        return 0
    activities.lock(schedule.agency_id)
    schedule = Schedule.objects.select_related("agency").filter(pk=schedule.pk).first()
    if schedule is None or schedule.ends_on:  # ended meanwhile
        return 0
    return len(_make(schedule, last))


def _make(schedule: Schedule, last: date) -> list[ReportingPeriod]:
    """The periods up to ``last`` that are not there yet. Needs the agency's lock."""
    agency = schedule.agency
    there = agency.reporting_periods.overlapping(schedule.starts_on, last)
    taken = list(there.values_list("starts_on", "ends_on"))
    return ReportingPeriod.objects.bulk_create(
        ReportingPeriod(
            agency=agency,
            rhythm=schedule.rhythm,
            starts_on=first,
            ends_on=until,
            due_on=due_on((first, until), schedule.anchor, schedule.offset_days),
        )
        for first, until in spans.within(schedule.starts_on, last, schedule.rhythm)
        if not any(start <= until and first <= stop for start, stop in taken)
    )


def _check(schedule: Schedule) -> None:
    if not schedule.agency.is_active:
        text = _("%(agency)s is no longer active.")
        raise ValidationError({"agency": text % {"agency": schedule.agency}})
    if schedule.rhythm == Rhythm.OWN:
        text = _("Periods of own dates are created one by one.")
        raise ValidationError({"rhythm": text})
    _check_days(schedule)
    schedule.full_clean()


def _check_days(schedule: Schedule) -> None:
    for name in ("starts_on", "ends_on"):
        day = getattr(schedule, name)
        if day and not EARLIEST <= day <= LATEST:
            text = _("The day must lie between %(first)s and %(last)s.")
            days = {"first": show_day(EARLIEST), "last": show_day(LATEST)}
            raise ValidationError({name: text % days})


def _record(verb: Verb, schedule: Schedule, **more) -> None:
    record(verb, schedule, agency_id=schedule.agency_id, **more)
