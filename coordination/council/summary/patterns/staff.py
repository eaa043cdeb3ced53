"""Positions by agency: how many, filled and vacant, and what they cost in the year."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.coverage import Load, holders_on
from agencies.models import Agency, Position
from coordination.as_of import today
from coordination.budget.models import AgreementShare
from coordination.budget.models.agreement import CostKind
from coordination.council.summary.content import AGENCY, Number, place
from coordination.council.summary.forms_questions import DayForm
from coordination.council.summary.patterns import ledgers
from coordination.council.summary.patterns.grid import TOTAL, Answered, Grid, Heading, Line
from coordination.council.summary.patterns.pattern import Pattern
from coordination.money import ZERO
from coordination.periods import show_day

MONEY = ("vereinbart", "gebunden", "ausgezahlt")


def answer(parameters, always) -> Answered:
    day = parameters["stichtag"]
    held = holders_on(day)
    loads = {}
    for row in Position.objects.on(day):
        loads.setdefault(row.agency_id, []).append(Load(row, held.get(row.pk, [])))
    funded = AgreementShare.objects.filter(year__year=day.year, cost_kind=CostKind.STAFF)
    money = ledgers.sums(
        MONEY, day, "agreement__agency", year__year=day.year, cost_kind=CostKind.STAFF
    )
    with_shares = set(funded.order_by().values_list("agreement__agency", flat=True))
    agencies = Agency.objects.filter(pk__in={*loads, *with_shares}).order_by("short_name", "pk")
    lines = []
    for agency in agencies:
        costs = [money[name].get((agency.pk,), ZERO) for name in MONEY]
        costs = costs if agency.pk in with_shares else [None] * len(MONEY)
        values = [*_counts(loads.get(agency.pk, [])), *costs]
        lines.append(Line(place(AGENCY, agency.pk), agency.name, values))
    if lines:
        everything = [load for some in loads.values() for load in some]
        costs = [sum(money[name].values(), ZERO) if with_shares else None for name in MONEY]
        lines.append(Line(TOTAL, _("together"), [*_counts(everything), *costs], is_total=True))
    return Answered([_grid(lines, day)], _hints(day, bool(with_shares), lines))


def _counts(loads: list[Load]) -> list[Number]:
    funded = sum((load.position.fte for load in loads), ZERO)
    filled = sum((load.held_fte for load in loads), ZERO)
    return [len(loads), funded, filled, funded - filled]


def _grid(lines, day) -> Grid:
    year = {"year": day.year}
    headings = [
        Heading("stellen", _("Positions")),
        Heading("vze_gefoerdert", _("FTE funded"), "fte"),
        Heading("vze_besetzt", _("FTE filled"), "fte"),
        Heading("vze_unbesetzt", _("FTE vacant"), "fte"),
        Heading("vereinbart", _("Agreed %(year)d") % year, "euro"),
        Heading("gebunden", _("Committed %(year)d") % year, "euro"),
        Heading("ausgezahlt", _("Paid %(year)d") % year, "euro"),
    ]
    return Grid("stellen", _("Positions by agency"), _("Agency"), headings, lines)


def _hints(day, has_money, lines) -> list[str]:
    hints = []
    if day > today():
        text = _("%(day)s is still to come: what is known of it today is counted.")
        hints.append(text % {"day": show_day(day)})
    if lines and not has_money:
        text = _("No staff costs are agreed for %(year)d.")
        hints.append(text % {"year": day.year})
    return hints


PATTERN = Pattern(
    slug="stellen",
    title=gettext_lazy("Positions by agency"),
    about=gettext_lazy(
        "How many positions each agency has, how many of them are filled, and what they cost."
    ),
    method=(
        gettext_lazy(
            "Positions: those funded on the day, city staff included. Filled is what is held on "
            "that day, vacant what is left of it, in full-time equivalents (1.00 = full time)."
        ),
        gettext_lazy(
            "Costs: the shares for staff costs of the agreements in the budget year of the day. "
            "Agreed are the shares as they are entered today, without agreements signed after the "
            "day; committed and paid is what is booked with a date up to the day, reversals "
            "deducted."
        ),
        gettext_lazy(
            "A dash: there is no agreement on staff costs with this agency in that year. The "
            "city's own staff is not paid from agreements, so its costs are not in the portal."
        ),
        gettext_lazy(
            "Not protected: positions and amounts of agreements say nothing of people who are "
            "advised."
        ),
    ),
    form=DayForm,
    answer=answer,
)
