from datetime import date

import pytest
from django.urls import reverse

from coordination.audit.models import Entry
from coordination.budget.models import Payout
from tests import make
from tests.people.desks import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day(settings):
    settings.PORTAL_DAY = date(2016, 6, 1)


@pytest.fixture
def city(client):
    client.force_login(make.user("coordination"))
    return client


def url(commitment):
    return reverse("budget:payout_plan", args=[commitment.pk])


def rows(*instalments, seen="24000.00"):
    typed = {"seen": seen}
    for number, (due_on, amount) in enumerate(instalments, 1):
        typed |= {f"due_on_{number}": due_on, f"amount_{number}": amount}
    return typed


def errors(response):
    return response.context["form"].errors


def test_the_proposal_can_be_sent_as_it_is(city):
    commitment = make.commitment(24_000)
    form = city.get(url(commitment)).context["form"]
    typed = {field.html_name: field.subwidgets[0].data["value"] or "" for field in form}
    assert typed["amount_1"] == "12.000,00"
    response = city.post(url(commitment), typed, follow=True)
    assert "2 Abschläge sind geplant." in response.text
    assert [(row.due_on, row.planned) for row in Payout.objects.all()] == [
        (date(2016, 8, 15), 12_000),
        (date(2016, 11, 15), 12_000),
    ]
    assert [row.payout.planned for row in response.context["rows"]] == [12_000, 12_000]


def test_too_much_is_refused_with_what_is_left_and_nothing_is_lost(city):
    commitment = make.commitment(24_000)
    typed = rows(("01.07.2016", "20.000"), ("01.08.2016", "4.000,01"))
    response = city.post(url(commitment), typed)
    assert errors(response)["__all__"] == [
        "Die Abschläge ergeben 24.000,01\xa0€; noch nicht geplant sind nur 24.000,00\xa0€."
    ]
    assert 'value="4.000,01"' in response.text
    assert not Payout.objects.exists()


@pytest.mark.parametrize(
    ("due_on", "amount", "field", "message"),
    [
        ("01.07.2016", "0,005", "amount_2", "Ein Betrag hat ganze Cent"),
        ("01.07.2016", "-1", "amount_2", "mindestens 0,01"),
        ("01.07.2016", "0", "amount_2", "mindestens 0,01"),
        ("01.07.2016", "1e9", "amount_2", "ist kein Betrag"),
        ("01.07.2016", "1.234,5.6", "amount_2", "ist kein Betrag"),
        ("01.07.2016", "", "amount_2", "Bitte geben Sie auch den Betrag ein."),
        ("", "100", "due_on_2", "Bitte geben Sie auch den Tag ein."),
        ("31.02.2016", "100", "due_on_2", "ist kein Datum"),
        ("01.01.2017", "100", "due_on_2", "liegt nicht im Haushaltsjahr 2016"),
    ],
)
def test_what_is_wrong_is_told_in_its_row(city, due_on, amount, field, message):
    commitment = make.commitment(24_000)
    response = city.post(url(commitment), rows(("01.07.2016", "1.000"), (due_on, amount)))
    assert message in errors(response)[field][0]
    assert 'value="1.000"' in response.text
    assert f'href="#id_{field}"' in response.text
    assert not Payout.objects.exists()


def test_a_wrong_day_is_told_in_its_row_though_rows_before_are_empty(city):
    commitment = make.commitment(24_000)
    typed = rows(("", ""), ("01.07.2016", "1"), ("", ""), ("01.01.2017", "1"))
    assert [*errors(city.post(url(commitment), typed))] == ["due_on_4"]


def test_no_row_is_no_plan(city):
    response = city.post(url(make.commitment(24_000)), rows())
    assert errors(response)["__all__"] == ["Bitte geben Sie mindestens einen Abschlag ein."]


def test_the_second_click_plans_nothing_more(city):
    commitment, typed = make.commitment(24_000), rows(("01.07.2016", "1.000"))
    city.post(url(commitment), typed)
    response = city.post(url(commitment), typed)
    assert "Der Plan hat sich inzwischen geändert." in errors(response)["__all__"][0]
    assert Payout.objects.count() == 1
    # Whoever looks and sends it again means it.
    again = {**typed, "seen": response.context["form"]["seen"].value()}
    city.post(url(commitment), again)
    assert Payout.objects.count() == 2


def test_a_form_that_never_saw_the_plan_plans_nothing(city):
    city.post(url(make.commitment(24_000)), rows(("01.07.2016", "1.000"), seen=""))
    assert not Payout.objects.exists()


def test_where_all_is_planned_it_is_said(city):
    commitment = make.commitment(6_000)
    make.payout(commitment=commitment)
    assert "Die ganze Bindung ist verplant." in city.get(url(commitment)).text


def test_it_costs_the_same_with_many_instalments(city, django_assert_max_num_queries):
    commitment = make.commitment()
    for _ in range(20):
        make.payout(commitment=commitment, amount=10)
    with django_assert_max_num_queries(12):
        city.get(url(commitment))


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twenty_times_at_once_counts_once(client):
    commitment = make.commitment(24_000)
    client.force_login(make.user("coordination"))
    desks = [type(client)() for _ in range(20)]
    for desk in desks:
        desk.cookies = client.cookies.copy()
    send = [
        lambda desk=desk: desk.post(url(commitment), rows(("01.07.2016", "1.000"))).status_code
        for desk in desks
    ]
    assert sorted(at_once(send)) == [200] * 19 + [302]
    assert (Payout.objects.count(), Entry.objects.count()) == (1, 1)
