from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from coordination.audit.models import Entry
from districts import imports
from districts.models import District, DistrictUpload
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, cast):
    client.force_login(cast.people["coordination"])
    return client


@pytest.fixture
def upload(cast):
    """Eicken gets another name, Neustadt is new, Westend ends."""
    make.district(name="Westend")
    content = f"key,name\n{cast.district.key},Oicken\nR900,Neustadt\n"
    return make.district_upload(cast.people["coordination"], content)


def preview(client, upload):
    return client.get(reverse("districts:import_preview", args=[upload.pk]))


def confirm(client, upload, page):
    url = reverse("districts:import_preview", args=[upload.pk])
    typed = {"plan": page.context["plan"].fingerprint, "end_missing": "1"}
    return client.post(url, typed, follow=True)


def test_missing_districts_end_only_if_that_is_confirmed(signed_in, upload):
    page = preview(signed_in, upload)
    url = reverse("districts:import_preview", args=[upload.pk])
    assert "fehlen in der Datei" in page.content.decode() or "fehlt in der Datei" in (
        page.content.decode()
    )
    answer = signed_in.post(url, {"plan": page.context["plan"].fingerprint}, follow=True)
    assert "Bitte bestätigen Sie" in answer.content.decode()
    assert not District.objects.filter(name="Oicken").exists()


def test_the_preview_says_what_would_change(signed_in, upload):
    page = preview(signed_in, upload).content.decode()
    assert "Eicken → Oicken" in page
    assert "Neustadt" in page
    assert "Westend" in page
    assert not District.objects.filter(name="Oicken").exists()


def test_the_confirmed_preview_is_applied_and_logged_under_the_uploader(signed_in, cast, upload):
    response = confirm(signed_in, upload, preview(signed_in, upload))
    assert "Importiert: 1 neu, 1 geändert, 1 beendet." in response.content.decode()
    assert District.objects.filter(name="Oicken", ends_on=None).exists()
    assert set(Entry.objects.values_list("verb", "by")) == {
        (verb, cast.people["coordination"].pk) for verb in ("created", "changed", "ended")
    }


def test_confirming_twice_applies_once(signed_in, upload):
    page = preview(signed_in, upload)
    confirm(signed_in, upload, page)
    response = confirm(signed_in, upload, page)
    assert "Diese Datei wurde bereits importiert." in response.content.decode()
    assert Entry.objects.count() == 3
    assert bytes(DistrictUpload.objects.get(pk=upload.pk).content) == b""
    assert preview(signed_in, upload).status_code == 302


def test_what_changed_since_the_preview_is_shown_again_before_it_is_applied(
    signed_in, cast, upload
):
    page = preview(signed_in, upload)
    District.objects.filter(pk=cast.district.pk).update(name="Aicken")
    response = confirm(signed_in, upload, page)
    assert "inzwischen geändert" in response.content.decode()
    assert "Aicken → Oicken" in response.content.decode()
    assert not Entry.objects.exists()
    confirm(signed_in, upload, response)
    assert District.objects.filter(name="Oicken").exists()


def test_a_file_that_no_longer_fits_says_why(signed_in, cast):
    borough = make.borough(name="Mitte")
    upload = make.district_upload(cast.people["coordination"], "key,name,borough\n1,Eicken,Mitte\n")
    borough.delete()
    page = preview(signed_in, upload).content.decode()
    assert "unbekannter Stadtbezirk „Mitte“" in page
    assert "Jetzt importieren" not in page


def test_a_file_that_changes_nothing_offers_nothing(signed_in, cast):
    content = f"key,name\n{cast.district.key},Eicken\n"
    upload = make.district_upload(cast.people["coordination"], content)
    page = preview(signed_in, upload).content.decode()
    assert "Die Datei ändert nichts" in page
    assert "Jetzt importieren" not in page


def test_only_the_uploader_reaches_the_upload(client, cast, upload):
    client.force_login(make.user("coordination"))
    assert preview(client, upload).status_code == 404
    url = reverse("districts:import_preview", args=[upload.pk])
    assert client.post(url, {"plan": "x"}).status_code == 404
    assert not Entry.objects.exists()


def test_an_upload_expires_after_a_day(signed_in, upload):
    DistrictUpload.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert preview(signed_in, upload).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_confirming_at_the_same_moment_applies_once():
    user = make.user("coordination")
    upload = make.district_upload(user, "key,name\n1,Eicken\n2,Windberg\n")
    expected = imports.planned(upload).fingerprint

    def confirm_once(_):
        try:
            return imports.confirm(upload, expected=expected, by=user)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(confirm_once, range(8)))
    assert results.count(None) == 7
    assert District.objects.count() == 2
    assert Entry.objects.count() == 2
