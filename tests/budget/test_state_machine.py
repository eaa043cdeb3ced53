"""Random acts on money, each foretold by a plain Python model: accepted or not, and every sum.

``BOOKS_EXAMPLES=200 BOOKS_STEPS=50`` plays longer than the usual run of the tests.
"""

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

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
    Agreement,
    AgreementShare,
    BudgetLine,
    BudgetYear,
    Commitment,
    Expense,
    Funding,
    Payment,
    Payout,
    StateAllocation,
)
from tests import make
from tests.budget.ledger import agree, make_line, walk

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("BOOKS_EXAMPLES", "8"))
STEPS = int(os.environ.get("BOOKS_STEPS", "25"))
ZERO, CENT = Decimal("0.00"), Decimal("0.01")
HANDS = {"planned": 0, "content_checked": 2, "granted": 3}  # people who had a part in it
UNDER_WAY = ["requested", "content_checked", "granted"]

# An amount beside a limit says more than one out of the blue.
PLACES = ["all", "all and a cent", "all but a cent", "half", "a tenth", "nothing", "less"]
amounts = st.sampled_from(PLACES) | st.integers(1, 1_500_000)
index = st.integers(0, 1_000)
rarely = st.sampled_from([False] * 9 + [True])


def near(amount, left):
    """The amount in euros that was drawn, where ``left`` is the limit."""
    whole = left if left > 0 else Decimal("1.00")
    if isinstance(amount, int):
        return Decimal(amount).scaleb(-2)
    return {
        "all": whole,
        "all and a cent": whole + CENT,
        "all but a cent": whole - CENT,
        "half": (whole / 2).quantize(CENT),
        "a tenth": (whole / 10).quantize(CENT),
        "nothing": ZERO,
        "less": -whole,
    }[amount]


@dataclass
class Line:
    year: int
    account: str
    available: Decimal
    carried_out: Decimal = ZERO
    funded: Decimal = ZERO
    carried_in: Decimal = ZERO
    given_away: Decimal = ZERO  # by moves and cuts

    @property
    def spare(self):
        """What was carried in and not given away yet; it is given away first."""
        return max(self.carried_in - self.given_away, ZERO)

    @property
    def unfunded(self):
        """What the Land could still fund: neither it nor an earlier year pays for it."""
        return self.available + self.carried_out - self.spare - self.funded


@dataclass
class Share:
    year: int
    agreement: int
    amount: Decimal


@dataclass
class Bound:
    share: int
    line: int
    committed: Decimal


@dataclass
class Draw:
    bound: int
    planned: Decimal
    status: str = "planned"
    requested: Decimal = ZERO
    granted: Decimal = ZERO
    hands: list = field(default_factory=list)

    @property
    def reserved(self):
        return self.requested if self.status == "requested" else self.granted


class Ledger(RuleBasedStateMachine):
    """``self.lines`` and so on are the model, by primary key; the database is beside it."""

    start = None  # what each example begins with
    counts = Counter()

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.people = self.start["people"]
        self.closed = {2016: False, 2017: False}
        self.lines = {pk: Line(*values) for pk, values in self.start["lines"].items()}
        self.shares = {pk: Share(*values) for pk, values in self.start["shares"].items()}
        self.notice, self.earmarked = self.start["notice"]
        self.bounds = {pk: Bound(*values) for pk, values in self.start["bounds"].items()}
        self.draws = {
            pk: Draw(*values, list(hands)) for pk, (*values, hands) in self.start["draws"].items()
        }
        self.fundings, self.spent = {}, {}
        self.last_payment = {}

    def teardown(self):
        try:
            assert [str(finding) for finding in books.findings()] == []
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # --- The model's sums ------------------------------------------------------------------------

    def committed(self, line):
        return sum((row.committed for row in self.bounds.values() if row.line == line), ZERO)

    def free(self, line):
        return self.lines[line].available - self.committed(line)

    def unfunded(self, line):
        """What the line can give away without leaving what the Land funds unfounded."""
        row = self.lines[line]
        return max(row.unfunded + row.spare, ZERO)

    def draws_of(self, bound, *statuses):
        rows = [row for row in self.draws.values() if row.bound == bound]
        return [row for row in rows if row.status in statuses]

    def requested(self, bound):
        return sum((row.reserved for row in self.draws_of(bound, *UNDER_WAY)), ZERO)

    def paid(self, bound):
        return sum((row.granted for row in self.draws_of(bound, "paid")), ZERO)

    def drawable(self, bound):
        return self.bounds[bound].committed - self.requested(bound) - self.paid(bound)

    def unplanned(self, bound):
        planned = (row.planned for row in self.draws_of(bound, "planned"))
        return self.drawable(bound) - sum(planned, ZERO)

    def declared(self, shares):
        rows = self.spent.values()
        return sum((amount for share, amount, is_open in rows if is_open and share in shares), ZERO)

    def has(self, *statuses):
        return any(row.status in statuses for row in self.draws.values())

    def year(self, bound):
        return self.shares[self.bounds[bound].share].year

    def is_open(self, year):
        return not self.closed[year]

    # --- How an act is tried ---------------------------------------------------------------------

    def accepted(self, expected, act, **arguments):
        """Whether the act went through – and whether it should have."""
        refusal = []
        try:
            with transaction.atomic():
                result = act(**arguments)
        except ValidationError as error:
            refusal = error.messages
        assert bool(refusal) != bool(expected), refusal or "accepted"
        name = f"{act.__module__.split('.')[-1]}.{act.__name__}"
        type(self).counts[name, "refused" if refusal else "accepted"] += 1
        return None if refusal else result or True

    def pick(self, rows, number, prefer=lambda row: True):
        """One of the primary keys, rather one whose row fits."""
        fitting = [pk for pk, row in rows.items() if prefer(row)] if number % 7 != 6 else []
        candidates = fitting or list(rows)
        return candidates[number // 7 % len(candidates)]

    def day(self, year, is_wrong):
        return date(year + 1 if is_wrong else year, 6, 1)

    # --- Lines -----------------------------------------------------------------------------------

    @rule(number=index, amount=amounts, wrong=rarely)
    def supplement(self, number, amount, wrong):
        pk = self.pick(self.lines, number)
        line = self.lines[pk]
        most = min(self.free(pk), self.unfunded(pk))
        amount = -near(amount, most) if number % 2 else near(amount, Decimal("900"))
        expected = self.is_open(line.year) and not wrong and amount != 0
        expected = expected and (amount > 0 or -amount <= most)
        if self.accepted(
            expected,
            lines.supplement,
            line=BudgetLine.objects.get(pk=pk),
            amount=amount,
            booked_on=self.day(line.year, wrong),
            reason="Nachtrag",
            by=self.people[0],
        ):
            line.available += amount
            line.given_away += max(-amount, ZERO)

    @rule(number=index, other=index, amount=amounts, wrong=rarely)
    def move(self, number, other, amount, wrong):
        pk = self.pick(self.lines, number)
        line = self.lines[pk]
        to = self.pick(self.lines, other, lambda row: row.year == line.year and row is not line)
        target = self.lines[to]
        most = min(self.free(pk), self.unfunded(pk))
        amount = near(amount, most)
        expected = pk != to and line.year == target.year and self.is_open(line.year)
        expected = expected and not wrong and 0 < amount <= most
        if self.accepted(
            expected,
            lines.move,
            line=BudgetLine.objects.get(pk=pk),
            to=BudgetLine.objects.get(pk=to),
            amount=amount,
            booked_on=self.day(line.year, wrong),
            reason="Bedarf",
            by=self.people[0],
        ):
            line.available -= amount
            line.given_away += amount
            target.available += amount

    # --- What the Land gives ---------------------------------------------------------------------

    @rule(number=index, amount=amounts, wrong=rarely)
    def distribute(self, number, amount, wrong):
        pk = self.pick(self.lines, number, lambda row: row.year == 2016)
        line = self.lines[pk]
        given = sum((row[1] for row in self.fundings.values() if row[2]), ZERO)
        most = min(self.earmarked - given, line.unfunded)
        amount = near(amount, most)
        expected = line.year == 2016 and self.is_open(2016) and not wrong and 0 < amount <= most
        funding = self.accepted(
            expected,
            allocations.distribute,
            allocation=StateAllocation.objects.get(pk=self.notice),
            line=BudgetLine.objects.get(pk=pk),
            amount=amount,
            booked_on=self.day(2016, wrong),
            by=self.people[0],
        )
        if funding:
            line.funded += amount
            self.fundings[funding.pk] = (pk, amount, True)

    @precondition(lambda self: self.fundings)
    @rule(number=index, wrong=rarely)
    def take_back(self, number, wrong):
        pk = self.pick(self.fundings, number, lambda row: row[2])
        line, amount, stands = self.fundings[pk]
        if self.accepted(
            stands and self.is_open(2016) and not wrong,
            allocations.reverse,
            funding=Funding.objects.get(pk=pk),
            reason="Irrtum",
            booked_on=self.day(2016, wrong),
            by=self.people[0],
        ):
            self.lines[line].funded -= amount
            self.fundings[pk] = (line, amount, False)

    # --- Commitments -----------------------------------------------------------------------------

    @rule(number=index, other=index, amount=amounts, wrong=rarely)
    def commit(self, number, other, amount, wrong):
        taken = {row.share for row in self.bounds.values()}
        pk = self.pick(
            self.shares, number, lambda row: not any(self.shares[key] is row for key in taken)
        )
        share = self.shares[pk]
        to = self.pick(self.lines, other, lambda row: row.year == share.year)
        line, most = self.lines[to], min(self.free(to), share.amount)
        amount = near(amount, most)
        expected = self.is_open(share.year) and line.year == share.year and pk not in taken
        expected = expected and not wrong and 0 < amount <= most
        bound = self.accepted(
            expected,
            commitments.commit,
            share=AgreementShare.objects.get(pk=pk),
            line=BudgetLine.objects.get(pk=to),
            amount=amount,
            booked_on=self.day(share.year, wrong),
            by=self.people[0],
        )
        if bound:
            self.bounds[bound.pk] = Bound(pk, to, amount)

    @precondition(lambda self: self.bounds)
    @rule(number=index, amount=amounts, wrong=rarely)
    def raise_or_lower(self, number, amount, wrong):
        pk = self.pick(self.bounds, number)
        bound = self.bounds[pk]
        most = min(self.free(bound.line), self.shares[bound.share].amount - bound.committed)
        least = self.drawable(pk)
        amount = -near(amount, least) if number % 2 else near(amount, most)
        expected = self.is_open(self.year(pk)) and not wrong and amount != 0
        expected = expected and (-amount <= least if amount < 0 else amount <= most)
        if self.accepted(
            expected,
            commitments.change,
            commitment=Commitment.objects.get(pk=pk),
            amount=amount,
            booked_on=self.day(self.year(pk), wrong),
            reason="angepasst",
            by=self.people[0],
        ):
            bound.committed += amount

    # --- Payouts ---------------------------------------------------------------------------------

    @precondition(lambda self: self.bounds)
    @rule(number=index, parts=st.lists(amounts, min_size=1, max_size=3), wrong=rarely)
    def plan(self, number, parts, wrong):
        pk = self.pick(self.bounds, number)
        left = self.unplanned(pk)
        parts = [near(part, (left / len(parts)).quantize(CENT)) for part in parts]
        expected = self.is_open(self.year(pk)) and not wrong
        expected = expected and sum(parts) <= left and all(part > 0 for part in parts)
        made = self.accepted(
            expected,
            payouts.plan,
            commitment=Commitment.objects.get(pk=pk),
            instalments=[(self.day(self.year(pk), wrong), part) for part in parts],
            by=self.people[0],
        )
        for payout in made or ():
            self.draws[payout.pk] = Draw(pk, payout.planned)

    def act(self, number, *statuses):
        """A payout, rather one of these statuses; whether it is, and its year open."""
        pk = self.pick(self.draws, number, lambda row: row.status in statuses)
        row = self.draws[pk]
        return pk, row, row.status in statuses and self.is_open(self.year(row.bound))

    @precondition(lambda self: self.has("planned"))
    @rule(number=index, amount=amounts, who=index)
    def request(self, number, amount, who):
        pk, row, expected = self.act(number, "planned")
        by, most = self.people[who % len(self.people)], min(row.planned, self.drawable(row.bound))
        amount = near(amount, most)
        if self.accepted(
            expected and 0 < amount <= most,
            payouts.request,
            payout=Payout.objects.get(pk=pk),
            amount=amount,
            by=by,
        ):
            row.status, row.requested, row.hands = "requested", amount, [by]

    @precondition(lambda self: self.has("requested"))
    @rule(number=index, amount=amounts, who=index, reason=st.sampled_from(["", "Beleg fehlt"]))
    def check_content(self, number, amount, who, reason):
        pk, row, expected = self.act(number, "requested")
        by, granted = self.people[who % len(self.people)], near(amount, row.requested)
        expected = expected and by not in row.hands and 0 < granted <= row.requested
        if self.accepted(
            expected and (granted == row.requested or reason != ""),
            payouts.check_content,
            payout=Payout.objects.get(pk=pk),
            granted=granted,
            reason=reason,
            by=by,
        ):
            row.status, row.granted = "content_checked", granted
            row.hands.append(by)

    @precondition(lambda self: self.has("content_checked"))
    @rule(number=index, who=index, wrong=rarely)
    def check_calculation(self, number, who, wrong):
        pk, row, expected = self.act(number, "content_checked")
        by = self.people[who % len(self.people)]
        if self.accepted(
            expected and by not in row.hands and not wrong,
            payouts.check_calculation,
            payout=Payout.objects.get(pk=pk),
            granted=row.granted + CENT if wrong else row.granted,
            by=by,
        ):
            row.status = "granted"
            row.hands.append(by)

    @precondition(lambda self: self.has("granted"))
    @rule(number=index, wrong=rarely)
    def pay(self, number, wrong):
        pk, row, expected = self.act(number, "granted")
        payment = self.accepted(
            expected and not wrong,
            payouts.pay,
            payout=Payout.objects.get(pk=pk),
            booked_on=self.day(self.year(row.bound), wrong),
            cash_reference="K",
            by=self.people[0],
        )
        if payment:
            row.status = "paid"
            self.last_payment[pk] = payment.pk

    @precondition(lambda self: self.has("paid"))
    @rule(number=index, wrong=rarely)
    def reverse(self, number, wrong):
        pk, row, expected = self.act(number, "paid")
        if pk not in self.last_payment:
            return
        if self.accepted(
            expected and not wrong,
            payouts.reverse,
            payment=Payment.objects.get(pk=self.last_payment[pk]),
            booked_on=self.day(self.year(row.bound), wrong),
            reason="falsches Konto",
            by=self.people[0],
        ):
            row.status = "reversed"

    @precondition(lambda self: self.has(*UNDER_WAY))
    @rule(number=index)
    def send_back(self, number):
        pk, row, expected = self.act(number, *UNDER_WAY)
        if self.accepted(
            expected,
            payouts.send_back,
            payout=Payout.objects.get(pk=pk),
            reason="unklar",
            by=self.people[0],
        ):
            row.status, row.hands = "planned", []

    @precondition(lambda self: self.has("planned"))
    @rule(number=index)
    def cancel(self, number):
        pk, row, expected = self.act(number, "planned")
        if self.accepted(
            expected,
            payouts.cancel,
            payout=Payout.objects.get(pk=pk),
            reason="entfällt",
            by=self.people[0],
        ):
            row.status = "cancelled"

    @precondition(lambda self: self.has("planned"))
    @rule(number=index)
    def draw_down(self, number):
        """The straight way to a payment, which single acts seldom find."""
        pk, row, expected = self.act(number, "planned")
        amount = min(row.planned, self.drawable(row.bound))
        if not expected or amount <= 0:
            return
        lead, one, two = self.people[:3]
        for act, by, fields in (
            (payouts.request, lead, {"amount": amount}),
            (payouts.check_content, one, {"granted": amount}),
            (payouts.check_calculation, two, {"granted": amount}),
        ):
            payout = Payout.objects.get(pk=pk)
            assert self.accepted(True, act, payout=payout, by=by, **fields)
        row.status, row.requested, row.granted = "granted", amount, amount
        row.hands = [lead, one, two]

    # --- Declared use ----------------------------------------------------------------------------

    @rule(number=index, amount=amounts, wrong=rarely)
    def declare(self, number, amount, wrong):
        pk = self.pick(self.shares, number)
        share, amount = self.shares[pk], near(amount, Decimal("500"))
        expense = self.accepted(
            self.is_open(share.year) and 0 < amount <= share.amount and not wrong,
            expenses.declare,
            agreement=Agreement.objects.get(pk=share.agreement),
            booked_on=self.day(2018 if wrong else share.year, False),
            cost_kind="staff",
            payee="Gehalt",
            amount=amount,
            by=self.people[0],
        )
        if expense:
            self.spent[expense.pk] = (pk, amount, True)

    @precondition(lambda self: self.spent)
    @rule(number=index)
    def reverse_expense(self, number):
        pk = self.pick(self.spent, number, lambda row: row[2])
        share, amount, stands = self.spent[pk]
        if self.accepted(
            stands and self.is_open(self.shares[share].year),
            expenses.reverse,
            expense=Expense.objects.get(pk=pk),
            reason="vertippt",
            by=self.people[0],
        ):
            self.spent[pk] = (share, amount, False)

    # --- Years -----------------------------------------------------------------------------------

    def is_settled(self, year):
        own = [pk for pk in self.bounds if self.year(pk) == year]
        waiting = any(self.draws_of(pk, "planned", *UNDER_WAY) for pk in own)
        return not waiting and all(self.bounds[pk].committed == self.paid(pk) for pk in own)

    @rule(number=index, amounts=st.lists(amounts, max_size=4))
    def close(self, number, amounts):
        year = 2016 if number % 3 else 2017
        own = [pk for pk, row in self.lines.items() if row.year == year]
        carry = {} if year == 2017 else {
            pk: near(amount, self.free(pk)) for pk, amount in zip(own, amounts, strict=False)
        }  # fmt: skip
        carries = any(carry.values())
        expected = self.is_open(year) and self.is_settled(year)
        expected = expected and (not carries or self.is_open(2017))
        expected = expected and all(0 <= carry[pk] <= self.free(pk) for pk in carry)
        if self.accepted(
            expected,
            years.close,
            year=BudgetYear.objects.get(year=year),
            carry_over=carry,
            by=self.people[0],
        ):
            self.closed[year] = True
            for pk, amount in carry.items():
                if amount:
                    self.carry(self.lines[pk], amount)

    def carry(self, line, amount):
        line.available -= amount
        line.carried_out += amount
        for row in self.lines.values():
            if (row.year, row.account) == (line.year + 1, line.account):
                row.available += amount
                row.carried_in += amount
                return
        new = BudgetLine.objects.get(year__year=line.year + 1, account=line.account)
        self.lines[new.pk] = Line(line.year + 1, line.account, amount, carried_in=amount)

    @rule(number=index, amounts=st.lists(amounts, max_size=4))
    def settle_and_close(self, number, amounts):
        """What a coordinator does in December, so that years do get closed."""
        year = 2016 if number % 3 else 2017
        if number % 4 or self.closed[year]:
            return
        for pk in [pk for pk in self.bounds if self.year(pk) == year]:
            for draw, row in self.draws.items():
                payout = {"payout": Payout.objects.get(pk=draw), "by": self.people[0]}
                if row.bound == pk and row.status in UNDER_WAY:
                    assert self.accepted(True, payouts.send_back, reason="zu spät", **payout)
                    row.status, row.hands = "planned", []
                if row.bound == pk and row.status == "planned":
                    assert self.accepted(True, payouts.cancel, reason="zu spät", **payout)
                    row.status = "cancelled"
            if left := self.drawable(pk):
                assert self.accepted(
                    True,
                    commitments.change,
                    commitment=Commitment.objects.get(pk=pk),
                    amount=-left,
                    booked_on=self.day(year, False),
                    reason="Jahresende",
                    by=self.people[0],
                )
                self.bounds[pk].committed -= left
        self.close(number, amounts)

    @rule(number=index)
    def reopen(self, number):
        year = 2016 if number % 3 else 2017
        if self.accepted(
            self.closed[year],
            years.reopen,
            year=BudgetYear.objects.get(year=year),
            reason="Nachzügler",
            by=self.people[0],
        ):
            self.closed[year] = False

    # --- After every act -------------------------------------------------------------------------

    @invariant()
    def every_line_agrees(self):
        rows = BudgetLine.objects.with_sums().values(
            "pk", "available", "carried_out", "committed", "paid", "declared", "free"
        )
        assert {row["pk"] for row in rows} == set(self.lines)
        for row in rows:
            pk, line = row["pk"], self.lines[row["pk"]]
            own = [key for key, bound in self.bounds.items() if bound.line == pk]
            assert row == {
                "pk": pk,
                "available": line.available,
                "carried_out": -line.carried_out,
                "committed": self.committed(pk),
                "paid": sum((self.paid(key) for key in own), ZERO),
                "declared": self.declared({self.bounds[key].share for key in own}),
                "free": self.free(pk),
            }
            assert row["free"] >= 0

    @invariant()
    def every_share_agrees(self):
        bound_of = {row.share: pk for pk, row in self.bounds.items()}
        names = ("committed", "requested", "paid", "drawable", "declared")
        for row in AgreementShare.objects.with_sums().values("pk", *names):
            assert row == {
                **self.sums_of(bound_of.get(row["pk"])),
                "pk": row["pk"],
                "declared": self.declared({row["pk"]}),
            }
            assert row["committed"] <= self.shares[row["pk"]].amount

    @invariant()
    def every_commitment_agrees(self):
        names = ("committed", "requested", "paid", "drawable")
        for row in Commitment.objects.with_sums().values("pk", *names):
            assert row == {**self.sums_of(row["pk"]), "pk": row["pk"]}
            assert row["drawable"] >= 0

    def sums_of(self, bound):
        if bound is None:
            return dict.fromkeys(["committed", "requested", "paid", "drawable"], ZERO)
        return {
            "committed": self.bounds[bound].committed,
            "requested": self.requested(bound),
            "paid": self.paid(bound),
            "drawable": self.drawable(bound),
        }

    @invariant()
    def every_status_agrees(self):
        found = dict(Payout.objects.values_list("pk", "status"))
        assert found == {pk: row.status for pk, row in self.draws.items()}

    @invariant()
    def the_allocation_agrees(self):
        distributed = StateAllocation.objects.with_sums().get(pk=self.notice).distributed
        assert distributed == sum((row[1] for row in self.fundings.values() if row[2]), ZERO)
        assert distributed <= self.earmarked


def the_start():
    """Two years, three lines, five shares that want more than the lines have, nine instalments."""
    people = [make.user() for _ in range(4)]
    by, agency = people[0], make.agency()
    first, second = (years.create(year=number, by=by) for number in (2016, 2017))
    plans = [(first, "531", 10_000), (first, "532", 5_000), (second, "531", 3_000)]
    made = {
        make_line(year, account, planned, by).pk: (year.year, account, make.euros(planned))
        for year, account, planned in plans
    }
    for parts in ({2016: 6_000, 2017: 2_000}, {2016: 7_000}, {2016: 4_000, 2017: 3_000}):
        agree(agency, parts, by)
    shares = list(AgreementShare.objects.select_related("year"))
    allocations.set_share(
        percent=Decimal("3.83"), legal_basis="§ 4", starts_on=date(2016, 1, 1), by=by
    )
    notice = allocations.create(
        year=first,
        reference="50.1",
        legal_basis="§ 4",
        issued_on=date(2016, 2, 1),
        amount=Decimal("200000.01"),
        by=by,
    )
    bounds, draws = {}, {}
    for share in (shares[0], shares[1], shares[3]):
        line = BudgetLine.objects.filter(year=share.year).first()
        amount = make.euros(share.amount / 2)
        bound = commitments.commit(
            share, line=line, amount=amount, booked_on=share.year.starts_on, by=by
        )
        bounds[bound.pk] = (share.pk, line.pk, amount)
        part = make.euros(amount / 4)
        made_up = payouts.plan(bound, instalments=[(share.year.starts_on, part)] * 3, by=by)
        for payout, status in zip(made_up, ["planned", "content_checked", "granted"], strict=True):
            walk(payout, status, people[:3])
            draws[payout.pk] = (bound.pk, part, status, part, part, people[: HANDS[status]])
    return {
        "people": people,
        "bounds": bounds,
        "draws": draws,
        "lines": made,
        "shares": {row.pk: (row.year.year, row.agreement_id, row.amount) for row in shares},
        "notice": (notice.pk, notice.earmarked),
    }


def test_the_books_are_as_the_model_foretells(capsys):
    Ledger.start, Ledger.counts = the_start(), Counter()
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if "BOOKS_EXAMPLES" in os.environ:
        with capsys.disabled():
            print(f"\n{sum(Ledger.counts.values())} acts")
            for name in sorted({name for name, _answer in Ledger.counts}):
                good, bad = (Ledger.counts[name, answer] for answer in ("accepted", "refused"))
                print(f"{name:30} {good:>6} accepted {bad:>6} refused")
