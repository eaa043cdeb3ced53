"""Declaring and reversing as operations."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from coordination.as_of import today
from coordination.audit.models import Entry
from coordination.budget import expenses
from coordination.budget.models import AgreementShare, BudgetYear, Document, Expense
from tests import make

pytestmark = pytest.mark.django_db
TYPED = {
    "booked_on": date(2016, 6, 15),
    "cost_kind": "staff",
    "payee": "Gehalt Juni",
    "amount": Decimal("1234.50"),
}


@pytest.fixture
def agreement(db):
    return make.agreement(parts={2016: 24_000, 2017: 8_000})


def declare(agreement, **typed):
    return expenses.declare(agreement, **{**TYPED, **typed}, by=make.user())


def reverse(expense, reason="Zahlendreher"):
    return expenses.reverse(expense, reason=reason, by=make.user())


def refusal(call, *args, **kwargs):
    """The messages by field; nothing may be entered."""
    before = Expense.objects.count()
    with pytest.raises(ValidationError) as error:
        call(*args, **kwargs)
    assert Expense.objects.count() == before
    return error.value.message_dict if hasattr(error.value, "error_dict") else error.value.messages


def test_an_expense_counts_for_the_share_of_its_year_and_kind(agreement):
    expense = declare(agreement, booked_on=date(2017, 1, 1))
    assert expense.share.year.year == 2017
    share = AgreementShare.objects.with_sums().get(pk=expense.share_id)
    assert share.declared == Decimal("1234.50")


def test_the_log_names_the_amount_but_not_the_payee(agreement):
    user = make.user()
    expenses.declare(agreement, **TYPED, by=user)
    entry = Entry.objects.get()
    assert (entry.verb, entry.by, entry.agency_id) == ("booked", user, agreement.agency_id)
    assert entry.after["declared"] == "1234.50"
    assert "Gehalt" not in str(entry.after) + entry.target_label


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"booked_on": date(2015, 12, 31)}, "booked_on", "vom 01.01.2016 bis zum 31.12.2017"),
        ({"booked_on": date(2018, 1, 1)}, "booked_on", "vom 01.01.2016 bis zum 31.12.2017"),
        ({"cost_kind": "fees"}, "cost_kind", "hat für 2016 kein Geld dieser Kostenart"),
        ({"amount": Decimal(0)}, "amount", "positiven Betrag"),
        ({"amount": Decimal(-1)}, "amount", "positiven Betrag"),
        ({"payee": "x" * 201}, "payee", "200"),
        ({"payee": ""}, "payee", "leer"),
    ],
)
def test_what_cannot_be_an_expense_is_refused_at_its_field(agreement, typed, field, message):
    assert message in str(refusal(declare, agreement, **typed)[field])


def test_a_day_to_come_is_refused():
    now = today()
    agreement = make.agreement(parts={now.year: 9_000, now.year + 1: 9_000})
    found = refusal(declare, agreement, booked_on=now + timedelta(days=1))
    assert found == {"booked_on": ["Dieser Tag liegt in der Zukunft."]}
    declare(agreement, booked_on=now)


def test_a_closed_year_is_refused_at_the_day(agreement):
    BudgetYear.objects.filter(year=2016).update(closed_at=timezone.now())
    assert "2016 ist abgeschlossen" in refusal(declare, agreement)["booked_on"][0]
    declare(agreement, booked_on=date(2017, 1, 2))


def test_a_share_that_was_cut_to_nothing_takes_no_expense(agreement):
    agreement.shares.filter(year__year=2016).update(amount=0)
    assert "cost_kind" in refusal(declare, agreement)


def test_an_equal_expense_is_asked_about_once_for_each_that_is_there(agreement):
    user = make.user(name="Frau Adler")
    expenses.declare(agreement, **TYPED, known=0, by=user)
    again = refusal(declare, agreement, payee="gehalt  JUNI", known=0)["again"][0]
    assert "Das ist schon eingetragen" in again
    assert "Frau Adler" in again
    declare(agreement, known=1)
    assert "again" in refusal(declare, agreement, known=1)
    declare(agreement, known=2)


def test_another_day_payee_amount_or_a_reversed_one_is_not_equal(agreement):
    first = declare(agreement, known=0)
    declare(agreement, booked_on=date(2016, 6, 16), known=0)
    declare(agreement, payee="Gehalt Juli", known=0)
    declare(agreement, amount=Decimal("1234.51"), known=0)
    reverse(first)
    declare(agreement, known=0)


def test_a_receipt_that_is_none_takes_the_expense_with_it(agreement):
    file = SimpleUploadedFile("beleg.pdf", b"MZ\x90\x00 a program")
    assert "PDF" in str(refusal(declare, agreement, receipt=file))
    assert not Document.objects.exists()


def test_a_reversal_is_a_second_booking_on_the_same_day(agreement):
    expense = declare(agreement)
    reversal = reverse(expense)
    assert (reversal.amount, reversal.booked_on) == (-expense.amount, expense.booked_on)
    assert AgreementShare.objects.with_sums().get(pk=expense.share_id).declared == 0
    assert Entry.objects.get(verb="reversed").reason == "Zahlendreher"


def test_an_expense_is_reversed_once_and_a_reversal_never(agreement):
    expense = declare(agreement)
    reversal = reverse(expense)
    for row in (expense, reversal):
        assert "bereits storniert" in refusal(reverse, row)[0]


def test_nothing_is_reversed_in_a_closed_year(agreement):
    expense = declare(agreement)
    BudgetYear.objects.update(closed_at=timezone.now())
    assert "abgeschlossen" in refusal(reverse, expense)[0]


def test_an_expense_is_never_rewritten(agreement):
    expense = declare(agreement)
    with pytest.raises(DatabaseError), transaction.atomic():
        Expense(pk=expense.pk, **{f: getattr(expense, f) for f in ("share_id", "amount")}).save(
            update_fields=["amount"]
        )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM budget_expense")


@pytest.mark.django_db(transaction=True)
def test_the_same_entry_twenty_times_at_once_is_one():
    agreement, user = make.agreement(), make.user()

    def once(_):
        try:
            return expenses.declare(agreement, **TYPED, known=0, by=user)
        except ValidationError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(once, range(20)))
    assert len(results) - results.count(None) == Expense.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_reversal_at_once_is_one():
    expense, user = make.expense(), make.user()

    def once(_):
        try:
            return expenses.reverse(expense, reason="x", by=user)
        except ValidationError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(once, range(8)))
    assert len(results) - results.count(None) == 1
    assert Expense.objects.count() == 2


def test_one_expense_is_no_more_than_the_agreement_has(agreement):
    share = agreement.shares.get(year__year=2016)
    found = refusal(declare, agreement, amount=share.amount + Decimal("0.01"))
    assert "Die Vereinbarung hat für 2016 nur" in found["amount"][0]
    declare(agreement, amount=share.amount)


def test_bank_data_is_refused_as_payee(agreement):
    found = refusal(declare, agreement, payee="Miete DE89 3704 0044 0532 0130 00")
    assert "IBAN" in found["payee"][0]
