import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from districts.models import District, DistrictUpload
from tests.districts import cities

pytestmark = pytest.mark.django_db
FIELDS = {
    "level": "quarter",
    "valid_from": "01.01.2017",
    "name_field": "name",
    "key_field": "key",
    "parent_field": "",
    "postal_codes_field": "postal_codes",
    "population_field": "population",
    "population_year_field": "population_year",
    "area_field": "area_km2",
}


@pytest.fixture
def send(client, cast):
    client.force_login(cast.people["coordination"])
    DistrictUpload.objects.all().delete()

    def post(content, name="stadtteile.csv", **fields):
        content = content if isinstance(content, bytes) else content.encode()
        file = SimpleUploadedFile(name, content)
        return client.post(reverse("districts:district_import"), {**FIELDS, **fields, "file": file})

    return post


def test_a_good_file_is_kept_and_leads_to_its_preview(send, cast):
    response = send(cities.collection(cities.feature("1", "Neustadt")), "neu.geojson")
    upload = DistrictUpload.objects.get()
    assert response.headers["Location"] == reverse("districts:import_preview", args=[upload.pk])
    assert upload.user == cast.people["coordination"]
    assert not District.objects.filter(name="Neustadt").exists()


def test_a_bad_file_is_explained_and_the_options_stay(send):
    response = send("nr,titel\n1,\n", name_field="titel", key_field="nummer", level="borough")
    form = response.context["form"]
    assert "Das Feld „nummer“ fehlt. In der ersten Zeile stehen: nr, titel" in str(form.errors)
    assert (form["level"].value(), form["name_field"].value()) == ("borough", "titel")
    assert "<details open>" in response.content.decode()
    assert not DistrictUpload.objects.exists()


def test_every_mistake_is_listed_at_the_file(send):
    response = send("key,name\n1,\n2,Eicken\n2,Windberg\n")
    assert len(response.context["form"].errors["file"]) == 2


def test_a_file_that_is_too_large_is_refused(send, settings):
    settings.IMPORT_MAX_BYTES = 1_000_000
    response = send(b"x" * 1_000_001)
    assert "Die Datei ist zu groß: 2 MB. Höchstens 1 MB" in str(response.context["form"].errors)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"level": "city"}, "level"),
        ({"valid_from": "31.02.2016"}, "valid_from"),
        ({"key_field": ""}, "key_field"),
        ({"name_field": "x" * 61}, "name_field"),
    ],
)
def test_a_wrong_option_is_said_at_its_field(send, fields, wrong):
    assert wrong in send("key,name\n1,Eicken\n", **fields).context["form"].errors


def test_without_a_file_there_is_nothing_to_check(client, cast):
    client.force_login(cast.people["coordination"])
    response = client.post(reverse("districts:district_import"), FIELDS)
    assert "file" in response.context["form"].errors


def test_who_may_not_manage_districts_uploads_nothing(client, cast):
    file = SimpleUploadedFile("stadtteile.csv", b"key,name\n1,Eicken\n")
    for name in ("council", "audit", "lead", "worker", "stranger"):
        client.force_login(cast.people[name])
        response = client.post(reverse("districts:district_import"), {**FIELDS, "file": file})
        assert response.status_code == 403
    assert DistrictUpload.objects.count() == 1
