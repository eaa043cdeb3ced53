"""How a line stands on a day and where it will be at the end of the year – and why, in words."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from coordination.budget.models import BudgetLine, BudgetYear
from coordination.money import euro
from coordination.periods import show_day

# From here on a line counts as nearly used up: this much of it is free, in percent.
NEARLY_USED_UP = 2
# Payments may lag behind the calendar by so many percentage points, because they come quarterly.
LAG = 30
# After half of the year this much of a line should not be unbound any more, in percent.
UNBOUND = 20

GREEN, AMBER, RED = "green", "amber", "red"
KINDS = {GREEN: "success", AMBER: "warning", RED: "danger"}


@dataclass(frozen=True)
class Part:
    """A part of a bar: its name, where it starts and how wide it is, in percent of the bar."""

    name: str
    start: float
    width: float


@dataclass(frozen=True)
class Standing:
    """A line on a day. Amounts in euros, shares in percent of what the line has available."""

    line: BudgetLine
    light: str
    reasons: list[str]
    savings: Decimal  # by vacancy until the end of the year
    previous: BudgetLine | None  # the line with the same codes a year before

    @property
    def expected(self) -> Decimal:
        """What will have been paid at the end of the year: what is bound, less vacancy savings."""
        return max(self.line.committed - self.savings, self.line.paid)

    @property
    def left(self) -> Decimal:
        """What the line will have left at the end of the year."""
        return self.line.available - self.expected

    @property
    def kind(self) -> str:
        """KERN's name for the colour."""
        return KINDS[self.light]

    @property
    def word(self) -> str:
        return {GREEN: _("on course"), AMBER: _("look at it"), RED: _("act")}[self.light]

    @property
    def bar(self) -> list[Part]:
        return bar(self.line.paid, self.line.committed, self.line.available)

    @property
    def paid_percent(self) -> int:
        return percent(self.line.paid, self.line.available)


def bar(paid: Decimal, committed: Decimal, available: Decimal) -> list[Part]:
    """What is paid, bound and free, as parts of a bar; what is nothing has no part."""
    whole = max(available, committed, paid)
    amounts = {"paid": paid, "bound": committed - paid, "free": available - committed}
    parts, start = [], 0.0
    for name, amount in amounts.items():
        if whole > 0 and amount > 0:
            width = float(amount * 100 / whole)
            parts.append(Part(name, round(start, 2), round(width, 2)))
            start += width
    return parts


def percent(part: Decimal, whole: Decimal) -> int:
    """The part of the whole in whole percent; 0 of nothing."""
    return round(part * 100 / whole) if whole else 0


def standing(
    line: BudgetLine, year: BudgetYear, day: date, *, savings: Decimal, to_decide: bool, previous
) -> Standing:
    """Green, amber or red, with every reason. ``to_decide``: a vacancy has lasted 30 days."""
    red, amber = [], []
    unpaid = line.committed - line.paid
    if day > year.last_payment_on and unpaid > 0:
        text = _("Payments ended on %(day)s, but %(amount)s are bound and not paid.")
        red.append(text % {"day": show_day(year.last_payment_on), "amount": euro(unpaid)})
    if line.declared > line.committed:
        text = _("%(amount)s more are declared than bound.")
        red.append(text % {"amount": euro(line.declared - line.committed)})
    if line.free < 0:
        red.append(_("%(amount)s more are bound than available.") % {"amount": euro(-line.free)})
    over = year.share_over(day)
    if not line.available:
        amber.append(_("The line has no money."))
    elif 0 <= line.free * 100 < line.available * NEARLY_USED_UP:
        amber.append(_("Nearly used up: only %(amount)s are free.") % {"amount": euro(line.free)})
    elif over > 50 and line.free * 100 > line.available * UNBOUND:
        text = _("%(over)s %% of the year are over and %(amount)s are not bound yet.")
        amber.append(text % {"over": over, "amount": euro(line.free)})
    paid = percent(line.paid, line.committed)
    if not year.is_closed and line.committed and paid + LAG < over:
        text = _("%(over)s %% of the year are over, but only %(paid)s %% of what is bound is paid.")
        amber.append(text % {"over": over, "paid": paid})
    if to_decide and savings and not year.is_closed:
        text = _("Vacant positions free %(amount)s until the end of the year.")
        amber.append(text % {"amount": euro(savings)})
    light = RED if red else AMBER if amber else GREEN
    reasons = red + amber or [_green(line, year, over, paid)]
    return Standing(line, light, reasons, savings, previous)


def _green(line: BudgetLine, year: BudgetYear, over: int, paid: int) -> str:
    if year.is_closed:
        return _("The year is closed.")
    return _("%(bound)s %% bound, %(paid)s %% of that paid; %(over)s %% of the year are over.") % {
        "bound": percent(line.committed, line.available),
        "paid": paid,
        "over": over,
    }
