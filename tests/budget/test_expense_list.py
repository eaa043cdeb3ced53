import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from coordination.budget import expenses
from coordination.budget.models import Expense
from coordination.money import euro
from tests import make

pytestmark = pytest.mark.django_db
URL = "/haushalt/ausgaben/"


def page(client, **query):
    return client.get(URL, query)


def listed(client, **query):
    return [row.payee for row, _ in page(client, **query).context["rows"]]


@pytest.fixture
def lead(client, cast):
    client.force_login(cast.people["lead"])
    return client


@pytest.fixture
def coordination(client, cast):
    client.force_login(cast.people["coordination"])
    return client


@pytest.fixture
def several(cast):
    """Three of the AWO beside the one of the cast, one of the DRK."""
    first, second = cast.agreement.shares.all()
    make.expense(share=first, payee="Bäckerei Übermut", amount=100, booked_on=date(2016, 7, 1))
    make.expense(share=first, payee="Büromaterial", amount=20, booked_on=date(2016, 8, 1))
    make.expense(share=second, payee="Gehalt 2017", amount=3, booked_on=date(2017, 1, 1))
    other = make.agreement(agency=cast.other_agency).shares.get()
    make.expense(share=other, payee="Fremdes", amount=7)


def test_the_newest_comes_first_with_number_and_sum(lead, several, cast):
    answer = page(lead)
    names = ["Gehalt 2017", "Büromaterial", "Bäckerei Übermut", cast.expense.payee]
    assert [row.payee for row, _ in answer.context["rows"]] == names
    text = answer.content.decode()
    assert f"4 Ausgaben, zusammen {euro(Decimal(623))}" in text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"suche": "bäckerei ÜBER"}, ["Bäckerei Übermut"]),
        ({"suche": "fremdes"}, []),
        ({"jahr": "2017"}, ["Gehalt 2017"]),
        ({"von": "01.07.2016", "bis": "31.07.2016"}, ["Bäckerei Übermut"]),
        ({"kostenart": "fees"}, []),
        ({"kostenart": "staff", "jahr": "2017"}, ["Gehalt 2017"]),
        ({"von": "01.08.2016", "sortierung": "betrag"}, ["Gehalt 2017", "Büromaterial"]),
        ({"von": "01.07.2016", "sortierung": "empfaenger"},
         ["Bäckerei Übermut", "Büromaterial", "Gehalt 2017"]),
    ],
)  # fmt: skip
def test_the_list_can_be_narrowed_and_sorted(lead, several, query, names):
    assert listed(lead, **query) == names


def test_agency_and_agreement_narrow_what_the_coordination_sees(coordination, several, cast):
    assert len(listed(coordination)) == 5
    assert listed(coordination, verband=cast.other_agency.pk) == ["Fremdes"]
    assert len(listed(coordination, vereinbarung=cast.agreement.pk)) == 4


def test_a_wrong_filter_is_told_at_its_field(lead):
    answer = page(lead, von="31.02.2016", jahr="1999", verband="x")
    assert set(answer.context["filter"].form.errors) == {"von", "jahr", "verband"}


def test_an_agency_cannot_choose_anothers_agreement(lead, cast):
    other = make.agreement(agency=cast.other_agency, reference="DRK-geheim")
    assert "DRK-geheim" not in page(lead).content.decode()
    assert "vereinbarung" in page(lead, vereinbarung=other.pk).context["filter"].form.errors


def test_a_reversed_one_is_struck_with_who_and_why_and_counts_no_more(lead, cast):
    expenses.reverse(cast.expense, reason="Zahlendreher", by=cast.people["lead"])
    answer = page(lead)
    text = answer.content.decode()
    assert f"<s>{cast.expense.payee}</s>" in text
    assert "Zahlendreher" in text
    assert str(cast.people["lead"]) in text
    assert f"0 Ausgaben, zusammen {euro(Decimal(0))}" in text
    assert "1 storniert" in text
    assert len(answer.context["rows"]) == 1
    assert reverse("budget:expense_reverse", args=[cast.expense.pk]) not in text


def test_what_is_in_a_closed_year_offers_no_reversal(lead, cast):
    link = reverse("budget:expense_reverse", args=[cast.expense.pk])
    assert link in page(lead).content.decode()
    cast.year.closed_at = timezone.now()
    cast.year.save()
    assert link not in page(lead).content.decode()


def test_who_only_reads_is_offered_nothing_to_enter(client, cast):
    client.force_login(cast.people["audit"])
    text = page(client, verband=cast.agency.pk).content.decode()
    assert "stornieren" not in text
    assert reverse("budget:expense_create", args=[cast.agreement.pk]) not in text


def test_a_lead_is_offered_the_own_agreements_the_coordination_those_it_filters(client, cast):
    other = make.agreement(agency=cast.other_agency)
    client.force_login(cast.people["lead"])
    assert [row for row, _ in page(client).context["offers"]] == [cast.agreement]
    client.force_login(cast.people["coordination"])
    assert page(client).context["offers"] == []
    chosen = page(client, verband=cast.other_agency.pk).context["offers"]
    assert [row for row, _ in chosen] == [other]


def test_an_agreement_whose_years_are_all_closed_is_not_offered(lead, cast):
    make.agreement(agency=cast.agency, parts={2015: 100})
    assert [row for row, _ in page(lead).context["offers"]] == [cast.agreement]


def test_still_to_declare_is_what_was_paid_and_not_entered(lead):
    ((row, left),) = page(lead).context["offers"]
    assert (row.paid, row.declared, left) == (3_000, 500, 2_500)


def test_a_receipt_can_be_opened(lead, cast):
    document = make.document(expense=cast.expense, name="beleg.pdf")
    assert reverse("budget:document_download", args=[document.pk]) in page(lead).content.decode()


def test_the_workbook_has_both_bookings_and_a_sum_that_agrees_with_the_page(lead, several, cast):
    expenses.reverse(cast.expense, reason="Zahlendreher", by=cast.people["lead"])
    answer = page(lead, format="xlsx", jahr="2016")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.values)
    assert "Haushaltsjahr: 2016" in rows[0][0]
    place = rows[1].index("Betrag in Euro")
    amounts = [row[place] for row in rows[2:-1]]
    assert sorted(amounts) == [-500, 20, 100, 500]
    assert rows[-1][place] == f"=SUM(G3:G{len(rows) - 1})"
    assert page(lead, jahr="2016").context["sums"]["amount"] == sum(amounts)
    status = rows[1].index("Status")
    assert {row[status] for row in rows[2:-1]} == {"storniert", "Storno", ""}


def test_the_csv_opens_in_a_german_excel(lead, several):
    text = page(lead, format="csv").content.decode("utf-8-sig")
    assert "01.07.2016;AWO;" in text
    assert ";100,00;" in text
    assert "Fremdes" not in text


def test_the_pages_follow_each_other(lead, cast):
    share = cast.agreement.shares.first()
    for number in range(60):
        make.expense(share=share, payee=f"Nr. {number:02}", booked_on=date(2016, 5, 1))
    first = page(lead)
    following = lead.get(URL + first.context["page"].next)
    seen = [row.pk for row, _ in [*first.context["rows"], *following.context["rows"]]]
    assert len(seen) == len(set(seen)) == Expense.objects.count()
    assert (
        lead.get(URL + following.context["page"].previous).context["rows"]
        == (first.context["rows"])
    )


@pytest.mark.parametrize("order", ["betrag", "-empfaenger", "verband", "datum"])
def test_every_order_has_a_second_page(lead, cast, order):
    share = cast.agreement.shares.first()
    for number in range(60):
        make.expense(share=share, amount=number + 1)
    first = page(lead, sortierung=order)
    assert len(lead.get(URL + first.context["page"].next).context["rows"]) == 11


@pytest.mark.parametrize("who", ["coordination", "lead"])
@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(
    client, cast, django_assert_max_num_queries, who, rows
):
    for _ in range(rows):
        agreement = make.agreement(agency=cast.agency)
        expense = make.expense(share=agreement.shares.get())
        make.document(expense=expense)
        expenses.reverse(
            make.expense(share=agreement.shares.get()), reason="x", by=cast.people["lead"]
        )
    client.force_login(cast.people[who])
    with django_assert_max_num_queries(12):
        page(client, verband=cast.agency.pk)
