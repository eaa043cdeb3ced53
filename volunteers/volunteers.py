"""Volunteers: entered, changed, ended."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from agencies.models import Worker
from coordination.access.models import User
from coordination.editing import refuse_if_changed
from districts.models import District
from volunteers import engaged
from volunteers.models import Volunteer

FIELDS = engaged.FIELDS
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
) -> Volunteer:
    """A new volunteer with the given ``FIELDS`` and a contact person: ``contact``, or the lead of
    one of the districts.

    Entered ``on`` that day, or today. A form sent twice (the same ``form_id``) makes one volunteer
    and returns them.
    """
    links = {"districts": districts, "interests": interests, "contact": contact}
    return engaged.create(Volunteer(**fields), **links, on=on, by=by)


@transaction.atomic
def change(
    volunteer: Volunteer, *, seen: str | None = None, reason: str = "", by: User | None, **fields
) -> Volunteer:
    """Set the given ``WATCHED``. With a last day, memberships and contact persons end."""
    volunteer = engaged.locked(volunteer, fields.get("agency"))
    refuse_if_changed(volunteer, seen, WATCHED)
    engaged.change(volunteer, fields, reason=reason, by=by)
    return volunteer


@transaction.atomic
def end(
    volunteer: Volunteer, *, ends_on: date, reason: str, seen: str | None = None, by: User | None
) -> Volunteer:
    """The last day somebody helps: they leave their groups, and their contact person ends."""
    volunteer = engaged.locked(volunteer)
    refuse_if_changed(volunteer, seen, ["ends_on"])
    engaged.end(volunteer, ends_on=ends_on, reason=reason, by=by)
    return volunteer
