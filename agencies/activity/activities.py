"""Entries of what was done: written, changed and deleted while their reporting period is open."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.activity.models import Activity, Headcount, ReportingPeriod
from agencies.lists.models import TargetGroup, Term
from agencies.models import Agency, Worker
from agencies.offers.models import Offer
from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.audit.models import Entry
from coordination.editing import refuse_if_changed
from coordination.periods import show_day

EARLIEST = date(2000, 1, 1)
# What the log keeps of a change. The note is free text: that it changed is said, never what it
# said, so that a slip can be taken back for good.
LOGGED = (
    "day", "worker", "district", "kind", "format", "minutes", "offer", "has_interpreter",
    "refugees", "others", "helpers",
)  # fmt: skip
# What a page that changes an entry has shown, to notice that somebody else changed it meanwhile.
WATCHED = (*LOGGED, "topics", "note")
Counts = dict[TargetGroup, int]
SAVED_OTHERWISE = gettext_lazy(
    "This form was saved before, with other content. That entry stays as it is: change "
    "it in the list. Saving again here makes another entry."
)
# Where an entry keeps the sum of the people of a background.
COLUMN_OF = {"refugee": "refugees", "other": "others", "helper": "helpers"}


@transaction.atomic
def log(
    *,
    worker: Worker,
    day: date,
    counts: Counts,
    topics: Iterable = (),
    form_id: UUID | None = None,
    by: User | None,
    **fields,
) -> Activity:
    """A new entry of what ``worker`` did on ``day``.

    ``fields`` are district, kind, format, minutes and, if there are any, has_interpreter, offer,
    note, is_note_insisted, external_id. ``counts`` says how many people of which target group,
    0 may be left out. A form sent twice (the same ``form_id``) makes one entry and returns it.
    """
    agency = lock(worker.agency_id)
    if form_id and (sent := Activity.objects.filter(form_id=form_id).first()):
        return sent
    activity = Activity(agency=agency, worker=worker, day=day, form_id=form_id, created_by=by)
    for name, value in _read_again(fields).items():
        setattr(activity, name, value)
    _count(activity, counts)
    check(activity, counts=counts, topics=list(topics))
    refuse_closed(agency, day)
    _validate(activity)
    activity.save()
    _save_counts(activity, counts)
    activity.topics.set(topics)
    return activity


@transaction.atomic
def change(
    activity: Activity,
    *,
    counts: Counts | None = None,
    topics: Iterable | None = None,
    seen: str | None = None,
    by: User | None,
    **fields,
) -> Activity:
    """Set the given fields of an entry, in whose period (the old and the new one) may be written.

    None as ``counts`` or ``topics`` leaves them as they are.
    """
    agency = lock(activity.agency_id)
    activity = Activity.objects.with_names().get(pk=activity.pk)
    refuse_if_changed(activity, seen, WATCHED)
    refuse_closed(agency, activity.day)
    before, old = _logged(activity), activity.note
    was = before_change(activity)
    for name, value in _read_again(fields).items():
        setattr(activity, name, value)
    if counts is None:
        counts = {row.target_group: row.people for row in activity.headcounts.all()}
    if topics is None:
        topics = list(activity.topics.all())
    _count(activity, counts)
    check(activity, counts=counts, topics=list(topics), was=was)
    refuse_closed(agency, activity.day)
    _validate(activity)
    activity.save()
    _save_counts(activity, counts)
    activity.topics.set(topics)
    after = _logged(Activity.objects.with_names().get(pk=activity.pk))
    if activity.note != old:
        before["note"], after["note"] = _("as it was"), _("changed")
    if before != after:
        _record(Verb.CHANGED, activity, by=by, before=before, after=after)
    return activity


@transaction.atomic
def delete(activity: Activity, *, reason: str = "", by: User | None) -> None:
    """Delete an entry whose period is open. The log keeps its figures, not its note."""
    agency = lock(activity.agency_id)
    activity = Activity.objects.with_names().filter(pk=activity.pk).first()
    if activity is None:  # deleted meanwhile: what was wanted is so
        return
    refuse_closed(agency, activity.day)
    _record(Verb.DELETED, activity, by=by, before=_logged(activity), reason=reason)
    activity.delete()


def was_deleted(pk: int, *, by: User) -> bool:
    """Whether ``by`` has deleted the entry with this number, as the log says."""
    return Entry.objects.filter(
        verb=Verb.DELETED, target_model=Activity._meta.label_lower, target_id=pk, by=by
    ).exists()


def lock(agency_id: int) -> Agency:
    """Lock the agency: its entries and the states of its periods change one after the other."""
    Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
    return Agency.objects.get(pk=agency_id)


def _read_again(fields: dict) -> dict:
    """The offer as it is under the lock: it may have been ended while this entry waited."""
    offer = fields.get("offer")
    return {**fields, "offer": Offer.objects.get(pk=offer.pk)} if offer else fields


def before_change(entry: Activity) -> dict:
    """What ``check`` needs to know of an entry that is changed: all of it may stay."""
    names = ("worker", "kind", "format", "offer", "day")
    return {
        **{name: getattr(entry, name) for name in names},
        "counts": [row.target_group for row in entry.headcounts.all()],
        "topics": list(entry.topics.all()),
    }


def says(entry: Activity, *, by: User | None, **fields) -> bool:
    """Whether ``by`` made the entry and it says what the ``fields`` of ``log`` say.

    A form that was saved before and comes back with other content must not count as saved.
    """
    if entry.created_by_id != getattr(by, "pk", None):
        return False
    names = ["worker", "day", "district", "kind", "format", "minutes"]
    rest = {"offer": None, "note": "", "has_interpreter": False}
    sent = {name: fields[name] for name in names} | {n: fields.get(n, v) for n, v in rest.items()}
    people = {group.pk: people for group, people in fields["counts"].items() if people}
    return (
        all(getattr(entry, name) == value for name, value in sent.items())
        and {row.target_group_id: row.people for row in entry.headcounts.all()} == people
        and set(entry.topics.all()) == set(fields.get("topics", ()))
    )


def refuse_closed(agency: Agency, day: date) -> None:
    """Refuse a day that lies in a period whose report has been handed in."""
    if period := agency.reporting_periods.closed().on(day).first():
        raise ValidationError({"day": closed_text(period)})


def closed_text(period: ReportingPeriod) -> str:
    """Why the entries of this period stay as they are."""
    if period.state == ReportingPeriod.State.SUBMITTED:
        text = _(
            "%(period)s has been submitted. As long as the report is being checked, its entries "
            "stay as they are; the coordination can send it back."
        )
    elif period.state == ReportingPeriod.State.ACCEPTED:
        text = _(
            "%(period)s has been accepted: its entries stay as they are. "
            "The coordination can open it again with a reason."
        )
    else:
        text = _(
            "%(period)s is locked: its entries stay as they are. "
            "The coordination can open it again with a reason."
        )
    return text % {"period": period.name}


def check(
    activity: Activity, *, counts: Counts, topics: list[Term], was: dict | None = None
) -> None:
    """What an entry must fulfil beside its own columns; ``was`` holds what it said before.

    What stood in an entry before may stay in it, even if it is no longer offered to new ones.
    """
    was, day, errors = was or {}, activity.day, {}
    if day > today():
        errors["day"] = _("%(day)s lies in the future. Enter what has been done.") % {
            "day": show_day(day)
        }
    elif day < EARLIEST:
        errors["day"] = _("The day must not lie before %(day)s.") % {"day": show_day(EARLIEST)}
    worker = activity.worker
    if worker.agency_id != activity.agency_id:
        errors["worker"] = _("%(worker)s does not belong to %(agency)s.") % {
            "worker": worker, "agency": activity.agency,
        }  # fmt: skip
    elif not worker.is_active and was.get("worker") != worker:
        errors["worker"] = _("%(worker)s is no longer active; entries can only be changed.") % {
            "worker": worker
        }
    elif not activity.agency.is_active and not was:
        errors["worker"] = _("%(agency)s is no longer active.") % {"agency": activity.agency}
    district = activity.district
    if district.level != district.Level.QUARTER:
        errors["district"] = _("%(district)s is a borough. Choose one of its quarters.") % {
            "district": district
        }
    elif not district.is_on(day):
        errors["district"] = _("%(district)s does not exist on %(day)s.") % {
            "district": district, "day": show_day(day),
        }  # fmt: skip
    for name in ("kind", "format"):
        term = getattr(activity, name)
        if not term.is_on(day) and (was.get(name) != term or was.get("day") != day):
            errors[name] = not_valid(term, day)
    used = {"counts": [group for group, people in counts.items() if people], "topics": topics}
    for name, terms in used.items():
        for term in terms:
            if not term.is_on(day) and term not in was.get(name, ()):
                errors[name] = not_valid(term, day)
    offer = activity.offer
    if offer and offer.agency_id != activity.agency_id:
        errors["offer"] = _("This offer belongs to another agency.")
    elif offer and not offer.is_on(day):
        errors["offer"] = _("“%(offer)s” is not offered on %(day)s.") % {
            "offer": offer, "day": show_day(day),
        }  # fmt: skip
    for group, people in counts.items():
        try:
            Headcount._meta.get_field("people").run_validators(people or 1)
        except ValidationError as error:
            errors["counts"] = f"{group}: {' '.join(error.messages)}"
    if errors:
        raise ValidationError(errors)


def sums(counts: Counts) -> dict[str, int]:
    """People by background, as the columns of an entry keep them."""
    found = dict.fromkeys(COLUMN_OF.values(), 0)
    for group, people in counts.items():
        found[COLUMN_OF[group.background]] += people or 0
    return found


def not_valid(term: Term, day: date) -> str:
    return _("“%(name)s” is not in the list on %(day)s.") % {
        "name": term, "day": show_day(day),
    }  # fmt: skip


def _validate(activity: Activity) -> None:
    """``full_clean`` without asking for each related row whether it is there: it was fetched."""
    related = [field.name for field in activity._meta.fields if field.is_relation]
    activity.clean_fields(exclude=related)
    activity.validate_constraints()


def _count(activity: Activity, counts: Counts) -> None:
    for name, people in sums(counts).items():
        setattr(activity, name, people)


def _save_counts(activity: Activity, counts: Counts) -> None:
    activity.headcounts.all().delete()
    Headcount.objects.bulk_create(
        Headcount(activity=activity, target_group=group, people=people)
        for group, people in counts.items()
        if people
    )


def _logged(activity: Activity) -> dict:
    return values(activity, *LOGGED)


def _record(verb: Verb, activity: Activity, **more) -> None:
    record(
        verb,
        activity,
        agency_id=activity.agency_id,
        district_id=activity.district_id,
        **more,
    )
