"""Who holds which position: hold, end, withdraw.

An occupancy is never rewritten: it ends, and what never began is withdrawn. Every act locks the
position, then the worker, and only then reads what it checks: two people must not both fill the
last half of a position.
"""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Occupancy, Position, Worker
from agencies.positions import show_fte
from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.editing import refuse_if_changed
from coordination.periods import ONE_DAY, Step, show_day, steps

FULL_TIME = Decimal("1.00")
LOGGED = ("position", "worker", "fte", "starts_on", "ends_on")


@transaction.atomic
def hold(
    position: Position,
    *,
    worker: Worker,
    fte: Decimal,
    starts_on: date,
    ends_on: date | None = None,
    reason: str = "",
    by: User | None,
) -> Occupancy:
    """Let ``worker`` hold ``fte`` of the position; without ``ends_on`` to the end of funding."""
    _lock(position, worker)
    position = Position.objects.select_related("agency").get(pk=position.pk)
    worker = Worker.objects.get(pk=worker.pk)
    occupancy = Occupancy(
        position=position,
        worker=worker,
        fte=fte,
        starts_on=starts_on,
        ends_on=ends_on or position.ends_on,
    )
    _check_worker(occupancy)
    _check_funding(occupancy)
    occupancy.full_clean()
    _check_position_fte(occupancy)
    _check_worker_fte(occupancy)
    occupancy.save()
    _log(Verb.CREATED, occupancy, by=by, after=values(occupancy, *LOGGED), reason=reason)
    return occupancy


@transaction.atomic
def end(
    occupancy: Occupancy,
    *,
    ends_on: date,
    reason: str,
    seen: str | None = None,
    by: User | None,
) -> Occupancy:
    """Let ``ends_on`` be the last day, past or future. What the position covers stays with it."""
    occupancy = _locked(occupancy)
    refuse_if_changed(occupancy, seen, ["ends_on"])
    if ends_on < occupancy.starts_on:
        raise ValidationError(
            {
                "ends_on": _("The occupancy begins on %(day)s only. Withdraw it if it never began.")
                % {"day": show_day(occupancy.starts_on)}
            }
        )
    if occupancy.ends_on and ends_on >= occupancy.ends_on:
        raise ValidationError(
            {
                "ends_on": _(
                    "It already ends on %(day)s. To go on longer, start a new occupancy after it."
                )
                % {"day": show_day(occupancy.ends_on)}
            }
        )
    before = values(occupancy, "ends_on")
    occupancy.ends_on = ends_on
    _check_funding(occupancy)
    occupancy.full_clean()
    occupancy.save(update_fields=["ends_on"])
    after = values(occupancy, "ends_on")
    _log(Verb.ENDED, occupancy, by=by, before=before, after=after, reason=reason)
    return occupancy


@transaction.atomic
def succeed(
    occupancy: Occupancy,
    *,
    worker: Worker,
    starts_on: date,
    reason: str,
    seen: str | None = None,
    by: User | None,
) -> Occupancy:
    """From ``starts_on`` ``worker`` holds what the other held, for the time that was left.

    The districts stay with the position, so they go from one holder to the other in this one act.
    """
    _lock(occupancy.position, occupancy.worker, worker)
    occupancy = Occupancy.objects.select_related("position").get(pk=occupancy.pk)
    if worker.pk == occupancy.worker_id:
        raise ValidationError({"worker": _("Choose somebody else than the present holder.")})
    if not (occupancy.is_on(starts_on) and starts_on > occupancy.starts_on):
        raise ValidationError(
            {
                "starts_on": _("The occupancy runs from %(first)s to %(last)s. Choose a day in it.")
                % {
                    "first": show_day(occupancy.starts_on),
                    "last": show_day(occupancy.ends_on) or "…",
                }
            }
        )
    last = occupancy.ends_on
    end(occupancy, ends_on=starts_on - ONE_DAY, reason=reason, seen=seen, by=by)
    return hold(
        occupancy.position,
        worker=worker,
        fte=occupancy.fte,
        starts_on=starts_on,
        ends_on=last,
        reason=reason,
        by=by,
    )


@transaction.atomic
def withdraw(occupancy: Occupancy, *, reason: str, by: User | None) -> Occupancy:
    """Take back what has not begun. It stays in the history as withdrawn."""
    occupancy = _locked(occupancy)
    if occupancy.starts_on <= today():
        raise ValidationError(
            _("This occupancy began on %(day)s. End it instead of withdrawing it.")
            % {"day": show_day(occupancy.starts_on)}
        )
    before = values(occupancy, *LOGGED)
    occupancy.withdrawn_at = timezone.now()
    occupancy.save(update_fields=["withdrawn_at"])
    _log(Verb.WITHDRAWN, occupancy, by=by, before=before, reason=reason)
    return occupancy


def _lock(position: Position, *workers: Worker) -> None:
    """Lock in one order everywhere – the position, then workers by number – against deadlocks."""
    Position.objects.select_for_update(no_key=True).get(pk=position.pk)
    for number in sorted({worker.pk for worker in workers}):
        Worker.objects.select_for_update(no_key=True).get(pk=number)


def _locked(occupancy: Occupancy) -> Occupancy:
    """The occupancy as it is now that its position is ours; refused if withdrawn."""
    _lock(occupancy.position, occupancy.worker)
    occupancy = Occupancy.objects.select_related("position__agency", "worker").get(pk=occupancy.pk)
    if occupancy.is_withdrawn:
        raise ValidationError(_("This occupancy has been withdrawn in the meantime."))
    return occupancy


def _log(verb, occupancy, *, by, **details):
    record(verb, occupancy, by=by, agency_id=occupancy.position.agency_id, **details)


def _check_worker(occupancy: Occupancy) -> None:
    worker, position = occupancy.worker, occupancy.position
    if worker.agency_id != position.agency_id:
        raise ValidationError(
            {
                "worker": _("%(worker)s does not belong to %(agency)s.")
                % {"worker": worker, "agency": position.agency}
            }
        )
    if worker.kind == Worker.Kind.FREELANCE:
        raise ValidationError({"worker": _("Freelancers hold no position.")})
    if not worker.is_active:
        raise ValidationError({"worker": _("%(worker)s is no longer active.") % {"worker": worker}})
    if not position.agency.is_active:
        raise ValidationError(_("%(agency)s is no longer active.") % {"agency": position.agency})


def _check_funding(occupancy: Occupancy) -> None:
    first, last = occupancy.starts_on, occupancy.ends_on
    position = occupancy.position
    if first < position.starts_on:
        text = _("The position is funded only from %(day)s.")
        raise ValidationError({"starts_on": text % {"day": show_day(position.starts_on)}})
    if position.ends_on and first > position.ends_on:
        text = _("The position is funded only until %(day)s.")
        raise ValidationError({"starts_on": text % {"day": show_day(position.ends_on)}})
    if position.ends_on and last > position.ends_on:
        text = _("The position is funded only until %(day)s.")
        raise ValidationError({"ends_on": text % {"day": show_day(position.ends_on)}})
    if last and last < first:
        raise ValidationError({"ends_on": _("The last day lies before the first.")})


def _first_too_full(rows, occupancy: Occupancy, limit: Decimal) -> Step | None:
    """The first stretch of days on which the new occupancy would exceed ``limit`` FTE."""
    held = steps(
        rows.standing(), lambda row: row.fte, occupancy.starts_on, occupancy.ends_on, Decimal(0)
    )
    return next((step for step in held if step.total + occupancy.fte > limit), None)


def _check_position_fte(occupancy: Occupancy) -> None:
    limit = occupancy.position.fte
    step = _first_too_full(occupancy.position.occupancies, occupancy, limit)
    if step is None:
        return
    day, left = show_day(step.starts_on), limit - step.total
    if left > 0:
        text = _("Only %(left)s FTE are left from %(day)s.") % {"left": show_fte(left), "day": day}
    else:
        text = _("Nothing is left from %(day)s: the position is fully held.") % {"day": day}
    raise ValidationError({"fte": text})


def _check_worker_fte(occupancy: Occupancy) -> None:
    worker = occupancy.worker
    step = _first_too_full(worker.occupancies, occupancy, FULL_TIME)
    if step:
        raise ValidationError(
            {
                "fte": _(
                    "%(worker)s already holds %(held)s FTE from %(day)s; %(left)s FTE are left."
                )
                % {
                    "worker": worker,
                    "held": show_fte(step.total),
                    "day": show_day(step.starts_on),
                    "left": show_fte(FULL_TIME - step.total),
                }
            }
        )
