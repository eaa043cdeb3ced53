"""Budget years: open, close, reopen – and the one lock behind which all money moves.

Every act on money locks the budget year first and only then reads what it checks. So two desks
never spend one euro twice, nothing is booked while a year is being closed, and there is no order
of locks to get wrong.
"""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.budget.models import BudgetLine, BudgetYear, Commitment, LineBooking, Payout
from coordination.budget.models.booking import BookingQuerySet
from coordination.editing import refuse_if_changed
from coordination.money import euro
from coordination.periods import show_day


def lock(*numbers: int) -> list[BudgetYear]:
    """Lock the budget years with these primary keys, open ones only, and return them.

    Raises a ValidationError if one of them is closed: a closed year does not change.
    """
    wanted = BudgetYear.objects.filter(pk__in=numbers)
    list(wanted.select_for_update(no_key=True).order_by("year"))
    years = list(wanted.order_by("year"))
    for year in years:
        if year.is_closed:
            raise ValidationError(
                _("The budget year %(year)s is closed. Reopen it to change anything in it.")
                % {"year": year}
            )
    return years


def check_day(year: BudgetYear, day: date, field: str = "booked_on") -> None:
    """Refuse a day outside the budget year, under the form's field."""
    if day.year != year.year:
        raise ValidationError(
            {
                field: _("%(day)s is not in the budget year %(year)s.")
                % {"day": show_day(day), "year": year}
            }
        )


def refuse_if_booked(bookings: BookingQuerySet, seen: str | None) -> None:
    """Refuse if there are bookings after the one a form has seen; None as ``seen`` skips it.

    For acts that may well be done twice: so a second click books nothing, and a second desk
    learns what the first has booked. Call it behind the lock; ``seen`` is ``bookings.mark()``.
    """
    if seen is None or seen == bookings.mark():
        return
    newest = bookings.order_by("-pk").first()
    raise ValidationError(
        _(
            "Here %(amount)s have been booked on %(day)s since you opened this page. Nothing "
            "else was booked. If you want to book your entries as well, send them again."
        )
        % {"amount": euro(newest.amount), "day": show_day(newest.booked_on)}
    )


def save_new(row: Model) -> None:
    """Save, or say what is taken, also when somebody took it this very moment."""
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        row.full_clean()
        raise


@transaction.atomic
def create(*, year: int, last_payment_on: date | None = None, by: User | None) -> BudgetYear:
    """A new, open budget year; without ``last_payment_on`` the treasury pays until its last day."""
    row = BudgetYear(year=year, last_payment_on=last_payment_on or date(year, 12, 31))
    check_day(row, row.last_payment_on, "last_payment_on")
    save_new(row)
    record(Verb.CREATED, row, by=by, after=values(row, "year", "last_payment_on"))
    return row


@transaction.atomic
def change(
    year: BudgetYear, *, last_payment_on: date, seen: str | None = None, by: User | None
) -> BudgetYear:
    (year,) = lock(year.pk)
    refuse_if_changed(year, seen, ["last_payment_on"])
    before = values(year, "last_payment_on")
    year.last_payment_on = last_payment_on
    check_day(year, last_payment_on, "last_payment_on")
    year.save(update_fields=["last_payment_on"])
    after = values(year, "last_payment_on")
    if before != after:
        record(Verb.CHANGED, year, by=by, before=before, after=after)
    return year


def open_payouts(year: BudgetYear):
    """Payouts of the year that are neither paid nor given up."""
    return (
        Payout.objects.filter(
            commitment__line__year=year,
            status__in=[
                Payout.Status.PLANNED,
                Payout.Status.REQUESTED,
                Payout.Status.CONTENT_CHECKED,
                Payout.Status.GRANTED,
            ],
        )
        .select_related("commitment__share__agreement__agency", "commitment__share__year")
        .order_by("due_on", "pk")
    )


def unpaid_commitments(year: BudgetYear):
    """Commitments of the year that still bind money nobody was paid."""
    return (
        Commitment.objects.filter(line__year=year)
        .with_sums()
        .filter(~Q(committed=F("paid")))
        .select_related("line", "share__agreement__agency", "share__year")
    )


@transaction.atomic
def close(year: BudgetYear, *, carry_over: dict[int, Decimal], by: User | None) -> BudgetYear:
    """Freeze the year. Nothing may be open: no payout under way or planned, no unpaid commitment.

    ``carry_over`` names for lines (by primary key) how many euros go on to the same line of the
    next year; that line and year are created where they are missing. At most what is free.
    """
    # The earlier year first, here as in ``lock``: two who close years never wait for each other.
    (year,) = lock(year.pk)
    following = _following(year, by) if any(carry_over.values()) else None
    if today() < year.last_payment_on:
        text = _("Until %(day)s the treasury still pays from this year's budget.")
        raise ValidationError(text % {"day": show_day(year.last_payment_on)})
    payouts, commitments = open_payouts(year).count(), unpaid_commitments(year).count()
    if payouts or commitments:
        raise ValidationError(
            _(
                "The year cannot be closed yet: %(payouts)s payouts and %(commitments)s "
                "commitments are open."
            )
            % {"payouts": payouts, "commitments": commitments}
        )
    for line in BudgetLine.objects.filter(year=year).with_sums():
        if amount := carry_over.get(line.pk):
            _carry(line, following, amount, by)
    year.closed_at = timezone.now()
    year.save(update_fields=["closed_at"])
    record(Verb.CLOSED, year, by=by)
    return year


def _following(year: BudgetYear, by: User | None) -> BudgetYear:
    """The year after this one, locked, and created if need be."""
    number = year.year + 1
    following = BudgetYear.objects.filter(year=number).first()
    if following is None:
        try:
            following = create(year=number, by=by)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
    return lock(following.pk)[0]


def _carry(line: BudgetLine, following: BudgetYear, amount: Decimal, by: User | None) -> None:
    if amount < 0 or amount > line.free:
        raise ValidationError(
            {
                f"line_{line.pk}": _("Of %(line)s only %(left)s are free.")
                % {"line": line.code, "left": euro(line.free)}
            }
        )
    target, is_new = BudgetLine.objects.get_or_create(
        year=following, product=line.product, account=line.account, defaults={"title": line.title}
    )
    if is_new:
        names = ("year", "product", "account", "title")
        record(Verb.CREATED, target, by=by, after=values(target, *names))
    for place, partner, signed, day in (
        (line, target, -amount, line.year.ends_on),
        (target, line, amount, following.starts_on),
    ):
        LineBooking.objects.create(
            line=place,
            partner=partner,
            kind=LineBooking.Kind.CARRY_OVER,
            amount=signed,
            booked_on=day,
            reason=_("Year-end closing %(year)s") % {"year": line.year},
            by=by,
        )
        record(
            Verb.BOOKED,
            place,
            by=by,
            after={"kind": LineBooking.Kind.CARRY_OVER.label, "amount": signed},
        )


@transaction.atomic
def reopen(year: BudgetYear, *, reason: str, by: User | None) -> BudgetYear:
    """Let a closed year change again. What was carried over stays carried over."""
    BudgetYear.objects.select_for_update(no_key=True).get(pk=year.pk)
    year = BudgetYear.objects.get(pk=year.pk)
    if not year.is_closed:
        raise ValidationError(_("The budget year %(year)s is open already.") % {"year": year})
    year.closed_at = None
    year.save(update_fields=["closed_at"])
    record(Verb.REOPENED, year, by=by, reason=reason)
    return year
