from decimal import Decimal

import pytest
from django.urls import reverse

from coordination.budget.models import BudgetLine, LineBooking
from coordination.editing import fingerprint
from tests import make
from tests.agencies.test_agency_pages import signed_in, text

__all__ = ["signed_in"]
EURO = "\N{NO-BREAK SPACE}€"
# What nobody books: typed, and what the field says.
BAD_AMOUNTS = [
    ("0,005", "ganze Cent"),
    ("1000000000", "höchstens 999.999.999,99"),
    ("1.234,5.6", "„1.234,5.6“ ist kein Betrag"),
    ("1,234.50", "„1,234.50“ ist kein Betrag"),
    ("1.23,4", "„1.23,4“ ist kein Betrag"),
    ("viel", "„viel“ ist kein Betrag"),
    ("", "zwingend"),
]


def address(page, row=None):
    return reverse(f"budget:{page}", args=[row.pk] if row else [])


def sums(line):
    return BudgetLine.objects.with_sums().get(pk=line.pk)


def seen(client, url):
    return client.get(url).context["form"]["seen"].value()


def test_a_line_shows_its_sums_and_where_its_money_comes_from_and_goes(signed_in, cast):
    other = make.line(title="Honorare")
    make.line_booking(line=cast.line, kind="move", amount=-500, partner=other, reason="Bedarf")
    page = text(signed_in("audit").get(address("line_detail", cast.line)))
    for amount in ("100.000,00", "99.500,00", "18.000,00", "81.500,00", "3.000,00"):
        assert amount + EURO in page
    assert "\N{MINUS SIGN}500,00" + EURO in page
    for name, row in [
        ("line_detail", other),
        ("commitment_detail", cast.commitment),
        ("agreement_detail", cast.agreement),
        ("allocation_detail", cast.allocation),
    ]:
        assert f'href="{address(name, row)}' in page
    assert address("line_supplement", cast.line) not in page


def test_a_line_of_a_closed_year_offers_no_act(signed_in, cast):
    line = make.line(year=cast.closed_year)
    make.funding(line=line, allocation=make.allocation(year=cast.closed_year))
    page = text(signed_in("coordination").get(address("line_detail", line)))
    for act in ("nachtrag", "umbuchen", "bearbeiten", "stornieren"):
        assert f"/{act}/" not in page
    assert "abgeschlossen" in page


@pytest.mark.parametrize("rows", [1, 20])
def test_a_line_costs_the_same_whatever_hangs_on_it(
    signed_in, cast, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        make.commitment(100, line=cast.line)
        make.line_booking(line=cast.line, kind="move", amount=1, partner=make.line())
        funding = make.funding(1, line=cast.line)
        make.funding(-1, line=cast.line, allocation=funding.allocation, reverses=funding)
    client = signed_in("coordination")
    with django_assert_max_num_queries(12):
        client.get(address("line_detail", cast.line))


def new(cast, **fields):
    wanted = {"product": "31.13.01", "account": "531800", "title": "Neu", "planned": "1.234,50"}
    return {"year": cast.year.pk, **wanted, **fields}


def test_the_coordination_creates_a_line_once(signed_in, cast):
    client, url = signed_in("coordination"), address("line_create")
    assert client.get(url, {"jahr": "2017"}).context["form"].initial["year"].year == 2017
    answer = client.post(url, new(cast), follow=True)
    assert "Die Haushaltsstelle 31.13.01.531800 Neu (2016) ist angelegt." in text(answer)
    assert sums(BudgetLine.objects.get(title="Neu")).planned == Decimal("1234.50")
    again = client.post(url, new(cast))
    assert "schon eine Haushaltsstelle mit diesem Produkt" in text(again)
    assert BudgetLine.objects.filter(title="Neu").count() == 1


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        *[("planned", typed, says) for typed, says in BAD_AMOUNTS],
        ("planned", "-1", "mindestens 0,00"),
        ("product", "", "zwingend"),
        ("product", "x" * 21, "höchstens 20 Zeichen"),
        ("year", "999999999999999999999", "offenes Haushaltsjahr"),
    ],
)
def test_bad_lines_are_refused_at_their_field_and_kept(signed_in, cast, field, typed, says):
    answer = signed_in("coordination").post(address("line_create"), new(cast, **{field: typed}))
    assert says in answer.context["form"].errors[field][0]
    assert answer.context["form"][field].value() == typed
    assert not BudgetLine.objects.filter(title="Neu").exists()


def test_no_line_is_created_in_a_closed_year(signed_in, cast):
    data = new(cast, year=cast.closed_year.pk)
    errors = signed_in("coordination").post(address("line_create"), data).context["form"].errors
    assert "abgeschlossenes ändert sich nicht" in errors["year"][0]


def test_a_line_gets_another_purpose_unless_somebody_else_gave_it_one(signed_in, cast):
    client, url = signed_in("coordination"), address("line_edit", cast.line)
    mark = fingerprint(cast.line, ["title"])
    client.post(url, {"title": "Quartiersarbeit", "seen": mark, "reason": ""})
    assert BudgetLine.objects.get(pk=cast.line.pk).title == "Quartiersarbeit"
    answer = client.post(url, {"title": "Anders", "seen": mark, "reason": ""})
    assert "Quartiersarbeit" in str(answer.context["form"].non_field_errors())
    assert 'value="Anders"' in text(answer)


def booking(client, url, **fields):
    data = {"amount": "250,00", "booked_on": "2016-06-01", "reason": "Nachtrag"}
    return {"seen": seen(client, url), **data, **fields}


def test_a_supplement_is_booked_once_however_often_it_is_sent(signed_in, cast):
    client, url = signed_in("coordination"), address("line_supplement", cast.line)
    data = booking(client, url)
    answer = client.post(url, data, follow=True)
    assert f"250,00{EURO} sind als Nachtrag gebucht." in text(answer)
    again = client.post(url, data)
    assert "sind hier 250,00" in text(again)
    assert 'value="250,00"' in text(again)
    assert sums(cast.line).supplements == 250
    client.post(url, {**data, "seen": again.context["form"]["seen"].value()})
    assert sums(cast.line).supplements == 500


def test_a_form_without_its_mark_books_nothing(signed_in, cast):
    url = address("line_supplement", cast.line)
    data = {"amount": "250,00", "booked_on": "2016-06-01", "reason": "Nachtrag"}
    assert signed_in("coordination").post(url, data).status_code == 200
    assert sums(cast.line).supplements == 0


def test_a_supplement_may_take_away_what_is_free(signed_in, cast):
    client, url = signed_in("coordination"), address("line_supplement", cast.line)
    answer = client.post(url, booking(client, url, amount="-82.000,01"))
    assert f"nur noch 82.000,00{EURO} frei" in answer.context["form"].errors["amount"][0]
    assert 'value="-82.000,01"' in text(answer)
    client.post(url, booking(client, url, amount="-82.000"))
    assert sums(cast.line).free == 0


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        *[("amount", typed, says) for typed, says in BAD_AMOUNTS],
        ("amount", "0", "anderen Betrag als 0"),
        ("booked_on", "01.01.2017", "01.01.2017 liegt nicht im Haushaltsjahr 2016."),
        ("booked_on", "gestern", "„gestern“ ist kein Datum"),
        ("reason", "", "zwingend"),
    ],
)
def test_bad_supplements_are_refused_at_their_field_and_kept(signed_in, cast, field, typed, says):
    client, url = signed_in("coordination"), address("line_supplement", cast.line)
    answer = client.post(url, booking(client, url, **{field: typed}))
    assert list(answer.context["form"].errors) == [field]
    assert says in answer.context["form"].errors[field][0]
    assert answer.context["form"][field].value() == typed
    assert sums(cast.line).supplements == 0


def test_money_is_moved_once_to_a_line_of_the_same_year(signed_in, cast):
    other, later = make.line(0), make.line(year=make.year(2017))
    client, url = signed_in("coordination"), address("line_move", cast.line)
    offered = client.get(url).context["form"].fields["to"].queryset
    assert set(offered) == {other}
    data = booking(client, url, to=other.pk)
    answer = client.post(url, data, follow=True)
    assert "sind umgeschichtet auf" in text(answer)
    client.post(url, data)
    assert (sums(cast.line).moved, sums(other).moved) == (-250, 250)
    refused = client.post(url, booking(client, url, to=later.pk))
    assert "desselben Jahres" in refused.context["form"].errors["to"][0]


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        *[("amount", typed, says) for typed, says in BAD_AMOUNTS],
        ("amount", "-1", "mindestens 0,01"),
        ("amount", "82.000,01", f"nur noch 82.000,00{EURO} frei"),
        ("booked_on", "31.12.2015", "31.12.2015 liegt nicht im Haushaltsjahr 2016."),
        ("reason", " ", "zwingend"),
    ],
)
def test_bad_moves_are_refused_at_their_field_and_kept(signed_in, cast, field, typed, says):
    other = make.line(0)
    client, url = signed_in("coordination"), address("line_move", cast.line)
    answer = client.post(url, booking(client, url, to=other.pk, **{field: typed}))
    assert says in answer.context["form"].errors[field][0]
    assert answer.context["form"][field].value() == typed
    assert not LineBooking.objects.filter(kind="move").exists()


@pytest.mark.parametrize("page", ["line_supplement", "line_move"])
def test_nothing_is_booked_in_a_closed_year(signed_in, cast, page):
    line, other = make.line(year=cast.closed_year), make.line(year=cast.closed_year)
    client, url = signed_in("coordination"), address(page, line)
    data = booking(client, url, booked_on="2015-06-01", to=other.pk)
    answer = client.post(url, data)
    assert "2015 ist abgeschlossen" in str(answer.context["form"].errors)
    assert LineBooking.objects.filter(line__in=[line, other]).count() == 2
