"""Workers: the people an agency employs or pays for this work."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Membership, Occupancy, Worker
from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.editing import refuse_if_changed
from coordination.periods import show_day
from coordination.text import fold

PUBLIC = ("phone", "email", "languages", "office_hours", "is_public")
FIELDS = ("agency", "name", "kind", *PUBLIC, "user", "is_active")


@transaction.atomic
def create(*, agency: Agency, by: User | None, **fields) -> Worker:
    """A new worker of the agency with the given ``FIELDS``."""
    _lock(agency.pk, fields.get("user"))
    worker = Worker(agency=Agency.objects.get(pk=agency.pk), **fields)
    _check(worker)
    worker.save()
    record(
        Verb.CREATED,
        worker,
        by=by,
        agency_id=worker.agency_id,
        after=values(worker, "agency", *sorted(fields)),
    )
    return worker


@transaction.atomic
def change(
    worker: Worker, *, seen: str | None = None, reason: str = "", by: User | None, **fields
) -> Worker:
    """Set the given ``FIELDS``. Who holds a position stays employed, active and in the agency."""
    old_agency = Worker.objects.values_list("agency", flat=True).get(pk=worker.pk)
    new_agency = fields["agency"].pk if "agency" in fields else old_agency
    _lock(new_agency, fields.get("user"))
    Worker.objects.select_for_update(no_key=True).get(pk=worker.pk)
    worker = Worker.objects.select_related("agency", "user").get(pk=worker.pk)
    refuse_if_changed(worker, seen, fields)
    before, old_agency = values(worker, *fields), worker.agency_id
    for name, value in fields.items():
        setattr(worker, name, value)
    _check(worker)
    _check_occupancies(worker, old_agency)
    worker.save()
    after = values(worker, *fields)
    if before != after:
        for agency_id in {old_agency, worker.agency_id}:  # both may read of a move
            record(
                _verb(before, after),
                worker,
                by=by,
                agency_id=agency_id,
                before=before,
                after=after,
                reason=reason,
            )
    return worker


def _lock(agency_id: int, user: User | None) -> None:
    """An account is linked once, a name stands in an agency once: whoever comes second waits."""
    if user:
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
    Agency.objects.select_for_update(no_key=True).get(pk=agency_id)


def _verb(before: dict, after: dict) -> Verb:
    if before.get("is_active") == after.get("is_active"):
        return Verb.CHANGED
    return Verb.ACTIVATED if after["is_active"] else Verb.DEACTIVATED


def _check(worker: Worker) -> None:
    worker.full_clean()
    names = Worker.objects.filter(agency=worker.agency_id).exclude(pk=worker.pk)
    if fold(worker.name) in {fold(name) for name in names.values_list("name", flat=True)}:
        raise ValidationError(
            {
                "name": _(
                    "%(agency)s already has %(name)s. If this is another person, tell them apart "
                    "in the name, for example by a second first name."
                )
                % {"agency": worker.agency, "name": worker.name}
            }
        )
    if worker.user_id:
        member = Membership.objects.filter(user=worker.user_id, agency=worker.agency_id)
        if not member.exists():
            raise ValidationError(
                {
                    "user": _("This account does not belong to %(agency)s.")
                    % {"agency": worker.agency}
                }
            )


def _check_occupancies(worker: Worker, old_agency: int) -> None:
    held = Occupancy.objects.standing().filter(worker=worker).select_related("position__agency")
    if worker.agency_id != old_agency and (row := held.first()):
        raise ValidationError(
            {
                "agency": _(
                    "%(worker)s has held “%(position)s”: the agency stays. "
                    "Create the person anew with the other agency."
                )
                % {"worker": worker, "position": row.position}
            }
        )
    if worker.agency_id != old_agency and worker.activities.exists():
        raise ValidationError(
            {
                "agency": _(
                    "%(worker)s has logged activities: the agency stays. "
                    "Create the person anew with the other agency."
                )
                % {"worker": worker}
            }
        )
    row = held.overlapping(today(), None).first()
    if row is None:
        return
    name = None
    if not worker.is_active:
        name = "is_active"
    elif worker.kind != Worker.Kind.EMPLOYED:
        name = "kind"
    if name:
        until = show_day(row.ends_on) or "…"
        raise ValidationError(
            {
                name: _("%(worker)s holds “%(position)s” until %(day)s. End the occupancy first.")
                % {"worker": worker, "position": row.position, "day": until}
            }
        )
