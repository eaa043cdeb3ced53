"""Groups: entered, changed, ended; who joins them and leaves."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Worker
from coordination.access.models import User
from coordination.audit.log import Verb, record
from coordination.editing import refuse_if_changed
from coordination.periods import show_day
from districts.models import District
from volunteers import changes, engaged
from volunteers.models import GroupMember, Volunteer, VolunteerGroup

FIELDS = (*engaged.FIELDS, "kind", "spokesperson")
WATCHED = (*FIELDS, *engaged.MANY)


@transaction.atomic
def create(
    *,
    districts: Iterable[District],
    interests: Iterable = (),
    contact: Worker | None = None,
    on: date | None = None,
    by: User | None,
    **fields,
) -> VolunteerGroup:
    """A new group with a contact person, as ``volunteers.create``."""
    links = {"districts": districts, "interests": interests, "contact": contact}
    return engaged.create(VolunteerGroup(**fields), **links, on=on, by=by)


@transaction.atomic
def change(
    group: VolunteerGroup, *, seen: str | None = None, reason: str = "", by: User | None, **fields
) -> VolunteerGroup:
    """Set the given ``WATCHED``. With a last day, memberships and contact persons end."""
    group = engaged.locked(group, fields.get("agency"))
    refuse_if_changed(group, seen, WATCHED)
    engaged.change(group, fields, reason=reason, by=by)
    return group


@transaction.atomic
def end(
    group: VolunteerGroup, *, ends_on: date, reason: str, seen: str | None = None, by: User | None
) -> VolunteerGroup:
    """The last day of a group; its members leave it, and stay volunteers."""
    group = engaged.locked(group)
    refuse_if_changed(group, seen, ["ends_on"])
    engaged.end(group, ends_on=ends_on, reason=reason, by=by)
    return group


@transaction.atomic
def join(
    group: VolunteerGroup,
    *,
    volunteer: Volunteer,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
) -> GroupMember:
    """The volunteer helps in the group. Sent twice, it is one membership."""
    volunteer = _lock_volunteer(volunteer)
    group = _lock_group(group)
    member = GroupMember(group=group, volunteer=volunteer, starts_on=starts_on, ends_on=ends_on)
    _check_within(member)
    others = group.memberships.filter(volunteer=volunteer)
    if sent := others.filter(starts_on=starts_on, ends_on=ends_on).first():
        return sent
    if other := others.overlapping(starts_on, ends_on).first():
        text = _("Belongs to the group since %(day)s already.")
        raise ValidationError({"volunteer": text % {"day": show_day(other.starts_on)}})
    member.full_clean()
    member.save()
    _record(member, by=by, after={"starts_on": starts_on, "ends_on": ends_on})
    return member


@transaction.atomic
def leave(member: GroupMember, *, ends_on: date, reason: str = "", by: User | None) -> GroupMember:
    """The last day the volunteer helps in the group."""
    volunteer = _lock_volunteer(member.volunteer)
    group = _lock_group(member.group)
    member = GroupMember.objects.get(pk=member.pk)
    member.group, member.volunteer = group, volunteer
    changes.refuse_personal(reason, volunteer, group)
    if ends_on < member.starts_on:
        text = _("Belongs to the group only from %(day)s.")
        raise ValidationError({"ends_on": text % {"day": show_day(member.starts_on)}})
    before = {"ends_on": member.ends_on}
    member.ends_on = ends_on
    _check_within(member)
    others = group.memberships.filter(volunteer=volunteer).exclude(pk=member.pk)
    if others.overlapping(member.starts_on, ends_on).exists():
        raise ValidationError({"ends_on": _("Belongs to the group at that time already.")})
    member.full_clean()
    member.save()
    if before["ends_on"] != ends_on:
        _record(member, by=by, before=before, after={"ends_on": ends_on}, reason=reason)
    return member


def _check_within(member: GroupMember) -> None:
    """A membership lies within the time of the volunteer and of the group."""
    if member.ends_on and member.ends_on < member.starts_on:
        raise ValidationError({"ends_on": _("The last day lies before the first.")})
    texts = {
        member.volunteer: (_("Helps only from %(day)s."), _("Helps only until %(day)s.")),
        member.group: (
            _("The group exists only from %(day)s."),
            _("The group exists only until %(day)s."),
        ),
    }
    for row, (early, late) in texts.items():
        if member.starts_on < row.starts_on:
            raise ValidationError({"starts_on": early % {"day": show_day(row.starts_on)}})
        if row.ends_on and member.starts_on > row.ends_on:
            raise ValidationError({"starts_on": late % {"day": show_day(row.ends_on)}})
        if row.ends_on and (member.ends_on is None or member.ends_on > row.ends_on):
            raise ValidationError({"ends_on": late % {"day": show_day(row.ends_on)}})


def _record(member: GroupMember, *, by, before=None, after=None, reason="") -> None:
    """In the log of the group, and of the volunteer, each for who looks after them."""
    pairs = [(member.group, "member", member.volunteer), (member.volunteer, "group", member.group)]
    for row, name, other in pairs:
        record(
            Verb.CHANGED,
            row,
            by=by,
            agency_id=row.agency_id,
            before=before or {},
            after={name: str(other), **after},
            reason=reason,
        )


def _lock_volunteer(volunteer: Volunteer) -> Volunteer:
    Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    return Volunteer.objects.get(pk=volunteer.pk)


def _lock_group(group: VolunteerGroup) -> VolunteerGroup:
    VolunteerGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    return VolunteerGroup.objects.select_related("agency").get(pk=group.pk)
