import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.budget.models import Expense
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(client, cast):
    client.force_login(cast.people["lead"])
    return reverse("budget:expense_reverse", args=[cast.expense.pk])


def test_an_expense_is_reversed_with_its_reason(client, cast, url):
    response = client.post(url, {"reason": "Zahlendreher"}, follow=True)
    reversal = Expense.objects.get(reverses=cast.expense)
    assert (reversal.amount, reversal.reason, reversal.by) == (
        -cast.expense.amount,
        "Zahlendreher",
        cast.people["lead"],
    )
    assert "Die Ausgabe wurde storniert." in response.content.decode()
    assert "Zahlendreher" in response.content.decode()


def test_without_a_reason_nothing_is_reversed(client, cast, url):
    response = client.post(url, {"reason": " "})
    assert "reason" in response.context["form"].errors
    assert Expense.objects.count() == 1


def test_sent_twice_it_is_reversed_once(client, cast, url):
    client.post(url, {"reason": "x"})
    response = client.post(url, {"reason": "y"})
    assert "bereits storniert" in str(response.context["form"].errors)
    assert Expense.objects.count() == 2
    assert "wurde schon storniert" in client.get(url).content.decode()


def test_a_closed_year_keeps_its_expenses(client, cast, url):
    cast.year.closed_at = timezone.now()
    cast.year.save()
    response = client.post(url, {"reason": "x"})
    assert "abgeschlossen" in str(response.context["form"].errors)
    assert Expense.objects.count() == 1


def test_a_reversal_is_not_there_to_be_reversed(client, cast, url):
    client.post(url, {"reason": "x"})
    reversal = Expense.objects.get(reverses=cast.expense)
    own = reverse("budget:expense_reverse", args=[reversal.pk])
    assert client.get(own).status_code == client.post(own, {"reason": "x"}).status_code == 404


def test_anothers_expense_is_not_there(client, cast, url):
    other = make.expense(share=make.agreement(agency=cast.other_agency).shares.get())
    own = reverse("budget:expense_reverse", args=[other.pk])
    assert client.post(own, {"reason": "x"}).status_code == 404
    assert not Expense.objects.filter(reverses=other).exists()
