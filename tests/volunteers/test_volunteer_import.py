from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from coordination.audit.models import Entry
from tests import make
from tests.test_tables import BOMBS, GOOD, workbook
from volunteers.models import VolunteerUpload
from volunteers.volunteer_files import opened

pytestmark = pytest.mark.django_db
HEAD = make.VOLUNTEERS.splitlines()[0]
LINE = make.VOLUNTEERS.splitlines()[1]


@pytest.fixture(autouse=True)
def in_december(settings, cast):
    settings.PORTAL_DAY = date(2016, 12, 1)
    VolunteerUpload.objects.all().delete()


@pytest.fixture
def url(client, cast):
    client.force_login(cast.people["lead"])
    return reverse("volunteers:volunteer_import")


def send(client, url, content, name="liste.csv", **typed):
    content = content.encode() if isinstance(content, str) else content
    return client.post(url, {"file": SimpleUploadedFile(name, content), **typed})


def test_a_file_that_can_be_read_leads_to_its_preview(client, cast, url):
    response = send(client, url, make.VOLUNTEERS)
    upload = VolunteerUpload.objects.get()
    assert response.headers["Location"] == reverse("volunteers:import_preview", args=[upload.pk])
    assert upload.user == cast.people["lead"]
    assert opened(bytes(upload.content)).agency == cast.agency.pk


def test_a_workbook_is_read_with_its_days_and_numbers(client, cast, url):
    rows = [
        ["Ehrenamtliche im Norden"],
        ["Name", "Telefon", "Stadtteil", "Dabei seit", "Consent", "Consent of", "Nr."],
        ["Paula Neumann", 2161123456, "Eicken", date(2016, 11, 1), "schriftlich", "1.10.2016", 1],
    ]
    response = send(client, url, workbook(*rows), "liste.xlsx")
    plan = client.get(response.headers["Location"]).context["plan"]
    (entry,) = plan.entries
    assert (entry.volunteer.phone, entry.volunteer.starts_on, entry.volunteer.consent_on) == (
        "2161123456", date(2016, 11, 1), date(2016, 10, 1),
    )  # fmt: skip
    assert plan.unread == ["Nr."]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "leer"),
        (b"Name;Telefon\n1;2\n", "Diese Spalten fehlen: Stadtteile, Seit, Einwilligung"),
        (HEAD.replace(";Einwilligung vom", "") + "\n", "fehlen: Einwilligung vom"),
        (HEAD.replace(";Einwilligung;", ";") + "\n", "fehlen: Einwilligung"),
        (HEAD + "\n", "keine Ehrenamtlichen"),
        (make.VOLUNTEERS + "\0", "weder XLSX noch CSV"),
        (GOOD[:900], "nicht als Arbeitsmappe lesen"),
        (BOMBS["a part of 50 MB"], "Entpackt ist die Datei zu groß"),
        (HEAD + "\n" + f"{LINE}\n" * 2_001, "mehr als 2.000 Ehrenamtliche"),
        (b"x" * 5_000_001, "zu groß: 6 MB. Höchstens 5 MB"),
        (HEAD + "\n" + f"{LINE} {'x' * 2_500}\n" * 1_999, "zu groß|zu viel Text"),
    ],
)
def test_what_is_no_file_of_volunteers_is_said_at_the_field(client, url, content, message):
    response = send(client, url, content() if callable(content) else content)
    said = response.context["form"].errors["file"][0]
    assert any(part in said for part in message.split("|"))
    assert not VolunteerUpload.objects.exists()


def test_that_a_file_was_looked_through_stands_in_the_log_even_if_nobody_is_entered(
    client, cast, url
):
    send(client, url, make.VOLUNTEERS, name="Erika.csv")
    entry = Entry.objects.about(VolunteerUpload.objects.get()).get()
    assert (entry.verb, entry.agency_id) == ("created", cast.agency.pk)
    assert (entry.by, entry.after) == (
        cast.people["lead"],
        {"count": len(make.VOLUNTEERS.splitlines()) - 1},
    )
    assert "Erika" not in str(vars(entry))


def test_an_agency_enters_for_itself_and_the_city_for_any(client, cast, url):
    assert "agency" not in client.get(url).context["form"].fields
    send(client, url, make.VOLUNTEERS, agency=cast.other_agency.pk)
    assert opened(bytes(VolunteerUpload.objects.get().content)).agency == cast.agency.pk
    client.force_login(cast.people["coordination"])
    assert "agency" in send(client, url, make.VOLUNTEERS).context["form"].errors
    send(client, url, make.VOLUNTEERS, agency=cast.other_agency.pk)
    upload = VolunteerUpload.objects.get(user=cast.people["coordination"])
    assert opened(bytes(upload.content)).agency == cast.other_agency.pk


def test_files_older_than_a_day_are_deleted_entered_or_not(client, cast, url):
    old, entered, fresh = (make.volunteer_upload() for _number in range(3))
    long_ago = timezone.now() - timedelta(days=1, minutes=1)
    VolunteerUpload.objects.filter(pk__in=[old.pk, entered.pk]).update(created_at=long_ago)
    VolunteerUpload.objects.filter(pk=entered.pk).update(applied_at=long_ago, content=b"")
    send(client, url, make.VOLUNTEERS)
    left = set(VolunteerUpload.objects.values_list("pk", flat=True))
    assert left == {fresh.pk, max(left)}


def test_the_template_is_read_as_it_is_once_it_is_filled_in(client, cast, url):
    answer = client.get(reverse("volunteers:import_template"))
    book = load_workbook(BytesIO(answer.content))
    sheet, lists, hints = book.worksheets
    headings = [cell.value for cell in sheet[1]]
    assert "Eicken" in [row[0] for row in lists.values]
    assert any("eingewilligt" in row[0] for row in hints.values)
    values = {
        "Name": "Paula Neumann",
        "Telefon": "02161 123456",
        "Stadtteile": "Eicken",
        "Interessen": "Wohnen",
        "Sprachen": "Deutsch, Arabisch",
        "Seit": date(2016, 11, 1),
        "Einwilligung": "mündlich",
        "Einwilligung vom": date(2016, 10, 20),
        "Ansprechperson": cast.worker.name,
    }
    sheet.append([values.get(heading) for heading in headings])
    file = BytesIO()
    book.save(file)
    response = send(client, url, file.getvalue(), "vorlage.xlsx")
    plan = client.get(response.headers["Location"]).context["plan"]
    assert plan.mistakes == []
    (entry,) = plan.entries
    assert (entry.volunteer.phone, entry.volunteer.consent) == ("02161 123456", "spoken")
    assert (entry.worker, entry.interests) == (cast.worker, [cast.topic])
