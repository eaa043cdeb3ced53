"""Weeks of entries: several entered at once, and last week's taken over to this one."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.activity import activities
from agencies.activity.models import Activity, ReportingPeriod
from agencies.models import Worker
from coordination import as_of
from coordination.access.models import User

WEEK = timedelta(days=7)


class Refused(Exception):
    """Nothing was entered; ``errors`` says by the place in the list what is wrong."""

    def __init__(self, errors: dict[int, ValidationError]):
        super().__init__()
        self.errors = errors


@dataclass(frozen=True)
class Copy:
    """An entry of last week and what may come of it a week later."""

    source: Activity
    day: date
    problem: str = ""  # why it cannot be taken over
    is_there: bool = False  # a like one has been entered already


def monday_of(text: str) -> date | None:
    """The Monday of the week ``2016-W47``, or of the week in which a day lies."""
    year, _sign, number = text.strip().partition("-W")
    if year.isdecimal() and number.isdecimal() and len(text) <= len("2016-W47"):
        try:
            day = date.fromisocalendar(int(year), int(number), 1)
        except ValueError:
            return None
    else:
        day = as_of.read(text)
    if day is None or not as_of.EARLIEST + WEEK < day < as_of.LATEST - 2 * WEEK:
        return None
    return day - timedelta(days=day.weekday())


def days_of(monday: date) -> list[date]:
    return [monday + timedelta(days=number) for number in range(7)]


def blocked(agency_id: int, days: list[date]) -> dict[date, str]:
    """The days on which nothing can be entered, and why."""
    periods = list(
        ReportingPeriod.objects.filter(agency=agency_id).closed().overlapping(days[0], days[-1])
    )
    found = {}
    for day in days:
        period = next((row for row in periods if row.starts_on <= day <= row.ends_on), None)
        if day > as_of.today():
            found[day] = _("This day lies in the future.")
        elif period:
            found[day] = _("%(period)s has been handed in: entries stay as they are.") % {
                "period": period.name
            }
    return found


@transaction.atomic
def log(entries: list[dict], *, by: User | None) -> list[Activity]:
    """Enter all (each with the fields of ``activities.log``) or, if one is refused, none.

    What the same form entered before is left out; with other content it is refused.
    """
    logged, errors = [], {}
    sent = Activity.objects.filter(form_id__in=[fields["form_id"] for fields in entries])
    known = set(sent.values_list("pk", flat=True))
    for place, fields in enumerate(entries):
        try:
            with transaction.atomic():
                entry = activities.log(**fields, by=by)
        except ValidationError as error:
            errors[place] = error
            continue
        if entry.pk not in known:
            logged.append(entry)
        elif not activities.says(entry, by=by, **fields):
            errors[place] = ValidationError({"__all__": activities.SAVED_OTHERWISE}, code="saved")
    if errors:
        raise Refused(errors)
    return logged


def copies(worker: Worker, monday: date) -> list[Copy]:
    """What the worker did in the week before, to be taken over to the week of ``monday``."""
    before = Activity.objects.filter(worker=worker).between(monday - WEEK, monday - timedelta(1))
    there = {
        _alike(row, row.day)
        for row in Activity.objects.filter(worker=worker).between(*days_of(monday)[::6])
    }
    reasons = blocked(worker.agency_id, days_of(monday))
    found = []
    for source in before.with_names().order_by("day", "pk"):
        day = source.day + WEEK
        problem = reasons.get(day) or _problem(source, day)
        found.append(Copy(source, day, problem, _alike(source, day) in there))
    return found


def copy(sources: list[Activity], *, token: UUID, by: User | None) -> list[Activity]:
    """Enter the sources anew a week later: all or none, and with one ``token`` only once."""
    entries = [
        {**_fields(source, source.day + WEEK), "form_id": uuid5(token, str(source.pk))}
        for source in sources
    ]
    return log(entries, by=by)


def _alike(row: Activity, day: date) -> tuple:
    return day, row.district_id, row.kind_id, row.format_id, row.offer_id


def _fields(source: Activity, day: date) -> dict:
    """All but the note, which speaks of that one day."""
    return {
        "worker": source.worker,
        "day": day,
        "counts": {row.target_group: row.people for row in source.headcounts.all()},
        "topics": list(source.topics.all()),
        **{
            name: getattr(source, name)
            for name in ("district", "kind", "format", "minutes", "has_interpreter", "offer")
        },
    }


def _problem(source: Activity, day: date) -> str:
    fields = _fields(source, day)
    counts, topics = fields.pop("counts"), fields.pop("topics")
    try:
        activities.check(Activity(agency=source.agency, **fields), counts=counts, topics=topics)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""
