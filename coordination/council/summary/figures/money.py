"""The budget year of the day: its lines and agencies as booked up to that day."""

from collections import Counter
from datetime import date
from decimal import Decimal

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from coordination.budget.forecast import AMBER, GREEN, RED, Standing
from coordination.budget.models import (
    AgreementShare,
    BudgetYear,
    CommitmentBooking,
    Expense,
    LineBooking,
    Payment,
)
from coordination.budget.models.booking import booked_until
from coordination.budget.overview import YearMoney, money_of
from coordination.council.summary.content import AGENCY, CITY, LINE, key, place
from coordination.council.summary.figures import EVERYTHING, Frame, Ground, Part, line
from coordination.money import ZERO, euro

# Measure: its name on a line, or on an agency, with its sums.
OF_LINES = {
    "ansatz": "planned",
    "verfuegbar": "available",
    "gebunden": "committed",
    "ausgezahlt": "paid",
    "belegt": "declared",
    "frei": "free",
}
OF_AGENCIES = {
    "vereinbart": "agreed",
    "gebunden": "committed",
    "ausgezahlt": "paid",
    "belegt": "declared",
}
# Measure: the ledgers whose rows it adds up.
LEDGERS = {
    "ansatz": ["planned"],
    "verfuegbar": ["lines"],
    "vereinbart": ["shares"],
    "gebunden": ["commitments"],
    "ausgezahlt": ["payments"],
    "belegt": ["expenses"],
    "frei": ["lines", "commitments"],
    "prognose": ["commitments", "payments"],
}


def collect(frame: Frame, ground: Ground) -> Part:
    part, number = Part(), frame.as_of.year
    years = {row.year: row for row in BudgetYear.objects.filter(year__in=[number, number - 1])}
    if number not in years:
        text = _("There is no budget year %(year)s, so the report has no money.")
        part.lists["notes"] = [line(_("Money"), text % {"year": number})]
        return part
    year = years[number]
    money = money_of(year, years.get(number - 1), frame.as_of, EVERYTHING, until=frame.as_of)
    rows = _rows(year, frame.as_of)
    _lines(part, money, rows)
    sums = {row.pk: row for row in money.agencies}
    for row in ground.agencies:  # some have no agreement in the year
        for measure, name in OF_AGENCIES.items():
            amount = getattr(sums.get(row.pk), name, ZERO)
            _set(part, measure, place(AGENCY, row.pk), amount, rows)
    _set(part, "vereinbart", CITY, money.together["agreed"], rows)
    _set(part, "belegt", CITY, money.together["declared"], rows)
    part.figures[key("vakanz_frei")] = money.freed_at_the_end
    part.rows[key("vakanz_frei")] = len(money.expected)
    unbound = money.together["declared"] - sum((row.line.declared for row in money.standings), ZERO)
    if unbound:
        text = _("%(amount)s are declared for agreements that no budget line is bound for.")
        part.lists["notes"] = [line(_("Money"), text % {"amount": euro(unbound)})]
    return part


def _lines(part: Part, money: YearMoney, rows: Counter) -> None:
    for standing in money.standings:
        where = place(LINE, standing.line.pk)
        part.places[where] = {
            "label": f"{standing.line.code} {standing.line.title}",
            "light": standing.light,
            "light_word": standing.word,
            "reasons": standing.reasons,
        }
        for measure, name in OF_LINES.items():
            _set(part, measure, where, getattr(standing.line, name), rows)
        _set(part, "prognose", where, standing.expected, rows)
    for measure, name in OF_LINES.items():
        amount = sum((getattr(row.line, name) for row in money.standings), ZERO)
        _set(part, measure, CITY, amount, rows)
    _set(part, "prognose", CITY, money.forecast, rows)
    part.places[CITY] = _light(money.standings)


def _light(standings: list[Standing]) -> dict:
    """The worst light of all lines, and which lines have it for what."""
    for light in (RED, AMBER, GREEN):
        found = [row for row in standings if row.light == light]
        if found:
            reasons = [f"{row.line.title}: {reason}" for row in found for reason in row.reasons]
            return {"light": light, "light_word": found[0].word, "reasons": reasons}
    return {"light": "", "light_word": "", "reasons": []}


def _set(part: Part, measure: str, where: str, amount: Decimal, rows: Counter) -> None:
    part.figures[key(measure, where)] = amount
    part.rows[key(measure, where)] = sum(rows[ledger, where] for ledger in LEDGERS[measure])


def _rows(year: BudgetYear, day: date) -> Counter:
    """How many rows of each ledger up to the day the city, each line and each agency has."""
    found = Counter()
    shares = AgreementShare.objects.filter(year=year).annotate(
        all_commitments=_counted(CommitmentBooking, "commitment__share", day),
        all_payments=_counted(Payment, "payout__commitment__share", day),
        all_expenses=_counted(Expense, "share", day),
    )
    ledgers = ["commitments", "payments", "expenses"]
    names = ["commitment__line", "agreement__agency", "agreement__signed_on"]
    names += [f"all_{name}" for name in ledgers]
    for line_pk, agency, signed_on, *counts in shares.order_by().values_list(*names):
        for where in (CITY, place(LINE, line_pk), place(AGENCY, agency)):
            found["shares", where] += signed_on is None or signed_on <= day
            for ledger, count in zip(ledgers, counts, strict=True):
                found[ledger, where] += count
    booked = LineBooking.objects.filter(line__year=year, **booked_until(day))
    booked = booked.order_by().values_list("line", "kind")
    for line_pk, kind, count in booked.annotate(number=Count("pk")):
        for where in (CITY, place(LINE, line_pk)):
            found["lines", where] += count
            if kind == LineBooking.Kind.PLANNED:
                found["planned", where] += count
    return found


def _counted(model, to: str, day: date) -> Coalesce:
    """How many rows of the model up to the day lie under a share."""
    rows = model.objects.filter(**{to: OuterRef("pk")}, **booked_until(day)).order_by().values(to)
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)
