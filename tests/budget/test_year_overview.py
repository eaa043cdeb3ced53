"""/haushalt/: a year's money for the city, and for an agency its own part."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from coordination.access.permissions import Scope
from coordination.budget import overview
from tests import make

pytestmark = pytest.mark.django_db
PAGE = reverse("budget:year_overview")
CITY = Scope(citywide=True)


def show(client, cast, who, query="?jahr=2016"):
    client.force_login(cast.people[who])
    return client.get(f"{PAGE}{query}")


def test_it_opens_in_the_year_of_the_day(client, cast, settings):
    assert "Haushalt 2016" in show(client, cast, "coordination", "?stichtag=2016-12-01").text


def test_another_year_is_a_link_and_stays_in_the_address(client, cast):
    text = show(client, cast, "coordination").text
    assert "?jahr=2015" in text
    assert "(abgeschlossen)" in text
    assert "Haushalt 2015" in show(client, cast, "coordination", "?jahr=2015").text


def test_a_year_that_does_not_exist_shows_that_of_the_day(client, cast):
    for typed in ("1999", "x", "²", ""):
        text = show(client, cast, "coordination", f"?jahr={typed}&stichtag=2016-05-05").text
        assert "Haushalt 2016" in text


def test_without_a_year_the_page_says_what_belongs_here(client, db):
    client.force_login(make.user("coordination"))
    text = client.get(PAGE).text
    assert "Hier steht, was der Haushalt des Jahres hat" in text
    assert reverse("budget:year_create") in text


def test_the_sums_of_the_lines_are_the_sums_of_the_year(cast):
    for planned in ("100.01", "0.02", "3.33"):
        line = make.line(planned, year=cast.year)
        share = make.agreement(parts={2016: Decimal("0.01")}).shares.get()
        make.commitment("0.01", share=share, line=line)
    (year,) = (row for row in overview.years(CITY) if row.year == 2016)
    money = overview.money_of(year, None, date(2016, 12, 1), CITY)
    for measure in ("planned", "available", "committed", "paid", "declared", "free"):
        parts = sum(getattr(row.line, measure) for row in money.standings)
        assert getattr(year, measure) == parts, measure
    for measure in overview.MEASURES:
        parts = sum(getattr(row, measure) for row in money.agencies)
        assert money.together[measure] == parts, measure
    assert money.together["committed"] == year.committed
    assert money.together["paid"] == year.paid


def test_a_reversed_payment_counts_nowhere(cast):
    before = next(row for row in overview.years(CITY) if row.year == 2016).paid
    make.payout("reversed", commitment=cast.commitment, amount=1_000)
    after = next(row for row in overview.years(CITY) if row.year == 2016).paid
    assert before == after == Decimal("3000.00")


def test_the_page_links_down_to_the_booking(client, cast):
    text = show(client, cast, "coordination").text
    assert reverse("budget:line_detail", args=[cast.line.pk]) in text
    assert f"{reverse('budget:agreement_list')}?verband={cast.agency.pk}" in text
    line = client.get(reverse("budget:line_detail", args=[cast.line.pk])).text
    assert reverse("budget:commitment_detail", args=[cast.commitment.pk]) in line
    commitment = client.get(reverse("budget:commitment_detail", args=[cast.commitment.pk])).text
    assert reverse("budget:payout_detail", args=[cast.payment.payout_id]) in commitment


def test_an_agency_sees_its_own_money_and_no_line(client, cast):
    foreign = make.agreement(parts={2016: 77_777}, agency=cast.other_agency)
    make.commitment(77_777, share=foreign.shares.get(), line=cast.line)
    text = show(client, cast, "lead").text
    assert cast.agreement.reference in text
    assert "77.777" not in text
    assert cast.line.title not in text
    assert "Noch abrufbar" in text


def test_vacancies_show_what_they_free_and_until_when(client, cast):
    cast.occupancy.ends_on = date(2016, 10, 31)
    cast.occupancy.save()
    text = show(client, cast, "coordination", "?jahr=2016&stichtag=2016-12-01").text
    assert "dieses Jahr bis 31.12.2016" in text
    assert str(cast.position) in text


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_much_it_shows(
    client, cast, django_assert_max_num_queries, rows
):
    for _ in range(rows):
        position = make.position()
        agreement = make.agreement(parts={2016: 365}, agency=position.agency)
        agreement.positions.add(position)
        make.commitment(365, share=agreement.shares.get(), line=make.line(year=cast.year))
    client.force_login(cast.people["coordination"])
    with django_assert_max_num_queries(12):
        client.get(f"{PAGE}?jahr=2016&stichtag=2016-12-01")


def sheet(response):
    return load_workbook(BytesIO(response.content)).active


def test_the_export_of_the_lines_has_typed_sums(client, cast):
    rows = list(sheet(show(client, cast, "coordination", "?jahr=2016&format=xlsx")).values)
    assert rows[0][0].startswith("Haushaltsjahr 2016, alle Buchungen")
    assert rows[1][:3] == ("Produkt und Konto", "Zweck", "Ansatz")
    assert rows[2][2] == cast.line.bookings.get().amount
    assert str(rows[-1][2]).startswith("=SUM(")


def test_the_export_by_agency(client, cast):
    query = "?jahr=2016&nach=verband&format=xlsx"
    rows = list(sheet(show(client, cast, "coordination", query)).values)
    assert rows[2][:3] == ("AWO", 24000, 18000)


def test_an_agency_exports_its_own_row_only(client, cast):
    rows = list(sheet(show(client, cast, "lead", "?jahr=2016&format=xlsx")).values)
    assert [row[0] for row in rows[2:]] == ["AWO", "Summe"]
