from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from coordination.audit.models import Entry
from coordination.budget import lines
from coordination.budget.models import BudgetLine, LineBooking
from tests import make
from tests.agencies.test_assignments import in_parallel
from tests.agencies.test_occupancies import refusal

pytestmark = pytest.mark.django_db
JUNE = date(2016, 6, 1)


def sums(line):
    return BudgetLine.objects.with_sums().get(pk=line.pk)


def create(**fields):
    wanted = {"product": "31.13.01", "account": "531800", "title": "Quartiersarbeit"}
    return lines.create(
        **{
            **wanted,
            "year": make.year(),
            "planned": Decimal(1_000),
            "by": make.user("coordination"),
            **fields,
        }
    )


def supplement(line, amount=100, **fields):
    wanted = {
        "amount": Decimal(amount),
        "booked_on": JUNE,
        "reason": "Nachtrag",
        "by": make.user("coordination"),
    }
    return lines.supplement(line, **{**wanted, **fields})


def move(line, amount=100, **fields):
    wanted = {
        "amount": Decimal(amount),
        "booked_on": JUNE,
        "reason": "Bedarf",
        "by": make.user("coordination"),
    }
    return lines.move(line, **{**wanted, **fields})


def test_a_line_begins_with_what_is_planned():
    line = create()
    assert (sums(line).planned, sums(line).available, sums(line).free) == (1_000, 1_000, 1_000)
    entry = Entry.objects.get()
    assert (entry.verb, entry.after["planned"]) == ("created", "1000")


def test_a_line_may_begin_empty_but_not_below():
    assert sums(create(planned=Decimal(0))).available == 0
    found = refusal(create, account="2", planned=Decimal(-1))
    assert "mindestens 0,00" in found["planned"][0]
    assert BudgetLine.objects.count() == 1


def test_a_line_stands_in_a_year_once():
    line = create()
    assert "schon eine Haushaltsstelle mit diesem Produkt" in str(refusal(create))
    create(year=make.year(2017))
    assert str(line.year) == "2016"


def test_a_supplement_raises_and_lowers_and_is_logged():
    line = create()
    supplement(line, "250.50")
    supplement(line, -50)
    assert (sums(line).supplements, sums(line).available) == (Decimal("200.50"), Decimal("1200.50"))
    assert Entry.objects.filter(verb="booked", reason="Nachtrag").count() == 2


def test_a_line_is_not_lowered_below_what_it_bound():
    commitment = make.commitment(900, line=make.line(1_000))
    found = refusal(supplement, commitment.line, "-100.01")
    assert "nur noch 100,00" in found["amount"][0]
    supplement(commitment.line, -100)
    assert sums(commitment.line).free == 0


def test_a_line_is_not_lowered_below_what_pays_for_it():
    line = make.line(1_000)
    make.funding(900, line=line)
    assert "nur noch 100,00" in refusal(supplement, line, "-100.01")["amount"][0]
    assert "nur noch 100,00" in refusal(move, line, 101, to=make.line(0))["amount"][0]


def test_a_move_is_one_act_with_two_bookings():
    line, other = make.line(1_000), make.line(10)
    move(line, 300, to=other)
    assert (sums(line).moved, sums(other).moved) == (-300, 300)
    assert (sums(line).free, sums(other).free) == (700, 310)
    there = other.bookings.get(kind="move")
    assert (there.partner, there.reason) == (line, "Bedarf")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": Decimal("1000.01")}, "amount"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal(-5)}, "amount"),
        ({"booked_on": date(2017, 1, 1)}, "booked_on"),
    ],
)
def test_what_no_move_can_be_is_refused(fields, field):
    line, other = make.line(1_000), make.line(10)
    assert list(refusal(move, line, to=other, **fields)) == [field]
    assert LineBooking.objects.count() == 2


def test_money_moves_only_to_another_line_of_the_year():
    line = make.line(1_000)
    for target in (line, make.line(year=make.year(2017))):
        assert "to" in refusal(move, line, to=target)


def test_no_supplement_of_nothing_or_outside_the_year():
    line = make.line(1_000)
    assert "amount" in refusal(supplement, line, 0)
    assert "booked_on" in refusal(supplement, line, booked_on=date(2015, 12, 31))


def test_a_closed_year_does_not_change():
    line = make.line(year=make.year(2015, closed_at=timezone.now()))
    other = make.line(year=line.year)
    for act, fields in [
        (supplement, {}),
        (move, {"to": other}),
        (lines.change, {"title": "Neu", "by": make.user("coordination")}),
    ]:
        assert "2015 ist abgeschlossen" in str(refusal(act, line, **fields))
    assert "2015 ist abgeschlossen" in str(refusal(create, year=line.year))


def test_a_form_that_has_not_seen_the_newest_booking_books_nothing():
    line = make.line(1_000)
    seen = line.bookings.all().mark()
    supplement(line, seen=seen)
    found = refusal(supplement, line, seen=seen)["__all__"][0]
    assert "hier 100,00\N{NO-BREAK SPACE}€ zum 01.06.2016 gebucht" in found
    assert "__all__" in refusal(move, line, to=make.line(), seen=seen)
    supplement(line, seen=line.bookings.all().mark())
    assert sums(line).available == 1_200


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_book_one_supplement():
    line = make.line(1_000)
    seen = line.bookings.all().mark()
    results = in_parallel([lambda: supplement(line, seen=seen)] * 20)
    assert results.count(True) == 1
    assert sums(line).available == 1_100


@pytest.mark.django_db(transaction=True)
def test_sixteen_desks_never_move_more_than_is_free():
    line, other = make.line(1_000), make.line(0)
    results = in_parallel([lambda: move(line, 300, to=other)] * 16)
    assert results.count(True) == 3
    assert (sums(line).free, sums(other).free) == (100, 900)
