"""The check of the books finds nothing in sound books, and whatever was changed past the portal."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from coordination.audit import triggers
from coordination.budget import books
from coordination.budget.models import Agreement, AgreementShare, BudgetLine, Commitment
from tests import make
from tests.budget.ledger import the_books
from tests.census import undone
from tests.conftest import APPEND_ONLY

pytestmark = pytest.mark.django_db

LOG = "bookings_in_log"
# What is done to the database, and every check that must notice; no other may.
CORRUPTIONS = [
    ("UPDATE budget_agreement SET amount = amount + 1 WHERE id = {agreement}", "agreement_amounts"),
    ("DELETE FROM budget_agreementshare WHERE id = {later_share}", "agreement_amounts"),
    (
        "UPDATE budget_agreement SET ends_on = '2016-12-31' WHERE id = {agreement}",
        "agreement_shares",
    ),
    ("UPDATE budget_agreement SET ends_on = NULL WHERE id = {extension}", "agreement_shares"),
    (
        "UPDATE budget_agreementshare SET amount = -100 WHERE id = {later_share}",
        "agreement_shares agreement_amounts",
    ),
    (
        "UPDATE budget_agreementshare SET year_id = {year} WHERE id = {later_share}",
        "agreement_shares",
    ),
    (
        "UPDATE budget_agreement SET starts_on = '2017-06-01' WHERE id = {extension}",
        "agreement_extensions",
    ),
    ("UPDATE budget_commitment SET line_id = {later_line} WHERE id = {bound}", "commitment_lines"),
    (
        "UPDATE budget_commitment SET share_id = {share} WHERE id = {old_bound}",
        "commitment_lines booking_days sums_of_lines payout_amounts",
    ),
    (
        "UPDATE budget_agreementshare SET amount = amount - 600000 WHERE id = {share}",
        "commitment_limits agreement_amounts",
    ),
    (
        "UPDATE budget_commitmentbooking SET amount = 5600001 "
        "WHERE amount = 5000000 AND commitment_id = {bound}",
        "commitment_limits " + LOG,
    ),
    (
        "UPDATE budget_commitmentbooking SET amount = -4200000 "
        "WHERE amount = -100000 AND commitment_id = {bound}",
        "commitments_covered " + LOG,
    ),
    (
        "UPDATE budget_commitmentbooking SET amount = CASE amount WHEN 5000000 THEN -1 "
        "WHEN 600000 THEN 5600001 ELSE amount END WHERE commitment_id = {bound}",
        "commitments_covered " + LOG,
    ),
    (
        "UPDATE budget_commitmentbooking SET amount = 10000001 "
        "WHERE amount = 5000000 AND commitment_id = {bound}",
        "line_limits commitment_limits " + LOG,
    ),
    (
        "UPDATE budget_linebooking SET amount = 5000000 "
        "WHERE kind = 'planned' AND line_id = {line}",
        "line_limits " + LOG,
    ),
    ("UPDATE budget_payout SET granted = requested + 1 WHERE id = {checked}", "payout_amounts"),
    ("UPDATE budget_payout SET grant_reason = '' WHERE id = {partly}", "payout_amounts"),
    ("UPDATE budget_payout SET planned = 0 WHERE id = {planned}", "payout_amounts"),
    ("UPDATE budget_payout SET requested = -1 WHERE id = {requested}", "payout_amounts"),
    ("UPDATE budget_payout SET due_on = '2017-01-01' WHERE id = {planned}", "payout_amounts"),
    ("UPDATE budget_payout SET status = 'paid' WHERE id = {granted}", "payout_statuses"),
    ("UPDATE budget_payout SET status = 'granted' WHERE id = {paid}", "payout_statuses"),
    ("UPDATE budget_payout SET status = 'paid' WHERE id = {reversed}", "payout_statuses"),
    ("UPDATE budget_payout SET status = 'reversed' WHERE id = {paid}", "payout_statuses"),
    ("UPDATE budget_payout SET status = 'planned' WHERE id = {requested}", "payout_statuses"),
    ("UPDATE budget_payout SET status = 'bezahlt' WHERE id = {paid}", "payout_statuses"),
    ("UPDATE budget_payout SET requested_at = NULL WHERE id = {requested}", "payout_statuses"),
    (
        "UPDATE budget_payout SET calculation_checked_by_id = NULL WHERE id = {granted}",
        "payout_statuses",
    ),
    (
        "UPDATE budget_payout SET calculation_checked_by_id = content_checked_by_id "
        "WHERE id = {paid}",
        "four_eyes",
    ),
    (
        "UPDATE budget_payout SET content_checked_by_id = requested_by_id WHERE id = {checked}",
        "four_eyes",
    ),
    (
        "UPDATE budget_payment SET amount = amount - 1 WHERE payout_id = {paid}",
        "payment_amounts " + LOG,
    ),
    ("DELETE FROM budget_payment WHERE payout_id = {paid}", "payout_statuses " + LOG),
    (
        "INSERT INTO budget_payment (amount, booked_on, reason, by_id, at, payout_id, "
        "cash_reference) SELECT amount, booked_on, reason, by_id, at, payout_id, cash_reference "
        "FROM budget_payment WHERE payout_id = {paid}",
        "payment_amounts " + LOG,
    ),
    (
        "UPDATE budget_payment SET amount = amount + 1 WHERE reverses_id IS NOT NULL",
        "reversals payout_statuses " + LOG,
    ),
    ("UPDATE budget_payment SET reason = '' WHERE reverses_id IS NOT NULL", "reversals"),
    (
        "UPDATE budget_payment SET booked_on = '2016-01-04' WHERE reverses_id IS NOT NULL",
        "reversals",
    ),
    (
        "UPDATE budget_payment SET payout_id = {paid} WHERE reverses_id IS NOT NULL",
        "reversals payout_statuses " + LOG,
    ),
    ("UPDATE budget_funding SET line_id = {other} WHERE reverses_id IS NOT NULL", "reversals"),
    ("UPDATE budget_funding SET reason = '' WHERE reverses_id IS NOT NULL", "reversals"),
    (
        "UPDATE budget_expense SET amount = amount + 1 WHERE reverses_id IS NOT NULL",
        "reversals " + LOG,
    ),
    (
        "UPDATE budget_expense SET reverses_id = NULL WHERE reverses_id IS NOT NULL",
        "booking_amounts",
    ),
    ("UPDATE budget_payment SET booked_on = '2017-01-02' WHERE payout_id = {paid}", "booking_days"),
    ("UPDATE budget_funding SET booked_on = '2017-01-02' WHERE id = {funding}", "booking_days"),
    ("UPDATE budget_expense SET booked_on = '2017-01-02' WHERE id = {spent}", "booking_days"),
    (
        "UPDATE budget_linebooking SET booked_on = '2017-01-02' WHERE id = {supplement}",
        "booking_days",
    ),
    (
        "UPDATE budget_commitmentbooking SET booked_on = '2017-01-02' "
        "WHERE commitment_id = {bound}",
        "booking_days",
    ),
    ("UPDATE budget_expense SET amount = -70000 WHERE id = {spent}", "booking_amounts " + LOG),
    ("UPDATE budget_expense SET amount = 0 WHERE id = {spent}", "booking_amounts " + LOG),
    (
        "UPDATE budget_funding SET amount = -amount WHERE id = {funding}",
        "booking_amounts line_funding allocations_distributed " + LOG,
    ),
    ("UPDATE budget_linebooking SET kind = 'geschenkt' WHERE id = {supplement}", "line_kinds"),
    (
        "UPDATE budget_linebooking SET partner_id = NULL WHERE kind = 'move' AND amount > 0",
        "line_kinds moves_balance",
    ),
    (
        "UPDATE budget_linebooking SET partner_id = {other} WHERE id = {supplement}",
        "line_kinds",
    ),
    (
        "UPDATE budget_linebooking SET kind = 'planned' WHERE id = {supplement}",
        "planned_once",
    ),
    (
        "UPDATE budget_linebooking SET amount = amount + 1 WHERE kind = 'move' AND amount > 0",
        "moves_balance " + LOG,
    ),
    (
        "UPDATE budget_linebooking SET partner_id = {carried} WHERE kind = 'move' AND amount > 0",
        "moves_balance",
    ),
    (
        "UPDATE budget_linebooking SET booked_on = '2016-08-01' WHERE kind = 'move' AND amount > 0",
        "moves_balance",
    ),
    (
        "UPDATE budget_linebooking SET amount = amount - 1 "
        "WHERE kind = 'carry_over' AND amount > 0",
        "carry_overs_balance " + LOG,
    ),
    (
        "DELETE FROM budget_linebooking WHERE kind = 'carry_over' AND amount < 0",
        "carry_overs_balance " + LOG,
    ),
    (
        "UPDATE budget_linebooking SET line_id = {other} WHERE kind = 'carry_over' AND amount > 0",
        "carry_overs_balance " + LOG,
    ),
    ("UPDATE budget_budgetline SET account = '599' WHERE id = {carried}", "carry_overs_balance"),
    (
        "UPDATE budget_stateallocation SET earmarked = earmarked + 1 WHERE id = {notice}",
        "allocations_earmarked",
    ),
    (
        "UPDATE budget_stateallocation SET amount = amount + 100 WHERE id = {notice}",
        "allocations_earmarked allocation_instalments",
    ),
    (
        "UPDATE budget_socialshare SET percent = 4 WHERE starts_on = '2016-01-01'",
        "allocations_earmarked",
    ),
    (
        "UPDATE budget_socialshare SET starts_on = '2016-02-02' WHERE starts_on = '2016-01-01'",
        "allocations_earmarked",
    ),
    (
        "UPDATE budget_allocationinstalment SET amount = amount + 1 WHERE due_on = '2016-03-01'",
        "allocation_instalments",
    ),
    ("DELETE FROM budget_allocationinstalment", "allocation_instalments"),
    (
        "UPDATE budget_funding SET amount = 3400000 WHERE id = {funding}",
        "allocations_distributed " + LOG,
    ),
    ("UPDATE budget_funding SET line_id = {later_line} WHERE id = {funding}", "line_funding"),
    (
        "UPDATE budget_linebooking SET amount = -4900000 WHERE id = {cut}",
        "line_funding " + LOG,
    ),
    (
        "UPDATE budget_budgetyear SET closed_at = '2099-01-01 12:00' WHERE id = {year}",
        "closed_years_settled",
    ),
    (
        "UPDATE budget_commitmentbooking SET amount = amount - 1 WHERE commitment_id = {old_bound}",
        "closed_years_settled commitments_covered " + LOG,
    ),
    (
        "UPDATE budget_commitmentbooking SET at = '2099-01-01 12:00' "
        "WHERE commitment_id = {old_bound}",
        "closed_years_untouched",
    ),
    (
        "UPDATE budget_expense SET share_id = {old_share}, booked_on = '2015-05-05', "
        "at = '2099-01-01 12:00' WHERE id = {spent}",
        "closed_years_untouched " + LOG,
    ),
    ("UPDATE budget_socialshare SET ends_on = NULL", "rules_in_order"),
    ("UPDATE budget_agreement SET starts_on = '2016-09-01' WHERE id = {agreement}", "expense_days"),
    (
        "UPDATE budget_expense SET booked_on = '2018-01-01' WHERE id = {spent}",
        "expense_days booking_days",
    ),
    (
        "UPDATE budget_expenseupload SET applied_at = NULL WHERE id = {upload}",
        "expense_files file_contents",
    ),
    ("UPDATE budget_expense SET upload_id = NULL", "expense_files " + LOG),
    (
        "UPDATE budget_expenseupload SET agreement_id = {extension} WHERE id = {upload}",
        "expense_files " + LOG,
    ),
    (
        "INSERT INTO budget_expenseupload (agreement_id, user_id, name, sha256, content, "
        "created_at, applied_at) SELECT agreement_id, user_id, name, sha256, content, created_at, "
        "applied_at FROM budget_expenseupload WHERE id = {upload}",
        "expense_files",
    ),
    ("UPDATE budget_document SET size = size + 1", "file_contents"),
    ("UPDATE budget_document SET sha256 = 'x'", "file_contents"),
    ("UPDATE budget_expenseupload SET sha256 = 'x' WHERE id = {waiting}", "file_contents"),
    (
        "UPDATE budget_document SET content = "
        "(SELECT content FROM budget_expenseupload WHERE id = {waiting})",
        "file_contents",
    ),
    ("UPDATE budget_linebooking SET amount = amount + 1 WHERE id = {supplement}", LOG),
    (
        "UPDATE budget_linebooking SET amount = amount + 1 "
        "WHERE kind = 'planned' AND line_id = {other}",
        LOG,
    ),
    ("DELETE FROM budget_linebooking WHERE id = {cut}", LOG),
    ("UPDATE budget_funding SET amount = amount + 1 WHERE id = {funding}", LOG),
    ("DELETE FROM audit_entry WHERE verb = 'paid' AND target_id = {paid}", LOG),
    ("DELETE FROM audit_entry WHERE verb = 'reversed' AND target_model = 'budget.payout'", LOG),
    (
        "UPDATE budget_document SET agreement_id = 999999999 WHERE id = {document}",
        "references",
    ),
    (
        "UPDATE budget_allocationinstalment SET allocation_id = 999999999 "
        "WHERE due_on = '2016-03-01'",
        "references allocation_instalments",
    ),
]
# Half cents: Python drops them row by row, the database only once it has added up.
HALVES = {
    "sums_of_lines": ("budget_linebooking", "0.9"),
    "sums_of_shares": ("budget_commitmentbooking", "0.9"),
    "sums_of_agreements": ("budget_commitmentbooking", "0.9"),
    "sums_of_commitments": ("budget_commitmentbooking", "0.9"),
    "sums_of_payouts": ("budget_payment", "0.4"),
    "sums_of_allocations": ("budget_funding", "0.6"),
}
# A unique constraint of a table cannot be dropped on SQLite.
UNIQUE_ON_SQLITE = ["SET year_id = {year}", "SET share_id = {share} WHERE id = {old_bound}"]


def remove_guards():
    """Every trigger, check and unique constraint on money is gone until the test is over."""
    for table in APPEND_ONLY:
        triggers.remove(connection, table)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name LIKE 'budget%%' "
                "AND sql LIKE 'CREATE UNIQUE%%WHERE%%'"
            )
            drops = [f"DROP INDEX {name}" for (name,) in cursor.fetchall()]
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(
                "SELECT conrelid::regclass, conname FROM pg_constraint "
                "WHERE contype IN ('c', 'u') AND conrelid::regclass::text LIKE 'budget%%'"
            )
            drops = [f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name in cursor]
            drops += [
                "DROP INDEX IF EXISTS payout_is_paid_once",
                "DROP INDEX IF EXISTS a_file_is_entered_once",
            ]
        for drop in drops:
            cursor.execute(drop)


@pytest.fixture(scope="module")
def unguarded(django_db_setup, django_db_blocker):
    """The books of ``the_books``, made once: no test here leaves a trace in them."""
    with django_db_blocker.unblock(), undone():
        pks = the_books()
        remove_guards()
        yield pks
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.fixture
def ledger(unguarded, db):
    return unguarded


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


def found():
    return {result.check.name for result in books.run() if result.findings}


def test_sound_books_have_no_findings(ledger):
    results = books.run_money()
    assert [str(finding) for result in results for finding in result.findings] == []
    assert all(result.count for result in results), "a check had nothing to look at"


def test_every_check_is_proved():
    proved = {name for _statement, names in CORRUPTIONS for name in names.split()} | set(HALVES)
    assert proved == {check.name for check in books.MONEY}


@pytest.mark.parametrize(("statement", "names"), CORRUPTIONS)
def test_what_was_changed_past_the_portal_is_found(ledger, statement, names):
    if connection.vendor == "sqlite" and any(part in statement for part in UNIQUE_ON_SQLITE):
        pytest.skip("SQLite keeps its unique constraints")
    with undone():
        assert run(statement.format(**ledger)) > 0
        assert found() == set(names.split())


@pytest.mark.parametrize("name", HALVES)
def test_sums_of_the_database_that_differ_are_found(ledger, name):
    table, more = HALVES[name]
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run(f"ALTER TABLE {table} ALTER COLUMN amount TYPE numeric")
    run(f"UPDATE {table} SET amount = amount + {more}")
    assert name in found()


@pytest.mark.parametrize(
    ("model", "module"),
    [
        (BudgetLine, "line"),
        (AgreementShare, "agreement"),
        (Agreement, "agreement"),
        (Commitment, "agreement"),
    ],
)
def test_an_aggregate_that_forgets_rows_is_found(ledger, monkeypatch, model, module):
    """A red control of the measures themselves: payments that reverse others are left out."""
    place = f"coordination.budget.models.{module}"
    total = __import__(place, fromlist=["total"]).total

    def forgetful(label, to, *amount, **only):
        if label == "budget.Payment":
            only["reverses"] = None
        return total(label, to, *amount, **only)

    monkeypatch.setattr(f"{place}.total", forgetful)
    names = found()
    wanted = {
        "budgetline": "sums_of_lines",
        "agreementshare": "sums_of_shares",
        "agreement": "sums_of_agreements",
        "commitment": "sums_of_commitments",
    }
    assert wanted[model._meta.model_name] in names


def test_a_finding_names_the_object_what_was_expected_and_what_was_found(ledger):
    run("UPDATE budget_agreement SET amount = 7000001 WHERE id = {agreement}".format(**ledger))
    (finding,) = books.findings()
    reference = Agreement.objects.get(pk=ledger["agreement"]).reference
    assert str(finding) == (
        f"Vereinbarung {reference} AWO (#{ledger['agreement']}): Betrag – erwartet "
        "80.000,00\N{NO-BREAK SPACE}€, gefunden 70.000,01\N{NO-BREAK SPACE}€."
    )


def verify():
    out, err, code = StringIO(), StringIO(), 0
    try:
        call_command("verify_books", stdout=out, stderr=err)
    except SystemExit as end:
        code = end.code
    return out.getvalue(), err.getvalue(), code


def test_the_command_says_that_the_books_agree(ledger):
    out, err, code = verify()
    assert out.splitlines()[-1] == "Die Bücher stimmen."
    assert (err, code) == ("", 0)
    assert len(out.splitlines()) == len(books.CHECKS) + 1


def test_the_command_lists_findings_and_fails(ledger):
    run("UPDATE budget_payout SET planned = 0 WHERE id = {planned}".format(**ledger))
    out, err, code = verify()
    assert "geplanter Abschlag – erwartet mehr als 0, gefunden 0,00\N{NO-BREAK SPACE}€." in out
    assert (err.strip(), code) == ("1 Befund.", 1)


def test_empty_books_agree(db):
    assert verify()[2] == 0


def the_page(client):
    client.force_login(make.user("audit"))
    page = client.get(reverse("budget:book_check")).content.decode()
    assert page.count('<th scope="row">') == len(books.MONEY)
    return page


def test_the_page_shows_every_rule_with_a_tick(client, ledger):
    page = the_page(client)
    assert page.count("kern-badge--success") == len(books.MONEY)
    assert "Die Bücher stimmen." in page


def test_the_page_shows_findings_in_words(client, ledger):
    run("UPDATE budget_agreement SET amount = amount + 1 WHERE id = {agreement}".format(**ledger))
    page = the_page(client)
    assert "Betrag – erwartet 80.000,00" in page
    assert "kern-alert--danger" in page
    assert page.count("kern-badge--success") == len(books.MONEY) - 1


@pytest.mark.parametrize("lines", [1, 20])
def test_the_check_asks_the_same_however_long_the_books(lines, django_assert_max_num_queries):
    for _line in range(lines):
        make.line()
    with django_assert_max_num_queries(29):
        books.run_money()
