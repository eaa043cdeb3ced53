"""Declarations: their texts in versions, and who signed which of them when."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record
from coordination.periods import show_day
from volunteers.models import Declaration, DeclarationText, Volunteer


@transaction.atomic
def write(*, kind: str, starts_on: date, text: str, by: User) -> DeclarationText:
    """The next version of a declaration. From ``starts_on`` on, older ones are outdated."""
    versions = DeclarationText.objects.filter(kind=kind)
    # Whoever writes the next version at the same time waits here; the first one has nothing to
    # lock, there the unique version decides.
    last = versions.select_for_update(no_key=True).order_by("-version").first()
    last = last and versions.order_by("-version").first()
    if last and starts_on <= last.starts_on:
        raise ValidationError(
            {
                "starts_on": _("%(last)s is valid from %(day)s. The next version starts later.")
                % {"last": last, "day": show_day(last.starts_on)}
            }
        )
    version = DeclarationText(
        kind=kind, version=last.version + 1 if last else 1, starts_on=starts_on, text=text
    )
    version.full_clean()
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError:  # the other first version, written in this very moment
        version.full_clean()
        raise
    record(Verb.CREATED, version, by=by, after={"starts_on": starts_on})
    return version


@transaction.atomic
def sign(
    volunteer: Volunteer, *, texts: Iterable[DeclarationText], signed_on: date, by: User
) -> list[Declaration]:
    """Note that the volunteer signed these versions on a day."""
    Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    if signed_on > today():
        raise ValidationError({"signed_on": _("This day is still to come.")})
    signed = []
    for text in texts:
        if signed_on < text.starts_on:
            raise ValidationError(
                {
                    "signed_on": _("%(text)s is valid from %(day)s only.")
                    % {"text": text, "day": show_day(text.starts_on)}
                }
            )
        declaration = Declaration(volunteer=volunteer, text=text, signed_on=signed_on)
        try:
            declaration.full_clean()
        except ValidationError as error:
            raise ValidationError({"texts": error.messages}) from error
        declaration.save(force_insert=True)
        # The day stays in the declaration, which is deleted with the volunteer; the log stays.
        record(Verb.CREATED, declaration, by=by, agency_id=volunteer.agency_id)
        signed.append(declaration)
    return signed


@transaction.atomic
def delete(declaration: Declaration, *, by: User) -> None:
    """Take back what was noted by mistake; doing it again changes nothing."""
    Volunteer.objects.select_for_update(no_key=True).get(pk=declaration.volunteer_id)
    there = Declaration.objects.filter(pk=declaration.pk).select_related("volunteer", "text")
    if declaration := there.first():
        record(Verb.DELETED, declaration, by=by, agency_id=declaration.volunteer.agency_id)
        declaration.delete()
