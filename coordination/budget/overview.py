"""A year's money on one page: its lines, its agencies, the months, what vacancies free."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import ExtractMonth

from agencies.models import Agency
from coordination.access.permissions import Scope
from coordination.budget import forecast, savings
from coordination.budget.forecast import Standing
from coordination.budget.models import AgreementShare, BudgetLine, BudgetYear, Payment
from coordination.budget.models.agreement import STILL_ASKED, UNDER_WAY
from coordination.budget.models.booking import booked_until
from coordination.budget.savings import Saving
from coordination.money import ZERO, summed_up, total

MEASURES = ["agreed", "committed", "requested", "paid", "declared", "drawable", "unproven"]


@dataclass(frozen=True)
class Month:
    """What had been paid by the end of a month, in this year and in the one before (euros).

    None: the month is still to come.
    """

    ends_on: date
    paid: Decimal | None
    before: Decimal


@dataclass(frozen=True)
class YearMoney:
    """Everything the page of a budget year shows within a scope on a day."""

    year: BudgetYear
    previous: BudgetYear | None
    standings: list[Standing]  # empty for an agency: lines are the city's
    agencies: list[Agency]  # with the MEASURES as attributes
    together: dict  # the agencies' measures, summed by the database
    shares: list[AgreementShare]  # with sums; the year's agreements
    savings: list[Saving]  # up to the day
    expected: list[Saving]  # up to the end of the year

    @property
    def freed(self) -> Decimal:
        return sum((row.freed for row in self.savings), ZERO)

    @property
    def freed_at_the_end(self) -> Decimal:
        return sum((row.freed for row in self.expected), ZERO)

    @property
    def forecast(self) -> Decimal:
        """What all lines will have paid at the end of the year."""
        return sum((row.expected for row in self.standings), ZERO)


def years(scope: Scope):
    """The budget years to choose from, the newest first."""
    return BudgetYear.objects.within(scope).with_sums().order_by("-year")


def money_of(
    year: BudgetYear,
    previous: BudgetYear | None,
    day: date,
    scope: Scope,
    until: date | None = None,
) -> YearMoney:
    """The year within the scope, in a fixed number of queries.

    ``until``: as it was booked up to this day. What is under way has no past: ``requested`` and
    ``drawable``, and the shares of an agency, are always those of now.
    """
    if until is not None:
        year = year.as_it_was(until)
    so_far, expected = savings.both(year, day, scope, until)
    standings = []
    if scope.citywide:
        standings = _standings(year, previous, day, so_far, expected, until)
    agencies = _agencies(year, scope, until)
    found = list(agencies)
    for row in found:
        row.bar = forecast.bar(row.paid, row.committed, row.agreed)
        row.paid_percent = forecast.percent(row.paid, row.agreed)
    return YearMoney(
        year=year,
        previous=previous,
        standings=standings,
        agencies=found,
        together=summed_up(agencies, MEASURES),
        shares=[] if scope.citywide else _shares(year, scope),
        savings=so_far,
        expected=expected,
    )


def _standings(year, previous, day, so_far, expected, until) -> list[Standing]:
    pks = [year.pk, previous.pk] if previous else [year.pk]
    lines = BudgetLine.objects.filter(year__in=pks).opened(until)
    rows = lines.with_sums(until).order_by("product", "account", "pk")
    before = {row.code: row for row in rows if row.year_id != year.pk}
    to_decide = {savings.line_of(row) for row in so_far if row.is_to_decide}
    return [
        forecast.standing(
            line,
            year,
            day,
            savings=savings.of_line(expected, line.pk),
            to_decide=line.pk in to_decide,
            previous=before.get(line.code),
        )
        for line in rows
        if line.year_id == year.pk
    ]


def _agencies(year, scope, until):
    """The agencies that have an agreement in the year, with what became of its money."""
    to = "commitment__share__agreement__agency"
    of_year = {"commitment__share__year": year}
    booked = booked_until(until)
    agreed = {"year": year}
    if until is not None:
        agreed["pk__in"] = AgreementShare.objects.entered(until).order_by().values("pk")
    return (
        Agency.objects.within(scope)
        .filter(agreements__shares__year=year)
        .distinct()
        .annotate(
            agreed=total("budget.AgreementShare", "agreement__agency", **agreed),
            committed=total("budget.CommitmentBooking", to, **of_year, **booked),
            requested=total("budget.Payout", to, STILL_ASKED, status__in=UNDER_WAY, **of_year),
            paid=total(
                "budget.Payment", f"payout__{to}", payout__commitment__share__year=year, **booked
            ),
            declared=total(
                "budget.Expense", "share__agreement__agency", share__year=year, **booked
            ),
        )
        .annotate(
            drawable=F("committed") - F("requested") - F("paid"),
            unproven=F("paid") - F("declared"),
        )
    )


def _shares(year, scope):
    rows = AgreementShare.objects.within(scope).filter(year=year).with_sums()
    return list(rows.select_related("agreement__agency", "commitment"))


def months(year: BudgetYear, previous: BudgetYear | None, day: date, scope: Scope) -> list[Month]:
    """How payments of this year and the one before grew from month to month."""
    rows = (
        Payment.objects.within(scope)
        .filter(payout__commitment__line__year__in=[row for row in (year, previous) if row])
        .order_by()
        .values("payout__commitment__line__year", month=ExtractMonth("booked_on"))
        .annotate(sum=Sum("amount"))
    )
    paid = {(row["payout__commitment__line__year"], row["month"]): row["sum"] for row in rows}
    found, so_far, before = [], ZERO, ZERO
    for month in range(1, 13):
        so_far += paid.get((year.pk, month), ZERO)
        before += paid.get((previous and previous.pk, month), ZERO)
        is_to_come = date(year.year, month, 1) > day
        ends_on = date(year.year, month, monthrange(year.year, month)[1])
        found.append(Month(ends_on, None if is_to_come else so_far, before))
    return found
