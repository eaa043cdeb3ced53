"""Certificates of conduct that somebody has seen (§ 72a SGB VIII, § 30a BZRG).

Kept is when it was inspected, when it was issued and who saw it; never the paper, never what it
says, never an older one. The change log tells only that one was inspected.
"""

from datetime import date

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from coordination import editing
from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record
from coordination.periods import show_day
from volunteers.models import Certificate, Volunteer

OLDEST = relativedelta(months=3)  # at inspection
WATCHED = ("inspected_on", "issued_on")


def is_old(*, issued_on: date, inspected_on: date) -> bool:
    """Whether it was no longer new when it was shown, so that the page asks."""
    return issued_on < inspected_on - OLDEST


@transaction.atomic
def inspect(
    volunteer: Volunteer,
    *,
    inspected_on: date,
    issued_on: date,
    by: User,
    seen: str | None = None,
) -> Certificate:
    """Note that ``by`` has seen the volunteer's certificate; it replaces the one before."""
    Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    volunteer = Volunteer.objects.select_related("agency").get(pk=volunteer.pk)
    stored = Certificate.objects.filter(volunteer=volunteer).first()
    editing.refuse_if_changed(stored or Certificate(volunteer=volunteer), seen, WATCHED)
    if volunteer.has_ended(today()):
        raise ValidationError(_("The volunteer no longer helps: no certificate may be kept."))
    for name, day in (("issued_on", issued_on), ("inspected_on", inspected_on)):
        if day > today():
            raise ValidationError({name: _("This day is still to come.")})
    if issued_on > inspected_on:
        raise ValidationError({"issued_on": _("It was inspected before it was issued.")})
    if stored and issued_on < stored.issued_on:
        raise ValidationError(
            {
                "issued_on": _(
                    "One issued on %(day)s is recorded, which is newer. "
                    "If that is a mistake, delete it first."
                )
                % {"day": show_day(stored.issued_on)}
            }
        )
    certificate = stored or Certificate(volunteer=volunteer)
    certificate.inspected_on, certificate.issued_on = inspected_on, issued_on
    certificate.inspected_by = by
    certificate.full_clean()
    certificate.save()
    record(Verb.CHECKED, certificate, by=by, agency_id=volunteer.agency_id)
    return certificate


@transaction.atomic
def delete(volunteer: Volunteer, *, by: User) -> None:
    """Delete what is kept of the certificate; without one this changes nothing."""
    Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    for certificate in Certificate.objects.filter(volunteer=volunteer).select_related("volunteer"):
        record(Verb.DELETED, certificate, by=by, agency_id=certificate.volunteer.agency_id)
        certificate.delete()
