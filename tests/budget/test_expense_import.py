from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from coordination.budget.models import Expense, ExpenseUpload
from tests import make
from tests.test_tables import BOMBS, GOOD, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(client, cast):
    client.force_login(cast.people["lead"])
    ExpenseUpload.objects.all().delete()
    return reverse("budget:expense_import", args=[cast.agreement.pk])


def send(client, url, content, name="belege.csv"):
    content = content.encode() if isinstance(content, str) else content
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def test_a_file_that_can_be_read_leads_to_its_preview(client, cast, url):
    response = send(client, url, make.EXPENSES)
    upload = ExpenseUpload.objects.get()
    assert response.headers["Location"] == reverse("budget:expense_preview", args=[upload.pk])
    assert (upload.agreement, upload.user) == (cast.agreement, cast.people["lead"])
    assert Expense.objects.count() == 1


def test_the_same_file_sent_twice_waits_once(client, url):
    send(client, url, make.EXPENSES)
    send(client, url, make.EXPENSES, "kopie.csv")
    assert ExpenseUpload.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "leer"),
        (b"   \n", "leer"),
        (b"Datum;Betrag\n1;2\n", "Diese Spalten fehlen: Empfänger, Kostenart"),
        (make.EXPENSES.splitlines()[0], "keine Ausgaben"),
        (make.EXPENSES + "\0", "weder XLSX noch CSV"),
        (GOOD[:900], "nicht als Arbeitsmappe lesen"),
        (BOMBS["a part of 50 MB"], "Entpackt ist die Datei zu groß"),
        (make.EXPENSES + "15.06.2016;x;Personalkosten;1,00\n" * 6_000, "mehr als 5000 Ausgaben"),
        (b"x" * 5_000_001, "zu groß: 6 MB. Höchstens 5 MB"),
    ],
)
def test_what_is_no_file_of_expenses_is_said_at_the_field(client, url, content, message):
    response = send(client, url, content() if callable(content) else content)
    assert message in response.context["form"].errors["file"][0]
    assert not ExpenseUpload.objects.exists()


def test_without_a_file_there_is_nothing_to_check(client, url):
    assert "file" in client.post(url, {"leer": ""}).context["form"].errors
    assert "file" in client.post(url, {"file": "belege.csv"}).context["form"].errors


def test_a_file_that_was_entered_is_refused_with_when_and_by_whom(client, cast, url):
    send(client, url, make.EXPENSES)
    preview = reverse("budget:expense_preview", args=[ExpenseUpload.objects.get().pk])
    plan = client.get(preview).context["plan"]
    client.post(preview, {"plan": plan.fingerprint})
    message = send(client, url, make.EXPENSES).context["form"].errors["file"][0]
    assert f"von {cast.people['lead']} eingetragen (1 Ausgaben)" in message


def test_the_page_offers_a_template_with_the_kinds_of_the_agreement(client, cast, url):
    text = client.get(url).content.decode()
    assert "Datum, Empfänger, Kostenart, Betrag" in text
    assert "?format=xlsx" in text
    answer = client.get(url, {"format": "xlsx"})
    assert "attachment" in answer.headers["Content-Disposition"]
    book = load_workbook(BytesIO(answer.content))
    assert list(book.worksheets[0].values) == [("Datum", "Empfänger", "Kostenart", "Betrag")]
    assert "Personalkosten" in str(list(book.worksheets[1].values))


def test_a_file_whose_lines_are_wrong_is_shown_with_its_mistakes(client, url):
    content = workbook(
        ["Datum", "Empfänger", "Kostenart", "Betrag"], [date(2016, 6, 15), "x", "Reisen", 1]
    )
    response = client.post(url, {"file": SimpleUploadedFile("b.xlsx", content)}, follow=True)
    assert "Personalkosten, Honorare, Sachkosten" in response.content.decode()


def test_nobody_uploads_for_another_agency(client, cast, url):
    client.force_login(cast.people["other_lead"])
    assert send(client, url, make.EXPENSES).status_code == 404
    client.force_login(cast.people["audit"])
    assert send(client, url, make.EXPENSES).status_code == 403
    assert not ExpenseUpload.objects.exists()
