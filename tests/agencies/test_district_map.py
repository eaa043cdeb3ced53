from datetime import date
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from agencies.measures import quantiles
from districts import imports
from districts.imports import Options
from districts.models import District
from tests import make
from tests.districts import cities

pytestmark = pytest.mark.django_db
URL = "agencies:district_map"


@pytest.fixture
def town(cast):
    """Eicken is led by the AWO, Mitte by AWO and DRK, Ost by nobody; Insel has no geometry."""
    third = [[x + 0.2, y] for x, y in cities.SQUARE]
    file = cities.collection(
        cities.feature(
            cast.district.key, "Eicken", population=100, population_year=2020, area_km2=2
        ),
        cities.feature("R8", "Mitte", cities.BESIDE, population=300, population_year=2018),
        cities.feature("R9", "Ost", third),
        cities.feature("R99", "Insel", None, population=300, population_year=2020, area_km2=0.1),
    )
    imports.run(file, Options(valid_from=date(2010, 1, 1)), by=None)
    mitte = District.objects.get(name="Mitte")
    make.assignment("41061", district=mitte, position=cast.position)
    make.assignment("41063", district=mitte, position=make.position(agency=cast.other_agency))


@pytest.fixture
def show(client, cast):
    client.force_login(cast.people["coordination"])

    def get(**query):
        return client.get(reverse(URL), {"stichtag": "2016-12-01", **query})

    return get


def drawn(response) -> list:
    page = response.content.decode()
    svg = page[
        page.index('<svg class="map__drawing"') : page.index("</svg>", page.index("map__drawing"))
    ]
    return list(ElementTree.fromstring(svg + "</svg>").iter("a"))


def legend(response) -> dict:
    return {kind.label: (kind.mark, len(kind.covers)) for kind in response.context["kinds"]}


def test_who_leads_where_is_said_by_mark_pattern_title_and_table(show, town):
    response = show()
    assert legend(response) == {
        "AWO": ("A", 1),
        "mehrere Verbände": ("+", 1),
        "ohne Federführung": ("!", 2),
    }
    areas = {area.find("title").text.partition(":")[0]: area for area in drawn(response)}
    assert set(areas) == {"Eicken", "Mitte", "Ost"}
    assert areas["Eicken"].find("text").text == "A"
    assert areas["Ost"].find("path").get("fill") == "url(#map-hatch)"
    assert areas["Mitte"].find("path").get("fill") is None
    page = response.content.decode()
    table = page.partition("<tbody>")[2]
    assert table.count("<tr>") == 4
    assert "1 Stadtteil hat keine Geometrie und fehlt auf der Karte." in page


def test_every_area_is_a_link_with_a_name(show, town):
    for area in drawn(show(mass="bevoelkerung")):
        assert area.get("href").startswith("/stadtteile/")
        assert area.get("href").endswith("?stichtag=2016-12-01")
        assert area[0].tag == "title"  # which names the link
        assert area[0].text


def test_deputies(show, town, cast):
    make.assignment(district=cast.district, position=cast.position, role="deputy")
    assert legend(show(mass="vertretung")) == {
        "mit Vertretung": ("V", 1),
        "ohne Vertretung": ("!", 3),
    }


def test_population_of_different_years_is_compared_with_a_warning(show, town):
    response = show(mass="bevoelkerung")
    assert legend(response) == {"100": ("1", 1), "300": ("2", 2), "keine Angabe": ("?", 1)}
    page = response.content.decode()
    assert "aus verschiedenen Jahren (2018, 2020)" in page
    assert "300 (2018)" in page
    assert ">700" not in page  # never summed
    assert "700 (" not in page


def test_density_needs_population_and_area(show, town):
    assert legend(show(mass="dichte")) == {
        "50": ("1", 1),
        "3.000": ("2", 1),
        "keine Angabe": ("?", 2),
    }


def test_an_unknown_measure_shows_who_leads(show, town):
    assert show(mass="<script>").context["measure"].label == "Federführung"


def test_a_city_without_geometry_gets_the_table(show):
    response = show()
    page = response.content.decode()
    assert "Es ist keine Geometrie der Stadtteile importiert" in page
    assert '<svg class="map__drawing"' not in page
    assert "Eicken" in page


def test_schematic_borders_are_called_so(show, town):
    assert "schematisch" not in show().content.decode()
    District.objects.update(is_schematic=True)
    assert "schematisch" in show().content.decode()


def test_classes_have_honest_borders():
    def whole(number):
        return number

    assert quantiles([], whole) == []
    assert quantiles([5, 5, 5], whole) == [[5, 5, 5]]
    assert quantiles([3, 1, 2], whole) == [[1], [2], [3]]
    groups = quantiles([1, 1, 1, 1, 1, 1, 2, 3, 4, 5], whole)
    assert sum(groups, []) == [1, 1, 1, 1, 1, 1, 2, 3, 4, 5]
    assert groups[0] == [1] * 6  # equal figures stay together
    assert len(quantiles(range(100), whole)) == 5
    assert [len(group) for group in quantiles(range(100), whole)] == [20] * 5


def test_a_large_city_has_a_small_map(client, cast):
    imports.run(cities.large(), Options(valid_from=date(2010, 1, 1)), by=None)
    client.force_login(cast.people["council"])
    response = client.get(reverse(URL), {"stichtag": "2016-12-01"})
    areas = drawn(response)
    assert len(areas) == 103
    assert sum(len(area.find("path").get("d")) for area in areas) <= 60_000
    assert len(response.content) < 140_000


@pytest.mark.parametrize("number", [1, 20])
def test_the_map_costs_the_same_however_many_districts(
    client, cast, django_assert_max_num_queries, number
):
    for _ in range(number - 1):
        district = make.district("41061", parent=cast.borough)
        make.assignment("41061", district=district, share=1)
    client.force_login(cast.people["coordination"])
    with django_assert_max_num_queries(12):
        client.get(reverse(URL), {"stichtag": "2016-12-01"})
