from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from coordination.budget.models import BudgetLine, BudgetYear
from coordination.editing import fingerprint
from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]
EURO = "\N{NO-BREAK SPACE}€"


def address(page, row=None):
    return reverse(f"budget:{page}", args=[row.pk] if row else [])


def test_the_list_shows_each_year_with_its_sums_and_what_is_not_passed_on(signed_in, cast):
    page = text(signed_in("audit").get(address("year_list")))
    year = BudgetYear.objects.with_sums().get(year=2016)
    assert year.not_passed_on == Decimal("37300.00")  # 38,300 earmarked, 1,000 of it paid
    for amount in ("100.000,00", "82.000,00", "38.300,00", "37.300,00"):
        assert amount + EURO in page
    assert "Noch nicht weitergegeben ist der Rest" in page
    assert "abgeschlossen" in page
    assert "Haushaltsjahr anlegen" not in page


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(signed_in, rows, django_assert_max_num_queries):
    for number in range(2020, 2020 + rows):
        make.line(year=make.year(number))
    client = signed_in("coordination")
    with django_assert_max_num_queries(12):
        client.get(address("year_list"))


def test_the_list_is_exported_with_its_sums(signed_in):
    answer = signed_in("coordination").get(address("year_list"), {"format": "csv"})
    lines = [line.split(";") for line in answer.content.decode("utf-8-sig").splitlines()]
    assert lines[0][:4] == ["Haushaltsjahr", "Status", "Letzter Auszahlungstag", "Verfügbar"]
    row = next(line for line in lines if line[0] == "2016")
    assert row[1:4] == ["offen", "31.12.2016", "100000,00"]


def test_without_years_the_list_says_what_belongs_there(client, db):
    client.force_login(make.user("coordination"))
    page = text(client.get(address("year_list")))
    assert "Hier stehen die Haushaltsjahre" in page
    assert "Haushaltsjahr anlegen" in page


def test_the_coordination_creates_a_year_once(signed_in, cast):
    client, url = signed_in("coordination"), address("year_create")
    assert client.get(url).context["form"].initial["year"] == 2018
    answer = client.post(url, {"year": "2018", "last_payment_on": "14.12.2018"}, follow=True)
    assert "Das Haushaltsjahr 2018 ist angelegt." in text(answer)
    assert BudgetYear.objects.get(year=2018).last_payment_on == date(2018, 12, 14)
    again = client.post(url, {"year": "2018", "last_payment_on": ""})
    assert list(again.context["form"].errors) == ["year"]


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("year", "1999", "2000"),
        ("year", "99999999999999999999", "2199"),
        ("year", "2018,5", "ganze Zahl"),
        ("year", "", "zwingend"),
        ("last_payment_on", "31.02.2018", "„31.02.2018“ ist kein Datum"),
        ("last_payment_on", "02.01.2019", "02.01.2019 liegt nicht im Haushaltsjahr 2018."),
    ],
)
def test_bad_years_are_refused_at_their_field_and_kept(signed_in, field, typed, says):
    data = {"year": "2018", "last_payment_on": "", field: typed}
    answer = signed_in("coordination").post(address("year_create"), data)
    assert says in answer.context["form"].errors[field][0]
    assert answer.context["form"][field].value() == typed
    assert not BudgetYear.objects.filter(year=2018).exists()


def test_the_last_day_of_payment_is_changed_unless_somebody_else_did(signed_in, cast):
    client, url = signed_in("coordination"), address("year_edit", cast.year)
    seen = fingerprint(cast.year, ["last_payment_on"])
    client.post(url, {"last_payment_on": "16.12.2016", "seen": seen})
    assert BudgetYear.objects.get(year=2016).last_payment_on == date(2016, 12, 16)
    answer = client.post(url, {"last_payment_on": "20.12.2016", "seen": seen})
    assert "16.12.2016" in str(answer.context["form"].non_field_errors())
    outside = client.post(url, {"last_payment_on": "02.01.2017"})
    seen = outside.context["form"]["seen"].value()
    outside = client.post(url, {"last_payment_on": "02.01.2017", "seen": seen})
    assert "nicht im Haushaltsjahr 2016" in outside.context["form"].errors["last_payment_on"][0]
    closed = client.post(address("year_edit", cast.closed_year), {"last_payment_on": "1.12.2015"})
    seen = closed.context["form"]["seen"].value()
    closed = client.post(
        address("year_edit", cast.closed_year), {"last_payment_on": "1.12.2015", "seen": seen}
    )
    assert "2015 ist abgeschlossen" in str(closed.context["form"].errors)


def test_closing_lists_what_is_open_with_a_link_to_each(signed_in, cast):
    client, url = signed_in("coordination"), address("year_close", cast.year)
    page = text(client.get(url))
    for payout in (cast.planned_payout, cast.requested_payout, cast.granted_payout):
        assert address("payout_detail", payout) in page
    assert address("commitment_detail", cast.commitment) in page
    assert "4 Auszahlungen, die noch nicht gezahlt sind" in page
    assert "2016 abschließen</span>" not in page
    answer = client.post(url, {f"line_{cast.line.pk}": "0"})
    assert "offene Auszahlungen 4, offene Bindungen 1" in text(answer)
    assert not BudgetYear.objects.get(year=2016).is_closed


@pytest.mark.parametrize("rows", [1, 20])
def test_closing_costs_the_same_however_much_is_open(
    signed_in, cast, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        make.payout("planned", 100, commitment=make.commitment(200))
        make.line()
    client = signed_in("coordination")
    with django_assert_max_num_queries(12):
        client.get(address("year_close", cast.year))


@pytest.fixture
def ready(cast):
    """A year in which nothing is open, with a line of 1,000 euros."""
    return make.line(
        1_000, year=make.year(2017, last_payment_on=date(2017, 12, 31)), title="Sprache"
    )


def test_closing_proposes_to_carry_over_everything_that_is_free(signed_in, ready):
    client, url = signed_in("coordination"), address("year_close", ready.year)
    page = text(client.get(url))
    assert 'value="1.000,00"' in page
    assert "steht das Jahr 2017 fest" in page
    answer = client.post(url, {f"line_{ready.pk}": "1.000,00"}, follow=True)
    assert "Das Haushaltsjahr 2017 ist jetzt abgeschlossen." in text(answer)
    assert BudgetLine.objects.with_sums().get(year__year=2018).available == 1_000
    again = client.post(url, {f"line_{ready.pk}": "1.000,00"})
    assert "Das Jahr wurde am" in text(again)
    assert BudgetLine.objects.with_sums().get(year__year=2018).available == 1_000


def test_a_field_left_empty_carries_nothing_over(signed_in, ready):
    url = address("year_close", ready.year)
    signed_in("coordination").post(url, {f"line_{ready.pk}": ""})
    assert BudgetYear.objects.get(year=2017).is_closed
    assert not BudgetYear.objects.filter(year=2018).exists()


def test_a_year_without_lines_can_be_closed(signed_in, cast):
    year = make.year(2019)
    signed_in("coordination").post(address("year_close", year))
    assert BudgetYear.objects.get(year=2019).is_closed


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("1.000,01", "sind nur 1.000,00"),
        ("0,005", "ganze Cent"),
        ("-1", "mindestens 0,00"),
        ("1000000000", "höchstens"),
        ("1.234,5.6", "„1.234,5.6“ ist kein Betrag"),
        ("1,234.50", "„1,234.50“ ist kein Betrag"),
    ],
)
def test_a_bad_carry_over_is_refused_at_its_line_and_kept(signed_in, ready, typed, says):
    field, url = f"line_{ready.pk}", address("year_close", ready.year)
    answer = signed_in("coordination").post(url, {field: typed})
    assert says in answer.context["form"].errors[field][0]
    assert f'value="{typed}"' in text(answer)
    assert not BudgetYear.objects.get(year=2017).is_closed


def test_a_year_is_reopened_with_a_reason_only_and_once(signed_in, cast):
    client, url = signed_in("coordination"), address("year_reopen", cast.closed_year)
    answer = client.post(url, {"reason": " "})
    assert "reason" in answer.context["form"].errors
    client.post(url, {"reason": "Beleg nachgereicht"})
    assert not BudgetYear.objects.get(year=2015).is_closed
    again = client.post(url, {"reason": "Beleg nachgereicht"})
    assert "2015 ist bereits offen" in str(again.context["form"].errors)
