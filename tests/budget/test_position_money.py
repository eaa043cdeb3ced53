"""From a position back to the money, and on to the districts it serves."""

import pytest
from django.urls import reverse

from tests import make

pytestmark = pytest.mark.django_db


def test_it_names_the_agreement_and_the_districts(client, cast):
    client.force_login(cast.people["lead"])
    text = client.get(reverse("budget:position_money", args=[cast.position.pk])).text
    assert reverse("budget:agreement_detail", args=[cast.agreement.pk]) in text
    assert "18.000,00" in text


def test_the_position_links_to_its_funding(client, cast):
    client.force_login(cast.people["lead"])
    text = client.get(reverse("agencies:position_detail", args=[cast.position.pk])).text
    assert reverse("budget:position_money", args=[cast.position.pk]) in text


def test_a_position_without_agreement_says_so(client, cast):
    client.force_login(cast.people["coordination"])
    text = client.get(reverse("budget:position_money", args=[make.position().pk])).text
    assert "Keine Vereinbarung nennt diese Stelle." in text


@pytest.mark.parametrize("rows", [1, 20])
def test_it_costs_the_same_however_many_agreements(
    client, cast, django_assert_max_num_queries, rows
):
    for _ in range(rows):
        make.agreement(agency=cast.agency).positions.add(cast.position)
    client.force_login(cast.people["coordination"])
    with django_assert_max_num_queries(8):
        client.get(reverse("budget:position_money", args=[cast.position.pk]))
