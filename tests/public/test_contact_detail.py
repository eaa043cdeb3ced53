import pytest
from django.urls import reverse

from tests import make
from tests.public.conftest import DAY


def page_of(client, district, **query):
    return client.get(reverse("public:contact_detail", args=[district.pk]), query).content.decode()


def test_the_page_names_the_lead_the_deputy_and_where_it_lies(client, town):
    town.responsible(worker=town.worker())
    town.responsible(worker=town.worker(name="Bernd Kallenbach"), role="deputy")
    page = page_of(client, town.eicken)
    assert "Stadtbezirk Nord · Postleitzahlen 41061, 41063" in page
    assert page.index("Miriam Sandvoß") < page.index("Wenn niemand da ist")
    assert page.index("Wenn niemand da ist") < page.index("Bernd Kallenbach")


def test_during_an_absence_the_deputy_comes_first_and_nobody_says_why(client, town):
    worker = town.worker()
    town.responsible(worker=worker)
    town.responsible(worker=town.worker(name="Bernd Kallenbach"), role="deputy")
    make.absence(worker=worker, starts_on=DAY, ends_on=DAY.replace(day=9))
    page = page_of(client, town.eicken)
    assert "vertritt bis 09.12.2016" in page
    assert "Ab 10.12.2016 wieder:" in page
    assert page.index("Bernd Kallenbach") < page.index("Miriam Sandvoß")
    assert "krank" not in page
    assert "Urlaub" not in page


def test_an_absence_without_deputy_leads_to_the_agency(client, town):
    worker = town.worker()
    town.responsible(worker=worker)
    make.absence(worker=worker, starts_on=DAY, ends_on=DAY)
    page = page_of(client, town.eicken)
    assert "bis 01.12.2016 nicht da" in page
    assert "02166 000-10" in page
    assert "02161 000-101" not in page


def test_a_vacant_position_is_said(client, town):
    town.responsible()
    assert "Die Stelle ist zurzeit nicht besetzt (Arbeiterwohlfahrt)." in page_of(
        client, town.eicken
    )


def test_a_gap_says_whom_to_ask_instead(client, town):
    page = page_of(client, town.eicken)
    assert "Für Eicken ist zurzeit niemand zuständig." in page
    assert "Stadt Musterstadt" in page
    assert "tel:+49216100060" in page


def test_the_postal_code_decides_who_leads_and_the_neighbour_is_told(client, town):
    town.responsible("41061", worker=town.worker(name="Eins"), share=30)
    town.responsible("41063", worker=town.worker(name="Zwei"), share=10)
    page = page_of(client, town.eicken, plz="41063")
    assert "Ihre Ansprechperson für 41063" in page
    assert "Für 41061 außerdem" in page
    assert page.index("Zwei") < page.index("Eins")


def test_of_several_postal_codes_the_one_asked_for_is_named_and_carried_on(client, town):
    town.responsible("41061", "41063", worker=town.worker())
    assert "Ihre Ansprechperson für 41061, 41063<" in page_of(client, town.eicken)
    page = page_of(client, town.eicken, plz="41063")
    assert "Ihre Ansprechperson für 41063<" in page
    assert f"?stadtteil={town.eicken.pk}&amp;plz=41063" in page


def test_a_postal_code_nobody_took_is_told(client, town):
    town.responsible("41061", worker=town.worker(name="Eins"))
    assert "Für 41063: Fragen Sie die Stadt" in page_of(client, town.eicken)
    page = page_of(client, town.eicken, plz="41063")
    assert "Für 41063 in Eicken ist zurzeit niemand zuständig." in page


@pytest.mark.parametrize("plz", ["", "abc", "99999", "9" * 4000, "<script>"])
def test_a_postal_code_of_elsewhere_says_nothing(client, town, plz):
    town.responsible("41061", worker=town.worker(name="Eins"))
    page = page_of(client, town.eicken, plz=plz)
    if len(plz) < 4000:
        assert "Eins" in page
    assert "<script>" not in page.split("<main")[1]


def test_a_borough_and_a_district_of_the_past_have_no_page(client, town):
    old = make.district(name="Altenfeld", ends_on="2015-12-31")
    for row in (town.borough, old):
        url = reverse("public:contact_detail", args=[row.pk])
        assert client.get(url).status_code == 404


def test_the_name_of_a_person_is_shown_as_text(client, town):
    town.responsible(worker=town.worker(name="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in page_of(client, town.eicken)


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_whatever_is_divided(
    client, town, django_assert_max_num_queries, rows
):
    for number in range(rows):
        worker = town.worker(name=f"Person {number}")
        town.responsible(worker=worker, division="topic", topic=f"Thema {number}")
        town.responsible(worker=town.worker(name=f"Vertretung {number}"), role="deputy")
        make.absence(worker=worker)
    client.force_login(make.user("coordination"))
    with django_assert_max_num_queries(12):
        page_of(client, town.eicken)
