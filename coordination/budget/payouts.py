"""Payouts: planned, requested by the agency, checked by two others, paid, and if need be reversed.

Four eyes: request, content check and calculation check are by three different people. An agency
draws an instalment at most as planned, and at most what its commitment still has; what it leaves,
and what is not granted or comes back, can be planned anew.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.audit.models import Entry
from coordination.budget import commitments, years
from coordination.budget.models import Commitment, Payment, Payout
from coordination.budget.models.agreement import UNDER_WAY
from coordination.money import ZERO, euro, split, summed
from coordination.periods import show_day
from coordination.text import refuse_bank_data

Status = Payout.Status
QUARTERS = ((2, 15), (5, 15), (8, 15), (11, 15))


def propose(commitment: Commitment, *, day: date | None = None) -> list[tuple[date, Decimal]]:
    """What is not planned yet, in equal parts on the middle of each quarter of the term.

    With ``day`` no instalment lies before it, as far as the year goes on after it.
    """
    left = unplanned(commitment)
    if left <= 0:
        return []
    agreement, year = commitment.share.agreement, commitment.share.year
    days = [date(year.year, month, number) for month, number in QUARTERS]
    days = [due for due in days if agreement.is_on(due)] or [
        max(agreement.starts_on, year.starts_on)
    ]
    if day and year.starts_on <= day <= year.ends_on:
        days = [due for due in days if due >= day] or [day]
    parts = zip(days, split(left, [1] * len(days)), strict=True)
    return [(due, amount) for due, amount in parts if amount]


def unplanned(commitment: Commitment) -> Decimal:
    """What of the commitment no instalment stands for yet, in euros."""
    sums = Commitment.objects.with_sums().get(pk=commitment.pk)
    planned = Payout.objects.filter(commitment=commitment, status=Status.PLANNED)
    return sums.drawable - summed(planned, "planned")


@transaction.atomic
def plan(
    commitment: Commitment,
    *,
    instalments: Sequence[tuple[date, Decimal]],
    seen: Decimal | None = None,
    by: User | None,
) -> list[Payout]:
    """Instalments (day, euros) that the agency may request; together at most the commitment.

    ``seen`` is what was not planned yet when the form was shown: if it is something else by now,
    another desk has planned, or this form was sent before, and nothing is planned.
    """
    commitment = commitments.locked(commitment)
    left = unplanned(commitment)
    if seen is not None and seen != left:
        text = _("The plan has changed meanwhile: %(left)s are not planned yet.")
        raise ValidationError(text % {"left": euro(left)}, code="planned_meanwhile")
    if not instalments:
        raise ValidationError(_("Enter at least one instalment."))
    given = sum(amount for _day, amount in instalments)
    if given > left:
        text = _("The instalments sum to %(sum)s; only %(left)s are not planned yet.")
        raise ValidationError(text % {"sum": euro(given), "left": euro(max(left, ZERO))})
    made = []
    for number, (day, amount) in enumerate(instalments, 1):
        years.check_day(commitment.line.year, day, f"due_on_{number}")
        payout = Payout(commitment=commitment, due_on=day, planned=amount)
        payout.full_clean()
        payout.save()
        _log(Verb.CREATED, payout, by=by, after=values(payout, "due_on", "planned"))
        made.append(payout)
    return made


@transaction.atomic
def request(payout: Payout, *, amount: Decimal, note: str = "", by: User) -> Payout:
    """The agency asks for the instalment (Mittelabruf): as planned or less.

    Never more than the commitment still has, which may have been lowered after the planning. Who
    needs more than planned gets another instalment from the coordination: the plan is agreed.
    """
    payout, commitment = _locked(payout, Status.PLANNED, by=by, side="agency")
    if amount > commitment.drawable:
        text = _("Only %(left)s can still be drawn.")
        raise ValidationError({"amount": text % {"left": euro(commitment.drawable)}})
    if amount > payout.planned:
        text = _("Only %(left)s are planned. For more, the city plans another instalment.")
        raise ValidationError({"amount": text % {"left": euro(payout.planned)}})
    refuse_bank_data("note", note)
    payout.status = Status.REQUESTED
    payout.requested, payout.request_note = amount, note
    payout.requested_by, payout.requested_at = by, timezone.now()
    _save(payout)
    _log(Verb.REQUESTED, payout, by=by, after=values(payout, "requested", "request_note"))
    return payout


def obstacle(payout: Payout, by: User) -> str:
    """Why this person may not make the check that comes next; empty if they may."""
    if payout.status == Status.REQUESTED and by.pk == payout.requested_by_id:
        return _("You requested this payout. The content check is made by somebody else.")
    if payout.status == Status.CONTENT_CHECKED and by.pk == payout.requested_by_id:
        return _("You requested this payout. The calculation check is made by somebody else.")
    if payout.status == Status.CONTENT_CHECKED and by.pk == payout.content_checked_by_id:
        return _("You made the content check. The calculation check is made by somebody else.")
    return ""


@transaction.atomic
def check_content(payout: Payout, *, granted: Decimal, reason: str = "", by: User) -> Payout:
    """Whether the request is right in substance (sachlich richtig), and how much is granted.

    Less than requested needs a reason; never by whoever requested it.
    """
    payout, _commitment = _locked(payout, Status.REQUESTED, by=by)
    _check_four_eyes(payout, by)
    refuse_bank_data("reason", reason)
    if granted > payout.requested:
        text = _("Only %(left)s are requested.")
        raise ValidationError({"granted": text % {"left": euro(payout.requested)}})
    if granted < payout.requested and not reason:
        raise ValidationError({"reason": _("Say why not all of it is granted.")})
    payout.status = Status.CONTENT_CHECKED
    payout.granted, payout.grant_reason = granted, reason
    payout.content_checked_by, payout.content_checked_at = by, timezone.now()
    _save(payout)
    _log(Verb.CHECKED, payout, by=by, after=values(payout, "granted", "status"), reason=reason)
    return payout


@transaction.atomic
def check_calculation(payout: Payout, *, granted: Decimal, by: User) -> Payout:
    """Whether the sum is right (rechnerisch richtig): the second person states it once more.

    Never by whoever requested it or checked the content.
    """
    payout, _commitment = _locked(payout, Status.CONTENT_CHECKED, by=by)
    _check_four_eyes(payout, by)
    if granted != payout.granted:
        # Not how much: whoever checks is to work it out.
        text = _("The content check granted another amount. If it is wrong, send the request back.")
        raise ValidationError({"granted": text})
    payout.status = Status.GRANTED
    payout.calculation_checked_by, payout.calculation_checked_at = by, timezone.now()
    _save(payout)
    _log(Verb.CHECKED, payout, by=by, after=values(payout, "granted", "status"))
    return payout


@transaction.atomic
def send_back(payout: Payout, *, reason: str, by: User) -> Payout:
    """Back to the agency, with a reason; what was checked has to be checked again."""
    payout, _commitment = _locked(payout, *UNDER_WAY, by=by)
    refuse_bank_data("reason", reason)
    before = values(payout, "status", "requested", "granted")
    payout.status = Status.PLANNED
    payout.requested = payout.requested_by = payout.requested_at = None
    payout.granted = payout.content_checked_by = payout.content_checked_at = None
    payout.calculation_checked_by = payout.calculation_checked_at = None
    payout.request_note = payout.grant_reason = ""
    _save(payout)
    after = values(payout, "status", "requested", "granted")
    _log(Verb.SENT_BACK, payout, by=by, before=before, after=after, reason=reason)
    return payout


@transaction.atomic
def pay(payout: Payout, *, booked_on: date, cash_reference: str, by: User) -> Payment:
    """Book that the treasury paid the granted amount on ``booked_on`` under this reference."""
    payout, commitment = _locked(payout, Status.GRANTED, by=by)
    _check_day(commitment, booked_on)
    _check_treasury(commitment, booked_on)
    refuse_bank_data("cash_reference", cash_reference)
    # The request reserved the amount; this holds even if it did not.
    left = commitment.committed - commitment.paid
    if payout.granted > left:
        text = _("Only %(left)s of the commitment are not paid yet.")
        raise ValidationError(text % {"left": euro(left)})
    payment = Payment(
        payout=payout,
        amount=payout.granted,
        booked_on=booked_on,
        cash_reference=cash_reference,
        by=by,
    )
    payment.full_clean()
    payment.save()
    payout.status = Status.PAID
    _save(payout)
    after = values(payment, "amount", "booked_on", "cash_reference")
    _log(Verb.PAID, payout, by=by, after=after)
    return payment


@transaction.atomic
def reverse(payment: Payment, *, booked_on: date, reason: str, by: User) -> Payment:
    """Book that the money came back. The commitment has it again; the payout is over."""
    payout, commitment = _locked(payment.payout, Status.PAID, by=by)
    payment = Payment.objects.get(pk=payment.pk)
    _check_day(commitment, booked_on)
    refuse_bank_data("reason", reason)
    if payment.reverses_id or payment.is_reversed:
        raise ValidationError(_("This booking has been reversed already."))
    if booked_on < payment.booked_on:
        text = _("It lies before the payment of %(day)s.")
        raise ValidationError({"booked_on": text % {"day": show_day(payment.booked_on)}})
    reversal = Payment(
        payout=payout,
        amount=-payment.amount,
        booked_on=booked_on,
        cash_reference=payment.cash_reference,
        reason=reason,
        reverses=payment,
        by=by,
    )
    reversal.full_clean()
    reversal.save()
    payout.status = Status.REVERSED
    _save(payout)
    after = values(reversal, "amount", "booked_on", "cash_reference")
    _log(Verb.REVERSED, payout, by=by, after=after, reason=reason)
    return reversal


@transaction.atomic
def cancel(payout: Payout, *, reason: str, by: User) -> Payout:
    """Give up a planned instalment; its amount can be planned anew."""
    payout, _commitment = _locked(payout, Status.PLANNED, by=by)
    refuse_bank_data("reason", reason)
    before = values(payout, "status")
    payout.status = Status.CANCELLED
    _save(payout)
    after = values(payout, "status")
    _log(Verb.CANCELLED, payout, by=by, before=before, after=after, reason=reason)
    return payout


def _locked(
    payout: Payout, *expected: str, by: User, side: str = "city"
) -> tuple[Payout, Commitment]:
    """The payout now that its year is ours; refused if it is no longer where it was expected."""
    commitment = commitments.locked(payout.commitment)
    payout = Payout.objects.get(pk=payout.pk)
    payout.commitment = commitment
    if payout.status not in expected:
        raise _too_late(payout, by, payout.word(side))
    return payout, commitment


def _too_late(payout: Payout, by: User, status: str) -> ValidationError:
    """What to tell who comes second; with the code "done" if they came first as well."""
    last = Entry.objects.about(payout).select_related("by").first()
    if last and last.by_id == by.pk:
        return ValidationError(
            _("You have done this already: this payout is “%(status)s”.") % {"status": status},
            code="done",
        )
    if last and last.by:
        text = _("%(person)s was faster: this payout is “%(status)s” by now.")
        return ValidationError(text % {"person": last.by, "status": status}, code="too_late")
    text = _("Somebody else was faster: this payout is “%(status)s” by now.")
    return ValidationError(text % {"status": status}, code="too_late")


def _check_treasury(commitment: Commitment, booked_on: date) -> None:
    year = commitment.line.year
    if booked_on > year.last_payment_on:
        text = _("%(day)s is the last day on which the treasury pays from the budget %(year)s.")
        names = {"day": show_day(year.last_payment_on), "year": year}
        raise ValidationError({"booked_on": text % names})


def _check_four_eyes(payout: Payout, by: User) -> None:
    if text := obstacle(payout, by):
        raise ValidationError(text)


def _check_day(commitment: Commitment, booked_on: date) -> None:
    years.check_day(commitment.line.year, booked_on)
    if booked_on > today():
        raise ValidationError({"booked_on": _("This day lies in the future.")})


def _save(payout: Payout) -> None:
    payout.full_clean()
    payout.save()


def _log(verb, payout, *, by, **details):
    record(verb, payout, by=by, agency_id=payout.agency_id, **details)
