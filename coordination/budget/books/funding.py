"""Checks of what is agreed with agencies, bound for them and paid to them."""

from collections import Counter, defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.budget.books.rows import Finding, by, check, show, sums
from coordination.budget.models import Payout
from coordination.money import ZERO

# Which steps a payout has behind it, by status.
STEPS = {
    "planned": 0,
    "cancelled": 0,
    "requested": 1,
    "content_checked": 2,
    "granted": 3,
    "paid": 3,
    "reversed": 3,
}
FIELDS = [
    ("requested", "requested_by_id", "requested_at"),
    ("granted", "content_checked_by_id", "content_checked_at"),
    ("calculation_checked_by_id", "calculation_checked_at"),
]
PEOPLE = ("requested_by_id", "content_checked_by_id", "calculation_checked_by_id")


@check(gettext_lazy("The amount of an agreement is the sum of its yearly shares."), "agreements")
def agreement_amounts(rows):
    given = sums(rows.shares.values(), "agreement_id")
    for pk, row in rows.agreements.items():
        if row["amount"] != given[pk] or row["amount"] <= 0:
            name = rows.name("agreements", row)
            yield Finding(name, _("amount"), show(given[pk]), show(row["amount"]))


@check(
    gettext_lazy("Yearly shares lie within the term, are not negative and occur once."), "shares"
)
def agreement_shares(rows):
    keys = Counter(_key(row) for row in rows.shares.values())
    for row in rows.shares.values():
        name, agreement = rows.name("shares", row), rows.agreements[row["agreement_id"]]
        year, first, last = (
            rows.years[row["year_id"]]["year"],
            agreement["starts_on"].year,
            agreement["ends_on"].year if agreement["ends_on"] else None,
        )
        if last is None or not first <= year <= last:
            yield Finding(name, _("year"), f"{first}–{show(last)}", str(year))
        if row["amount"] < 0:
            yield Finding(name, _("amount"), _("at least 0"), show(row["amount"]))
        if keys[_key(row)] > 1:
            yield Finding(name, _("shares of this year and kind"), "1", str(keys[_key(row)]))


def _key(share):
    return share["agreement_id"], share["year_id"], share["cost_kind"]


@check(
    gettext_lazy("An extension is with the same agency and begins after what it extends."),
    "agreements",
)
def agreement_extensions(rows):
    for row in rows.agreements.values():
        if row["predecessor_id"] is None:
            continue
        name, earlier = rows.name("agreements", row), rows.agreements[row["predecessor_id"]]
        if earlier["agency_id"] != row["agency_id"]:
            agency, other = earlier["agency__short_name"], row["agency__short_name"]
            yield Finding(name, _("agency"), agency, other)
        if earlier["ends_on"] is None or earlier["ends_on"] >= row["starts_on"]:
            least = _("after %(day)s") % {"day": show(earlier["ends_on"])}
            yield Finding(name, _("first day"), least, show(row["starts_on"]))


@check(
    gettext_lazy("A commitment binds a line of the share's year; a share is bound once."),
    "commitments",
)
def commitment_lines(rows):
    bound = Counter(row["share_id"] for row in rows.commitments.values())
    for row in rows.commitments.values():
        name = rows.name("commitments", row)
        wanted = rows.year_of("shares", rows.shares[row["share_id"]])["year"]
        found = rows.year_of("lines", rows.lines[row["line_id"]])["year"]
        if wanted != found:
            yield Finding(name, _("year of the line"), str(wanted), str(found))
        if bound[row["share_id"]] > 1:
            count = str(bound[row["share_id"]])
            yield Finding(name, _("commitments of this share"), "1", count)


@check(gettext_lazy("No more is committed than the agreement's share."), "commitments")
def commitment_limits(rows):
    for pk, row in rows.commitments.items():
        most = rows.shares[row["share_id"]]["amount"]
        if rows.committed[pk] > most:
            words = _("at most %(most)s") % {"most": show(most)}
            name, found = rows.name("commitments", row), show(rows.committed[pk])
            yield Finding(name, _("committed"), words, found)


@check(
    gettext_lazy("What is committed covers what is paid and requested, and was never below 0."),
    "commitments",
)
def commitments_covered(rows):
    bookings = by(rows.commitment_bookings.values(), "commitment_id")
    for pk, row in rows.commitments.items():
        name, needed = rows.name("commitments", row), rows.paid[pk] + rows.requested[pk]
        if rows.committed[pk] < needed:
            least = _("at least %(least)s") % {"least": show(needed)}
            yield Finding(name, _("committed"), least, show(rows.committed[pk]))
        lowest = so_far = ZERO
        for booking in bookings[pk]:
            so_far += booking["amount"]
            lowest = min(lowest, so_far)
        if lowest < 0:
            yield Finding(name, _("committed in between"), _("at least 0"), show(lowest))


@check(
    gettext_lazy("A payout is due in its year; granted is at most the request, less with reason."),
    "payouts",
)
def payout_amounts(rows):
    for row in rows.payouts.values():
        name, year = rows.name("payouts", row), rows.year_of("payouts", row)["year"]
        requested, granted = row["requested"], row["granted"]
        if row["due_on"].year != year:
            yield Finding(name, _("year"), str(year), show(row["due_on"]))
        for what, amount in (
            (_("planned instalment"), row["planned"]),
            (_("requested"), requested),
            (_("granted"), granted),
        ):
            if amount is not None and amount <= 0:
                yield Finding(name, what, _("more than 0"), show(amount))
        if granted is not None and granted > (requested or ZERO):
            most = _("at most %(most)s") % {"most": show(requested)}
            yield Finding(name, _("granted"), most, show(granted))
        if granted is not None and requested and granted < requested and not row["grant_reason"]:
            yield Finding(name, _("why not all of it"), _("a reason"), _("nothing"))


@check(gettext_lazy("The status of a payout agrees with its steps and payments."), "payouts")
def payout_statuses(rows):
    payments = by(rows.payments.values(), "payout_id")
    for pk, row in rows.payouts.items():
        name, status = rows.name("payouts", row), row["status"]
        if status not in STEPS:
            yield Finding(name, _("status"), ", ".join(STEPS), status)
            continue
        for step, fields in enumerate(FIELDS):
            for field in fields:
                is_there = row[field] is not None
                if is_there != (step < STEPS[status]):
                    wanted = _("nothing") if is_there else _("a value")
                    yield Finding(name, _field(field), wanted, show(row[field]))
        wanted = _status_by_payments(payments[pk])
        if (status if status in ("paid", "reversed") else None) != wanted:
            expected = _status(wanted) if wanted else _("neither paid nor reversed")
            yield Finding(name, _("status by its payments"), expected, _status(status))


def _field(column):
    return str(Payout._meta.get_field(column.removesuffix("_id")).verbose_name)


def _status(value):
    return str(dict(Payout.Status.choices).get(value, value))


def _status_by_payments(payments):
    if not payments:
        return None
    return "paid" if sum(row["amount"] for row in payments) > 0 else "reversed"


@check(
    gettext_lazy("Request, content check and calculation check are by three different people."),
    "payouts",
)
def four_eyes(rows):
    for row in rows.payouts.values():
        people = [row[field] for field in PEOPLE if row[field] is not None]
        if len(set(people)) < len(people):
            name = rows.name("payouts", row)
            yield Finding(name, _("different people"), str(len(people)), str(len(set(people))))


@check(gettext_lazy("Paid is what was granted, once for each payout."), "payments")
def payment_amounts(rows):
    originals = defaultdict(list)
    for row in rows.payments.values():
        if row["reverses_id"] is None:
            originals[row["payout_id"]].append(row)
    for pk, payments in originals.items():
        payout = rows.payouts[pk]
        if len(payments) > 1:
            name = rows.name("payouts", payout)
            yield Finding(name, _("payments"), _("at most 1"), str(len(payments)))
        for row in payments:
            if row["amount"] != payout["granted"]:
                name = rows.name("payments", row)
                yield Finding(name, _("amount"), show(payout["granted"]), show(row["amount"]))
