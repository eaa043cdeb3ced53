"""The sample city's money: the budget years 2015 to 2018 around the real shape.

Five positions at 61,900 € a year and five freelancers at 780 hours of 25 € make 407,000 € for a
full year; the term from April 2016 to March 2018 falls into three budget years. Amounts beyond
that are invented. Everything goes through the operations, so four eyes and every limit hold here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from agencies.models import Agency, Position
from coordination.access.models import User
from coordination.budget import (
    agreements,
    allocations,
    commitments,
    expenses,
    lines,
    payouts,
    years,
)
from coordination.budget.agreements import Part
from coordination.budget.models import (
    Agreement,
    AgreementShare,
    BudgetLine,
    BudgetYear,
    CostKind,
    Payout,
)
from coordination.money import split

PRODUCT = "31.13.01"
POSTS, FEES, MATERIAL = "531810", "531820", "531830"
TITLES = {
    POSTS: "Quartiersarbeit: Stellen der Wohlfahrtsverbände",
    FEES: "Honorarkräfte zur Unterstützung der Ehrenamtlichen",
    MATERIAL: "Sachkosten und Sprachmittlung",
}
# year: {account: planned euros}
PLANNED = {
    2015: {FEES: 60_000},
    2016: {POSTS: 220_000, FEES: 98_500, MATERIAL: 15_000},
    2017: {POSTS: 318_000, FEES: 101_000, MATERIAL: 17_500},
    2018: {POSTS: 78_000, FEES: 25_000, MATERIAL: 4_000},
}
# year, reference, date of the notice, amount; 3.83 % of each is for social care
NOTICES = [
    (2016, "FlüAG 2016/01", date(2016, 2, 1), Decimal("8800000.00")),
    (2016, "FlüAG 2016/02 (Erhöhung)", date(2016, 9, 15), Decimal("1900000.00")),
    (2017, "FlüAG 2017/01", date(2016, 11, 24), Decimal("11100000.00")),
]
# notice, account, euros of its earmarked part
DISTRIBUTED = [
    ("FlüAG 2016/01", POSTS, 220_000),
    ("FlüAG 2016/01", FEES, 97_000),
    ("FlüAG 2016/01", MATERIAL, 15_000),
    ("FlüAG 2016/02 (Erhöhung)", POSTS, 18_000),
    ("FlüAG 2016/02 (Erhöhung)", MATERIAL, 2_000),
    ("FlüAG 2017/01", POSTS, 310_000),
    ("FlüAG 2017/01", FEES, 98_000),
    ("FlüAG 2017/01", MATERIAL, 17_000),
]
TERM = date(2016, 4, 1), date(2018, 3, 31)
FOR_A_POST = Decimal("123800.00")  # two years at 61,900 €
POST_OF = {
    "AWO": "Quartiersarbeit Süd",
    "Caritas": "Quartiersarbeit Ost",
    "Diakonie": "Quartiersarbeit Mitte",
    "DRK": "Quartiersarbeit Nord",
    "Paritätischer": "Quartiersarbeit West",
}
MONTHLY_SALARY = Decimal("5158.33")
MONTHLY_FEES = Decimal("8125.00")  # five people, 65 hours of 25 € each


@dataclass(frozen=True)
class Desk:
    """Who does what in city hall: three people, because request and checks need three."""

    coordination: User
    content: User
    calculation: User


def build(coordination: User) -> None:
    desk = Desk(
        coordination,
        User.objects.get(email="koordination2@example.org"),
        User.objects.get(email="koordination3@example.org"),
    )
    _budget(desk)
    _agreements(desk)
    _this_year(desk)


def line(year: int, account: str) -> BudgetLine:
    return BudgetLine.objects.get(year__year=year, account=account)


def _budget(desk):
    by = desk.coordination
    for year, planned in PLANNED.items():
        row = years.create(year=year, last_payment_on=date(year, 12, 16), by=by)
        for account, amount in planned.items():
            lines.create(
                year=row,
                product=PRODUCT,
                account=account,
                title=TITLES[account],
                planned=Decimal(amount),
                by=by,
            )
    allocations.set_share(
        percent=Decimal("3.83"),
        legal_basis="§ 4 FlüAG NRW",
        starts_on=date(2016, 1, 1),
        by=by,
    )
    for year, reference, issued_on, amount in NOTICES:
        allocations.create(
            year=BudgetYear.objects.get(year=year),
            reference=reference,
            legal_basis="§ 4 FlüAG NRW",
            issued_on=issued_on,
            amount=amount,
            by=by,
        )
    lines.supplement(
        line(2016, POSTS),
        amount=Decimal("20000"),
        booked_on=date(2016, 9, 28),
        reason="Nachtragshaushalt nach Erhöhung der Landeszuweisung",
        by=by,
    )
    lines.move(
        line(2016, POSTS),
        to=line(2016, MATERIAL),
        amount=Decimal("2000"),
        booked_on=date(2016, 10, 4),
        reason="Mehr Bedarf an Sprachmittlung",
        by=by,
    )
    for reference, account, amount in DISTRIBUTED:
        notice = allocations.StateAllocation.objects.get(reference=reference)
        allocations.distribute(
            notice,
            line=line(notice.year.year, account),
            amount=Decimal(amount),
            booked_on=max(notice.issued_on, notice.year.starts_on),
            by=by,
        )


def _agreements(desk):
    by = desk.coordination
    awo = Agency.objects.get(short_name="AWO")
    first = agreements.create(
        agency=awo,
        reference="50.2015-07",
        kind=Agreement.Kind.FREELANCERS,
        subject="Honorarkräfte zur Unterstützung der Ehrenamtlichen",
        starts_on=date(2015, 1, 1),
        ends_on=date(2015, 12, 31),
        amount=Decimal("58500.00"),
        signed_on=date(2015, 1, 12),
        by=by,
    )
    _commit(desk, first, FEES, date(2015, 1, 15))
    extension = agreements.create(
        agency=awo,
        reference="50.2016-01",
        kind=Agreement.Kind.FREELANCERS,
        subject="Fünf Honorarkräfte, Verlängerung bis 2018",
        starts_on=date(2016, 1, 1),
        ends_on=date(2018, 3, 31),
        amount=Decimal("219375.00"),
        signed_on=date(2015, 12, 18),
        predecessor=first,
        parts=[
            Part(2016, CostKind.FEES, Decimal("97500.00")),
            Part(2017, CostKind.FEES, Decimal("97500.00")),
            Part(2018, CostKind.FEES, Decimal("24375.00")),
        ],
        by=by,
    )
    for number, (agency, post) in enumerate(POST_OF.items(), 2):
        agreement = agreements.create(
            agency=Agency.objects.get(short_name=agency),
            reference=f"50.2016-{number:02}",
            kind=Agreement.Kind.POSITIONS,
            subject="Eine Stelle für Quartiersarbeit",
            starts_on=TERM[0],
            ends_on=TERM[1],
            amount=FOR_A_POST,
            signed_on=date(2016, 3, 14),
            positions=[Position.objects.get(title=post)],
            by=by,
        )
        _commit(desk, agreement, POSTS, date(2016, 3, 15))
    interpreting = agreements.create(
        agency=Agency.objects.get(short_name="Diakonie"),
        reference="50.2016-07",
        kind=Agreement.Kind.MATERIAL,
        subject="Sprachmittlung in den Quartieren",
        starts_on=date(2016, 4, 1),
        ends_on=date(2017, 12, 31),
        amount=Decimal("33900.00"),
        signed_on=date(2016, 3, 29),
        parts=[
            Part(2016, CostKind.MATERIAL, Decimal("16900.00")),
            Part(2017, CostKind.MATERIAL, Decimal("17000.00")),
        ],
        by=by,
    )
    _commit(desk, interpreting, MATERIAL, date(2016, 10, 5))
    _pay_in_parts(desk, first, 2015, [(2, 15), (5, 15), (8, 15), (11, 16)])
    _declare(first, date(2015, 1, 1), [Decimal("4875.00")] * 12, "Honorare", desk)
    _close_2015(desk)
    _commit(desk, extension, FEES, date(2016, 1, 4))


def _commit(desk, agreement, account, booked_on):
    for share in agreement.shares.select_related("year"):
        commitments.commit(
            share,
            line=line(share.year.year, account),
            amount=share.amount,
            booked_on=max(booked_on, share.year.starts_on),
            by=desk.coordination,
        )


def _close_2015(desk):
    """What 2015 left over is carried into 2016; without it the freelancers' line were too small."""
    old = line(2015, FEES)
    years.close(old.year, carry_over={old.pk: Decimal("1500.00")}, by=desk.coordination)


def _lead(agency) -> User:
    return User.objects.get(memberships__agency=agency, memberships__role="lead")


def _plan(desk, agreement, year, days) -> list[Payout]:
    share = agreement.shares.get(year__year=year)
    parts = split(share.amount, [1] * len(days))
    return payouts.plan(
        share.commitment,
        instalments=[(date(year, *day), part) for day, part in zip(days, parts, strict=True)],
        by=desk.coordination,
    )


def _request(payout, agency, note=""):
    return payouts.request(payout, amount=payout.planned, note=note, by=_lead(agency))


def _check(desk, payout, granted=None, reason=""):
    granted = granted or payout.planned
    payouts.check_content(payout, granted=granted, reason=reason, by=desk.content)
    payouts.check_calculation(payout, granted=granted, by=desk.calculation)


def _pay(desk, payout, number):
    return payouts.pay(
        payout,
        booked_on=payout.due_on + timedelta(days=3),
        cash_reference=f"HÜL-{payout.due_on.year}-{number:04}",
        by=desk.coordination,
    )


def _pay_in_parts(desk, agreement, year, days):
    plan = _plan(desk, agreement, year, days)
    for payout in plan:
        _request(payout, agreement.agency)
        _check(desk, payout)
        _pay(desk, payout, payout.pk)


def _this_year(desk):
    """2016: two instalments paid everywhere, the third at every stage there is."""
    days = [(5, 17), (8, 15), (11, 15)]
    plans = {}
    for agreement in Agreement.objects.filter(kind=Agreement.Kind.POSITIONS).order_by("reference"):
        plan = plans[agreement.agency.short_name] = _plan(desk, agreement, 2016, days)
        for payout in plan[:2]:
            _request(payout, agreement.agency)
            _check(desk, payout)
            _pay(desk, payout, payout.pk)
    agency = {row.short_name: row for row in Agency.objects.all()}
    last = {name: plan[2] for name, plan in plans.items()}
    _request(last["AWO"], agency["AWO"])
    _check(desk, last["AWO"])
    _pay(desk, last["AWO"], last["AWO"].pk)
    _request(last["Caritas"], agency["Caritas"], "Stelle seit 01.11. unbesetzt")
    _check(
        desk,
        last["Caritas"],
        granted=Decimal("5234.00"),
        reason="Stelle seit 01.11.2016 unbesetzt, nur Oktober und Sachanteil",
    )
    _request(last["Diakonie"], agency["Diakonie"])
    _request(last["DRK"], agency["DRK"])
    payouts.check_content(last["DRK"], granted=last["DRK"].planned, by=desk.content)
    _correct_first_payment(desk, agency["Paritätischer"], plans["Paritätischer"][0])

    freelancers = Agreement.objects.get(reference="50.2016-01")
    *paid, rest = _plan(desk, freelancers, 2016, [(2, 15), (5, 17), (8, 15), (11, 15)])
    for payout in paid:
        _request(payout, freelancers.agency)
        _check(desk, payout)
        _pay(desk, payout, payout.pk)
    _request(rest, freelancers.agency)
    _check(desk, rest)
    interpreting = Agreement.objects.get(reference="50.2016-07")
    _pay_in_parts(desk, interpreting, 2016, [(10, 17)])
    for share in AgreementShare.objects.filter(year__year=2017).select_related("commitment"):
        payouts.plan(
            share.commitment,
            instalments=payouts.propose(share.commitment),
            by=desk.coordination,
        )
    _expenses(desk)


def _correct_first_payment(desk, agency, wrong):
    """The post was filled in May only; April had been paid and came back."""
    payment = wrong.payments.get()
    payouts.reverse(
        payment,
        booked_on=date(2016, 6, 20),
        reason="Stelle erst ab 01.05.2016 besetzt; Betrag neu festgesetzt",
        by=desk.coordination,
    )
    (corrected,) = payouts.plan(
        wrong.commitment,
        instalments=[(date(2016, 7, 1), Decimal("10364.00"))],
        by=desk.coordination,
    )
    _request(corrected, agency, "Ohne April")
    _check(desk, corrected)
    _pay(desk, corrected, corrected.pk)


def _declare(agreement, start, amounts, payee, desk):
    """One expense for each month from ``start``, on its last working day or so."""
    cost_kind = agreements.COST_KIND_OF[Agreement.Kind(agreement.kind)]
    for number, amount in enumerate(amounts):
        month = start.month + number
        expenses.declare(
            agreement,
            booked_on=date(start.year, month, 28),
            cost_kind=cost_kind,
            payee=f"{payee} {month:02}/{start.year}",
            amount=amount,
            by=_lead(agreement.agency),
        )


def _expenses(desk):
    months = {"AWO": 8, "Caritas": 7, "Diakonie": 6, "DRK": 8, "Paritätischer": 7}
    for agreement in Agreement.objects.filter(kind=Agreement.Kind.POSITIONS):
        name = agreement.agency.short_name
        first = date(2016, 5 if name == "Paritätischer" else 4, 1)
        _declare(agreement, first, [MONTHLY_SALARY] * months[name], "Personalkosten", desk)
    freelancers = Agreement.objects.get(reference="50.2016-01")
    _declare(freelancers, date(2016, 1, 1), [MONTHLY_FEES] * 10, "Honorare", desk)
    interpreting = Agreement.objects.get(reference="50.2016-07")
    amounts = [Decimal(text) for text in ("1480.00", "2210.50", "1975.25", "2640.00", "1890.75")]
    _declare(interpreting, date(2016, 6, 1), amounts, "Sprachmittlung", desk)
    wrong = expenses.declare(
        interpreting,
        booked_on=date(2016, 11, 7),
        cost_kind=CostKind.MATERIAL,
        payee="Druck Wegweiser",
        amount=Decimal("3120.00"),
        by=_lead(interpreting.agency),
    )
    expenses.reverse(
        wrong, reason="Zahlendreher, richtig sind 312,00 €", by=_lead(interpreting.agency)
    )
    expenses.declare(
        interpreting,
        booked_on=date(2016, 11, 7),
        cost_kind=CostKind.MATERIAL,
        payee="Druck Wegweiser",
        amount=Decimal("312.00"),
        by=_lead(interpreting.agency),
    )
