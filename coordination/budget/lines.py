"""Budget lines: what each has, and every change of it.

A line never has less than it has bound, nor less than allocations pay for.
"""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.audit.log import Verb, record, values
from coordination.budget import years
from coordination.budget.models import BudgetLine, BudgetYear, LineBooking
from coordination.editing import refuse_if_changed
from coordination.money import CENT, ZERO, euro

FIELDS = ("year", "product", "account", "title")
Kind = LineBooking.Kind


@transaction.atomic
def create(
    *,
    year: BudgetYear,
    product: str,
    account: str,
    title: str,
    planned: Decimal,
    by: User | None,
) -> BudgetLine:
    """A new line of the year's budget with its planned amount in euros (Ansatz).

    It may be 0: such a line lives on what is moved or carried over to it.
    """
    (year,) = years.lock(year.pk)
    if planned < 0:
        raise ValidationError({"planned": _("Enter at least %(least)s.") % {"least": euro(ZERO)}})
    line = BudgetLine(year=year, product=product, account=account, title=title)
    line.full_clean()
    line.save()
    if planned:
        _book(line, Kind.PLANNED, planned, year.starts_on, reason="", by=by, log=False)
    record(Verb.CREATED, line, by=by, after={**values(line, *FIELDS), "planned": planned})
    return line


@transaction.atomic
def change(
    line: BudgetLine,
    *,
    title: str,
    seen: str | None = None,
    reason: str = "",
    by: User | None,
) -> BudgetLine:
    """Say differently what the line is for; its codes and amounts stay."""
    line = locked(line)
    refuse_if_changed(line, seen, ["title"])
    before = values(line, "title")
    line.title = title
    line.full_clean()
    line.save(update_fields=["title"])
    after = values(line, "title")
    if before != after:
        record(Verb.CHANGED, line, by=by, before=before, after=after, reason=reason)
    return line


@transaction.atomic
def supplement(
    line: BudgetLine,
    *,
    amount: Decimal,
    booked_on: date,
    reason: str,
    seen: str | None = None,
    by: User | None,
) -> LineBooking:
    """Raise the line by ``amount`` euros, or lower it if negative – but not below what it bound."""
    line = locked(line)
    years.refuse_if_booked(line.bookings.all(), seen)
    if not amount:
        raise ValidationError({"amount": _("A booking has an amount other than 0.")})
    years.check_day(line.year, booked_on)
    _check_free(line, -amount)
    return _book(line, Kind.SUPPLEMENT, amount, booked_on, reason=reason, by=by)


@transaction.atomic
def move(
    line: BudgetLine,
    *,
    to: BudgetLine,
    amount: Decimal,
    booked_on: date,
    reason: str,
    seen: str | None = None,
    by: User | None,
) -> LineBooking:
    """Give ``amount`` euros of the line to another of the same year; one act, two bookings."""
    line = locked(line)
    years.refuse_if_booked(line.bookings.all(), seen)
    if to.pk == line.pk or to.year_id != line.year_id:
        raise ValidationError({"to": _("Choose another line of the same year.")})
    if amount <= 0:
        raise ValidationError({"amount": _("Enter at least %(least)s.") % {"least": euro(CENT)}})
    years.check_day(line.year, booked_on)
    _check_free(line, amount)
    booking = _book(line, Kind.MOVE, -amount, booked_on, partner=to, reason=reason, by=by)
    _book(to, Kind.MOVE, amount, booked_on, partner=line, reason=reason, by=by)
    return booking


def locked(line: BudgetLine) -> BudgetLine:
    """The line with its sums as they are now that its year is ours."""
    years.lock(line.year_id)
    rows = BudgetLine.objects.with_sums().with_funding().select_related("year")
    return rows.get(pk=line.pk)


def _check_free(line: BudgetLine, amount: Decimal) -> None:
    if amount > line.free:
        raise ValidationError(
            {"amount": _("Only %(left)s of this line are free.") % {"left": euro(line.free)}}
        )
    left = max(line.unfunded + line.spare, ZERO)
    if amount > left:
        text = _("Only %(left)s of this line are without funding.")
        raise ValidationError({"amount": text % {"left": euro(left)}})


def _book(line, kind, amount, booked_on, *, reason, by, partner=None, log=True) -> LineBooking:
    booking = LineBooking(
        line=line,
        kind=kind,
        amount=amount,
        booked_on=booked_on,
        partner=partner,
        reason=reason,
        by=by,
    )
    booking.full_clean()
    booking.save()
    if log:
        record(
            Verb.BOOKED,
            line,
            by=by,
            after={"kind": kind.label, "amount": amount, "booked_on": booked_on}
            | ({"partner": str(partner)} if partner else {}),
            reason=reason,
        )
    return booking
