"""Checks of what proves the figures: declared expenses, files, and the change log."""

from collections import Counter
from decimal import Decimal, InvalidOperation
from hashlib import sha256

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.audit.models import Entry
from coordination.budget.books.rows import BOOKINGS, TABLES, Finding, by, check, show, sums
from coordination.budget.models import Document, ExpenseUpload

AT_ONCE = 10  # files in memory


@check(gettext_lazy("Every expense lies within the term of its agreement."), "expenses")
def expense_days(rows):
    for row in rows.expenses.values():
        agreement = rows.agreement_of(row["share_id"])
        first, last = agreement["starts_on"], agreement["ends_on"]
        if row["booked_on"] < first or last and row["booked_on"] > last:
            name, term = rows.name("expenses", row), f"{show(first)}–{show(last)}"
            yield Finding(name, _("date"), term, show(row["booked_on"]))


@check(
    gettext_lazy("A file of expenses is entered once, and has entered expenses of its agreement."),
    "uploads",
)
def expense_files(rows):
    expenses = by((row for row in rows.expenses.values() if row["upload_id"]), "upload_id")
    entered = Counter(_file(row) for row in rows.uploads.values() if row["applied_at"])
    for pk, row in rows.uploads.items():
        name = rows.name("uploads", row)
        if bool(row["applied_at"]) != bool(expenses[pk]):
            wanted = _("at least 1") if row["applied_at"] else "0"
            yield Finding(name, _("expenses from it"), wanted, str(len(expenses[pk])))
        if row["applied_at"] and entered[_file(row)] > 1:
            yield Finding(name, _("files entered alike"), "1", str(entered[_file(row)]))
        for expense in expenses[pk]:
            agreement = rows.agreement_of(expense["share_id"])
            if agreement["id"] != row["agreement_id"]:
                wanted = rows.name("agreements", rows.agreements[row["agreement_id"]])
                found = rows.name("agreements", agreement)
                yield Finding(name, _("agreement of its expenses"), wanted, found)


def _file(upload):
    return upload["agreement_id"], upload["sha256"]


@check(gettext_lazy("Files are as they were when they were added."), "documents", "uploads")
def file_contents(rows):
    for model, table in ((Document, "documents"), (ExpenseUpload, "uploads")):
        contents = model.objects.order_by("pk").values_list("pk", "content")
        for pk, content in contents.iterator(chunk_size=AT_ONCE):
            row = getattr(rows, table).get(pk)
            if row is None or row.get("applied_at"):  # added since; or entered, and emptied then
                continue
            name = rows.name(table, row)
            if (size := len(content)) != row.get("size", size):
                yield Finding(name, _("size in bytes"), str(row["size"]), str(size))
            if (digest := sha256(content).hexdigest()) != row["sha256"]:
                yield Finding(name, "SHA-256", row["sha256"], digest)


# Under which name an entry of the log tells an amount, by its object and action.
TOLD = {
    ("lines", "created"): "planned",
    ("lines", "booked"): "amount",
    ("allocations", "booked"): "distributed",
    ("allocations", "reversed"): "distributed",
    ("commitments", "booked"): "amount",
    ("payouts", "paid"): "amount",
    ("payouts", "reversed"): "amount",
    ("agreements", "booked"): "declared",
    ("agreements", "reversed"): "declared",
    ("agreements", "imported"): "declared",  # a whole file of expenses
}


@check(gettext_lazy("The change log tells of every booking, with its amount."), *BOOKINGS)
def bookings_in_log(rows):
    booked, told = Counter(_booked(rows)), Counter(_told())
    for table, pk, amount in sorted((booked - told) | (told - booked)):
        row, key = getattr(rows, table).get(pk), (table, pk, amount)
        name = rows.name(table, row) if row else f"{table} #{pk}"
        what = _("bookings of %(amount)s, as the log tells") % {"amount": show(amount)}
        yield Finding(name, what, str(told[key]), str(booked[key]))


def _booked(rows):
    """Of each booking the object its entry in the log is about, and the amount."""
    for row in rows.line_bookings.values():
        yield "lines", row["line_id"], row["amount"]
    for row in rows.fundings.values():
        yield "allocations", row["allocation_id"], row["amount"]
    for row in rows.commitment_bookings.values():
        yield "commitments", row["commitment_id"], row["amount"]
    for row in rows.payments.values():
        yield "payouts", row["payout_id"], row["amount"]
    for row in rows.expenses.values():
        if row["upload_id"] is None:
            yield "agreements", rows.agreement_of(row["share_id"])["id"], row["amount"]
    entered = (row for row in rows.expenses.values() if row["upload_id"])
    for pk, amount in sums(entered, "upload_id").items():
        yield "agreements", rows.uploads[pk]["agreement_id"], amount


def _told():
    """The same as the log has it."""
    tables = {TABLES[table][0]._meta.label_lower: table for table, _verb in TOLD}
    entries = Entry.objects.filter(
        target_model__in=tables, verb__in={verb for _table, verb in TOLD}
    ).order_by()
    columns = ("target_model", "target_id", "verb", "after")
    for model, pk, verb, after in entries.values_list(*columns).iterator():
        table = tables[model]
        try:
            amount = Decimal(after[TOLD[table, verb]])
        except (KeyError, InvalidOperation, TypeError):
            continue  # about something else
        if amount:
            yield table, pk, amount
