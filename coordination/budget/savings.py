"""Money that vacant positions free: days without holder × daily rate of the agreement.

The daily rate is the agreement's share of the year for staff, divided by the days of its term in
that year and by the FTE of its positions. A vacancy of some weeks is everyday life; from its 30th
day on somebody has to decide what the money is used for while this year's budget can still pay.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch

from agencies.models import Position
from agencies.vacancies import vacancies, with_occupancies
from coordination.access.permissions import Scope
from coordination.budget.models import (
    Agreement,
    AgreementShare,
    BudgetYear,
    CommitmentBooking,
    CostKind,
)
from coordination.budget.models.booking import booked_until
from coordination.money import ZERO, in_cents
from coordination.periods import Step

TO_DECIDE_FROM = 30  # days


@dataclass(frozen=True)
class Saving:
    """What the vacancy of one position frees of one agreement's share, up to ``day``."""

    position: Position
    share: AgreementShare
    day: date
    stretches: list[Step]  # without holder within the year and the term; ``total`` is missing FTE
    daily_rate: Decimal  # euros for 1.00 FTE and a day, not rounded

    @property
    def days(self) -> int:
        return sum(step.days for step in self.stretches)

    @property
    def freed(self) -> Decimal:
        """Euros, rounded once."""
        return in_cents(self.daily_rate * sum(step.total * step.days for step in self.stretches))

    @property
    def rate(self) -> Decimal:
        """The daily rate of the position as it is shown."""
        return in_cents(self.daily_rate * self.position.fte)

    @property
    def running(self) -> int:
        """Days that the vacancy has lasted that is not over on ``day``."""
        days, last = 0, self.day
        for step in reversed(self.stretches):
            if step.ends_on < last:
                break
            days += step.days
            last = step.starts_on
        return days

    @property
    def is_to_decide(self) -> bool:
        return self.days >= TO_DECIDE_FROM

    @property
    def usable_until(self) -> date | None:
        """The last day on which this year's budget can still pay; None once it is over."""
        last = self.share.year.last_payment_on
        return last if self.day <= last and not self.share.year.is_closed else None


def savings(year: BudgetYear, day: date, scope: Scope) -> list[Saving]:
    """What vacancies of the year have freed up to ``day``, those of one agency if so scoped.

    Holders who are already known for later days count, so a day to come gives the forecast.
    """
    return [saving for saving in _all(year, day, _shares(year, scope)) if saving.days]


def both(
    year: BudgetYear, day: date, scope: Scope, until: date | None = None
) -> tuple[list[Saving], list[Saving]]:
    """The savings up to ``day`` and those up to the end of the year, read once.

    ``until``: of what was agreed and bound by this day.
    """
    shares = list(_shares(year, scope, until))
    so_far, expected = _all(year, day, shares), _all(year, year.ends_on, shares)
    return [row for row in so_far if row.days], [row for row in expected if row.days]


def of_line(found: list[Saving], line_pk: int) -> Decimal:
    """What the savings free of one budget line, in euros."""
    return sum((row.freed for row in found if line_of(row) == line_pk), ZERO)


def line_of(saving: Saving) -> int | None:
    """The budget line the saving is freed of, if its share is committed."""
    if not getattr(saving.share, "was_bound", True):  # but it is now
        return None
    commitment = getattr(saving.share, "commitment", None)
    return commitment and commitment.line_id


def _shares(year: BudgetYear, scope: Scope, until: date | None = None):
    positions = with_occupancies(Position.objects.select_related("agency"))
    shares = (
        AgreementShare.objects.within(scope)
        .entered(until)
        .filter(year=year, cost_kind=CostKind.STAFF, agreement__kind=Agreement.Kind.POSITIONS)
        .select_related("agreement__agency", "year", "commitment")
        .prefetch_related(Prefetch("agreement__positions", queryset=positions))
        .order_by("agreement__agency__short_name", "agreement__reference")
    )
    if until is None:
        return shares
    bound = CommitmentBooking.objects.filter(commitment__share=OuterRef("pk"))
    return shares.annotate(was_bound=Exists(bound.filter(**booked_until(until))))


def _all(year: BudgetYear, day: date, shares) -> list[Saving]:
    found = []
    for share in shares:
        agreement, positions = share.agreement, list(share.agreement.positions.all())
        first = max(agreement.starts_on, year.starts_on)
        last = min(agreement.ends_on, year.ends_on)
        fte = sum(position.fte for position in positions)
        if not fte or last < first:
            continue
        rate = share.amount / ((last - first).days + 1) / fte
        until = min(last, day)
        for position in positions:
            stretches = [
                Step(max(step.starts_on, first), step.ends_on, step.total)
                for step in vacancies(position, until)
                if step.ends_on >= first
            ]
            found.append(Saving(position, share, until, stretches, rate))
    return found
