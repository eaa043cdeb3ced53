"""Keeping, planning and confirming a file of expenses as operations."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from coordination.audit.models import Entry
from coordination.budget import expense_imports, expenses
from coordination.budget.models import AgreementShare, BudgetYear, Expense, ExpenseUpload
from tests import make

pytestmark = pytest.mark.django_db
HEAD = "Datum;Empfänger;Kostenart;Betrag\n"
GOOD = (
    HEAD + "15.06.2016;Gehalt Juni;Personalkosten;1.234,50\n"
    "15.01.2017;Gehalt Januar;Personalkosten;1.300,00\n"
)


@pytest.fixture
def agreement(db):
    return make.agreement(parts={2016: 24_000, 2017: 8_000})


def upload_of(content, agreement, **fields):
    return make.expense_upload(content, agreement=agreement, **fields)


def confirm(upload, *, repeated_too=False, expected=None):
    expected = expected or expense_imports.planned(upload).fingerprint
    return expense_imports.confirm(
        upload, expected=expected, repeated_too=repeated_too, by=upload.user
    )


def refusal(upload, **kwargs):
    before = Expense.objects.count()
    with pytest.raises(ValidationError) as error:
        confirm(upload, **kwargs)
    assert Expense.objects.count() == before
    assert not ExpenseUpload.objects.filter(pk=upload.pk, applied_at__isnull=False).exists()
    return " ".join(error.value.messages)


def test_the_whole_file_is_entered_and_logged_once(agreement):
    upload = upload_of(GOOD, agreement)
    plan = confirm(upload)
    assert plan.total == Decimal("2534.50")
    sums = {s.year.year: s.declared for s in AgreementShare.objects.with_sums()}
    assert sums == {2016: Decimal("1234.50"), 2017: Decimal("1300.00")}
    assert {(e.upload, e.by) for e in Expense.objects.all()} == {(upload, upload.user)}
    assert Expense.objects.filter(payee_key="gehalt juni").exists()
    entry = Entry.objects.get()
    assert (entry.verb, entry.agency_id) == ("imported", agreement.agency_id)
    assert entry.after["expenses"] == 2
    assert entry.after["declared"] == "2534.50"
    assert "Gehalt" not in str(entry.after)


def test_the_plan_sums_by_year_and_kind(agreement):
    plan = expense_imports.planned(upload_of(GOOD, agreement))
    assert [(s.year.year, count, amount) for s, count, amount in plan.sums] == [
        (2016, 1, Decimal("1234.50")),
        (2017, 1, Decimal("1300.00")),
    ]


def test_nothing_is_entered_if_one_line_is_wrong(agreement):
    upload = upload_of(GOOD + "15.06.2018;zu spät;Personalkosten;1,00\n", agreement)
    (mistake,) = expense_imports.planned(upload).mistakes
    assert (mistake.number, mistake.column, mistake.found) == (4, "Datum", "15.06.2018")
    assert "läuft vom 01.01.2016 bis zum 31.12.2017" in mistake.text
    assert "nichts eingetragen" in refusal(upload)


@pytest.mark.parametrize(
    ("line", "column", "found", "text"),
    [
        ("31.12.2015;x;Personalkosten;1", "Datum", "31.12.2015", "läuft vom"),
        ("15.06.2016;x;Honorar;1", "Kostenart", "Honorare", "kein Geld dieser Kostenart"),
        ("15.01.2017;x;Personalkosten;1", "Datum", "15.01.2017", "ist abgeschlossen"),
    ],
)
def test_what_the_agreement_does_not_take_is_told_at_its_line(agreement, line, column, found, text):
    BudgetYear.objects.filter(year=2017).update(closed_at=timezone.now())
    (mistake,) = expense_imports.planned(upload_of(HEAD + line, agreement)).mistakes
    assert (mistake.number, mistake.column, mistake.found) == (2, column, found)
    assert text in mistake.text


def test_a_file_confirmed_twice_is_entered_once(agreement):
    upload = upload_of(GOOD, agreement)
    expected = expense_imports.planned(upload).fingerprint
    confirm(upload, expected=expected)
    assert confirm(upload, expected=expected) is None
    assert confirm(ExpenseUpload.objects.get(pk=upload.pk), expected=expected) is None
    assert Expense.objects.count() == 2
    assert bytes(ExpenseUpload.objects.get(pk=upload.pk).content) == b""


def test_the_same_file_of_another_upload_is_refused_with_when_and_by_whom(agreement):
    earlier = upload_of(GOOD, agreement, user=make.user(name="Frau Adler"))
    confirm(earlier)
    message = refusal(upload_of(GOOD, agreement))
    assert "von Frau Adler eingetragen (2 Ausgaben)" in message
    assert timezone.localtime().strftime("%d.%m.%Y") in message


def test_the_same_file_is_refused_when_it_is_brought_but_not_for_another_agreement(agreement):
    confirm(upload_of(GOOD, agreement))
    file = SimpleUploadedFile("nochmal.csv", GOOD.encode())
    with pytest.raises(ValidationError, match="Genau diese Datei wurde"):
        expense_imports.keep(agreement, file=file, by=make.user())
    other = make.agreement(parts={2016: 10, 2017: 10})
    assert expense_imports.keep(other, file=file, by=make.user()).agreement == other


def test_a_file_brought_twice_waits_once_for_each_person(agreement):
    file, user = SimpleUploadedFile("x.csv", GOOD.encode()), make.user()
    first = expense_imports.keep(agreement, file=file, by=user)
    assert expense_imports.keep(agreement, file=file, by=user) == first
    assert expense_imports.keep(agreement, file=file, by=make.user()) != first


def test_what_nobody_confirmed_within_a_day_is_thrown_away_but_not_what_was_entered(agreement):
    old, done = upload_of(GOOD, agreement), upload_of(GOOD + "\n", agreement)
    confirm(done)
    ExpenseUpload.objects.update(created_at=timezone.now() - timedelta(hours=25))
    file = SimpleUploadedFile("x.csv", GOOD.replace("Juni", "Mai").encode())
    new = expense_imports.keep(agreement, file=file, by=make.user())
    assert set(ExpenseUpload.objects.all()) == {done, new}
    assert not ExpenseUpload.objects.kept().filter(pk=old.pk).exists()


def test_lines_that_are_there_already_must_be_meant(agreement):
    user = make.user()
    expenses.declare(
        agreement,
        booked_on=date(2016, 6, 15),
        cost_kind="staff",
        payee="GEHALT  Juni",
        amount=Decimal("1234.50"),
        by=user,
    )
    upload = upload_of(GOOD, agreement)
    plan = expense_imports.planned(upload)
    assert [entry.is_repeated for entry in plan.entries] == [True, False]
    assert "Häkchen" in refusal(upload)
    confirm(upload, repeated_too=True)
    assert Expense.objects.count() == 3


def test_a_line_that_stands_twice_in_the_file_must_be_meant_too(agreement):
    line = "15.06.2016;Gehalt Juni;Personalkosten;1,00\n"
    upload = upload_of(HEAD + line * 3, agreement)
    assert expense_imports.planned(upload).repeated == 2
    assert "Häkchen" in refusal(upload)


def test_what_was_reversed_is_not_repeated(agreement):
    confirm(upload_of(GOOD, agreement))
    for expense in Expense.objects.all():
        expenses.reverse(expense, reason="x", by=make.user())
    assert expense_imports.planned(upload_of(GOOD + "\n", agreement)).repeated == 0


def test_what_changed_since_the_preview_is_shown_again(agreement):
    upload = upload_of(GOOD, agreement)
    seen = expense_imports.planned(upload).fingerprint
    make.expense(
        share=agreement.shares.first(),
        booked_on=date(2016, 6, 15),
        payee="Gehalt Juni",
        amount=Decimal("1234.50"),
    )
    message = refusal(upload, expected=seen, repeated_too=True)
    assert "Inzwischen hat sich etwas geändert" in message


def test_a_year_closed_since_the_preview_takes_nothing_of_the_file(agreement):
    upload = upload_of(GOOD, agreement)
    seen = expense_imports.planned(upload).fingerprint
    BudgetYear.objects.filter(year=2017).update(closed_at=timezone.now())
    assert refusal(upload, expected=seen)


def test_five_thousand_lines_take_a_few_seconds(agreement):
    lines = [f"15.06.2016;Beleg {n};Personalkosten;{n},01" for n in range(5_000)]
    upload = upload_of(HEAD + "\n".join(lines), agreement)
    start = time.perf_counter()
    plan = confirm(upload)
    assert time.perf_counter() - start < 8
    assert Expense.objects.count() == len(plan.entries) == 5_000
    assert AgreementShare.objects.with_sums().first().declared == plan.total
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_confirming_at_the_same_moment_enters_once():
    agreement = make.agreement(parts={2016: 24_000, 2017: 8_000})
    uploads = [upload_of(GOOD, agreement) for _ in range(2)]  # the same file from two people
    expected = expense_imports.planned(uploads[0]).fingerprint

    def once(number):
        upload = ExpenseUpload.objects.get(pk=uploads[number % 2].pk)
        try:
            return confirm(upload, expected=expected)
        except ValidationError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(once, range(8)))
    assert results.count(None) == 7
    assert Expense.objects.count() == 2
    assert Entry.objects.count() == 1
