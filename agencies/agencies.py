"""Agencies: create and change them, and close one down only when nothing runs on."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Assignment, Occupancy, Position
from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.editing import refuse_if_changed

# Why an agency cannot be closed yet, in words, or "": asked under its lock. What stands on agencies
# adds here what they cannot know of.
hindrances: list[Callable[[Agency], str]] = []
CONTACT = ("street", "postal_code", "town", "phone", "email", "office_hours")
FIELDS = ("name", "short_name", "kind", "is_active", *CONTACT)


@transaction.atomic
def create(*, by: User | None, **fields) -> Agency:
    """A new agency with the given ``FIELDS``; names that are taken are refused."""
    agency = Agency(**fields)
    _save(agency)
    record(Verb.CREATED, agency, by=by, agency_id=agency.pk, after=values(agency, *sorted(fields)))
    return agency


@transaction.atomic
def change(
    agency: Agency, *, seen: str | None = None, reason: str = "", by: User | None, **fields
) -> Agency:
    """Set the given ``FIELDS``. Closing an agency is refused while its positions are at work, and
    for whatever else is among ``hindrances``."""
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    agency = Agency.objects.get(pk=agency.pk)
    refuse_if_changed(agency, seen, fields)
    before = values(agency, *fields)
    if agency.is_active and not fields.get("is_active", True):
        _check_nothing_runs(agency)
    for name, value in fields.items():
        setattr(agency, name, value)
    _save(agency)
    after = values(agency, *fields)
    if before != after:
        record(
            _verb(before, after),
            agency,
            by=by,
            agency_id=agency.pk,
            before=before,
            after=after,
            reason=reason,
        )
    return agency


def _verb(before: dict, after: dict) -> Verb:
    if before.get("is_active") == after.get("is_active"):
        return Verb.CHANGED
    return Verb.ACTIVATED if after["is_active"] else Verb.DEACTIVATED


def _save(agency: Agency) -> None:
    """Save, or say which name is taken, also when somebody took it this very moment."""
    agency.full_clean()
    try:
        with transaction.atomic():
            agency.save()
    except IntegrityError:
        agency.full_clean()
        raise


def _check_nothing_runs(agency: Agency) -> None:
    # Who fills or assigns a position locks it first: with all of them ours nothing can begin.
    list(
        Position.objects.select_for_update(no_key=True)
        .filter(agency=agency)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    occupancies = Occupancy.objects.filter(position__agency=agency).overlapping(today(), None)
    assignments = Assignment.objects.filter(position__agency=agency).overlapping(today(), None)
    running = [*occupancies.select_related("worker", "position__agency"), *assignments.with_names()]
    if running:
        named = "; ".join(f"{row._meta.verbose_name} {row}" for row in running[:3])
        more = len(running) - 3
        raise ValidationError(
            {
                "is_active": _("End first what still runs: %(rows)s.")
                % {"rows": named + (_(" and %(more)s more") % {"more": more} if more > 0 else "")}
            }
        )
    if found := [text for hindrance in hindrances if (text := hindrance(agency))]:
        raise ValidationError({"is_active": found})
