from datetime import date
from decimal import Decimal

import pytest

from coordination.budget.models import BudgetYear
from coordination.council.summary.content import AGENCY, LINE, key, place
from tests import make
from tests.summary.frames import report, texts

pytestmark = pytest.mark.django_db
OF_LINES = ("ansatz", "verfuegbar", "gebunden", "ausgezahlt", "belegt", "frei", "prognose")
OF_AGENCIES = ("vereinbart", "gebunden", "ausgezahlt", "belegt")


def euros(*amounts):
    return [Decimal(amount) for amount in amounts]


def test_a_line_is_told_as_it_is_booked():
    line = make.line(100_000)
    make.line_booking(line=line, kind="supplement", amount=20_000)
    commitment = make.commitment(24_000, line=line)
    make.payout("paid", 6_000, commitment=commitment)
    make.payout("requested", 5_000, commitment=commitment)
    make.expense("500.05", share=commitment.share)

    found = report()

    where = place(LINE, line.pk)
    told = [found.figure(measure, where).value for measure in OF_LINES]
    assert told == euros("100000", "120000", "24000", "6000", "500.05", "96000", "24000")
    assert found.place(where).label == f"{line.code} {line.title}"
    assert found.place(where)["light"] == "amber"
    assert "96.000,00\N{NO-BREAK SPACE}€" in found.place(where)["reasons"][0]


def test_lines_and_agencies_add_up_to_the_city():
    for amount in (10_000, 20_000, 30_000):
        commitment = make.commitment(amount)
        make.payout("paid", amount / 4, commitment=commitment)
        make.expense(amount / 10, share=commitment.share)
    make.line(7_000)

    found = report()

    for kind, measures in ((LINE, OF_LINES), (AGENCY, OF_AGENCIES)):
        for measure in measures:
            parts = [found.figure(measure, row.name).value for row in found.places(kind)]
            assert sum(parts) == found.figure(measure).value, (kind, measure)
            assert sum(parts), measure


def test_only_the_year_of_the_day_counts():
    agreement = make.agreement(parts={2016: 10_000, 2017: 30_000})
    for share in agreement.shares.all():
        make.commitment(share.amount, share=share)
    found = report()
    assert found.figure("gebunden").value == 10_000
    assert report(as_of=date(2017, 2, 1)).figure("gebunden").value == 30_000
    assert len(found.places(LINE)) == 1


def test_the_forecast_takes_off_what_vacancies_save():
    commitment = make.commitment(36_600)  # 100 a day
    position = make.position(agency=commitment.share.agreement.agency)
    commitment.share.agreement.positions.add(position)
    make.occupancy(position=position, ends_on=date(2016, 12, 21))  # ten days left

    found = report()

    vacant = (date(2016, 12, 31) - date(2016, 12, 21)).days
    assert found.figure("vakanz_frei").value == 100 * vacant
    assert found.figure("prognose").value == 36_600 - 100 * vacant


def test_a_reversed_payment_is_not_paid():
    make.payout("reversed", 6_000)
    found = report()
    assert found.figure("ausgezahlt").value == 0
    assert found.rows(key("ausgezahlt")) == 2


def test_each_amount_says_how_many_bookings_it_adds_up():
    line = make.line(1_000)
    make.line_booking(line=line, kind="supplement")
    one, other = (make.commitment(line=line) for _ in range(2))
    make.payout("paid", commitment=one)
    for _ in range(3):
        make.expense(share=other.share)

    found = report()

    where, agency = place(LINE, line.pk), place(AGENCY, other.share.agreement.agency_id)
    assert {measure: found.rows(key(measure, where)) for measure in OF_LINES} == {
        "ansatz": 1,
        "verfuegbar": 2,
        "gebunden": 2,
        "ausgezahlt": 1,
        "belegt": 3,
        "frei": 4,
        "prognose": 3,
    }
    assert [found.rows(key(measure, agency)) for measure in OF_AGENCIES] == [1, 1, 0, 3]


def test_the_city_has_the_worst_light_of_its_lines():
    make.commitment(90_000, line=make.line(100_000, title="Stellen"))
    over = make.line(1_000, title="Sachkosten")
    make.commitment(1_500, line=over)

    found = report()

    assert found.place("stadt")["light"] == "red"
    assert found.place("stadt")["light_word"] == "handeln"
    assert all(text.startswith("Sachkosten: ") for text in found.place("stadt")["reasons"])
    assert found.place("stadt")["reasons"]


def test_without_a_budget_year_the_report_says_so():
    make.year(2015)
    found = report()
    assert str(found.figure("ansatz")) == "–"
    assert "Ein Haushaltsjahr 2016 ist nicht angelegt, daher nennt der Bericht kein Geld." in texts(
        found, "notes"
    )


def test_a_year_without_lines_has_noughts():
    BudgetYear.objects.create(year=2016, last_payment_on=date(2016, 12, 31))
    found = report()
    assert found.figure("prognose").value == 0
    assert found.place("stadt")["light"] == ""


def test_expenses_that_no_line_is_bound_for_are_told():
    make.expense("12.34")
    make.line()
    found = report()
    assert found.figure("belegt").value == Decimal("12.34")
    assert any(text.startswith("12,34\N{NO-BREAK SPACE}€ sind") for text in texts(found, "notes"))
