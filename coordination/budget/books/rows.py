"""The ledger as plain rows, read once and added up without the database's help."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import Model
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from coordination.budget.models import (
    Agreement,
    AgreementShare,
    AllocationInstalment,
    BudgetLine,
    BudgetYear,
    Commitment,
    CommitmentBooking,
    CostKind,
    Document,
    Expense,
    ExpenseUpload,
    Funding,
    LineBooking,
    Payment,
    Payout,
    SocialShare,
    StateAllocation,
)
from coordination.money import ZERO, euro
from coordination.periods import show_day

# Parents first. Each table with the columns that lead to a row of another one.
TABLES = {
    "years": (BudgetYear, {}),
    "lines": (BudgetLine, {"year_id": "years"}),
    "line_bookings": (
        LineBooking,
        {"line_id": "lines", "partner_id": "lines", "reverses_id": "line_bookings"},
    ),
    "rules": (SocialShare, {}),
    "allocations": (StateAllocation, {"year_id": "years", "share_id": "rules"}),
    "instalments": (AllocationInstalment, {"allocation_id": "allocations"}),
    "fundings": (
        Funding,
        {"allocation_id": "allocations", "line_id": "lines", "reverses_id": "fundings"},
    ),
    "agreements": (Agreement, {"predecessor_id": "agreements"}),
    "shares": (AgreementShare, {"agreement_id": "agreements", "year_id": "years"}),
    "commitments": (Commitment, {"share_id": "shares", "line_id": "lines"}),
    "commitment_bookings": (
        CommitmentBooking,
        {"commitment_id": "commitments", "reverses_id": "commitment_bookings"},
    ),
    "payouts": (Payout, {"commitment_id": "commitments"}),
    "payments": (Payment, {"payout_id": "payouts", "reverses_id": "payments"}),
    "uploads": (ExpenseUpload, {"agreement_id": "agreements"}),
    "expenses": (
        Expense,
        {"share_id": "shares", "upload_id": "uploads", "reverses_id": "expenses"},
    ),
    "documents": (Document, {"agreement_id": "agreements", "expense_id": "expenses"}),
}
# Each table of bookings with the column that says what it is booked on.
BOOKINGS = {
    "line_bookings": "line_id",
    "fundings": "allocation_id",
    "commitment_bookings": "commitment_id",
    "payments": "payout_id",
    "expenses": "share_id",
}
UNDER_WAY = {"requested", "content_checked", "granted"}
Row = dict


@dataclass(frozen=True)
class Finding:
    """Something that does not agree. ``what`` of ``target`` should be ``expected``."""

    target: str
    what: str
    expected: str
    found: str

    def __str__(self):
        return _("%(target)s: %(what)s – expected %(expected)s, found %(found)s.") % {
            "target": self.target,
            "what": self.what,
            "expected": self.expected,
            "found": self.found,
        }


@dataclass(frozen=True)
class Check:
    """One rule of the books; ``find`` yields what breaks it in the rows of ``tables``.

    A table is a name of ``TABLES``, whose rows are read, or a model whose rows stay where they are.
    """

    name: str
    title: str
    tables: tuple[str | type[Model], ...]
    find: Callable

    def count(self, rows: "Rows | None") -> int:
        return sum(
            len(getattr(rows, table)) if isinstance(table, str) else table.objects.count()
            for table in self.tables
        )


CHECKS: list[Check] = []


def check(title: str, *tables: str | type[Model]):
    """Enter the function among the checks, under the rule it stands for in words."""

    def enter(find):
        CHECKS.append(Check(find.__name__, title, tables, find))
        return find

    return enter


def sums(rows: Iterable[Row], key: str | Callable, amount: str | Callable = "amount") -> dict:
    """The sum of the rows by key, and 0 for whatever has none."""
    found = defaultdict(lambda: ZERO)
    for row in rows:
        place = row[key] if isinstance(key, str) else key(row)
        found[place] += (row[amount] if isinstance(amount, str) else amount(row)) or ZERO
    return found


def by(rows: Iterable[Row], key: str) -> dict[int, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def show(value) -> str:
    """A value as a finding prints it."""
    if value is None:
        return _("nothing")
    if isinstance(value, Decimal):
        return euro(value)
    if isinstance(value, datetime):
        return f"{localtime(value):%d.%m.%Y %H:%M:%S}"
    return show_day(value) if isinstance(value, date) else str(value)


class Rows:
    """Every table of the budget, each a dictionary of plain rows by primary key.

    A row that leads to one that is gone is set aside in ``dangling``, so that every check may
    follow the references of the others.
    """

    def __init__(self):
        self.dangling = []
        for table, (model, references) in TABLES.items():
            columns = [
                field.attname for field in model._meta.concrete_fields if field.name != "content"
            ]
            more = {"agency__short_name"} if model is Agreement else set()
            rows = {row["id"]: row for row in model.objects.order_by("pk").values(*columns, *more)}
            setattr(self, table, rows)
            for column, parent in references.items():
                gone = [
                    row
                    for row in rows.values()
                    if row[column] is not None and row[column] not in getattr(self, parent)
                ]
                for row in gone:
                    self.dangling.append((table, row, column))
                    rows.pop(row["id"], None)

    # --- From row to row -------------------------------------------------------------------------

    def year_of(self, table: str, row: Row) -> Row:
        """The budget year a row belongs to."""
        if "year_id" in row:
            return self.years[row["year_id"]]
        for column, parent in TABLES[table][1].items():
            if column in ("line_id", "allocation_id", "commitment_id", "payout_id", "share_id"):
                return self.year_of(parent, getattr(self, parent)[row[column]])
        raise LookupError(table)

    def agreement_of(self, share_id: int) -> Row:
        return self.agreements[self.shares[share_id]["agreement_id"]]

    # --- Sums ------------------------------------------------------------------------------------

    @cached_property
    def available(self) -> dict:
        return sums(self.line_bookings.values(), "line_id")

    @cached_property
    def carried_out(self) -> dict:
        """What a line gave to the next year, as a negative amount."""
        rows = (
            row
            for row in self.line_bookings.values()
            if row["kind"] == "carry_over" and row["amount"] < 0
        )
        return sums(rows, "line_id")

    @cached_property
    def committed(self) -> dict:
        return sums(self.commitment_bookings.values(), "commitment_id")

    @cached_property
    def paid(self) -> dict:
        """By commitment."""
        return sums(
            self.payments.values(), lambda row: self.payouts[row["payout_id"]]["commitment_id"]
        )

    @cached_property
    def requested(self) -> dict:
        """By commitment: under way, as granted once that is known."""
        rows = (row for row in self.payouts.values() if row["status"] in UNDER_WAY)
        return sums(
            rows,
            "commitment_id",
            lambda row: row["requested"] if row["granted"] is None else row["granted"],
        )

    # --- Names -----------------------------------------------------------------------------------

    def name(self, table: str, row: Row) -> str:
        """What a finding calls the row: its kind, its name and its number."""
        model = TABLES[table][0]
        return f"{model._meta.verbose_name} {self._label(table, row)} (#{row['id']})"

    def _label(self, table: str, row: Row) -> str:
        if table == "years":
            return str(row["year"])
        if table == "lines":
            return f"{row['product']}.{row['account']} {row['title']} ({self._year(row)})"
        if table == "agreements":
            return f"{row['reference']} {row['agency__short_name']}"
        if table == "shares":
            agreement = self._label("agreements", self.agreements[row["agreement_id"]])
            kinds = dict(CostKind.choices)
            return f"{agreement} · {self._year(row)} · {kinds.get(row['cost_kind'])}"
        if table == "commitments":
            line = self.lines[row["line_id"]]
            share = self._label("shares", self.shares[row["share_id"]])
            return f"{share} · {line['product']}.{line['account']}"
        if table == "payouts":
            commitment = self.commitments[row["commitment_id"]]
            share = self._label("shares", self.shares[commitment["share_id"]])
            return f"{share} · {show_day(row['due_on'])}"
        if table in BOOKINGS:
            column = BOOKINGS[table]
            parent = TABLES[table][1][column]
            owner = self._label(parent, getattr(self, parent)[row[column]])
            return f"{owner} · {show_day(row['booked_on'])}"
        if table == "rules":
            return show_day(row["starts_on"])
        if table == "allocations":
            return row["reference"]
        if table == "instalments":
            return show_day(row["due_on"])
        return row["name"]

    def _year(self, row: Row) -> int:
        return self.years[row["year_id"]]["year"]
