"""Money by budget year and kind of cost."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.budget.models import BudgetYear
from coordination.budget.models.agreement import CostKind
from coordination.council.summary.forms_questions import YearsForm
from coordination.council.summary.patterns import ledgers
from coordination.council.summary.patterns.grid import TOTAL, Answered, Grid, Heading, Line
from coordination.council.summary.patterns.pattern import Pattern
from coordination.money import ZERO


def answer(parameters, always) -> Answered:
    first, last, day = (parameters[name] for name in ("jahr_von", "jahr_bis", "stichtag"))
    span = {"year__year__gte": first, "year__year__lte": last}
    money = ledgers.sums(ledgers.LEDGERS, day, "year__year", "cost_kind", **span)
    known = BudgetYear.objects.filter(year__gte=first, year__lte=last).order_by("year")
    years = list(known.values_list("year", flat=True))
    lines = []
    for year in years:
        for kind in CostKind:
            values = [found.get((year, kind), ZERO) for found in money.values()]
            label = _("%(year)d %(kind)s") % {"year": year, "kind": kind.label}
            lines.append(Line(_key(year, kind), label, values))
        label = _("%(year)d together") % {"year": year}
        lines.append(Line(_key(year, TOTAL), label, _sums(money, year), is_total=True))
    if len(years) > 1:
        lines.append(Line(TOTAL, _("all years"), _sums(money), is_total=True))
    headings = [
        Heading("vereinbart", _("Agreed"), "euro"),
        Heading("gebunden", _("Committed"), "euro"),
        Heading("ausgezahlt", _("Paid"), "euro"),
        Heading("belegt", _("Declared"), "euro"),
    ]
    grid = Grid("geld", _("Money by year and kind of cost"), _("Year and cost"), headings, lines)
    return Answered([grid], _hints(first, last, years))


def _key(year: int, what: str) -> str:
    """Years count back from nothing: asked a year later, each year is itself."""
    return f"jahr-{year}-{what}"


def _sums(money, year: int | None = None) -> list:
    return [
        sum((amount for key, amount in found.items() if year in (None, key[0])), ZERO)
        for found in money.values()
    ]


def _hints(first, last, years) -> list[str]:
    missing = [str(year) for year in range(first, last + 1) if year not in years]
    if not missing or not years:
        return []
    return [_("There is no budget year %(years)s.") % {"years": ", ".join(missing)}]


PATTERN = Pattern(
    slug="geld",
    title=gettext_lazy("Money by year and kind of cost"),
    about=gettext_lazy(
        "What was agreed with the agencies for staff, freelancers and material, year by year, and "
        "what became of it."
    ),
    method=(
        gettext_lazy(
            "Agreed: the yearly shares of all agreements with the agencies, as they are entered "
            "today, without agreements signed after the day."
        ),
        gettext_lazy(
            "Committed, paid and declared: the bookings with a date up to the day, reversals "
            "deducted, each in the budget year and for the kind of cost of its share. Declared is "
            "what the agencies spent as they proved it."
        ),
        gettext_lazy(
            "Allocations of the Land and costs of the city's own staff are not among them."
        ),
        gettext_lazy("Not protected: amounts of agreements say nothing of people who are advised."),
    ),
    form=YearsForm,
    answer=answer,
)
