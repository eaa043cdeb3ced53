"""Checks that the database adds up as we do: each measure the pages show, computed once more."""

from django.utils.translation import gettext_lazy

from coordination.budget.books.rows import TABLES, Finding, check, show, sums

LINE = "lines"
WORDS = {
    "planned": gettext_lazy("planned"),
    "supplements": gettext_lazy("supplements"),
    "moved": gettext_lazy("moved"),
    "carried_in": gettext_lazy("carried in"),
    "carried_out": gettext_lazy("carried out"),
    "available": gettext_lazy("available"),
    "committed": gettext_lazy("committed"),
    "requested": gettext_lazy("requested"),
    "paid": gettext_lazy("paid"),
    "declared": gettext_lazy("declared"),
    "free": gettext_lazy("free"),
    "drawable": gettext_lazy("can be drawn"),
    "distributed": gettext_lazy("distributed"),
}


def _compare(rows, table, wanted):
    """The table's ``with_sums()`` beside ``wanted``: {measure: {primary key: amount}}."""
    found = TABLES[table][0].objects.order_by("pk").with_sums().values("pk", *wanted)
    for row in found:
        plain = getattr(rows, table).get(row["pk"])
        if plain is None:  # made since
            continue
        for measure, amounts in wanted.items():
            if row[measure] != amounts[row["pk"]]:
                name, expected = rows.name(table, plain), show(amounts[row["pk"]])
                yield Finding(name, str(WORDS[measure]), expected, show(row[measure]))


def _each(rows, table, measure):
    return {pk: measure(pk) for pk in getattr(rows, table)}


def _through(rows, amounts, column):
    """Amounts of commitments, summed up by the share or line they belong to."""
    return sums(rows.commitments.values(), column, lambda row: amounts[row["id"]])


@check(gettext_lazy("The database's sums of lines agree with the bookings."), LINE)
def sums_of_lines(rows):
    kinds = sums(rows.line_bookings.values(), lambda row: (row["line_id"], row["kind"]))
    committed = _through(rows, rows.committed, "line_id")
    carried = _each(rows, LINE, lambda pk: kinds[pk, "carry_over"] - rows.carried_out[pk])
    line_of = {row["share_id"]: row["line_id"] for row in rows.commitments.values()}
    yield from _compare(
        rows,
        LINE,
        {
            "planned": _each(rows, LINE, lambda pk: kinds[pk, "planned"]),
            "supplements": _each(rows, LINE, lambda pk: kinds[pk, "supplement"]),
            "moved": _each(rows, LINE, lambda pk: kinds[pk, "move"]),
            "carried_in": carried,
            "carried_out": rows.carried_out,
            "available": rows.available,
            "committed": committed,
            "paid": _through(rows, rows.paid, "line_id"),
            "declared": sums(rows.expenses.values(), lambda row: line_of.get(row["share_id"])),
            "free": _each(rows, LINE, lambda pk: rows.available[pk] - committed[pk]),
        },
    )


@check(gettext_lazy("The database's sums of yearly shares agree with the bookings."), "shares")
def sums_of_shares(rows):
    measures = _bound(rows, "share_id")
    drawable = _drawable(rows, "shares", measures)
    declared = sums(rows.expenses.values(), "share_id")
    yield from _compare(rows, "shares", measures | {"declared": declared, "drawable": drawable})


@check(gettext_lazy("The database's sums of agreements agree with the bookings."), "agreements")
def sums_of_agreements(rows):
    wanted = {
        measure: sums(
            rows.shares.values(), "agreement_id", lambda row, amounts=amounts: amounts[row["id"]]
        )
        for measure, amounts in _bound(rows, "share_id").items()
    }
    declared = sums(rows.expenses.values(), lambda row: rows.agreement_of(row["share_id"])["id"])
    yield from _compare(rows, "agreements", wanted | {"declared": declared})


@check(gettext_lazy("The database's sums of commitments agree with the bookings."), "commitments")
def sums_of_commitments(rows):
    measures = _bound(rows, "id")
    drawable = _drawable(rows, "commitments", measures)
    yield from _compare(rows, "commitments", measures | {"drawable": drawable})


@check(gettext_lazy("The database's sums of payouts agree with the payments."), "payouts")
def sums_of_payouts(rows):
    yield from _compare(rows, "payouts", {"paid": sums(rows.payments.values(), "payout_id")})


@check(gettext_lazy("The database's sums of allocations agree with the bookings."), "allocations")
def sums_of_allocations(rows):
    distributed = sums(rows.fundings.values(), "allocation_id")
    yield from _compare(rows, "allocations", {"distributed": distributed})


def _bound(rows, column):
    return {
        "committed": _through(rows, rows.committed, column),
        "requested": _through(rows, rows.requested, column),
        "paid": _through(rows, rows.paid, column),
    }


def _drawable(rows, table, measures):
    return _each(
        rows,
        table,
        lambda pk: measures["committed"][pk] - measures["requested"][pk] - measures["paid"][pk],
    )
