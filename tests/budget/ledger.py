"""A small city's money, booked by the operations alone: every kind of booking and of payout."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile

from coordination.budget import (
    agreements,
    allocations,
    commitments,
    documents,
    expense_imports,
    expenses,
    lines,
    payouts,
    years,
)
from coordination.budget.agreements import Part
from coordination.budget.models import AgreementShare, BudgetLine, BudgetYear, LineBooking
from tests import make
from tests.make import euros

MAY, JUNE, JULY = date(2016, 5, 2), date(2016, 6, 1), date(2016, 7, 1)
STEPS = ["planned", "requested", "content_checked", "granted", "paid", "reversed"]


def walk(payout, status, people, *, granted=None):
    """Take a planned payout as far as ``status``."""
    lead, one, two = people
    if status == "cancelled":
        payouts.cancel(payout, reason="entfällt", by=one)
    last = STEPS.index(status) if status in STEPS else 0
    amount = granted or payout.planned
    if last >= 1:
        payouts.request(payout, amount=payout.planned, by=lead)
    if last >= 2:
        reason = "Beleg fehlt" if granted else ""
        payouts.check_content(payout, granted=amount, reason=reason, by=one)
    if last >= 3:
        payouts.check_calculation(payout, granted=amount, by=two)
    if last >= 4:
        day = payout.due_on
        payment = payouts.pay(payout, booked_on=day, cash_reference=f"K-{payout.pk}", by=one)
    if last >= 5:
        payouts.reverse(payment, booked_on=day, reason="falsches Konto", by=two)
    payout.refresh_from_db()
    return payout


def a_closed_year(people, agency):
    """2015: one line, all of what it bound is paid, 5,000 euros are carried over."""
    _lead, one, _two = people
    year = years.create(year=2015, by=one)
    line = make_line(year, "531", 20_000, one)
    agreement = agree(agency, {2015: 10_000}, one)
    bound = commitments.commit(
        agreement.shares.get(),
        line=line,
        amount=euros(10_000),
        booked_on=date(2015, 2, 1),
        by=one,
    )
    for payout in plan(bound, [4_000, 6_000], date(2015, 3, 1), one):
        walk(payout, "paid", people)
    years.close(year, carry_over={line.pk: euros(5_000)}, by=one)
    return SimpleNamespace(agreement=agreement, bound=bound, line=line, year=year)


def make_line(year, account, planned, by):
    return lines.create(
        year=year, product="31", account=account, title="Quartier", planned=euros(planned), by=by
    )


def agree(agency, parts, by, **fields):
    return agreements.create(
        **{
            "agency": agency,
            "reference": f"V-{next(make.number)}",
            "kind": "positions",
            "subject": "Quartiersarbeit",
            "starts_on": date(min(parts), 1, 1),
            "ends_on": date(max(parts), 12, 31),
            "amount": euros(sum(parts.values())),
            "parts": [Part(year, "staff", euros(part)) for year, part in parts.items()],
            "by": by,
            **fields,
        }
    )


def plan(commitment, amounts, day, by):
    instalments = [(day, euros(amount)) for amount in amounts]
    return payouts.plan(commitment, instalments=instalments, by=by)


def the_books():
    """Primary keys by name, of what tests want to break."""
    people = lead, one, two = make.user(), make.user("coordination"), make.user("coordination")
    agency = make.agency(short_name="AWO")
    closed = a_closed_year(people, agency)
    year = BudgetYear.objects.get(year=2016)
    carried = BudgetLine.objects.get(year=year)
    line, other = make_line(year, "532", 100_000, one), make_line(year, "533", 50_000, one)
    lines.supplement(line, amount=euros(2_000), booked_on=MAY, reason="Nachtrag", by=one)
    lines.supplement(other, amount=euros(-1_000), booked_on=MAY, reason="Sperre", by=one)
    lines.move(line, to=other, amount=euros(3_000), booked_on=MAY, reason="Bedarf", by=one)

    allocations.set_share(
        percent=Decimal("3.50"), legal_basis="§ 4", starts_on=date(2014, 1, 1), by=one
    )
    allocations.set_share(
        percent=Decimal("3.83"), legal_basis="§ 4", starts_on=date(2016, 1, 1), by=one
    )
    notice = allocations.create(
        year=year,
        reference="50.1",
        legal_basis="§ 4",
        issued_on=date(2016, 2, 1),
        amount=Decimal("1000000.37"),
        by=one,
    )
    fundings = [
        allocations.distribute(notice, line=place, amount=euros(amount), booked_on=MAY, by=one)
        for place, amount in [(line, 12_000), (other, 5_000), (line, 1_000)]
    ]
    allocations.reverse(fundings[2], reason="doppelt", booked_on=JUNE, by=one)

    agreement = agree(agency, {2016: 60_000, 2017: 20_000}, one)
    extension = agree(agency, {2018: 20_000}, one, predecessor=agreement)
    share, later = agreement.shares.all()
    bound = commitments.commit(share, line=line, amount=euros(50_000), booked_on=MAY, by=one)
    commitments.change(bound, amount=euros(6_000), booked_on=JUNE, reason="mehr", by=one)
    commitments.change(bound, amount=euros(-1_000), booked_on=JUNE, reason="weniger", by=one)
    statuses = [*STEPS, "cancelled", "paid"]
    walked = {
        f"{status}_{number}": walk(payout, status, people, granted=granted)
        for number, (status, payout, granted) in enumerate(
            zip(
                statuses,
                plan(bound, [3_000] * len(statuses), JUNE, one),
                [None] * (len(statuses) - 1) + [euros(2_500)],
                strict=True,
            )
        )
    }
    spent = declare(agreement, 700, by=lead)
    wrong = declare(agreement, 300, by=lead)
    expenses.reverse(wrong, reason="vertippt", by=lead)
    upload = enter_file(agreement, lead)
    waiting = expense_imports.keep(agreement, file=a_file("Juli", 2), by=lead)
    pdf = SimpleUploadedFile("vereinbarung.pdf", make.PDF)
    document = documents.add(pdf, agreement=agreement, by=one)
    supplement, cut = LineBooking.objects.filter(kind="supplement").order_by("pk")
    return {
        "agreement": agreement.pk,
        "extension": extension.pk,
        "old_agreement": closed.agreement.pk,
        "share": share.pk,
        "later_share": later.pk,
        "old_share": AgreementShare.objects.get(agreement=closed.agreement).pk,
        "bound": bound.pk,
        "old_bound": closed.bound.pk,
        "line": line.pk,
        "other": other.pk,
        "carried": carried.pk,
        "year": year.pk,
        "later_year": later.year_id,
        "later_line": make_line(later.year, "532", 90_000, one).pk,
        "notice": notice.pk,
        "funding": fundings[0].pk,
        "reversed_funding": fundings[2].pk,
        "supplement": supplement.pk,
        "cut": cut.pk,
        "spent": spent.pk,
        "wrong": wrong.pk,
        "upload": upload.pk,
        "waiting": waiting.pk,
        "document": document.pk,
        "checked": walked["content_checked_2"].pk,
        "granted": walked["granted_3"].pk,
        "paid": walked["paid_4"].pk,
        "reversed": walked["reversed_5"].pk,
        "partly": walked["paid_7"].pk,
        "requested": walked["requested_1"].pk,
        "planned": walked["planned_0"].pk,
    }


def declare(agreement, amount, **fields):
    return expenses.declare(
        agreement,
        booked_on=JULY,
        cost_kind="staff",
        payee="Gehalt",
        amount=euros(amount),
        **fields,
    )


def a_file(month, number):
    rows = f"Datum;Empfänger;Kostenart;Betrag\n0{number}.06.2016;Gehalt;Personalkosten;1.234,50\n"
    rows += f"0{number}.06.2016;Gehalt {month};Personalkosten;34,05\n"
    return SimpleUploadedFile("belege.csv", rows.encode())


def enter_file(agreement, by):
    upload = expense_imports.keep(agreement, file=a_file("Juni", 1), by=by)
    expected = expense_imports.planned(upload).fingerprint
    expense_imports.confirm(upload, expected=expected, repeated_too=False, by=by)
    return upload
