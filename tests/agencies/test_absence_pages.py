import pytest
from django.urls import reverse

from agencies.models import Absence, Agency, Worker
from coordination.editing import fingerprint
from tests import make
from tests.agencies.test_absences import DAY, day
from tests.agencies.test_agency_pages import signed_in, text
from tests.census import forms

__all__ = ["day", "signed_in"]
TYPED = {"starts_on": "05.12.2016", "ends_on": "2016-12-09"}


@pytest.fixture
def detail(cast):
    return reverse("agencies:worker_detail", args=[cast.worker.pk])


@pytest.fixture
def create(cast):
    Absence.objects.all().delete()
    return reverse("agencies:absence_create", args=[cast.worker.pk])


def test_a_lead_enters_and_deletes_an_absence(signed_in, cast, create, detail):
    client = signed_in("lead")
    assert client.post(create, TYPED).headers["Location"] == detail
    row = Absence.objects.get()
    page = text(client.get(detail))
    assert "Die Abwesenheit ist eingetragen." in page
    assert "09.12.2016" in page
    url = reverse("agencies:absence_delete", args=[row.pk])
    assert "vom 05.12.2016 bis 09.12.2016" in text(client.get(url))
    assert Absence.objects.exists()
    client.post(url)
    assert not Absence.objects.exists()
    assert "Die Abwesenheit ist gelöscht." in text(client.get(detail))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"starts_on": "", "ends_on": ""}, "Dieses Feld"),
        ({"ends_on": ""}, "Dieses Feld"),
        ({"ends_on": "2016-12-04"}, "Der letzte Tag liegt vor dem ersten."),
        ({"starts_on": "2016-11-01", "ends_on": "2016-11-30"}, "Diese Tage sind vorbei"),
        ({"ends_on": "morgen"}, "„morgen“ ist kein Datum"),
    ],
)
def test_what_is_wrong_is_said_and_stays_typed(signed_in, create, typed, said):
    response = signed_in("lead").post(create, TYPED | typed)
    page = text(response)
    assert said in page
    for value in typed.values():
        assert value in page
    assert not Absence.objects.exists()


def test_another_agency_neither_sees_nor_enters_it(signed_in, cast, create, detail):
    row = make.absence(worker=cast.worker, starts_on=DAY, ends_on=DAY.replace(day=9))
    other = signed_in("other_lead")
    assert "09.12.2016" not in text(other.get(detail))
    assert other.post(create, TYPED).status_code == 404
    assert other.post(reverse("agencies:absence_delete", args=[row.pk])).status_code == 404
    assert Absence.objects.count() == 1


def test_a_caseworker_sees_it_without_changing_it(signed_in, cast, create, detail):
    row = make.absence(worker=cast.worker, starts_on=DAY, ends_on=DAY.replace(day=9))
    client = signed_in("worker")
    page = text(client.get(detail))
    assert "09.12.2016" in page
    assert create not in page
    assert client.post(reverse("agencies:absence_delete", args=[row.pk])).status_code == 403


def test_what_is_over_is_no_longer_shown(signed_in, cast, create, detail):
    make.absence(worker=cast.worker, starts_on="2016-11-01", ends_on="2016-11-30")
    assert "30.11.2016" not in text(signed_in("lead").get(detail))


def test_a_lead_releases_a_contact_with_office_hours(signed_in, cast, detail):
    url, client = reverse("agencies:worker_edit", args=[cast.worker.pk]), signed_in("lead")
    (form,) = forms(client.get(url), "post")
    typed = {"is_public": "on", "office_hours": "Mo 9–12"}
    assert client.post(url, form.values | typed).status_code == 302
    worker = Worker.objects.get(pk=cast.worker.pk)
    assert (worker.is_public, worker.office_hours) == (True, "Mo 9–12")
    page = text(client.get(detail))
    assert "mit Name und Kontaktdaten" in page
    assert "Mo 9–12" in page


def test_nobody_is_released_unasked(signed_in, cast):
    client = signed_in("lead")
    url = reverse("agencies:worker_create")
    typed = {"agency": cast.agency.pk, "name": "Neu Person", "kind": "employed"}
    assert client.post(url, typed).status_code == 302
    assert not Worker.objects.get(name="Neu Person").is_public


def test_an_agency_says_when_its_desk_is_open(signed_in, cast):
    url, client = reverse("agencies:agency_edit", args=[cast.agency.pk]), signed_in("lead")
    names = ["street", "postal_code", "town", "phone", "email", "office_hours"]
    row = Agency.objects.get(pk=cast.agency.pk)
    typed = {name: "" for name in names} | {"office_hours": "Mo bis Fr 9–12"}
    client.post(url, typed | {"seen": fingerprint(row, names)})
    page = text(client.get(reverse("agencies:agency_detail", args=[row.pk])))
    assert "Mo bis Fr 9–12" in page
