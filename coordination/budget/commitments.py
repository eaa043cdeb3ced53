"""Commitments: an agreement's share binds money of a line, never beyond either of them."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.audit.log import Verb, record
from coordination.budget import years
from coordination.budget.models import AgreementShare, BudgetLine, Commitment, CommitmentBooking
from coordination.money import euro


@transaction.atomic
def commit(
    share: AgreementShare,
    *,
    line: BudgetLine,
    amount: Decimal,
    booked_on: date,
    reason: str = "",
    by: User | None,
) -> Commitment:
    """Bind ``amount`` euros of the line for the share: at most what the line has free.

    A share is bound on one line of its own year. Raises a ValidationError with what is left.
    """
    (year,) = years.lock(share.year_id)
    share = AgreementShare.objects.with_sums().select_related("agreement__agency").get(pk=share.pk)
    line = BudgetLine.objects.with_sums().get(pk=line.pk)
    if line.year_id != share.year_id:
        raise ValidationError({"line": _("Choose a line of the year %(year)s.") % {"year": year}})
    if Commitment.objects.filter(share=share).exists():
        raise ValidationError(_("This share is bound already. Raise or lower its commitment."))
    years.check_day(year, booked_on)
    if amount <= 0:
        raise ValidationError({"amount": _("A commitment has a positive amount.")})
    _check_limits(share, line, amount)
    commitment = Commitment.objects.create(line=line, share=share)
    _book(commitment, amount, booked_on, reason, by)
    return commitment


@transaction.atomic
def change(
    commitment: Commitment,
    *,
    amount: Decimal,
    booked_on: date,
    reason: str,
    seen: int | None = None,
    by: User | None,
) -> CommitmentBooking:
    """Raise the commitment by ``amount`` euros, or lower it if negative.

    Lowered at most to what was paid and is under way. ``seen`` is how many bookings were shown to
    whoever raises or lowers it; None skips the question whether there is one more by now.
    """
    commitment = locked(commitment)
    if seen is not None and seen != commitment.bookings.count():
        text = _(
            "The commitment has been changed meanwhile; it is %(committed)s now. "
            "Your entries are still here; saving again books them on top."
        )
        raise ValidationError(text % {"committed": euro(commitment.committed)})
    if not amount:
        raise ValidationError({"amount": _("A booking has an amount other than 0.")})
    years.check_day(commitment.line.year, booked_on)
    if -amount > commitment.drawable:
        text = _("Only %(left)s are neither paid nor requested.")
        raise ValidationError({"amount": text % {"left": euro(commitment.drawable)}})
    share = AgreementShare.objects.with_sums().get(pk=commitment.share_id)
    line = BudgetLine.objects.with_sums().get(pk=commitment.line_id)
    if amount > 0:
        _check_limits(share, line, amount)
    return _book(commitment, amount, booked_on, reason, by)


def locked(commitment: Commitment) -> Commitment:
    """The commitment with its sums as they are now that its year is ours."""
    years.lock(commitment.line.year_id)
    return (
        Commitment.objects.with_sums()
        .select_related("line__year", "share__agreement__agency", "share__year")
        .get(pk=commitment.pk)
    )


def _check_limits(share: AgreementShare, line: BudgetLine, amount: Decimal) -> None:
    if amount > line.free:
        text = _("Only %(left)s of this line are free.")
        raise ValidationError({"amount": text % {"left": euro(line.free)}})
    left = share.amount - share.committed
    if amount > left:
        text = _("Only %(left)s of the agreement's share are not bound yet.")
        raise ValidationError({"amount": text % {"left": euro(left)}})


def _book(commitment, amount, booked_on, reason, by) -> CommitmentBooking:
    booking = CommitmentBooking(
        commitment=commitment, amount=amount, booked_on=booked_on, reason=reason, by=by
    )
    booking.full_clean()
    booking.save()
    record(
        Verb.BOOKED,
        commitment,
        by=by,
        agency_id=commitment.share.agreement.agency_id,
        after={"amount": amount, "booked_on": booked_on},
        reason=reason,
    )
    return booking
