import pytest
from django.urls import reverse

from agencies.models import Agency
from coordination.editing import fingerprint
from tests import make

DAY = "?stichtag=2016-12-01"
EMPTY = {"street": "", "postal_code": "", "town": "", "phone": "", "email": "", "reason": ""}


@pytest.fixture
def signed_in(client, cast):
    def as_(who):
        client.force_login(cast.people[who])
        return client

    return as_


def text(response):
    return response.content.decode()


def test_the_list_filters_sorts_counts_and_hides_the_closed(signed_in, cast):
    make.agency(name="Älterenhilfe", short_name="Alt", is_active=False)
    client, url = signed_in("council"), reverse("agencies:agency_list")
    assert "2 Verbände" in text(client.get(url))
    assert "1 Verband<" in text(client.get(url, {"status": "inaktiv", "suche": "äLTER"}))
    page = text(client.get(url, {"status": "alle", "sortierung": "-kurzname"}))
    assert page.index(">DRK<") < page.index(">AWO<")
    assert "Zu diesem Filter passt kein Verband." in text(client.get(url, {"suche": "xyz"}))
    assert client.get(url, {"sortierung": "password", "art": "x"}).status_code == 200


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(signed_in, rows, django_assert_max_num_queries):
    for _ in range(rows):
        make.agency()
    client = signed_in("coordination")
    with django_assert_max_num_queries(6):
        client.get(reverse("agencies:agency_list"))


def test_the_list_is_exported_as_it_is_filtered(signed_in):
    url = reverse("agencies:agency_list")
    answer = signed_in("council").get(url, {"suche": "drk", "format": "csv"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Kurzname;Name;Art;")
    assert [line.split(";")[0] for line in lines[1:]] == ["DRK"]


def test_everybody_reads_whom_to_ask_where(signed_in, cast):
    url = reverse("agencies:agency_detail", args=[cast.agency.pk]) + DAY
    for who in ("council", "other_lead", "coordination"):
        page = text(signed_in(who).get(url))
        assert cast.worker.name in page
        assert "Eicken" in page


def test_staffing_is_for_the_agency_and_the_city(signed_in, cast):
    url = reverse("agencies:agency_detail", args=[cast.agency.pk]) + DAY
    for who, sees in [("council", False), ("other_lead", False), ("worker", True), ("audit", True)]:
        assert ("Quartiersarbeit Nord" in text(signed_in(who).get(url))) is sees


def test_a_vacant_position_shows_its_districts_without_a_person(signed_in, cast):
    url = reverse("agencies:agency_detail", args=[cast.agency.pk]) + DAY
    cast.occupancy.delete()
    assert "unbesetzt" in text(signed_in("council").get(url))


@pytest.mark.parametrize("rows", [1, 20])
def test_an_agency_costs_the_same_however_big_it_is(
    signed_in, cast, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        position = make.position(agency=cast.agency)
        make.occupancy(position=position)
        make.assignment("41061", position=position)
    client = signed_in("coordination")
    with django_assert_max_num_queries(12):
        client.get(reverse("agencies:agency_detail", args=[cast.agency.pk]) + DAY)


def test_the_coordination_creates_an_agency(signed_in):
    client = signed_in("coordination")
    new = {**EMPTY, "name": "Caritasverband", "short_name": "Caritas", "kind": "association"}
    answer = client.post(reverse("agencies:agency_create"), new, follow=True)
    assert "Caritas ist angelegt." in text(answer)
    again = client.post(reverse("agencies:agency_create"), new)
    assert again.status_code == 200
    assert set(again.context["form"].errors) == {"name", "short_name"}


def edit(client, agency, names, **fields):
    data = {name: getattr(agency, name) for name in names} | {"reason": ""} | fields
    return client.post(
        reverse("agencies:agency_edit", args=[agency.pk]),
        {"seen": fingerprint(agency, names), **data},
        follow=True,
    )


def test_a_lead_changes_contact_data_and_nothing_else(signed_in, cast):
    client = signed_in("lead")
    names = ["street", "postal_code", "town", "phone", "email", "office_hours"]
    answer = edit(client, cast.agency, names, phone="02161 1", name="Gekapert", is_active="")
    assert "AWO ist gespeichert." in text(answer)
    cast.agency.refresh_from_db()
    assert (cast.agency.phone, cast.agency.is_active) == ("02161 1", True)
    assert cast.agency.name != "Gekapert"


ALL = [
    "name", "short_name", "kind", "is_active", "street", "postal_code", "town", "phone", "email",
    "office_hours",
]  # fmt: skip


def test_the_coordination_changes_everything(signed_in, cast):
    answer = edit(signed_in("coordination"), cast.other_agency, ALL, name="Rotes Kreuz")
    assert "DRK ist gespeichert." in text(answer)
    assert Agency.objects.get(pk=cast.other_agency.pk).name == "Rotes Kreuz"


def test_closing_an_agency_at_work_is_refused_at_its_field(signed_in, cast, settings):
    settings.PORTAL_DAY = make.DAY
    answer = edit(signed_in("coordination"), cast.agency, ALL, is_active="")
    assert "Beenden Sie zuerst, was noch läuft" in answer.context["form"].errors["is_active"][0]


def test_two_browsers_editing_one_agency_lose_nothing(signed_in, cast):
    client = signed_in("coordination")
    stale = Agency.objects.get(pk=cast.agency.pk)
    edit(client, cast.agency, ALL, phone="02161 111")
    answer = edit(client, stale, ALL, phone="02161 222")
    assert "02161 111" in text(answer)  # what the first saved
    assert "02161 222" in text(answer)  # what the second typed
    assert Agency.objects.get(pk=cast.agency.pk).phone == "02161 111"
    answer = client.post(
        reverse("agencies:agency_edit", args=[cast.agency.pk]),
        answer.context["form"].data,
        follow=True,
    )
    assert Agency.objects.get(pk=cast.agency.pk).phone == "02161 222"
