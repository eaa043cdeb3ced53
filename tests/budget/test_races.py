"""Desks that book in the same moment: never over a limit, nothing twice, nothing lost."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import QuerySet

from coordination.audit.models import Entry
from coordination.budget import (
    allocations,
    books,
    commitments,
    expenses,
    lines,
    payouts,
    years,
)
from coordination.budget.models import (
    AgreementShare,
    BudgetLine,
    BudgetYear,
    Commitment,
    CommitmentBooking,
    Payment,
    Payout,
    StateAllocation,
)
from tests import make
from tests.budget.ledger import agree, make_line, plan, walk
from tests.make import euros
from tests.people.desks import REFUSED, at_once

pytestmark = pytest.mark.django_db(transaction=True)
JUNE = date(2016, 6, 1)


@pytest.fixture
def city():
    """A year with 10,000 euros on a line, and three people."""
    people = [make.user() for _ in range(3)]
    year = years.create(year=2016, by=people[0])
    return make_line(year, "531", 10_000, people[0]), people


def bind(line, people, amount=10_000):
    share = agree(make.agency(), {2016: amount}, people[0]).shares.get()
    return commitments.commit(share, line=line, amount=euros(amount), booked_on=JUNE, by=people[0])


def accepted(results):
    return len(results) - results.count(REFUSED)


def sums(line):
    return BudgetLine.objects.with_sums().get(pk=line.pk)


def commit_act(share, line, by):
    def act():
        return commitments.commit(
            AgreementShare.objects.get(pk=share.pk),
            line=BudgetLine.objects.get(pk=line.pk),
            amount=euros(1_000),
            booked_on=JUNE,
            by=by,
        )

    return act


def sixteen_desks(line, people):
    shares = [agree(make.agency(), {2016: 1_000}, people[0]).shares.get() for _desk in range(16)]
    return at_once([commit_act(share, line, people[0]) for share in shares])


def test_sixteen_desks_with_money_for_ten(city):
    line, people = city
    results = sixteen_desks(line, people)
    assert (accepted(results), results.count(REFUSED)) == (10, 6)
    assert sums(line).committed == 10_000
    assert CommitmentBooking.objects.count() == 10
    assert books.findings() == []


def test_sixteen_desks_raise_one_commitment(city):
    line, people = city
    share = agree(make.agency(), {2016: 50_000}, people[0]).shares.get()
    bound = commitments.commit(share, line=line, amount=euros(2_000), booked_on=JUNE, by=people[0])
    results = at_once(
        [
            lambda: commitments.change(
                Commitment.objects.get(pk=bound.pk),
                amount=euros(1_000),
                booked_on=JUNE,
                reason="mehr",
                by=people[0],
            )
        ]
        * 16
    )
    assert accepted(results) == 8
    assert sums(line).free == 0
    assert books.findings() == []


def test_money_leaves_a_line_by_many_doors_at_once(city):
    line, people = city
    other = make_line(line.year, "532", 1, people[0])
    shares = [agree(make.agency(), {2016: 1_000}, people[0]).shares.get() for _ in range(8)]
    fields = {"booked_on": JUNE, "reason": "x", "by": people[0]}
    results = at_once(
        [commit_act(share, line, people[0]) for share in shares]
        + [lambda: lines.move(line, to=other, amount=euros(1_000), **fields)] * 4
        + [lambda: lines.supplement(line, amount=euros(-1_000), **fields)] * 4
    )
    assert accepted(results) == 10
    assert sums(line).free == 0
    assert books.findings() == []


def test_sixteen_requests_for_the_last_euro(city):
    line, people = city
    bound = bind(line, people)
    drafts = plan(bound, [625] * 16, JUNE, people[0])
    # The commitment is lowered after the plan: it covers ten of the sixteen.
    commitments.change(bound, amount=euros(-3_750), booked_on=JUNE, reason="weniger", by=people[0])
    results = at_once(
        [
            lambda draft=draft: payouts.request(
                Payout.objects.get(pk=draft.pk), amount=euros(625), by=people[0]
            )
            for draft in drafts
        ]
    )
    assert (accepted(results), results.count(REFUSED)) == (10, 6)
    assert Commitment.objects.with_sums().get().drawable == 0
    assert books.findings() == []


def test_a_payout_is_paid_once_however_often_it_is_sent(city):
    line, people = city
    (draft,) = plan(bind(line, people), [1_000], JUNE, people[0])
    payout = walk(draft, "granted", people)
    results = at_once(
        [
            lambda: payouts.pay(
                Payout.objects.get(pk=payout.pk),
                booked_on=JUNE,
                cash_reference="K-1",
                by=people[0],
            )
        ]
        * 20
    )
    assert (accepted(results), results.count(REFUSED)) == (1, 19)
    assert Payment.objects.count() == 1
    assert Entry.objects.about(payout).filter(verb="paid").count() == 1
    assert sums(line).paid == 1_000
    assert books.findings() == []


def test_a_payment_is_reversed_once(city):
    line, people = city
    (draft,) = plan(bind(line, people), [1_000], JUNE, people[0])
    payment = walk(draft, "paid", people).payments.get()
    results = at_once(
        [
            lambda: payouts.reverse(
                Payment.objects.get(pk=payment.pk), booked_on=JUNE, reason="x", by=people[0]
            )
        ]
        * 8
    )
    assert accepted(results) == 1
    assert (Payment.objects.count(), sums(line).paid) == (2, 0)
    assert books.findings() == []


def test_an_expense_is_reversed_once(city):
    line, people = city
    bound = bind(line, people)
    expense = expenses.declare(
        bound.share.agreement,
        booked_on=JUNE,
        cost_kind="staff",
        payee="Gehalt",
        amount=euros(10),
        by=people[0],
    )
    results = at_once([lambda: expenses.reverse(expense, reason="x", by=people[0])] * 8)
    assert accepted(results) == 1
    assert sums(line).declared == 0


def test_earmarked_money_is_passed_on_once(city):
    line, people = city
    allocations.set_share(percent=10, legal_basis="§ 4", starts_on=date(2016, 1, 1), by=people[0])
    notice = allocations.create(
        year=line.year,
        reference="50.1",
        legal_basis="§ 4",
        issued_on=JUNE,
        amount=euros(50_000),
        by=people[0],
    )
    results = at_once(
        [
            lambda: allocations.distribute(
                StateAllocation.objects.get(pk=notice.pk),
                line=BudgetLine.objects.get(pk=line.pk),
                amount=euros(500),
                booked_on=JUNE,
                by=people[0],
            )
        ]
        * 16
    )
    assert accepted(results) == 10
    assert StateAllocation.objects.with_sums().get().distributed == 5_000
    assert books.findings() == []


@pytest.mark.parametrize("attempt", range(4))
def test_nothing_is_booked_into_a_year_that_is_being_closed(city, attempt):
    line, people = city
    extra = [agree(make.agency(), {2016: 1_000}, people[0]).shares.get() for _ in range(12)]
    acts = [commit_act(share, line, people[0]) for share in extra]
    acts.insert(
        attempt * 4,
        lambda: years.close(
            BudgetYear.objects.get(year=2016), carry_over={line.pk: euros(10_000)}, by=people[0]
        ),
    )
    at_once(acts)
    year, money = BudgetYear.objects.get(year=2016), sums(line)
    if year.is_closed:
        assert (money.committed, money.carried_out) == (0, -10_000)
    else:
        assert (money.committed, money.carried_out) == (10_000, 0)
    assert books.findings() == []


def test_a_year_is_closed_once_and_carries_over_once(city):
    line, people = city
    results = at_once(
        [
            lambda: years.close(
                BudgetYear.objects.get(year=2016), carry_over={line.pk: euros(10_000)}, by=people[0]
            )
        ]
        * 8
    )
    assert accepted(results) == 1
    carried = BudgetLine.objects.with_sums().get(year__year=2017)
    assert (carried.carried_in, carried.available) == (10_000, 10_000)
    assert books.findings() == []


def test_new_years_are_created_once_by_agreements_made_in_the_same_moment():
    by = make.user()
    agencies = [make.agency() for _ in range(8)]
    results = at_once(
        [lambda agency=agency: agree(agency, {2020: 100, 2021: 100}, by) for agency in agencies]
    )
    assert BudgetYear.objects.count() == 2
    assert accepted(results) == 8


def test_the_check_finds_nothing_while_others_book(city):
    """Tables are read one after the other; what has moved in between is no finding."""
    line, people = city
    drafts = plan(bind(line, people), [100] * 8, JUNE, people[0])
    results = at_once(
        [
            lambda draft=draft: walk(Payout.objects.get(pk=draft.pk), "reversed", people)
            for draft in drafts
        ]
        + [lambda: [books.findings() for _run in range(4)]] * 2
    )
    assert results[8:] == [[[]] * 4] * 2
    assert accepted(results) == 10
    assert books.findings() == []


def test_without_the_lock_the_line_is_overdrawn(city, monkeypatch):
    """The red control: reading and writing alone do not keep the limit on PostgreSQL."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer at a time begin, so it needs no lock of rows")
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    line, people = city
    results = sixteen_desks(line, people)
    assert accepted(results) > 10
    assert sums(line).free < 0
