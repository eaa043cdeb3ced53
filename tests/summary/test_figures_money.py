from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from coordination.budget.models import BudgetYear, CommitmentBooking
from coordination.council.summary.content import AGENCY, LINE, key, place
from coordination.council.summary.patterns import ledgers
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


# --- Up to the day of the report, whatever was booked since --------------------------------------

DAY = date(2016, 8, 1)
AFTER = DAY + timedelta(days=1)


@pytest.fixture
def booked():
    """A line with something of each kind on the last day that counts, and of each a day later."""
    line = make.line(100_000)
    partner = make.line(50_000)
    commitment = make.commitment(10_000, line=line)
    for day, factor in ((DAY, 1), (AFTER, 5)):
        make.line_booking(line=line, kind="supplement", amount=1_000 * factor, booked_on=day)
        move = {"kind": "move", "amount": 100 * factor, "booked_on": day}
        make.line_booking(line=line, partner=partner, **move)
        make.line_booking(line=partner, partner=line, **move | {"amount": -100 * factor})
        carried = {"kind": "carry_over", "amount": 10 * factor, "booked_on": day}
        make.line_booking(line=line, partner=partner, **carried)
        bound = {"amount": make.euros(2_000 * factor), "booked_on": day}
        CommitmentBooking.objects.create(commitment=commitment, **bound)
        granted = make.payout("granted", 300 * factor, commitment=commitment)
        make.payment(payout=granted, booked_on=day)
        make.expense(40 * factor, share=commitment.share, booked_on=day)
    return commitment


def test_what_is_booked_after_the_day_does_not_count(booked):
    where, agency = place(LINE, booked.line_id), place(AGENCY, booked.share.agreement.agency_id)

    def told(found, where, measures):
        return [found.figure(measure, where).value for measure in measures]

    before, later = report(as_of=DAY), report(as_of=AFTER)
    amounts = euros("100000", "101110", "12000", "300", "40", "89110", "12000")
    assert told(before, where, OF_LINES) == amounts
    amounts = euros("100000", "106660", "22000", "1800", "240", "84660", "22000")
    assert told(later, where, OF_LINES) == amounts
    assert told(before, agency, OF_AGENCIES) == euros("10000", "12000", "300", "40")
    assert told(later, agency, OF_AGENCIES) == euros("10000", "22000", "1800", "240")
    rows = [before.rows(key(measure, where)) for measure in OF_LINES]
    assert rows == [1, 4, 2, 1, 1, 6, 3]


def test_light_and_reasons_are_those_of_the_day(booked):
    CommitmentBooking.objects.create(commitment=booked, amount=make.euros(500_000), booked_on=AFTER)
    where = place(LINE, booked.line_id)
    before, later = report(as_of=DAY), report(as_of=AFTER)
    assert (before.place(where)["light"], later.place(where)["light"]) == ("amber", "red")
    assert "89.110,00\N{NO-BREAK SPACE}€" in before.place(where)["reasons"][0]


def test_a_payment_reversed_after_the_day_was_paid_on_it():
    payout = make.payout("granted", 6_000)
    paid = make.payment(payout=payout, booked_on=DAY)
    make.payment(payout=payout, amount=-paid.amount, reverses=paid, booked_on=AFTER)
    assert report(as_of=DAY).figure("ausgezahlt").value == 6_000
    assert report(as_of=AFTER).figure("ausgezahlt").value == 0


@pytest.mark.parametrize("day", [DAY, AFTER])
def test_a_report_and_an_answer_for_the_same_day_agree(booked, day):
    make.agreement(7_000, signed_on=AFTER, agency=booked.share.agreement.agency)
    found = report(as_of=day)
    asked = ledgers.sums(OF_AGENCIES, day, "agreement__agency", year__year=day.year)
    for measure, sums in asked.items():
        assert found.figure(measure).value == sum(sums.values()), measure
        for (agency,), amount in sums.items():
            assert found.figure(measure, place(AGENCY, agency)).value == amount, measure
    assert found.figure("vereinbart").value == (10_000 if day == DAY else 17_000)
    assert found.rows(key("vereinbart")) == (1 if day == DAY else 2)


def test_a_line_that_was_opened_later_is_not_there():
    there, later = make.line(1_000), make.line(0)
    make.line_booking(line=later, booked_on=AFTER)
    empty = make.line(0)
    bound = make.line(0)  # before it had money
    make.commitment(100, line=bound)
    make.line_booking(line=bound, booked_on=AFTER)
    before = {place(LINE, row.pk) for row in (there, empty, bound)}
    assert {row.name for row in report(as_of=DAY).places(LINE)} == before
    assert {row.name for row in report(as_of=AFTER).places(LINE)} == before | {
        place(LINE, later.pk)
    }


def test_vacancies_save_of_what_was_agreed_and_bound_by_the_day():
    share = make.agreement(36_600, signed_on=DAY).shares.get()  # 100 a day
    share.agreement.positions.add(make.position(agency=share.agreement.agency))
    other = make.commitment(50_000)
    commitment = make.commitment(0, share=share, line=other.line)
    bound = {"amount": make.euros(36_600), "booked_on": AFTER}
    CommitmentBooking.objects.create(commitment=commitment, **bound)

    def told(day):
        found = report(as_of=day)
        return [found.figure(measure).value for measure in ("vakanz_frei", "prognose")]

    assert told(DAY - timedelta(days=1)) == euros("0", "50000")
    assert told(DAY) == euros("27500", "50000")  # vacant since 1 April
    assert told(AFTER) == euros("27500", "59100")


def test_a_year_that_was_closed_later_was_open():
    line = make.line(100_000)
    make.payout("paid", 30_000, commitment=make.commitment(90_000, line=line))
    closed_at = datetime(2016, 12, 20, 9, tzinfo=UTC)
    BudgetYear.objects.update(closed_at=closed_at)
    where = place(LINE, line.pk)
    before = report(as_of=date(2016, 12, 19)).place(where)["reasons"]
    after = report(as_of=date(2016, 12, 20)).place(where)["reasons"]
    assert any("des Jahres sind" in reason for reason in before)
    assert after == ["Das Jahr ist abgeschlossen."]
