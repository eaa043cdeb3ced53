"""Council reports before they are released: composed, changed, discarded."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.activity import spans
from agencies.activity.models import Rhythm
from agencies.activity.spans import Span
from coordination.access.models import User
from coordination.audit.log import Verb, record, values
from coordination.council.summary.figures import Frame
from coordination.council.summary.models import CouncilReport, Release
from coordination.editing import refuse_if_changed
from coordination.periods import show_day

FIELDS = ("title", "as_of", "starts_on", "ends_on", "since", "text")
DATES = ("as_of", "starts_on", "ends_on", "since")
LONGEST = 366  # days that the period of a report may have


def frame_of(report: CouncilReport) -> Frame:
    return Frame(report.as_of, report.starts_on, report.ends_on, report.since)


def last_finished(day: date) -> Span:
    """The last quarter of the calendar that is over on this day."""
    return spans.before(spans.around(day, Rhythm.QUARTER))


def released_over(starts_on: date, ends_on: date) -> QuerySet[Release]:
    """What is released already over exactly this period."""
    rows = Release.objects.without_content().filter(starts_on=starts_on, ends_on=ends_on)
    return rows.order_by("number")


def proposed(day: date) -> Span:
    """The first finished quarter after the latest report that has none; else the last finished."""
    last = last_finished(day)
    latest = Release.objects.aggregate(day=Max("ends_on"))["day"]
    quarter = spans.around(latest, Rhythm.QUARTER) if latest else last
    while quarter < last and released_over(*quarter).exists():
        quarter = spans.after(quarter)
    return min(quarter, last)


def defaults(day: date) -> dict:
    """What a new report starts with: a quarter to report on, and since the last report."""
    starts_on, ends_on = proposed(day)
    last = Release.objects.without_content().order_by("-number").first()
    quarter = f"{(starts_on.month + 2) // 3}. Quartal {starts_on.year}"
    return {
        "title": f"Ratsbericht {quarter}",
        "as_of": day,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "since": min(last.as_of, day) if last else None,
    }


@transaction.atomic
def create(
    *,
    title: str,
    as_of: date,
    starts_on: date,
    ends_on: date,
    since: date | None = None,
    text: str = "",
    is_insisted: bool = False,
    by: User,
) -> CouncilReport:
    """A draft. ``is_insisted``: saved although the text looks like a personal case."""
    report = CouncilReport(
        title=title,
        as_of=as_of,
        starts_on=starts_on,
        ends_on=ends_on,
        since=since,
        text=_tidy(text),
        created_by=by,
    )
    _check(report)
    report.save()
    record(Verb.CREATED, report, by=by, after=values(report, *DATES), reason=_insisted(is_insisted))
    return report


@transaction.atomic
def change(
    report: CouncilReport,
    *,
    seen: str | None = None,
    is_insisted: bool = False,
    by: User,
    **new,
) -> CouncilReport:
    """Change the named fields of a draft. The log keeps that the text changed, never the text."""
    report = locked(report)
    refuse_if_changed(report, seen, FIELDS)
    before, text = values(report, "title", *DATES), report.text
    for name, value in new.items():
        setattr(report, name, _tidy(value) if name == "text" else value)
    _check(report)
    after = values(report, "title", *DATES)
    if report.text != text:
        before["text"], after["text"] = _("as it was"), _("changed")
    if before != after:
        report.save()
        reason = _insisted(is_insisted)
        record(Verb.CHANGED, report, by=by, before=before, after=after, reason=reason)
    return report


@transaction.atomic
def discard(report: CouncilReport, *, by: User) -> None:
    """Delete a draft; that there was one stands in the log."""
    report = locked(report)
    record(Verb.DELETED, report, by=by, before=values(report, *DATES))
    report.delete()


def locked(report: CouncilReport) -> CouncilReport:
    """The draft as it is now that nobody else can change it; refused once it is released."""
    found = CouncilReport.objects.select_for_update(no_key=True).filter(pk=report.pk).first()
    if found is None:
        raise ValidationError(_("This draft has been discarded meanwhile."), code="gone")
    refuse_released(found)
    return found


def refuse_released(report: CouncilReport) -> None:
    release = Release.objects.without_content().filter(report=report).first()
    if release:
        text = _(
            "This report was released as no. %(number)d on %(day)s and no longer changes. "
            "What turns out to be wrong is corrected in the next report."
        )
        found = {"number": release.number, "day": show_day(timezone.localdate(release.released_at))}
        raise ValidationError(text % found, code="released")


def refuse_days(*, as_of: date, starts_on: date, ends_on: date, since: date | None) -> None:
    """Days of which a report cannot speak together, told at the field to correct."""
    errors = {}
    if ends_on < starts_on:
        text = _("The last day, %(last)s, lies before the first, %(first)s.")
        words = {"last": show_day(ends_on), "first": show_day(starts_on)}
        errors["ends_on"] = text % words
    elif (ends_on - starts_on).days >= LONGEST:
        errors["ends_on"] = _("A report covers one year at most.")
    elif as_of < ends_on:
        text = _(
            "The period ends on %(last)s, after the day the report speaks of, %(day)s. Choose "
            "%(last)s or a later one."
        )
        errors["as_of"] = text % {"last": show_day(ends_on), "day": show_day(as_of)}
    if since and since > as_of:
        errors["since"] = _("The last meeting lies after the day the report speaks of.")
    if errors:
        raise ValidationError(errors)


def _check(report: CouncilReport) -> None:
    refuse_days(**{name: getattr(report, name) for name in DATES})
    report.full_clean(exclude=["created_by"])


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _insisted(is_insisted: bool) -> str:
    return _("Saved in spite of the privacy warning.") if is_insisted else ""
