"""What the change log says of money, and to whom."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from coordination.budget import agreements
from tests import make

pytestmark = pytest.mark.django_db
LOG = reverse("audit:entry_list")


@pytest.fixture
def agreement(cast):
    return agreements.create(
        agency=cast.agency,
        reference="50.2016-99",
        kind="material",
        subject="Druckkosten",
        starts_on=date(2016, 4, 1),
        ends_on=date(2017, 3, 31),
        amount=Decimal("4321.00"),
        by=cast.people["coordination"],
    )


@pytest.mark.parametrize("query", ["", "?art=budget.agreement", "?format=csv", "?format=xlsx"])
def test_the_log_tells_of_an_agreement_and_its_split(client, cast, agreement, query):
    client.force_login(cast.people["coordination"])
    response = client.get(LOG + query)
    assert response.status_code == 200
    if "xlsx" not in query:
        text = response.content.decode()
        assert "4.321,00" in text
        assert "Jahresanteile" in text


def test_the_page_of_the_agreement_leads_there(client, cast, agreement):
    client.force_login(cast.people["lead"])
    page = client.get(reverse("budget:agreement_detail", args=[agreement.pk])).text
    address = f"{LOG}?objekt=budget.agreement:{agreement.pk}"
    assert address in page
    assert "4.321,00" in client.get(address).text


def test_a_caseworker_reads_nothing_of_money_there(client, cast, agreement):
    client.force_login(cast.people["worker"])
    for query in ("", f"?objekt=budget.agreement:{agreement.pk}", "?format=csv"):
        text = client.get(LOG + query).content.decode()
        assert "4.321,00" not in text
        assert "50.2016-99" not in text


def test_another_agency_reads_nothing_of_it(client, cast, agreement):
    client.force_login(cast.people["other_lead"])
    assert "50.2016-99" not in client.get(LOG).text


def test_from_a_district_the_position_is_one_click(client, cast):
    make.assignment(position=cast.position, district=cast.district)
    client.force_login(cast.people["lead"])
    address = reverse("agencies:district_detail", args=[cast.district.pk])
    page = client.get(f"{address}?stichtag=2016-12-01").text
    assert reverse("agencies:position_detail", args=[cast.position.pk]) in page
