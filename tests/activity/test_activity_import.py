from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agencies.activity.models import Activity, ActivityUpload
from tests import make

pytestmark = pytest.mark.django_db
URL = reverse("activity:activity_import")


@pytest.fixture
def lead(client, cast):
    client.force_login(cast.people["lead"])
    ActivityUpload.objects.all().delete()
    return cast.people["lead"]


def send(client, content, name="taetigkeiten.csv", **typed):
    content = content.encode() if isinstance(content, str) else content
    return client.post(URL, {"file": SimpleUploadedFile(name, content), **typed})


def test_a_file_that_can_be_read_leads_to_its_preview(client, cast, lead):
    response = send(client, make.ACTIVITIES)
    upload = ActivityUpload.objects.get()
    assert response.headers["Location"] == reverse("activity:import_preview", args=[upload.pk])
    assert (upload.agency, upload.user) == (cast.agency, lead)
    assert Activity.objects.count() == 1


def test_the_same_file_sent_twice_waits_once(client, lead):
    send(client, make.ACTIVITIES)
    send(client, make.ACTIVITIES, "kopie.csv")
    assert ActivityUpload.objects.count() == 1


def test_files_nobody_entered_are_gone_after_a_day(client, cast, lead):
    old = timezone.now() - timedelta(hours=25)
    forgotten, entered = (make.activity_upload(agency=cast.agency, user=lead) for _ in range(2))
    ActivityUpload.objects.update(created_at=old)
    ActivityUpload.objects.filter(pk=entered.pk).update(applied_at=old)
    send(client, make.ACTIVITIES)
    assert not ActivityUpload.objects.filter(pk=forgotten.pk).exists()
    assert ActivityUpload.objects.filter(pk=entered.pk).exists()


@pytest.mark.parametrize(
    "name",
    ["a\r\nSet-Cookie: a=b.csv", "x" * 500 + ".csv", "\u202evsc.exe", "../../etc/passwd"],
)
def test_names_of_files_cannot_do_harm(client, lead, name):
    response = send(client, make.ACTIVITIES, name)
    assert response.status_code == 302
    upload = ActivityUpload.objects.get()
    assert upload.name.isprintable()
    assert 0 < len(upload.name) <= 200
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "leer"),
        (b"%PDF-1.4\n\0", "weder XLSX noch CSV"),
        (b"Datum;Art\n1;2\n", "Diese Spalten fehlen: Stadtteil, Form, Minuten"),
    ],
)
def test_what_is_no_file_of_entries_is_said_at_the_field(client, lead, content, text):
    response = send(client, content)
    assert text in response.context["form"].errors["file"][0]
    assert not ActivityUpload.objects.exists()


def test_whoever_manages_several_agencies_says_which(client, cast):
    client.force_login(cast.people["coordination"])
    assert "agency" in send(client, make.ACTIVITIES).context["form"].errors
    assert send(client, make.ACTIVITIES, agency=cast.other_agency.pk).status_code == 302
    assert ActivityUpload.objects.latest("pk").agency == cast.other_agency


def test_nobody_uploads_for_another_agency(client, cast, lead):
    send(client, make.ACTIVITIES, agency=cast.other_agency.pk)
    assert ActivityUpload.objects.get().agency == cast.agency
    client.force_login(cast.people["worker"])
    assert send(client, make.ACTIVITIES).status_code == 403


def test_the_page_says_what_is_needed_and_offers_the_template(client, lead):
    text = client.get(URL).content.decode()
    assert "Datum, Stadtteil, Art, Form, Minuten" in text
    assert reverse("activity:import_template") in text
