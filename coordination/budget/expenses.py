"""Declared use: what an agency spent the money on. Wrong entries are reversed, not rewritten."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record
from coordination.budget import documents, years
from coordination.budget.models import Agreement, AgreementShare, Expense
from coordination.money import ZERO, euro
from coordination.periods import show_day
from coordination.text import fold, refuse_bank_data

Shares = dict[tuple[int, str], AgreementShare]


@transaction.atomic
def declare(
    agreement: Agreement,
    *,
    booked_on: date,
    cost_kind: str,
    payee: str,
    amount: Decimal,
    receipt: File | None = None,
    known: int | None = None,
    by: User | None,
) -> Expense:
    """Enter that ``amount`` euros were spent on ``booked_on`` (within the term, not to come).

    The day and the kind of cost decide which yearly share it belongs to. ``known`` is how many
    equal entries whoever enters it has seen and means to add to: if there are more, as after a
    double click, it is refused under ``again``. None does not look.
    """
    share = share_for(booked_on, cost_kind, agreement=agreement, shares=shares_of(agreement))
    years.lock(share.year_id)
    # Once more: until the lock was ours, the agreement could be split otherwise.
    share = share_for(booked_on, cost_kind, agreement=agreement, shares=shares_of(agreement))
    check_amount(amount, share)
    refuse_bank_data("payee", payee)
    if known is not None:
        _refuse_more_than(known, share, booked_on, payee, amount)
    expense = Expense(share=share, booked_on=booked_on, payee=payee, amount=amount, by=by)
    expense.full_clean()
    expense.save()
    if receipt:
        documents.add(receipt, expense=expense, by=by)
    _log(Verb.BOOKED, expense, by=by)
    return expense


def shares_of(agreement: Agreement) -> Shares:
    """The agreement's shares by year and kind of cost, those that have money."""
    shares = agreement.shares.filter(amount__gt=0).select_related("year", "agreement__agency")
    return {(share.year.year, share.cost_kind): share for share in shares}


def check_day(day: date, agreement: Agreement) -> None:
    """Refuse a day outside the agreement's term or to come, under the form's field."""
    if not agreement.is_on(day):
        raise ValidationError(
            {
                "booked_on": _("The agreement runs from %(first)s to %(last)s.")
                % {"first": show_day(agreement.starts_on), "last": show_day(agreement.ends_on)}
            }
        )
    if day > today():
        raise ValidationError({"booked_on": _("This day lies in the future.")})


def share_for(day: date, cost_kind: str, *, agreement: Agreement, shares: Shares) -> AgreementShare:
    """The yearly share an expense of this day and kind belongs to."""
    check_day(day, agreement)
    share = shares.get((day.year, cost_kind))
    if share is None:
        raise ValidationError(
            {
                "cost_kind": _("The agreement has no money of this kind for %(year)s.")
                % {"year": day.year}
            }
        )
    if share.year.is_closed:
        raise ValidationError(
            {
                "booked_on": _(
                    "The budget year %(year)s is closed. Only the coordination can reopen it."
                )
                % {"year": day.year}
            }
        )
    return share


def check_amount(amount: Decimal, share: AgreementShare) -> None:
    """One expense is at least a cent and at most what the agreement has for it in the year."""
    if amount <= 0:
        raise ValidationError({"amount": _("An expense has a positive amount.")})
    if amount > share.amount:
        text = _("The agreement has only %(amount)s of this kind for %(year)s.")
        names = {"amount": euro(share.amount), "year": share.year}
        raise ValidationError({"amount": text % names})


def to_prove(row: Agreement | AgreementShare) -> Decimal:
    """What was paid and not declared yet, of a row with its sums."""
    return max(row.paid - row.declared, ZERO)


def _refuse_more_than(known: int, share, booked_on, payee, amount) -> None:
    equal = Expense.objects.standing().filter(
        share=share, booked_on=booked_on, payee_key=fold(payee), amount=amount
    )
    count = equal.count()
    if count <= known:
        return
    last = equal.select_related("by").latest("pk")
    raise ValidationError(
        {
            "again": ValidationError(
                _(
                    "This is entered already: on %(moment)s by %(person)s. If it is another "
                    "expense that looks the same, please tick the box."
                ),
                params={
                    "moment": timezone.localtime(last.at).strftime("%d.%m.%Y %H:%M"),
                    "person": last.by or _("the system"),
                    "count": count,
                },
            )
        }
    )


@transaction.atomic
def reverse(expense: Expense, *, reason: str, by: User | None) -> Expense:
    """Take an entry back by one with the opposite amount, on the same day."""
    years.lock(expense.share.year_id)
    expense = Expense.objects.select_related("share__agreement").get(pk=expense.pk)
    if expense.reverses_id or expense.is_reversed:
        raise ValidationError(_("This booking has been reversed already."))
    reversal = Expense(
        share=expense.share,
        booked_on=expense.booked_on,
        payee=expense.payee,
        amount=-expense.amount,
        reason=reason,
        reverses=expense,
        by=by,
    )
    reversal.full_clean()
    reversal.save()
    _log(Verb.REVERSED, reversal, by=by, reason=reason)
    return reversal


def _log(verb, expense, *, by, **details):
    # Not the payee: the log outlives what it describes.
    share = expense.share
    record(
        verb,
        share.agreement,
        by=by,
        agency_id=share.agreement.agency_id,
        after={
            "booked_on": expense.booked_on,
            "cost_kind": share.get_cost_kind_display(),
            "declared": expense.amount,
        },
        **details,
    )
