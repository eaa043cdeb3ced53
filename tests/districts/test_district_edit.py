import pytest
from django.urls import reverse

from districts.models import District

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, cast):
    client.force_login(cast.people["coordination"])
    return client


def filled(response, **changes):
    """What a browser would send back: everything in the form, with these changes."""
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in (values | changes).items()}


def test_a_district_is_changed_and_the_page_says_so(signed_in, cast):
    url = reverse("districts:district_edit", args=[cast.district.pk])
    data = filled(
        signed_in.get(url),
        name="Eicken-Mitte",
        population="14456",
        population_year="2020",
        area_km2="2,97",
        postal_codes="41061; 41065",
    )
    response = signed_in.post(url, data, follow=True)
    assert "Der Stadtteil wurde gespeichert." in response.content.decode()
    district = District.objects.get(pk=cast.district.pk)
    assert (district.name, district.population, str(district.area_km2)) == (
        "Eicken-Mitte",
        14456,
        "2.970",
    )
    assert [code.code for code in district.postal_codes.all()] == ["41061", "41065"]


def test_a_borough_has_no_borough(signed_in, cast):
    url = reverse("districts:district_edit", args=[cast.borough.pk])
    page = signed_in.get(url)
    assert "parent" not in page.context["form"].fields
    signed_in.post(url, filled(page, name="Norden"))
    assert District.objects.get(pk=cast.borough.pk).name == "Norden"


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"name": ""}, "name", "erforderlich"),
        ({"postal_codes": "4106"}, "postal_codes", "„4106“ ist keine Postleitzahl"),
        ({"population": "-1"}, "population", "größer oder gleich 0"),
        ({"population": "viele"}, "population", "ganze Zahl"),
        ({"population": "9" * 20, "population_year": "2020"}, "population", "kleiner oder gleich"),
        ({"population": "12"}, "population_year", "gehört ihr Jahr"),
        ({"population_year": "20"}, "population_year", "größer oder gleich 1900"),
        ({"area_km2": "0"}, "area_km2", "größer oder gleich"),
        ({"ends_on": "31.02.2016"}, "ends_on", "ist kein Datum"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_saved(
    signed_in, cast, typed, field, message
):
    url = reverse("districts:district_edit", args=[cast.district.pk])
    response = signed_in.post(url, filled(signed_in.get(url), **{"name": "Neu", **typed}))
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert message in str(form.errors)
    assert form["name"].value() == {"name": "Neu", **typed}["name"]
    assert District.objects.get(pk=cast.district.pk).name == "Eicken"


def test_two_browsers_the_second_sees_both_versions_and_nothing_is_lost(signed_in, cast):
    url = reverse("districts:district_edit", args=[cast.district.pk])
    first, second = signed_in.get(url), signed_in.get(url)
    signed_in.post(url, filled(first, name="Eicken-Nord", postal_codes="41061"))

    response = signed_in.post(url, filled(second, name="Eicken-Süd", population_year=""))
    page = response.content.decode()
    assert "hat inzwischen jemand anderes geändert" in page
    assert "Name – Eicken-Nord" in page
    assert "Postleitzahlen – 41061" in page
    assert "Bevölkerung –" not in page  # what the first did not change is not in dispute
    assert response.context["form"]["name"].value() == "Eicken-Süd"
    assert District.objects.get(pk=cast.district.pk).name == "Eicken-Nord"

    signed_in.post(url, filled(response))
    assert District.objects.get(pk=cast.district.pk).name == "Eicken-Süd"


def test_a_form_that_saw_nothing_saves_nothing(signed_in, cast):
    url = reverse("districts:district_edit", args=[cast.district.pk])
    data = filled(signed_in.get(url), name="Neu")
    for seen in ("", "name=0 quatsch ====", "x" * 1000):
        signed_in.post(url, {**data, "seen": seen})
        assert District.objects.get(pk=cast.district.pk).name == "Eicken"
