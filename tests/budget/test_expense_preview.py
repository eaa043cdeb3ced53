from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.budget.models import Expense, ExpenseUpload
from tests import make

pytestmark = pytest.mark.django_db
TWO = make.EXPENSES + "15.01.2017;Gehalt Januar;Personalkosten;1.300,00\n"


@pytest.fixture
def upload(client, cast):
    client.force_login(cast.people["lead"])
    return make.expense_upload(TWO, agreement=cast.agreement, user=cast.people["lead"])


def address(upload):
    return reverse("budget:expense_preview", args=[upload.pk])


def confirm(client, upload, page, **typed):
    typed = {"plan": page.context["plan"].fingerprint, **typed}
    return client.post(address(upload), typed, follow=True)


def entered(cast):
    return Expense.objects.exclude(pk=cast.expense.pk)


def test_the_preview_says_what_would_be_entered(client, cast, upload):
    page = client.get(address(upload))
    text = page.content.decode()
    assert "Gehalt Januar" in text
    assert "2 Ausgaben über 2.534,50" in text
    assert not entered(cast).exists()


def test_confirmed_it_is_entered_and_listed(client, cast, upload):
    response = confirm(client, upload, client.get(address(upload)))
    assert "2 Ausgaben wurden eingetragen." in response.content.decode()
    assert {row.payee for row, _ in response.context["rows"]} >= {"Gehalt Juni", "Gehalt Januar"}
    assert entered(cast).count() == 2


def test_confirmed_twice_it_is_entered_once(client, cast, upload):
    page = client.get(address(upload))
    confirm(client, upload, page)
    response = confirm(client, upload, page)
    assert "Diese Datei wurde schon eingetragen." in response.content.decode()
    assert entered(cast).count() == 2
    assert client.get(address(upload)).status_code == 302


def test_mistakes_are_told_by_line_and_column_and_nothing_can_be_entered(client, cast, upload):
    wrong = make.expense_upload(
        TWO + "15.06.2018;x;Reisen;1,234.5\n", agreement=cast.agreement, user=upload.user
    )
    page = client.get(address(wrong))
    found = [(m.number, m.column, m.found) for m in page.context["mistakes"]]
    assert found == [
        (4, "Datum", "15.06.2018"),
        (4, "Kostenart", "Reisen"),
        (4, "Betrag", "1,234.5"),
    ]
    text = page.content.decode()
    assert "3 Zellen sind falsch" in text
    assert 'name="plan"' not in text
    response = confirm(client, wrong, page)
    assert "Es wurde nichts eingetragen" in response.content.decode()
    assert not entered(cast).exists()


def test_repeated_lines_need_a_tick(client, cast, upload):
    make.expense(
        share=cast.agreement.shares.first(), payee="Gehalt Juni", amount="1234.50",
        booked_on=upload.created_at.date().replace(2016, 6, 15),
    )  # fmt: skip
    page = client.get(address(upload))
    text = page.content.decode()
    assert "1 Zeile sieht aus wie eine, die schon da ist" in text
    assert 'name="repeated_too"' in text
    response = confirm(client, upload, page)
    assert "Häkchen" in response.content.decode()
    assert entered(cast).count() == 1
    confirm(client, upload, page, repeated_too="1")
    assert entered(cast).count() == 3


def test_what_changed_meanwhile_is_shown_before_it_is_entered(client, cast, upload):
    page = client.get(address(upload))
    cast.agreement.shares.filter(year__year=2017).update(cost_kind="material")
    response = confirm(client, upload, page)
    assert "nichts eingetragen" in response.content.decode()
    assert "kein Geld dieser Kostenart" in response.content.decode()
    assert not entered(cast).exists()


def test_only_the_uploader_within_reach_looks_through_it(client, cast, upload):
    page = client.get(address(upload))
    for who in ("coordination", "other_lead"):
        client.force_login(cast.people[who])
        assert client.get(address(upload)).status_code == 404
        assert confirm(client, upload, page).status_code == 404
    client.force_login(cast.people["lead"])
    cast.people["lead"].memberships.update(agency=cast.other_agency)
    assert confirm(client, upload, page).status_code == 404
    assert not entered(cast).exists()


def test_a_file_waits_for_a_day(client, upload):
    ExpenseUpload.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert client.get(address(upload)).status_code == 404


@pytest.mark.parametrize("rows", [1, 20, 700])
def test_the_preview_costs_the_same_however_long_the_file(
    client, cast, upload, django_assert_max_num_queries, rows
):
    lines = "".join(f"15.06.2016;Beleg {n};Personalkosten;1,00\n" for n in range(rows))
    long = make.expense_upload(TWO + lines, agreement=cast.agreement, user=upload.user)
    with django_assert_max_num_queries(12):
        page = client.get(address(long))
    assert ("und 202 weitere" in page.content.decode()) == (rows == 700)
