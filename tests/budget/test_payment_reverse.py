from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.audit.models import Entry
from coordination.budget.models import Commitment, Payment, Payout
from tests import make
from tests.people.desks import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day(settings):
    settings.PORTAL_DAY = date(2016, 12, 1)


@pytest.fixture
def city(client):
    client.person = make.user("coordination")
    client.force_login(client.person)
    return client


def url(payment):
    return reverse("budget:payment_reverse", args=[payment.pk])


def errors(response):
    return response.context["form"].errors


TYPED = {"booked_on": "01.07.2016", "reason": "Konto erloschen"}


def test_a_reversal_gives_the_money_back_to_the_commitment(city):
    payment = make.payout("paid").payments.get()
    text = city.get(url(payment)).text
    assert f"6.000,00\xa0€ am 01.06.2016, Kassenzeichen {payment.cash_reference}" in text
    response = city.post(url(payment), TYPED, follow=True)
    assert "Die Zahlung ist storniert." in response.text
    assert "Konto erloschen" in response.text
    assert Payout.objects.get().status == "reversed"
    assert Commitment.objects.with_sums().get().drawable == 24_000


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"booked_on": "31.05.2016"}, "booked_on", "vor der Auszahlung am 01.06.2016"),
        ({"booked_on": "02.12.2016"}, "booked_on", "Zukunft"),
        ({"booked_on": "01.01.2017"}, "booked_on", "nicht im Haushaltsjahr 2016"),
        ({"booked_on": "gestern"}, "booked_on", "ist kein Datum"),
        ({"reason": ""}, "reason", "Dieses Feld"),
        ({"reason": "x" * 501}, "reason", "500"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(city, typed, field, message):
    payment = make.payout("paid").payments.get()
    response = city.post(url(payment), {**TYPED, **typed})
    assert message in errors(response)[field][0]
    assert Payment.objects.count() == 1


def test_the_second_click_says_that_it_is_done(city):
    payment = make.payout("paid").payments.get()
    city.post(url(payment), TYPED)
    assert "Das haben Sie schon erledigt" in city.post(url(payment), TYPED, follow=True).text
    assert Payment.objects.count() == 2


def test_a_reversal_cannot_be_reversed(city):
    reversal = make.payout("reversed").payments.exclude(reverses=None).get()
    assert city.get(url(reversal)).status_code == 404


def test_a_closed_year_keeps_its_payments(city):
    payment = make.payout("paid").payments.get()
    year = payment.payout.commitment.line.year
    year.closed_at = timezone.now()
    year.save()
    response = city.post(url(payment), TYPED)
    assert "Das Haushaltsjahr 2016 ist abgeschlossen." in errors(response)["__all__"][0]
    assert Payment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twenty_times_at_once_counts_once(client):
    payment = make.payout("paid").payments.get()
    client.force_login(make.user("coordination"))
    desks = [type(client)() for _ in range(20)]
    for desk in desks:
        desk.cookies = client.cookies.copy()
    send = [lambda desk=desk: desk.post(url(payment), TYPED).status_code for desk in desks]
    assert set(at_once(send)) == {302}
    assert (Payment.objects.count(), Entry.objects.count()) == (2, 1)
