from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from coordination.audit.models import Entry
from coordination.budget import years
from coordination.budget.models import BudgetLine, BudgetYear
from tests import make
from tests.agencies.test_assignments import in_parallel
from tests.agencies.test_occupancies import refusal

pytestmark = pytest.mark.django_db


def sums(line):
    return BudgetLine.objects.with_sums().get(pk=line.pk)


def close(year, carry_over=None):
    return years.close(year, carry_over=carry_over or {}, by=None)


def test_a_year_is_open_and_paid_from_until_its_last_day():
    year = years.create(year=2016, by=None)
    assert (year.is_closed, year.last_payment_on) == (False, date(2016, 12, 31))
    assert Entry.objects.get().after["year"] == 2016


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"year": 2016}, "year", "existiert bereits"),
        ({"year": 1999}, "year", "2000"),
        (
            {"year": 2017, "last_payment_on": date(2018, 1, 2)},
            "last_payment_on",
            "02.01.2018 liegt nicht im Haushaltsjahr 2017.",
        ),
    ],
)
def test_what_no_year_can_be_is_refused(fields, field, says):
    make.year(2016)
    assert says in str(refusal(years.create, **fields, by=None)[field])
    assert BudgetYear.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_create_one_year():
    results = in_parallel([lambda: years.create(year=2016, by=None)] * 20)
    assert results.count(True) == 1
    assert (BudgetYear.objects.count(), Entry.objects.count()) == (1, 1)


def test_the_sums_of_a_year_are_those_of_its_lines_and_notices():
    line, other = make.line(100_000), make.line(50_000)
    make.line(7_000, year=make.year(2017))
    notice = make.allocation(1_000_000)
    make.funding(30_000, allocation=notice, line=line)
    commitment = make.commitment(60_000, line=line)
    for amount in (20_000, 15_000):
        make.payout("paid", amount, commitment=commitment)
    make.payout("reversed", 1_000, commitment=commitment)
    make.payout("paid", 500, commitment=make.commitment(500, line=other))
    make.expense(400, share=commitment.share)
    year = BudgetYear.objects.with_sums().get(year=2016)
    assert (year.available, year.committed, year.free) == (150_000, 60_500, 89_500)
    assert (year.paid, year.declared) == (35_500, 400)
    assert (year.allocated, year.earmarked) == (1_000_000, 38_300)
    assert (year.distributed, year.undistributed) == (30_000, 8_300)
    # 35,000 were paid from the funded line, of which 30,000 are the Land's.
    assert (year.passed_on, year.not_passed_on) == (30_000, 8_300)
    empty = BudgetYear.objects.with_sums().get(year=2017)
    assert (empty.available, empty.paid, empty.not_passed_on) == (7_000, 0, 0)


@pytest.mark.parametrize("status", ["planned", "requested", "content_checked", "granted"])
def test_a_year_with_an_open_payout_is_not_closed(status):
    payout = make.payout(status, 6_000)
    found = refusal(close, payout.commitment.line.year)
    assert "offene Auszahlungen 1, offene Bindungen 1" in str(found)
    assert not BudgetYear.objects.get().is_closed


def test_a_year_whose_commitments_are_paid_is_closed_and_does_not_change_any_more():
    commitment = make.commitment(6_000)
    make.payout("paid", 6_000, commitment=commitment)
    year = close(commitment.line.year)
    assert year.is_closed
    assert Entry.objects.get().verb == "closed"
    for act, fields in [
        (close, {}),
        (years.change, {"last_payment_on": date(2016, 12, 1), "by": None}),
    ]:
        assert "abgeschlossen" in str(refusal(act, year, **fields))


def test_what_is_carried_over_stands_on_the_same_line_of_the_next_year():
    line = make.line(1_000)
    close(line.year, {line.pk: Decimal("300.05")})
    assert (sums(line).carried_out, sums(line).free) == (Decimal("-300.05"), Decimal("699.95"))
    there = BudgetLine.objects.with_sums().get(year__year=2017)
    assert (there.code, there.title) == (line.code, line.title)
    assert (there.planned, there.carried_in, there.available) == (
        0,
        there.available,
        Decimal("300.05"),
    )
    assert line.bookings.get(kind="carry_over").partner == there


def test_a_line_that_exists_in_the_next_year_gets_the_carry_over():
    line = make.line(1_000)
    there = make.line(50, year=make.year(2017), product=line.product, account=line.account)
    close(line.year, {line.pk: Decimal("1000")})
    assert sums(there).available == 1_050


def test_no_more_than_what_is_free_is_carried_over_and_nothing_else_happens():
    line, other = make.line(1_000), make.line(10)
    found = refusal(close, line.year, {other.pk: Decimal(10), line.pk: Decimal("1000.01")})
    assert found == {
        f"line_{line.pk}": [f"Auf {line.code} sind nur 1.000,00\N{NO-BREAK SPACE}€ frei."]
    }
    assert not BudgetYear.objects.get().is_closed
    assert (sums(other).free, Entry.objects.count()) == (10, 0)


def test_nothing_is_carried_over_into_a_closed_year_or_beyond_the_last_one():
    line = make.line(1_000)
    make.year(2017, closed_at="2018-02-01T00:00Z")
    assert "2017 ist abgeschlossen" in str(refusal(close, line.year, {line.pk: Decimal(1)}))
    last = make.line(1_000, year=make.year(2199))
    assert "__all__" in refusal(close, last.year, {last.pk: Decimal(1)})


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_close_a_year_once():
    line = make.line(1_000)
    results = in_parallel([lambda: close(line.year, {line.pk: Decimal(1_000)})] * 20)
    assert results.count(True) == 1
    assert BudgetLine.objects.with_sums().get(year__year=2017).available == 1_000


def test_reopening_asks_a_reason_and_keeps_what_was_carried_over():
    line = make.line(1_000)
    year = close(line.year, {line.pk: Decimal(400)})
    years.reopen(year, reason="Beleg nachgereicht", by=None)
    assert not BudgetYear.objects.get(year=2016).is_closed
    entry = Entry.objects.get(verb="reopened")
    assert entry.reason == "Beleg nachgereicht"
    assert "bereits offen" in str(refusal(years.reopen, year, reason="x", by=None))
    close(year, {line.pk: Decimal(600)})
    assert BudgetLine.objects.with_sums().get(year__year=2017).available == 1_000


def test_a_year_is_not_closed_while_the_treasury_still_pays(monkeypatch):
    year = make.year(2016, last_payment_on=date(2016, 12, 16))
    monkeypatch.setattr(years, "today", lambda: date(2016, 12, 15))
    with pytest.raises(ValidationError, match="Bis 16.12.2016 zahlt die Kasse noch"):
        years.close(year, carry_over={}, by=make.user())
    monkeypatch.setattr(years, "today", lambda: date(2016, 12, 16))
    assert years.close(year, carry_over={}, by=make.user()).is_closed
