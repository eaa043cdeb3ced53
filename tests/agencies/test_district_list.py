from datetime import date

import pytest
from django.urls import reverse

from districts.models import District
from tests import make

pytestmark = pytest.mark.django_db
URL = "agencies:district_list"
STICHTAG = "2016-12-01"


def rows(response) -> list[str]:
    return [row.district.name for row, *_ in response.context["rows"]]


@pytest.fixture
def show(client, cast):
    """Eicken is led by the AWO; Westend by two, by postal code; Wanlo by nobody."""
    sued = make.borough(key="B999", name="Süd")
    westend = make.district(
        "41061",
        "41065",
        key="R1",
        name="Westend",
        parent=cast.borough,
        population=7305,
        population_year=2022,
    )
    make.assignment("41061", district=westend, position=cast.position)
    drk = make.position(agency=cast.other_agency)
    make.assignment("41065", district=westend, position=drk)
    make.assignment(district=westend, position=drk, role="deputy")
    make.district(
        "41189", key="R2", name="Öhler Wanlo", parent=sued, population=1107, population_year=2020
    )
    make.district(name="Zukunft", starts_on=date(2019, 1, 1))
    client.force_login(cast.people["coordination"])

    def get(**query):
        return client.get(reverse(URL), {"stichtag": STICHTAG, **query})

    return get


def test_the_list_says_who_leads_and_deputises_where_on_the_day(show, cast):
    page = show().content.decode()
    assert f"AWO: {cast.worker.name}" in page
    assert "(41061)" in page
    assert "7.305 <span" in page
    assert "(2022)" in page
    assert "ohne Federführung" in page
    assert "3 Stadtteile" in page


def test_only_what_exists_on_the_day_is_listed(show):
    assert "Zukunft" not in rows(show())
    assert "Zukunft" in rows(show(stichtag="2019-06-01"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"suche": "WESTEND"}, ["Westend"]),
        ({"suche": "öhler"}, ["Öhler Wanlo"]),
        ({"suche": "gibt es nicht"}, []),
        ({"plz": "41065"}, ["Westend"]),
        ({"plz": "4106"}, ["Eicken", "Westend"]),
        ({"stand": "no_lead"}, ["Öhler Wanlo"]),
        ({"stand": "no_deputy"}, ["Eicken", "Öhler Wanlo"]),
        ({"stand": "mehrere"}, ["Westend"]),
        ({"sortierung": "name"}, ["Eicken", "Öhler Wanlo", "Westend"]),
        ({"sortierung": "-name"}, ["Westend", "Öhler Wanlo", "Eicken"]),
        ({"sortierung": "population"}, ["Öhler Wanlo", "Westend", "Eicken"]),
        ({"sortierung": "-population"}, ["Westend", "Öhler Wanlo", "Eicken"]),
        ({"sortierung": "quatsch"}, ["Eicken", "Westend", "Öhler Wanlo"]),
    ],
)
def test_filters_and_order(show, query, found):
    assert rows(show(**query)) == found


def test_by_borough_and_by_leading_agency(show, cast):
    assert rows(show(bezirk=cast.borough.pk)) == ["Eicken", "Westend"]
    assert rows(show(verband=cast.other_agency.pk)) == ["Westend"]
    assert rows(show(verband=cast.agency.pk)) == ["Eicken", "Westend"]


def test_a_person_is_found_by_name(show, cast):
    assert rows(show(suche=cast.worker.name)) == ["Eicken", "Westend"]


@pytest.mark.parametrize("query", [{"bezirk": "viel"}, {"verband": "9" * 30}, {"plz": "x" * 99}])
def test_a_wrong_filter_is_said_not_crashed(show, query):
    response = show(**query)
    assert response.status_code == 200
    assert response.context["filter"].form.errors


def test_the_council_sees_contact_persons_but_no_shares(show, client, cast):
    client.force_login(cast.people["council"])
    page = show().content.decode()
    assert cast.worker.name in page
    assert "%" not in page.partition("<table")[2].partition("</table>")[0]


def test_both_exports_hold_the_filtered_rows(show):
    response = show(format="csv", suche="westend")
    text = response.content.decode("utf-8-sig")
    assert "Westend" in text
    assert "Eicken" not in text
    assert show(format="xlsx").headers["Content-Type"].startswith("application/vnd.openxml")


def test_without_districts_the_page_offers_the_import(client, cast):
    District.objects.update(ends_on=date(2000, 1, 1))
    client.force_login(cast.people["coordination"])
    assert reverse("districts:district_import") in client.get(reverse(URL)).content.decode()


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(
    client, cast, django_assert_max_num_queries, number
):
    for index in range(number - 1):
        district = make.district("41061", f"4{index:04}", parent=cast.borough)
        make.assignment("41061", district=district, position=cast.position, share=1)
        make.assignment(district=district, role="deputy")
    client.force_login(cast.people["coordination"])
    with django_assert_max_num_queries(12):
        client.get(reverse(URL), {"stichtag": STICHTAG})
