"""Volunteers: entered, changed, ended."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from agencies.models import Agency, Worker
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
    name: str,
    email: str = "",
    phone: str = "",
    languages: str = "",
    districts: Iterable[District],
    interests: Iterable = (),
    agency: Agency,
    starts_on: date,
    ends_on: date | None = None,
    consent: str,
    consent_on: date,
    contact: Worker | None = None,
    form_id: UUID | None = None,
    on: date | None = None,
    by: User | None,
) -> Volunteer:
    """A new volunteer with a contact person: ``contact``, or the lead of one of the districts.

    Entered ``on`` that day, or today. A form sent twice (the same ``form_id``) makes one volunteer
    and returns them.
    """
    volunteer = Volunteer(
        name=name,
        email=email,
        phone=phone,
        languages=languages,
        agency=agency,
        starts_on=starts_on,
        ends_on=ends_on,
        consent=consent,
        consent_on=consent_on,
        form_id=form_id,
    )
    engaged.lock_agencies(agency.pk)
    if sent := engaged.sent_before(volunteer):
        return sent
    return engaged.create(
        volunteer, districts=districts, interests=interests, contact=contact, on=on, by=by
    )


@transaction.atomic
def change(
    volunteer: Volunteer, *, seen: str | None = None, reason: str = "", by: User | None, **fields
) -> Volunteer:
    """Set the given ``WATCHED``. With a last day, memberships and contact persons end."""
    volunteer = _locked(volunteer, fields.get("agency"))
    refuse_if_changed(volunteer, seen, WATCHED)
    engaged.change(volunteer, fields, reason=reason, by=by)
    return volunteer


@transaction.atomic
def end(
    volunteer: Volunteer, *, ends_on: date, reason: str, seen: str | None = None, by: User | None
) -> Volunteer:
    """The last day somebody helps: they leave their groups, and their contact person ends."""
    volunteer = _locked(volunteer)
    refuse_if_changed(volunteer, seen, ["ends_on"])
    engaged.end(volunteer, ends_on=ends_on, reason=reason, by=by)
    return volunteer


def _locked(volunteer: Volunteer, agency: Agency | None = None) -> Volunteer:
    old = Volunteer.objects.values_list("agency", flat=True).get(pk=volunteer.pk)
    engaged.lock_agencies(old, agency.pk if agency else old)
    Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    return Volunteer.objects.select_related("agency").get(pk=volunteer.pk)
