"""What the Land gives: notices, the share of them for social care, and the lines that pays for."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.audit.log import Verb, record, values
from coordination.budget import years
from coordination.budget.models import (
    AllocationInstalment,
    BudgetLine,
    BudgetYear,
    Funding,
    SocialShare,
    StateAllocation,
)
from coordination.money import CENT, ZERO, euro, in_cents, split
from coordination.periods import ONE_DAY, show_day

FIELDS = ("year", "reference", "legal_basis", "issued_on", "amount", "share", "earmarked")
# § 4 FlüAG NRW (2016): the lump sum is paid in four parts.
QUARTERS = ((3, 1), (6, 1), (9, 1), (12, 1))


@transaction.atomic
def set_share(
    *, percent: Decimal, legal_basis: str, starts_on: date, by: User | None
) -> SocialShare:
    """From ``starts_on`` this part of an allocation (in percent) is meant for social care.

    The rule that held until then ends the day before; notices keep the rule they were made by.
    """
    list(SocialShare.objects.select_for_update(no_key=True).order_by("pk"))
    rule = SocialShare(percent=percent, legal_basis=legal_basis, starts_on=starts_on)
    rule.clean_fields()
    last = SocialShare.objects.order_by("starts_on").last()
    if last and last.starts_on >= starts_on:
        raise ValidationError(
            {
                "starts_on": _("A share holds from %(day)s already. Choose a later day.")
                % {"day": show_day(last.starts_on)}
            }
        )
    if last and (last.ends_on is None or last.ends_on >= starts_on):
        before = values(last, "ends_on")
        last.ends_on = starts_on - ONE_DAY
        last.save(update_fields=["ends_on"])
        record(Verb.ENDED, last, by=by, before=before, after=values(last, "ends_on"))
    years.save_new(rule)
    record(Verb.CREATED, rule, by=by, after=values(rule, "percent", "legal_basis", "starts_on"))
    return rule


def earmark(amount: Decimal, share: SocialShare) -> Decimal:
    """The part of the allocation for social care in euros, rounded half up to the cent."""
    return in_cents(amount * share.percent / 100)


@transaction.atomic
def create(
    *,
    year: BudgetYear,
    reference: str,
    legal_basis: str,
    issued_on: date,
    amount: Decimal,
    instalments: Sequence[tuple[date, Decimal]] = (),
    by: User | None,
) -> StateAllocation:
    """Enter a notice. The share that holds on its date decides how much is earmarked.

    Without ``instalments`` the Land pays in four equal parts on 1 March, June, September and
    December; given ones are on different days of the year and sum to the amount. What is wrong
    with one is said under ``due_on_1`` and so on, with their sum under ``part_1``.
    """
    (year,) = years.lock(year.pk)
    share = SocialShare.objects.on(issued_on).first()
    if share is None:
        raise ValidationError(
            {
                "issued_on": _("No share for social care holds on %(day)s. Enter it first.")
                % {"day": show_day(issued_on)}
            }
        )
    allocation = StateAllocation(
        year=year,
        reference=reference,
        legal_basis=legal_basis,
        issued_on=issued_on,
        amount=amount,
        share=share,
        earmarked=earmark(amount, share),
    )
    allocation.full_clean()
    instalments = instalments or propose(year, amount)
    _check_instalments(year, amount, instalments)
    years.save_new(allocation)
    AllocationInstalment.objects.bulk_create(
        AllocationInstalment(allocation=allocation, due_on=day, amount=part)
        for day, part in instalments
        if part
    )
    record(Verb.CREATED, allocation, by=by, after=values(allocation, *FIELDS))
    return allocation


def propose(year: BudgetYear, amount: Decimal) -> list[tuple[date, Decimal]]:
    """When the Land pays how much of the amount, if the notice says nothing else."""
    days = [date(year.year, month, day) for month, day in QUARTERS]
    return list(zip(days, split(amount, [1] * len(days)), strict=True))


def _check_instalments(year, amount, instalments) -> None:
    days = set()
    for number, (day, part) in enumerate(instalments, 1):
        years.check_day(year, day, f"due_on_{number}")
        if day in days:
            text = _("There is another instalment on %(day)s already.")
            raise ValidationError({f"due_on_{number}": text % {"day": show_day(day)}})
        if part < 0:
            text = _("Enter at least %(least)s.")
            raise ValidationError({f"part_{number}": text % {"least": euro(CENT)}})
        days.add(day)
    given = sum(part for _day, part in instalments)
    if given != amount:
        text = _("The instalments sum to %(sum)s instead of %(amount)s.")
        raise ValidationError({"part_1": text % {"sum": euro(given), "amount": euro(amount)}})


@transaction.atomic
def distribute(
    allocation: StateAllocation,
    *,
    line: BudgetLine,
    amount: Decimal,
    booked_on: date,
    reason: str = "",
    seen: str | None = None,
    by: User | None,
) -> Funding:
    """Let ``amount`` euros of the earmarked money pay for a line of the same year.

    At most what is left of the earmarked money, and at most what the line has.
    """
    allocation, line = _locked(allocation, line)
    years.refuse_if_booked(allocation.fundings.all(), seen)
    years.check_day(allocation.year, booked_on)
    if amount <= 0:
        raise ValidationError({"amount": _("Enter at least %(least)s.") % {"least": euro(CENT)}})
    if amount > allocation.undistributed:
        text = _("Only %(left)s of the earmarked money are not distributed yet.")
        raise ValidationError({"amount": text % {"left": euro(allocation.undistributed)}})
    if amount > line.unfunded:
        text = _("Only %(left)s of this line are without funding.")
        raise ValidationError({"amount": text % {"left": euro(max(line.unfunded, ZERO))}})
    return _book(allocation, line, amount, booked_on, reason, by)


@transaction.atomic
def reverse(funding: Funding, *, reason: str, booked_on: date, by: User | None) -> Funding:
    """Take the distribution back, by a booking of its own."""
    allocation, line = _locked(funding.allocation, funding.line)
    funding = Funding.objects.get(pk=funding.pk)
    years.check_day(allocation.year, booked_on)
    if funding.reverses_id or funding.is_reversed:
        raise ValidationError(_("This booking has been reversed already."))
    if booked_on < funding.booked_on:
        text = _("It lies before the booking of %(day)s.")
        raise ValidationError({"booked_on": text % {"day": show_day(funding.booked_on)}})
    return _book(allocation, line, -funding.amount, booked_on, reason, by, reverses=funding)


def _locked(allocation, line):
    years.lock(allocation.year_id)
    allocation = StateAllocation.objects.with_sums().select_related("year").get(pk=allocation.pk)
    line = BudgetLine.objects.with_funding().get(pk=line.pk)
    if line.year_id != allocation.year_id:
        raise ValidationError({"line": _("Choose a line of the allocation's year.")})
    return allocation, line


def _book(allocation, line, amount, booked_on, reason, by, reverses=None) -> Funding:
    funding = Funding(
        allocation=allocation,
        line=line,
        amount=amount,
        booked_on=booked_on,
        reason=reason,
        reverses=reverses,
        by=by,
    )
    funding.full_clean()
    funding.save()
    record(
        Verb.REVERSED if reverses else Verb.BOOKED,
        allocation,
        by=by,
        after={"line": str(line), "distributed": amount, "booked_on": booked_on},
        reason=reason,
    )
    return funding
