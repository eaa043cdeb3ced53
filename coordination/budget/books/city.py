"""Checks of what is the city's own: years, lines, allocations, and how all bookings are made."""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.budget.books.rows import BOOKINGS, UNDER_WAY, Finding, check, show, sums
from coordination.budget.models import Payout
from coordination.money import ZERO

KINDS = {"planned": False, "supplement": False, "move": True, "carry_over": True}  # has a partner
OPEN = UNDER_WAY | {"planned"}


@check(gettext_lazy("Every row leads to rows that exist."), *BOOKINGS, "commitments", "payouts")
def references(rows):
    for table, row, column in rows.dangling:
        yield Finding(f"{table} #{row['id']}", column, _("an existing row"), f"#{row[column]}")


@check(gettext_lazy("Every booking lies in its budget year."), *BOOKINGS)
def booking_days(rows):
    for table in BOOKINGS:
        for row in getattr(rows, table).values():
            year = rows.year_of(table, row)["year"]
            if row["booked_on"].year != year:
                name = rows.name(table, row)
                yield Finding(name, _("year"), str(year), show(row["booked_on"]))


@check(
    gettext_lazy(
        "No booking is 0; negative are only reversals, and what lowers lines and commitments."
    ),
    *BOOKINGS,
)
def booking_amounts(rows):
    for table in BOOKINGS:
        for row in getattr(rows, table).values():
            signed = table == "commitment_bookings" or row.get("kind", "planned") != "planned"
            may_be_negative = signed or row["reverses_id"]
            if row["amount"] == 0 or row["amount"] < 0 and not may_be_negative:
                least = _("not 0") if may_be_negative else _("more than 0")
                yield Finding(rows.name(table, row), _("amount"), least, show(row["amount"]))


@check(
    gettext_lazy("A reversal takes back the whole of one booking on the same object, with reason."),
    *BOOKINGS,
)
def reversals(rows):
    for table, owner in BOOKINGS.items():
        for row in getattr(rows, table).values():
            if row["reverses_id"] is None:
                continue
            name, original = rows.name(table, row), getattr(rows, table)[row["reverses_id"]]
            if row["amount"] != -original["amount"]:
                yield Finding(name, _("amount"), show(-original["amount"]), show(row["amount"]))
            places = [owner, "line_id"] if table == "fundings" else [owner]
            for place in places:
                if row[place] != original[place]:
                    yield Finding(name, _("object"), f"#{original[place]}", f"#{row[place]}")
            if not row["reason"]:
                yield Finding(name, _("reason"), _("a reason"), _("nothing"))
            if original["reverses_id"]:
                yield Finding(name, _("reversed booking"), _("no reversal"), _("a reversal"))
            if row["booked_on"] < original["booked_on"]:
                least = show(original["booked_on"])
                words = _("%(day)s or later") % {"day": least}
                yield Finding(name, _("date"), words, show(row["booked_on"]))


@check(
    gettext_lazy("Bookings on lines are of a known kind; moves and carry-overs name both lines."),
    "line_bookings",
)
def line_kinds(rows):
    for row in rows.line_bookings.values():
        name = rows.name("line_bookings", row)
        if row["kind"] not in KINDS:
            yield Finding(name, _("kind"), ", ".join(KINDS), row["kind"])
        elif KINDS[row["kind"]] != (row["partner_id"] is not None):
            words = {True: _("a line"), False: _("nothing")}
            has_partner = row["partner_id"] is not None
            yield Finding(name, _("from or to"), words[KINDS[row["kind"]]], words[has_partner])


@check(gettext_lazy("A line is planned once at most."), "lines")
def planned_once(rows):
    booked = Counter(
        row["line_id"] for row in rows.line_bookings.values() if row["kind"] == "planned"
    )
    for pk, count in booked.items():
        if count > 1:
            name = rows.name("lines", rows.lines[pk])
            yield Finding(name, _("planned bookings"), _("at most 1"), str(count))


@check(gettext_lazy("What is moved from one line arrives on another."), "line_bookings")
def moves_balance(rows):
    yield from _unanswered(rows, "move", lambda row: row["booked_on"], 0)


@check(
    gettext_lazy("What is carried over arrives on the same line of the following year."),
    "line_bookings",
)
def carry_overs_balance(rows):
    yield from _unanswered(rows, "carry_over", lambda row: None, 1)


def _unanswered(rows, kind, day, years_apart):
    """Bookings without the opposite one at the other end, or between lines that do not match."""
    pairs, booked = Counter(), []
    for row in rows.line_bookings.values():
        if row["kind"] == kind and row["partner_id"] is not None:
            booked.append(row)
            pairs[row["line_id"], row["partner_id"], day(row), row["amount"]] += 1
    for row in booked:
        name = rows.name("line_bookings", row)
        line, partner = rows.lines[row["line_id"]], rows.lines[row["partner_id"]]
        there = (row["partner_id"], row["line_id"], day(row), -row["amount"])
        here = (row["line_id"], row["partner_id"], day(row), row["amount"])
        if pairs[there] != pairs[here]:
            other = rows.name("lines", partner)
            opposite = _("%(amount)s on %(line)s") % {"amount": show(-row["amount"]), "line": other}
            yield Finding(name, _("opposite booking"), opposite, _("nothing"))
        wanted = rows.years[line["year_id"]]["year"] + (
            years_apart if row["amount"] < 0 else -years_apart
        )
        number = rows.years[partner["year_id"]]["year"]
        if number != wanted:
            yield Finding(name, _("year of the other line"), str(wanted), str(number))
        if years_apart and _code(line) != _code(partner):
            yield Finding(name, _("code of the other line"), _code(line), _code(partner))


def _code(line):
    return f"{line['product']}.{line['account']}"


@check(gettext_lazy("No line has bound more than it has."), "lines")
def line_limits(rows):
    committed = sums(
        rows.commitment_bookings.values(),
        lambda row: rows.commitments[row["commitment_id"]]["line_id"],
    )
    for pk, line in rows.lines.items():
        if committed[pk] > rows.available[pk]:
            most = _("at most %(most)s") % {"most": show(rows.available[pk])}
            yield Finding(rows.name("lines", line), _("committed"), most, show(committed[pk]))


@check(
    gettext_lazy("Earmarked is the amount of the notice times the share it was made by."),
    "allocations",
)
def allocations_earmarked(rows):
    for row in rows.allocations.values():
        rule, name = rows.rules[row["share_id"]], rows.name("allocations", row)
        exact = row["amount"] * rule["percent"] / 100
        wanted = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
        if row["earmarked"] != wanted:
            yield Finding(name, _("earmarked"), show(wanted), show(row["earmarked"]))
        # A rule may have been ended since, by one that holds from an earlier day.
        if rule["starts_on"] > row["issued_on"]:
            earliest = _("%(day)s or later") % {"day": show(rule["starts_on"])}
            yield Finding(name, _("date of the notice"), earliest, show(row["issued_on"]))


@check(gettext_lazy("The instalments of an allocation sum to its amount."), "allocations")
def allocation_instalments(rows):
    given = sums(rows.instalments.values(), "allocation_id")
    for pk, row in rows.allocations.items():
        if given[pk] != row["amount"]:
            name = rows.name("allocations", row)
            yield Finding(name, _("sum of the instalments"), show(row["amount"]), show(given[pk]))


@check(gettext_lazy("No allocation passes on more than is earmarked."), "allocations")
def allocations_distributed(rows):
    distributed = sums(rows.fundings.values(), "allocation_id")
    for pk, row in rows.allocations.items():
        if not ZERO <= distributed[pk] <= row["earmarked"]:
            most = _("at most %(most)s") % {"most": show(row["earmarked"])}
            yield Finding(
                rows.name("allocations", row), _("distributed"), most, show(distributed[pk])
            )


@check(gettext_lazy("Allocations pay for lines of their year, at most what they have."), "lines")
def line_funding(rows):
    funded = sums(rows.fundings.values(), "line_id")
    booked = rows.line_bookings.values()
    own = [row for row in booked if row["kind"] != "carry_over"]
    came = sums((row for row in own if row["amount"] > 0), "line_id")
    went = sums((row for row in own if row["amount"] < 0), "line_id")
    carried = [row for row in booked if row["kind"] == "carry_over" and row["amount"] > 0]
    carried = sums(carried, "line_id")
    for pk, line in rows.lines.items():
        # What was carried over is funded where it came from; what went, went of that first.
        most = came[pk] + min(carried[pk] + went[pk], ZERO)
        if not ZERO <= funded[pk] <= max(most, ZERO):
            name, words = rows.name("lines", line), _("at most %(most)s") % {"most": show(most)}
            yield Finding(name, _("funded"), words, show(funded[pk]))
    for row in rows.fundings.values():
        year = rows.year_of("fundings", row)
        other = rows.years[rows.lines[row["line_id"]]["year_id"]]
        if year["id"] != other["id"]:
            name = rows.name("fundings", row)
            yield Finding(name, _("year of the line"), str(year["year"]), str(other["year"]))


@check(gettext_lazy("In a closed year nothing is open: no payout, no unpaid commitment."), "years")
def closed_years_settled(rows):
    closed = {pk for pk, row in rows.years.items() if row["closed_at"]}
    for row in rows.payouts.values():
        if row["status"] in OPEN and rows.year_of("payouts", row)["id"] in closed:
            name = rows.name("payouts", row)
            found = str(Payout.Status(row["status"]).label)
            yield Finding(name, _("status"), _("settled, as the year is closed"), found)
    for pk, row in rows.commitments.items():
        if rows.committed[pk] != rows.paid[pk] and rows.year_of("commitments", row)["id"] in closed:
            name = rows.name("commitments", row)
            yield Finding(name, _("paid"), show(rows.committed[pk]), show(rows.paid[pk]))


@check(gettext_lazy("Nothing was booked after its year was closed."), *BOOKINGS)
def closed_years_untouched(rows):
    for table in BOOKINGS:
        for row in getattr(rows, table).values():
            closed_at = rows.year_of(table, row)["closed_at"]
            if closed_at and row["at"] > closed_at:
                name, before = rows.name(table, row), _("before %(moment)s")
                yield Finding(
                    name, _("booked at"), before % {"moment": show(closed_at)}, show(row["at"])
                )


@check(gettext_lazy("On each day one share for social care holds at most."), "rules")
def rules_in_order(rows):
    last = None
    for row in sorted(rows.rules.values(), key=lambda rule: rule["starts_on"]):
        if last and (last["ends_on"] is None or last["ends_on"] >= row["starts_on"]):
            before = _("before %(moment)s") % {"moment": show(row["starts_on"])}
            yield Finding(rows.name("rules", last), _("last day"), before, show(last["ends_on"]))
        last = row
