"""The whole way of the money, from the notice to the declared use, as the operations go it."""

from datetime import date
from decimal import Decimal

import pytest

from coordination.budget import (
    agreements,
    allocations,
    commitments,
    expenses,
    lines,
    payouts,
    years,
)
from coordination.budget.models import AgreementShare, BudgetLine, Commitment
from tests import make

pytestmark = pytest.mark.django_db
MARCH = date(2016, 3, 1)


def test_the_money_goes_from_the_land_to_the_receipt():
    one, two, three = (make.user("coordination") for _ in range(3))
    year = years.create(year=2016, by=one)
    allocations.set_share(
        percent=Decimal("3.83"), legal_basis="§ 4 FlüAG", starts_on=date(2016, 1, 1), by=one
    )
    notice = allocations.create(
        year=year,
        reference="50.1",
        legal_basis="§ 4 FlüAG",
        issued_on=date(2016, 2, 1),
        amount=Decimal("10000000.01"),
        by=one,
    )
    assert notice.earmarked == Decimal("383000.00")
    assert sum(part.amount for part in notice.instalments.all()) == notice.amount
    line = lines.create(
        year=year, product="31", account="5318", title="X", planned=Decimal("383000"), by=one
    )
    allocations.distribute(notice, line=line, amount=Decimal("383000"), booked_on=MARCH, by=one)
    agreement = agreements.create(
        agency=make.agency(),
        reference="V-1",
        kind="positions",
        subject="Quartiersarbeit",
        starts_on=date(2016, 4, 1),
        ends_on=date(2018, 3, 31),
        amount=Decimal("123800.00"),
        by=one,
    )
    shares = list(agreement.shares.all())
    assert [share.year.year for share in shares] == [2016, 2017, 2018]
    assert sum(share.amount for share in shares) == agreement.amount
    bound = commitments.commit(
        shares[0], line=line, amount=shares[0].amount, booked_on=MARCH, by=one
    )
    payout, *_rest = payouts.plan(bound, instalments=payouts.propose(bound), by=one)
    payouts.request(payout, amount=Decimal("10000"), by=one)
    payouts.check_content(payout, granted=Decimal("9000"), reason="Beleg fehlt", by=two)
    payouts.check_calculation(payout, granted=Decimal("9000"), by=three)
    payouts.pay(payout, booked_on=MARCH, cash_reference="K1", by=one)
    expenses.declare(
        agreement,
        booked_on=date(2016, 6, 1),
        cost_kind="staff",
        payee="Gehalt",
        amount=Decimal("4000"),
        by=one,
    )
    line = BudgetLine.objects.with_sums().get()
    assert (line.available, line.paid, line.declared) == (383000, 9000, 4000)
    assert line.free == 383000 - shares[0].amount
    share = AgreementShare.objects.with_sums().get(pk=shares[0].pk)
    assert share.drawable == share.committed - 9000
    assert Commitment.objects.with_sums().get().paid == 9000
