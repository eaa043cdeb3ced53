"""Why a line is green, amber or red."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from coordination.budget.forecast import AMBER, GREEN, RED, percent, standing
from coordination.budget.models import BudgetYear

YEAR = BudgetYear(year=2016, last_payment_on=date(2016, 12, 16))
JULY = date(2016, 7, 1)


def stand(
    day=JULY, *, available=1000, committed=900, paid=450, declared=0, savings=0, to_decide=False
):
    line = SimpleNamespace(
        available=Decimal(available),
        committed=Decimal(committed),
        paid=Decimal(paid),
        declared=Decimal(declared),
        free=Decimal(available - committed),
    )
    return standing(line, YEAR, day, savings=Decimal(savings), to_decide=to_decide, previous=None)


def test_a_line_on_course_says_how_far_it_is():
    row = stand()
    assert row.light == GREEN
    assert row.reasons == ["90 % gebunden, davon 50 % ausgezahlt; 50 % des Jahres sind vorbei."]


@pytest.mark.parametrize(
    ("light", "word", "figures"),
    [
        (AMBER, "Fast ausgeschöpft", {"committed": 990, "paid": 600}),
        (AMBER, "noch nicht gebunden", {"day": date(2016, 8, 1), "committed": 500, "paid": 400}),
        (AMBER, "erst 10 %", {"paid": 90}),
        (AMBER, "unbesetzte Stellen", {"savings": 50, "to_decide": True}),
        (AMBER, "kein Geld", {"available": 0, "committed": 0, "paid": 0}),
        (RED, "nicht ausgezahlt", {"day": date(2016, 12, 17)}),
        (RED, "mehr nachgewiesen", {"declared": 901}),
        (RED, "mehr gebunden", {"committed": 1001, "paid": 700}),
    ],
)
def test_the_reason_stands_beside_the_colour(light, word, figures):
    row = stand(**figures)
    assert row.light == light
    assert any(word in reason for reason in row.reasons), row.reasons


def test_the_worst_reason_comes_first():
    row = stand(date(2016, 12, 20), committed=1000, paid=100)
    assert row.light == RED
    assert "ausgezahlt" in row.reasons[0]
    assert len(row.reasons) == 3


def test_a_short_vacancy_is_no_reason():
    assert stand(savings=50).light == GREEN


def test_the_forecast_is_what_is_bound_less_what_vacancies_free():
    row = stand(savings=100)
    assert (row.expected, row.left) == (800, 200)


def test_the_forecast_is_never_less_than_what_is_paid():
    assert stand(committed=500, paid=500, savings=100).expected == 500


def test_the_bar_has_the_parts_and_fills_its_width():
    parts = stand().bar
    assert [(part.name, part.start, part.width) for part in parts] == [
        ("paid", 0, 45),
        ("bound", 45, 45),
        ("free", 90, 10),
    ]
    assert stand(available=0, committed=0, paid=0).bar == []


def test_percent_of_nothing_is_nothing():
    assert percent(Decimal(5), Decimal(0)) == 0
