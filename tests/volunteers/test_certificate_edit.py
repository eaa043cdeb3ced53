from datetime import date

import pytest
from django.urls import reverse

from tests import make
from volunteers.models import Certificate

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(client, cast, settings):
    settings.PORTAL_DAY = date(2016, 12, 1)
    client.force_login(cast.people["worker"])
    Certificate.objects.all().delete()
    return reverse("volunteers:certificate_edit", args=[cast.volunteer.pk])


def send(client, url, issued_on, inspected_on="2016-12-01", **typed):
    seen = client.get(url).context["form"]["seen"].value()
    days = {"issued_on": issued_on, "inspected_on": inspected_on, "seen": seen}
    return client.post(url, days | typed)


def test_who_saw_it_is_who_is_signed_in(client, cast, url):
    answer = send(client, url, "2016-11-02")
    assert answer.headers["Location"] == reverse(
        "volunteers:volunteer_detail", args=[cast.volunteer.pk]
    )
    assert Certificate.objects.get().inspected_by == cast.people["worker"]


def test_from_the_due_list_one_comes_back_to_it(client, url):
    answer = send(client, f"{url}?von=faellig", "2016-11-02")
    assert answer.headers["Location"] == reverse("volunteers:due_list")


def test_one_that_was_old_is_asked_about_and_recorded_all_the_same(client, url):
    answer = send(client, url, "2016-08-31")
    form = answer.context["form"]
    assert "älter als drei Monate" in str(form.errors["is_confirmed"])
    assert not Certificate.objects.exists()
    asked = form["asked"].value()
    other = send(client, url, "2016-07-01", is_confirmed="on", asked=asked)
    assert "is_confirmed" in other.context["form"].errors  # the tick was for another day
    assert send(client, url, "2016-08-31", is_confirmed="on", asked=asked).status_code == 302
    assert Certificate.objects.get().issued_on == date(2016, 8, 31)


def test_one_of_three_months_is_not_asked_about(client, url):
    assert send(client, url, "2016-09-01").status_code == 302


@pytest.mark.parametrize(
    ("issued_on", "inspected_on", "name"),
    [
        ("2016-12-02", "2016-12-02", "issued_on"),
        ("2016-11-02", "2016-12-02", "inspected_on"),
        ("2016-12-01", "2016-11-30", "issued_on"),
        ("", "2016-11-30", "issued_on"),
        ("gestern", "2016-11-30", "issued_on"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(client, url, issued_on, inspected_on, name):
    answer = send(client, url, issued_on, inspected_on)
    assert name in answer.context["form"].errors
    assert not Certificate.objects.exists()


def test_who_did_not_see_what_another_recorded_is_told(client, cast, url):
    seen = client.get(url).context["form"]["seen"].value()
    make.certificate(
        volunteer=cast.volunteer, issued_on=date(2016, 10, 4), inspected_on=date(2016, 10, 5)
    )
    days = {"issued_on": "2016-11-02", "inspected_on": "2016-12-01", "seen": seen}
    assert client.post(url, days).status_code == 200
    assert Certificate.objects.get().issued_on == date(2016, 10, 4)


def test_deleting_asks_first(client, cast, url):
    make.certificate(volunteer=cast.volunteer)
    delete = reverse("volunteers:certificate_delete", args=[cast.volunteer.pk])
    assert "Angaben zum Führungszeugnis löschen?" in client.get(delete).content.decode()
    assert client.post(delete).status_code == 302
    assert not Certificate.objects.exists()
    assert client.get(delete).status_code == 404


def test_a_contact_person_who_does_not_look_after_them_records_nothing(client, cast, url):
    volunteer = make.volunteer(agency=cast.other_agency, districts=[cast.district])
    make.contact(volunteer=volunteer, worker=cast.worker)
    for name in ("certificate_edit", "certificate_delete", "declaration_create"):
        foreign = reverse(f"volunteers:{name}", args=[volunteer.pk])
        assert client.get(foreign).status_code == 404
        assert client.post(foreign, {}).status_code == 404
