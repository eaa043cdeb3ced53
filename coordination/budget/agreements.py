"""Agreements with agencies: what was agreed, and how it falls into budget years to the cent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import blake2s

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Position
from coordination.access.models import User
from coordination.audit.log import Verb, record, values
from coordination.budget import years
from coordination.budget.models import (
    Agreement,
    AgreementShare,
    BudgetYear,
    Commitment,
    CostKind,
    Expense,
)
from coordination.editing import refuse_if_changed
from coordination.money import ZERO, euro, split
from coordination.periods import show_day

CHANGEABLE = ("subject", "signed_on", "positions")
LOGGED = (
    "agency", "reference", "kind", "subject", "starts_on", "ends_on", "amount", "signed_on",
    "predecessor", "positions",
)  # fmt: skip
COST_KIND_OF = {
    Agreement.Kind.POSITIONS: CostKind.STAFF,
    Agreement.Kind.FREELANCERS: CostKind.FEES,
    Agreement.Kind.MATERIAL: CostKind.MATERIAL,
}
LONGEST = 10  # budget years
EARLIEST, LATEST = 2000, 2199  # budget years there can be


@dataclass(frozen=True)
class Part:
    """What of an agreement falls into a year for a kind of cost, in euros."""

    year: int
    cost_kind: str
    amount: Decimal


def days_by_year(starts_on: date, ends_on: date) -> dict[int, int]:
    """How many days of the term fall into each calendar year; both days are included."""
    return {
        year: (min(ends_on, date(year, 12, 31)) - max(starts_on, date(year, 1, 1))).days + 1
        for year in range(starts_on.year, ends_on.year + 1)
    }


def check_term(starts_on: date, ends_on: date) -> None:
    """Refuse a term that no agreement can have, under the form's fields."""
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day lies before the first.")})
    if ends_on.year - starts_on.year >= LONGEST:
        text = _("An agreement runs over at most %(count)s budget years.")
        raise ValidationError({"ends_on": text % {"count": LONGEST}})
    for field, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if not EARLIEST <= day.year <= LATEST:
            text = _("There are budget years from %(first)s to %(last)s.")
            raise ValidationError({field: text % {"first": EARLIEST, "last": LATEST}})


def propose(kind: str, starts_on: date, ends_on: date, amount: Decimal) -> list[Part]:
    """Split the amount over the budget years by days; the parts sum to it exactly."""
    days = days_by_year(starts_on, ends_on)
    parts = split(amount, list(days.values()))
    cost_kind = COST_KIND_OF[Agreement.Kind(kind)]
    return [Part(year, cost_kind, part) for year, part in zip(days, parts, strict=True)]


@transaction.atomic
def create(
    *,
    agency: Agency,
    reference: str,
    kind: str,
    subject: str,
    starts_on: date,
    ends_on: date,
    amount: Decimal,
    signed_on: date | None = None,
    predecessor: Agreement | None = None,
    positions: Iterable[Position] = (),
    parts: list[Part] | None = None,
    by: User | None,
) -> Agreement:
    """Enter an agreement; without ``parts`` its amount is split over the years by days.

    Budget years that do not exist yet are created. A predecessor is an earlier agreement of the
    same agency that ends before this one begins, and has no other successor.
    """
    agreement = Agreement(
        agency=agency,
        reference=reference,
        kind=kind,
        subject=subject,
        starts_on=starts_on,
        ends_on=ends_on,
        amount=amount,
        signed_on=signed_on,
        predecessor=predecessor,
    )
    positions = list(positions)
    check(agreement, positions)
    parts = propose(kind, starts_on, ends_on, amount) if parts is None else parts
    _check_parts(agreement, parts)
    _create_years(parts, by)
    by_year = _locked_years(agreement)
    _refuse_closed(by_year[part.year] for part in parts)
    # Once more: the same form sent twice waited for the lock.
    check(agreement, positions)
    agreement.save()
    agreement.positions.set(positions)
    AgreementShare.objects.bulk_create(
        AgreementShare(
            agreement=agreement,
            year=by_year[part.year],
            cost_kind=part.cost_kind,
            amount=part.amount,
        )
        for part in parts
        if part.amount
    )
    _log(Verb.CREATED, agreement, by=by, after=values(agreement, *LOGGED) | _told(parts))
    return agreement


def check(agreement: Agreement, positions: Iterable[Position]) -> None:
    """Refuse a new agreement that breaks a rule, whatever its split into years."""
    check_term(agreement.starts_on, agreement.ends_on)
    _check_predecessor(agreement)
    _check_positions(agreement, positions)
    agreement.full_clean()


@transaction.atomic
def change(
    agreement: Agreement, *, seen: str | None = None, reason: str = "", by: User | None, **fields
) -> Agreement:
    """Set the ``CHANGEABLE`` fields. Dates stay (a longer term is a successor), money too."""
    Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    agreement = Agreement.objects.select_related("agency").get(pk=agreement.pk)
    refuse_if_changed(agreement, seen, fields)
    before = values(agreement, *fields)
    positions = fields.pop("positions", None)
    for name, value in fields.items():
        setattr(agreement, name, value)
    agreement.full_clean()
    agreement.save()
    if positions is not None:
        _check_positions(agreement, list(positions))
        agreement.positions.set(positions)
    after = values(agreement, *before)
    if before != after:
        _log(Verb.CHANGED, agreement, by=by, before=before, after=after, reason=reason)
    return agreement


def parts_of(agreement: Agreement) -> list[Part]:
    """How the agreement's amount is split now."""
    rows = agreement.shares.select_related("year")
    return [Part(row.year.year, row.cost_kind, row.amount) for row in rows]


def stand(agreement: Agreement) -> str:
    """A short hash of the amount and its split, by which a form knows what its reader saw."""
    amount = Agreement.objects.values_list("amount", flat=True).get(pk=agreement.pk)
    parts = [f"{part.year} {part.cost_kind} {part.amount}" for part in parts_of(agreement)]
    return blake2s(f"{amount} {parts}".encode(), digest_size=8).hexdigest()


@transaction.atomic
def resplit(
    agreement: Agreement,
    *,
    amount: Decimal,
    parts: list[Part],
    reason: str,
    seen: str | None = None,
    by: User | None,
) -> Agreement:
    """Another amount, or the same split otherwise; no share below what is committed of it.

    Shares of closed years stay as they are. ``seen`` is the ``stand`` that was shown; None skips
    the question whether somebody else changed it meanwhile.
    """
    agreement = Agreement.objects.select_related("agency").get(pk=agreement.pk)
    _check_parts_within(agreement, parts)
    _create_years(parts, by)
    by_year = _locked_years(agreement)
    Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    agreement = Agreement.objects.select_related("agency").get(pk=agreement.pk)
    if seen is not None and seen != stand(agreement):
        text = _(
            "Somebody else changed this while you were working on it: now %(amount)s, %(shares)s. "
            "Your entries are still here; saving again puts them in place of theirs."
        )
        told = "; ".join(_told(parts_of(agreement))["shares"])
        raise ValidationError(text % {"amount": euro(agreement.amount), "shares": told})
    before = {"amount": agreement.amount} | _told(parts_of(agreement))
    agreement.amount = amount
    agreement.full_clean()
    _check_parts(agreement, parts)
    shares = {
        (share.year.year, share.cost_kind): share
        for share in agreement.shares.with_sums().select_related("year")
    }
    wanted = {(part.year, part.cost_kind): part.amount for part in parts}
    for key in {**shares, **wanted}:
        old = shares[key].amount if key in shares else ZERO
        if wanted.get(key, ZERO) != old:
            _refuse_closed([by_year[key[0]]])
            _set_share(agreement, by_year[key[0]], key[1], shares.get(key), wanted.get(key, ZERO))
    agreement.save(update_fields=["amount"])
    after = {"amount": amount} | _told(parts_of(agreement))
    if before != after:
        _log(Verb.CHANGED, agreement, by=by, before=before, after=after, reason=reason)
    return agreement


def _set_share(agreement, year, cost_kind, share: AgreementShare | None, amount: Decimal) -> None:
    if share is None:
        AgreementShare.objects.create(
            agreement=agreement, year=year, cost_kind=cost_kind, amount=amount
        )
        return
    if amount < share.committed:
        raise ValidationError(
            _("%(committed)s are committed for %(year)s already; the share cannot be less.")
            % {"committed": euro(share.committed), "year": share.year}
        )
    is_used = (
        Commitment.objects.filter(share=share).exists()
        or Expense.objects.filter(share=share).exists()
    )
    if amount or is_used:
        share.amount = amount
        share.save(update_fields=["amount"])
    else:
        share.delete()


def _told(parts: list[Part]) -> dict:
    """The split as the log keeps it."""
    return {
        "shares": [
            f"{part.year} {CostKind(part.cost_kind).label}: {euro(part.amount)}" for part in parts
        ]
    }


def _create_years(parts: list[Part], by: User | None) -> None:
    """The budget years of the parts, where they are missing."""
    wanted = {part.year for part in parts}
    known = set(BudgetYear.objects.filter(year__in=wanted).values_list("year", flat=True))
    for year in sorted(wanted - known):
        try:
            with transaction.atomic():
                years.create(year=year, by=by)
        except (IntegrityError, ValidationError):
            if not BudgetYear.objects.filter(year=year).exists():  # else somebody was faster
                raise


def _locked_years(agreement: Agreement) -> dict[int, BudgetYear]:
    """The budget years of the term, locked. Closed ones too: they need not change."""
    term = (agreement.starts_on.year, agreement.ends_on.year)
    rows = BudgetYear.objects.filter(year__range=term)
    list(rows.select_for_update(no_key=True).order_by("year"))
    return {row.year: row for row in rows.order_by("year")}


def _refuse_closed(rows: Iterable[BudgetYear]) -> None:
    years.lock(*{row.pk for row in rows})


def _check_parts(agreement: Agreement, parts: list[Part]) -> None:
    _check_parts_within(agreement, parts)
    if len({(part.year, part.cost_kind) for part in parts}) < len(parts):
        raise ValidationError(_("A year and kind of cost occurs twice."))
    if any(part.amount < 0 for part in parts):
        raise ValidationError(_("A share is at least 0.00."))
    given = sum((part.amount for part in parts), ZERO)
    if missing := agreement.amount - given:
        text = (
            _("The yearly shares sum to %(sum)s; %(difference)s are missing.")
            if missing > 0
            else _("The yearly shares sum to %(sum)s; that is %(difference)s too much.")
        )
        told = {"sum": euro(given), "difference": euro(abs(missing))}
        raise ValidationError({"amount": text % told})


def _check_parts_within(agreement: Agreement, parts: list[Part]) -> None:
    for part in parts:
        if not agreement.starts_on.year <= part.year <= agreement.ends_on.year:
            raise ValidationError(
                _("%(year)s lies outside the agreement's term.") % {"year": part.year}
            )


def _check_predecessor(agreement: Agreement) -> None:
    earlier = agreement.predecessor
    if earlier is None:
        return
    if earlier.agency_id != agreement.agency_id:
        raise ValidationError({"predecessor": _("Choose an agreement of the same agency.")})
    if earlier.ends_on >= agreement.starts_on:
        raise ValidationError(
            {
                "predecessor": _("It runs until %(day)s, past the first day of this one.")
                % {"day": show_day(earlier.ends_on)}
            }
        )
    if other := Agreement.objects.filter(predecessor=earlier).exclude(pk=agreement.pk).first():
        text = _("It has been extended already, by %(agreement)s.")
        raise ValidationError({"predecessor": text % {"agreement": other}})


def _check_positions(agreement: Agreement, positions: Iterable[Position]) -> None:
    for position in positions:
        if position.agency_id != agreement.agency_id:
            raise ValidationError(
                {
                    "positions": _("%(position)s does not belong to %(agency)s.")
                    % {"position": position, "agency": agreement.agency}
                }
            )
    if positions and agreement.kind != Agreement.Kind.POSITIONS:
        raise ValidationError(
            {"positions": _("Only an agreement that funds positions names positions.")}
        )


def _log(verb, agreement, *, by, **details):
    record(verb, agreement, by=by, agency_id=agreement.agency_id, **details)
