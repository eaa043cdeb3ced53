"""Who covers which district: assign, change, hand over, end, withdraw.

History is never overwritten. A change ends one assignment and starts another; what never took
effect is withdrawn and stays visible as such. Every act locks the districts, then the agencies
and positions, and only then reads what it checks: two desks must not both give away the last hours.
"""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import assignment_rules
from agencies.models import Agency, Assignment, Position
from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.editing import refuse_if_changed
from coordination.periods import ONE_DAY, show_day
from districts.models import District

# What a page must have seen unchanged before it may end or change an assignment.
WATCHED = ("ends_on", "withdrawn_at")
LOGGED = ("role", "share", "starts_on", "ends_on", "division", "postal_codes", "topic")


@transaction.atomic
def assign(
    position: Position,
    *,
    district: District,
    role: str,
    share: int,
    starts_on: date,
    ends_on: date | None = None,
    division: str = Assignment.Division.WHOLE,
    postal_codes: Iterable[str] = (),
    topic: str = "",
    reason: str = "",
    by: User | None,
) -> Assignment:
    """Give ``position`` a responsibility in ``district``, or refuse with a ValidationError.

    ``share`` is percent of the position's weekly hours. Without ``ends_on`` it lasts as long as
    the position is funded.
    """
    _lock([district], [position])
    assignment = _start(
        Assignment(
            position=position,
            district=district,
            role=role,
            share=share,
            starts_on=starts_on,
            ends_on=ends_on or position.ends_on,
            division=division,
            topic=topic,
            reason=reason,
        ),
        postal_codes,
    )
    _log(Verb.CREATED, assignment, by=by, after=values(assignment, *LOGGED), reason=reason)
    return assignment


@transaction.atomic
def change(
    assignment: Assignment,
    *,
    starts_on: date,
    share: int,
    division: str = Assignment.Division.WHOLE,
    postal_codes: Iterable[str] = (),
    topic: str = "",
    reason: str,
    seen: str | None = None,
    by: User | None,
) -> Assignment:
    """From ``starts_on`` the responsibility goes on with another share (percent) or division.

    The assignment so far ends the day before and its successor is returned.
    """
    assignment = _locked(assignment, seen)
    _check_runs_on(assignment, starts_on, "starts_on")
    before, last_day = values(assignment, *LOGGED), assignment.ends_on
    _stop(assignment, starts_on)
    successor = _start(
        Assignment(
            position=assignment.position,
            district=assignment.district,
            role=assignment.role,
            share=share,
            starts_on=starts_on,
            ends_on=last_day,
            division=division,
            topic=topic,
            reason=reason,
        ),
        postal_codes,
    )
    _log(
        Verb.CHANGED,
        successor,
        by=by,
        before=before,
        after=values(successor, *LOGGED),
        reason=reason,
    )
    return successor


@transaction.atomic
def hand_over(
    assignments: Iterable[Assignment],
    *,
    position: Position,
    starts_on: date,
    reason: str,
    by: User | None,
) -> list[Assignment]:
    """Move responsibilities, with their shares, to ``position`` from ``starts_on``: all or none."""
    assignments = sorted(assignments, key=lambda row: row.pk)
    if not assignments:
        raise ValidationError({"assignments": _("Choose at least one district.")})
    _lock(
        [row.district for row in assignments],
        [position, *(row.position for row in assignments)],
    )
    assignments = list(
        Assignment.objects.standing()
        .filter(pk__in=[row.pk for row in assignments])
        .with_names()
        .order_by("district__key", "pk")
    )
    position = Position.objects.get(pk=position.pk)
    moved = []
    for row in assignments:
        _check_runs_on(row, starts_on, "assignments")
        if row.position_id == position.pk:
            raise ValidationError(
                {"position": _("%(district)s is already with this position.") % {"district": row}}
            )
        codes = [code.code for code in row.postal_codes.all()]
        moved.append((row, codes, values(row, "position", *LOGGED)))
    # First all ends, then all starts: nothing is covered twice in between.
    ends = [row.ends_on for row, _codes, _before in moved]
    for row, _codes, _before in moved:
        _stop(row, starts_on)
    successors = []
    for (row, codes, before), last_day in zip(moved, ends, strict=True):
        try:
            successor = _start(
                Assignment(
                    position=position,
                    district=row.district,
                    role=row.role,
                    share=row.share,
                    starts_on=starts_on,
                    ends_on=last_day,
                    division=row.division,
                    topic=row.topic,
                    reason=reason,
                ),
                codes,
            )
        except ValidationError as error:
            raise ValidationError(
                {"position": [f"{row.district}: {text}" for text in error.messages]}
            ) from error
        _log(
            Verb.CHANGED,
            successor,
            by=by,
            before=before,
            after=values(successor, "position", *LOGGED),
            reason=reason,
        )
        if row.position.agency_id != position.agency_id:
            # The agency that gives the district away reads of it too.
            _log(Verb.ENDED, row, by=by, before=before, after=values(row, *LOGGED), reason=reason)
        successors.append(successor)
    return successors


@transaction.atomic
def end(
    assignment: Assignment,
    *,
    ends_on: date,
    reason: str,
    seen: str | None = None,
    by: User | None,
) -> Assignment:
    """Let ``ends_on`` be the last day, in the past or in the future."""
    assignment = _locked(assignment, seen)
    if ends_on < assignment.starts_on:
        raise ValidationError(
            {
                "ends_on": _(
                    "The responsibility begins on %(day)s only. Withdraw it if it is not wanted."
                )
                % {"day": show_day(assignment.starts_on)}
            }
        )
    if assignment.ends_on and ends_on >= assignment.ends_on:
        raise ValidationError(
            {
                "ends_on": _("It already ends on %(day)s. Choose an earlier day.")
                % {"day": show_day(assignment.ends_on)}
            }
        )
    before = values(assignment, "ends_on")
    assignment.ends_on = ends_on
    assignment.full_clean()
    assignment.save(update_fields=["ends_on"])
    after = values(assignment, "ends_on")
    _log(Verb.ENDED, assignment, by=by, before=before, after=after, reason=reason)
    return assignment


@transaction.atomic
def withdraw(
    assignment: Assignment, *, reason: str, seen: str | None = None, by: User | None
) -> Assignment:
    """Take back what has not begun. It stays in the history as withdrawn."""
    assignment = _locked(assignment, seen)
    if assignment.starts_on <= today():
        raise ValidationError(
            _("This responsibility began on %(day)s. End it instead of withdrawing it.")
            % {"day": show_day(assignment.starts_on)}
        )
    before = values(assignment, *LOGGED)
    _stop(assignment, assignment.starts_on)
    _log(Verb.WITHDRAWN, assignment, by=by, before=before, reason=reason)
    return assignment


def _lock(districts: Iterable[District], positions: Iterable[Position]) -> None:
    """Lock in one order everywhere – districts, agencies, positions – so nobody deadlocks."""
    positions = list(positions)
    for model, numbers in (
        (District, {row.pk for row in districts}),
        (Agency, {row.agency_id for row in positions}),
        (Position, {row.pk for row in positions}),
    ):
        list(
            model.objects.select_for_update(no_key=True)
            .filter(pk__in=numbers)
            .order_by("pk")
            .values_list("pk", flat=True)
        )


def _locked(assignment: Assignment, seen: str | None) -> Assignment:
    """The assignment as it is now that its district and position are ours.

    Refused if somebody ended, changed or withdrew it since the page was opened.
    """
    _lock([assignment.district], [assignment.position])
    assignment = Assignment.objects.with_names().get(pk=assignment.pk)
    if assignment.is_withdrawn:
        raise ValidationError(_("This responsibility has been withdrawn in the meantime."))
    refuse_if_changed(assignment, seen, WATCHED)
    return assignment


def _log(verb, assignment, *, by, **details):
    record(
        verb,
        assignment,
        by=by,
        agency_id=assignment.position.agency_id,
        district_id=assignment.district_id,
        **details,
    )


def _check_runs_on(assignment: Assignment, starts_on: date, field: str) -> None:
    """Something new can begin only while the old runs, and not rewrite days that have passed."""
    if not assignment.is_on(starts_on):
        raise ValidationError(
            {
                field: _("%(assignment)s runs from %(first)s to %(last)s.")
                % {
                    "assignment": assignment,
                    "first": show_day(assignment.starts_on),
                    "last": show_day(assignment.ends_on) or "…",
                }
            }
        )
    if starts_on == assignment.starts_on < today():
        raise ValidationError(
            {
                field: _("%(assignment)s began on this day. The change can begin a day later.")
                % {"assignment": assignment}
            }
        )


def _stop(assignment: Assignment, successor_starts_on: date) -> None:
    """End the day before the successor; what would end before it began is withdrawn."""
    if successor_starts_on > assignment.starts_on:
        assignment.ends_on = successor_starts_on - ONE_DAY
        assignment.save(update_fields=["ends_on"])
    else:
        assignment.withdrawn_at = timezone.now()
        assignment.save(update_fields=["withdrawn_at"])


def _start(assignment: Assignment, postal_codes: Iterable[str]) -> Assignment:
    """Check every rule about a new assignment and save it; the caller has locked its parents."""
    assignment.position.refresh_from_db()
    assignment.district.refresh_from_db()
    codes = assignment_rules.check(assignment, postal_codes)
    assignment.save()
    assignment.postal_codes.set(codes)
    return assignment
