from datetime import date

import pytest
from django.urls import reverse

from tests import make


@pytest.fixture(autouse=True)
def december(settings, db):
    settings.PORTAL_DAY = date(2016, 12, 1)


def url(offer):
    return reverse("public:offer_detail", args=[offer.pk])


def read(client, offer):
    return " ".join(client.get(url(offer)).content.decode().split())


@pytest.fixture
def agency(db):
    return make.agency(
        name="Arbeiterwohlfahrt",
        phone="02166 10",
        email="awo@example.org",
        office_hours="Mo–Fr 9–12 Uhr",
    )


def person(agency, **fields):
    return make.worker(
        agency=agency,
        name="Miriam Sandvoß",
        phone="02161 9",
        email="sandvoss@example.org",
        languages="Deutsch, Farsi",
        office_hours="Mi 15–17 Uhr",
        **fields,
    )


PERSONAL = ["Miriam Sandvoß", "02161 9", "sandvoss@example.org", "Deutsch, Farsi", "Mi 15–17 Uhr"]
DESK = ["02166 10", "awo@example.org", "Mo–Fr 9–12 Uhr"]


def test_a_released_contact_person_is_named(client, agency):
    offer = make.offer(agency=agency, contact=person(agency, is_public=True))
    page = read(client, offer)
    assert [said for said in PERSONAL if said not in page] == []
    assert [said for said in DESK if said in page] == []
    assert "Arbeiterwohlfahrt" in page


@pytest.mark.parametrize(
    "state", [{"is_public": False}, {"is_public": True, "is_active": False}], ids=str
)
def test_otherwise_the_agencys_desk_is(client, agency, state):
    page = read(client, make.offer(agency=agency, contact=person(agency, **state)))
    assert [said for said in PERSONAL if said in page] == []
    assert [said for said in DESK if said not in page] == []


def test_it_says_when_where_and_brings_its_calendars(client, agency):
    offer = make.offer(
        (1, "14:00", "16:00"),
        agency=agency,
        description="Kaffee und Tee",
        place="Musterstraße 5",
        confirmed_on=date(2016, 6, 3),
    )
    make.offer_exception(date(2016, 12, 6), offer=offer, note="Betriebsausflug")
    page = read(client, offer)
    for said in (
        "Kaffee und Tee",
        "Musterstraße 5",
        "Jeden Dienstag, 14:00–16:00 Uhr",
        "Di 13.12.2016",
        "06.12.2016: fällt aus",
        "Betriebsausflug",
        "vor 181 Tagen. Bitte fragen Sie nach, bevor Sie hingehen.",
        f"http://testserver/angebote/{offer.pk}/kalender.ics",
        f"http://testserver/angebote/stadtteil/{offer.district_id}.ics",
        f"http://testserver/angebote/verband/{agency.pk}.ics",
    ):
        assert said in page, said
    assert "Di 06.12.2016" not in page


def test_one_that_is_yet_to_begin_says_so(client):
    page = read(client, make.offer(starts_on=date(2017, 1, 9)))
    assert "Dieses Angebot beginnt am 09.01.2017." in page


def test_what_is_over_says_so_and_no_more(client, agency):
    who = person(agency, is_public=True)
    offer = make.offer(ends_on=date(2016, 11, 30), agency=agency, contact=who)
    page = read(client, offer)
    assert "Das Angebot endete am 30.11.2016." in page
    assert f"/angebote-finden/?gebiet={offer.district_id}" in page
    assert [said for said in [*PERSONAL, *DESK, ".ics"] if said in page] == []


def test_what_an_agency_offered_that_is_gone_is_not_found(client):
    offer = make.offer(agency=make.agency(is_active=False))
    assert client.get(url(offer)).status_code == 404


def test_what_somebody_entered_is_never_markup(client):
    offer = make.offer(title="<b>Fett</b>", place="<script>alert(1)</script>")
    page = read(client, offer)
    assert "<b>Fett" not in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("rows", [1, 20])
def test_an_offer_costs_the_same_whatever_belongs_to_it(
    client, rows, django_assert_max_num_queries
):
    offer = make.offer()
    for day in range(1, rows + 1):
        make.offer_exception(date(2017, 1, day), offer=offer)
    with django_assert_max_num_queries(8):
        client.get(url(offer))
