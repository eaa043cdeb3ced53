"""Positions: create and change them. What stands on a position keeps within FTE and funding."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from agencies.models import Agency, Position
from coordination.access.models import User
from coordination.audit.log import Verb, record, values
from coordination.editing import refuse_if_changed
from coordination.periods import show_day, steps

FIELDS = ("title", "fte", "qualification", "starts_on", "ends_on")


def show_fte(fte: Decimal) -> str:
    """0,50 in German."""
    return number_format(fte, decimal_pos=2)


@transaction.atomic
def create(
    *,
    agency: Agency,
    title: str,
    fte: Decimal,
    starts_on: date,
    ends_on: date | None,
    qualification: str = "",
    by: User | None,
) -> Position:
    """A new post of the agency, funded from ``starts_on`` to ``ends_on`` (both included)."""
    # Whoever sends the same form twice waits here and is then told that the title is taken.
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    position = Position(
        agency=Agency.objects.get(pk=agency.pk),
        title=title,
        fte=fte,
        qualification=qualification,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    _check_order(position)
    position.full_clean()
    position.save()
    record(
        Verb.CREATED,
        position,
        by=by,
        agency_id=position.agency_id,
        after=values(position, "agency", *FIELDS),
    )
    return position


@transaction.atomic
def change(
    position: Position, *, seen: str | None = None, reason: str = "", by: User | None, **fields
) -> Position:
    """Set the given ``FIELDS``; refused if an occupancy or assignment would no longer fit."""
    Agency.objects.select_for_update(no_key=True).get(pk=position.agency_id)
    Position.objects.select_for_update(no_key=True).get(pk=position.pk)
    position = Position.objects.select_related("agency").get(pk=position.pk)
    refuse_if_changed(position, seen, fields)
    before = values(position, *fields)
    for name, value in fields.items():
        setattr(position, name, value)
    _check_order(position)
    position.full_clean()
    _check_funding(position)
    _check_fte(position)
    position.save()
    after = values(position, *fields)
    if before != after:
        record(
            Verb.CHANGED,
            position,
            by=by,
            agency_id=position.agency_id,
            before=before,
            after=after,
            reason=reason,
        )
    return position


def _check_order(position: Position) -> None:
    if position.starts_on and position.ends_on and position.ends_on < position.starts_on:
        raise ValidationError({"ends_on": _("The last day lies before the first.")})


def _check_funding(position: Position) -> None:
    """Nothing that stands may begin before the funding or outlast it."""
    occupancies = position.occupancies.standing().select_related("worker")
    assignments = position.assignments.standing().select_related("district")
    rows = [(_("Occupancy"), row.worker, row) for row in occupancies]
    rows += [(_("Assignment"), row.district, row) for row in assignments]
    errors = {"starts_on": [], "ends_on": []}
    for kind, who, row in rows:
        if row.starts_on < position.starts_on:
            text = _("%(kind)s %(who)s from %(day)s lies outside.")
            day = show_day(row.starts_on)
            errors["starts_on"].append(text % {"kind": kind, "who": who, "day": day})
        if position.ends_on and row.ends_on is None:
            text = _("%(kind)s %(who)s without an end lies outside.")
            errors["ends_on"].append(text % {"kind": kind, "who": who})
        elif position.ends_on and row.ends_on > position.ends_on:
            text = _("%(kind)s %(who)s until %(day)s lies outside.")
            day = show_day(row.ends_on)
            errors["ends_on"].append(text % {"kind": kind, "who": who, "day": day})
    if found := {name: texts for name, texts in errors.items() if texts}:
        raise ValidationError(found)


def _check_fte(position: Position) -> None:
    held = steps(
        position.occupancies.standing(),
        lambda row: row.fte,
        position.starts_on,
        position.ends_on,
        Decimal(0),
    )
    highest = max(held, key=lambda step: step.total)
    if highest.total > position.fte:
        raise ValidationError(
            {
                "fte": _("From %(day)s %(held)s FTE are held.")
                % {"day": show_day(highest.starts_on), "held": show_fte(highest.total)}
            }
        )
