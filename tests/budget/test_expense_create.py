from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from coordination.as_of import today
from coordination.budget.models import Document, Expense
from tests import make

pytestmark = pytest.mark.django_db
TYPED = {
    "booked_on": "15.06.2016",
    "payee": "Gehalt  Juni",
    "cost_kind": "staff",
    "amount": "1.234,50",
}


@pytest.fixture
def url(client, cast):
    client.force_login(cast.people["lead"])
    return reverse("budget:expense_create", args=[cast.agreement.pk])


def entered(cast):
    return Expense.objects.exclude(pk=cast.expense.pk)


def errors(client, url, cast, **typed):
    """What the form says to this; nothing is entered and what was typed is still there."""
    response = client.post(url, {**TYPED, **typed})
    assert not entered(cast).exists()
    form = response.context["form"]
    for name, value in typed.items():
        if isinstance(value, str):
            assert form[name].value() == value
    return {name: " ".join(texts) for name, texts in form.errors.items()}


def test_an_expense_is_entered_and_the_next_one_offered(client, cast, url):
    response = client.post(url, TYPED, follow=True)
    expense = entered(cast).get()
    assert (expense.payee, str(expense.amount), expense.by) == (
        "Gehalt Juni",
        "1234.50",
        cast.people["lead"],
    )
    assert expense.share.year.year == 2016
    text = response.content.decode()
    assert "Eingetragen: 15.06.2016 Gehalt Juni, 1.234,50" in text
    assert "Zuletzt eingetragen" in text
    form = response.context["form"]
    assert str(form["booked_on"].value()) == "2016-06-15"
    assert form["payee"].value() is None


def test_a_receipt_is_kept_with_the_expense(client, cast, url):
    receipt = SimpleUploadedFile("Beleg 1.PDF", make.PDF)
    client.post(url, {**TYPED, "receipt": receipt})
    document = Document.objects.get(expense=entered(cast).get())
    assert (document.name, document.media_type) == ("Beleg 1.pdf", "application/pdf")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"amount": "0,005"}, "ganze Cent"),
        ({"amount": "-1"}, "mindestens 0,01"),
        ({"amount": "0"}, "mindestens 0,01"),
        ({"amount": "1e9"}, "ist kein Betrag"),
        ({"amount": "1000000000"}, "höchstens"),
        ({"amount": "9" * 30}, "höchstens"),
        ({"amount": "1.234,5.6"}, "ist kein Betrag"),
        ({"amount": "1,234.50"}, "ist kein Betrag"),
        ({"amount": "NaN"}, "ist kein Betrag"),
        ({"booked_on": "31.12.2015"}, "läuft vom 01.01.2016 bis zum 31.12.2017"),
        ({"booked_on": "01.01.2018"}, "läuft vom 01.01.2016 bis zum 31.12.2017"),
        ({"booked_on": "31.02.2016"}, "ist kein Datum"),
        ({"cost_kind": "fees"}, "Auswahl"),
        ({"payee": "   "}, ""),
        ({"payee": "x" * 201}, "200"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, cast, url, typed, message):
    (name,) = typed
    found = errors(client, url, cast, **typed)
    assert list(found) == [name]
    assert message in found[name]


def test_a_day_to_come_a_closed_year_and_a_kind_without_money_are_said_at_their_field(
    client, cast, url
):
    now = today()
    agreement = make.agreement(agency=cast.agency, parts={now.year: 10, now.year + 1: 10})
    own = reverse("budget:expense_create", args=[agreement.pk])
    tomorrow = (now + timedelta(days=1)).strftime("%d.%m.%Y")
    assert "Zukunft" in errors(client, own, cast, booked_on=tomorrow)["booked_on"]
    cast.agreement.shares.filter(year__year=2016).update(cost_kind="material")
    assert "kein Geld dieser Kostenart" in errors(client, url, cast, cost_kind="staff")["cost_kind"]
    cast.year.closed_at = timezone.now()
    cast.year.save()
    assert "abgeschlossen" in errors(client, url, cast, cost_kind="material")["booked_on"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rechnung.pdf", b"MZ\x90\x00 a program", "Nur PDF-Dateien und Bilder"),
        ("rechnung.pdf", b"", "leer"),
        ("rechnung.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Nur PDF-Dateien"),
    ],
)
def test_a_receipt_that_is_none_is_refused_and_must_be_chosen_again(
    client, cast, url, name, content, message
):
    response = client.post(url, {**TYPED, "receipt": SimpleUploadedFile(name, content)})
    assert not entered(cast).exists()
    form = response.context["form"]
    assert message in form.errors["receipt"][0]
    assert form["payee"].value() == TYPED["payee"]
    assert "Bitte wählen Sie den Beleg noch einmal aus" in response.content.decode()


def test_a_receipt_beyond_ten_megabytes_is_refused(client, cast, url, settings):
    settings.DOCUMENT_MAX_BYTES = 50
    found = errors(client, url, cast, receipt=SimpleUploadedFile("r.pdf", make.PDF))
    assert "höchstens" in found["receipt"]


def test_the_same_entry_sent_twice_counts_once(client, cast, url):
    client.post(url, TYPED)
    response = client.post(url, TYPED)
    assert entered(cast).count() == 1
    text = response.content.decode()
    assert "Das ist schon eingetragen" in text
    assert 'type="checkbox" name="again"' in text


def test_a_like_one_is_entered_once_for_each_tick(client, cast, url):
    client.post(url, TYPED)
    form = client.post(url, TYPED).context["form"]
    ticked = {**TYPED, "again": "on", "known": form["known"].value()}
    client.post(url, ticked)
    client.post(url, ticked)
    assert entered(cast).count() == 2


def test_a_tick_nobody_was_asked_for_does_not_help(client, cast, url):
    client.post(url, TYPED)
    client.post(url, {**TYPED, "again": "on"})
    assert entered(cast).count() == 1


def test_the_page_says_what_is_still_to_declare(client, cast, url):
    response = client.get(url)
    (share, left), _other = response.context["shares"]
    assert (share.committed, share.paid, share.declared, left) == (18_000, 3_000, 500, 2_500)
    assert "2.500,00" in response.content.decode()


def test_the_form_proposes_the_last_day_of_the_term_and_the_only_kind(client, cast, url):
    form = client.get(url).context["form"]
    assert str(form["booked_on"].value()) == "2017-12-31"
    assert form.fields["cost_kind"].choices == [("staff", "Personalkosten")]


def test_before_the_term_the_page_says_so(client, cast):
    client.force_login(cast.people["lead"])
    agreement = make.agreement(agency=cast.agency, parts={today().year + 1: 10})
    response = client.get(reverse("budget:expense_create", args=[agreement.pk]))
    assert "noch nicht begonnen" in response.content.decode()
    assert response.context["form"]["booked_on"].value() is None


def test_nobody_enters_anything_for_another_agency(client, cast, url):
    client.force_login(cast.people["other_lead"])
    assert client.post(url, TYPED).status_code == 404
    client.force_login(cast.people["audit"])
    assert client.post(url, TYPED).status_code == 403
    assert not entered(cast).exists()


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_much_is_entered(
    client, cast, url, django_assert_max_num_queries, rows
):
    for _ in range(rows):
        make.document(expense=make.expense(share=cast.agreement.shares.first()))
    with django_assert_max_num_queries(12):
        client.get(url)
