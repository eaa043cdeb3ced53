from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files import File

from coordination.audit.models import Entry
from districts import imports
from districts.imports import Options
from districts.models import District
from tests import make
from tests.districts import cities

pytestmark = pytest.mark.django_db
CSV = """key,name,borough,population,population_year,area_km2,postal_codes
101,Gladbach,Nord,,,,41061
103,Eicken,Nord,14456,2020,2.97,41061 41063
"""
DAY = date(2017, 1, 1)


@pytest.fixture
def nord():
    return make.borough(key="1", name="Nord")


def bring(content, by=None, **options):
    content = content.encode() if isinstance(content, str) else content
    return imports.run(content, Options(**options), by=by)


def refusal(content, **options) -> str:
    before = list(District.objects.order_by("pk").values())
    with pytest.raises(ValidationError) as refused:
        bring(content, **options)
    assert list(District.objects.order_by("pk").values()) == before
    assert not Entry.objects.exists()
    return "\n".join(refused.value.messages)


def test_a_csv_file_creates_districts_with_all_they_have(nord):
    plan = bring(CSV)
    assert plan.counts == {"created": 2, "changed": 0, "unchanged": 0, "ended": 0}
    eicken = District.objects.get(key="103")
    assert (eicken.name, eicken.parent, eicken.level) == ("Eicken", nord, "quarter")
    assert (eicken.population, eicken.population_year) == (14456, 2020)
    assert eicken.area_km2 == Decimal("2.97")
    assert [code.code for code in eicken.postal_codes.all()] == ["41061", "41063"]
    assert eicken.starts_on is None


@pytest.mark.parametrize(
    "content",
    [
        CSV.replace(",", ";").encode(),
        CSV.replace(",", "\t").encode(),
        b"\xef\xbb\xbf" + CSV.encode(),
        CSV.replace("\n", "\r\n").encode(),
        b"\n\n" + CSV.encode() + b"\n,,,,,,\n",
    ],
)
def test_csv_comes_in_many_spellings(nord, content):
    assert bring(content).counts["created"] == 2


def test_csv_as_excel_saves_it_keeps_its_umlauts():
    bring("key;name\n1;Mülfort\n".encode("cp1252"))
    assert District.objects.get().name == "Mülfort"


def test_german_numbers_are_understood(nord):
    bring("key;name;population;population_year;area_km2\n1;Eicken;14.456;2020;2,97\n")
    eicken = District.objects.quarters().get()
    assert (eicken.population, eicken.area_km2) == (14456, Decimal("2.97"))


def test_numbers_of_json_become_keys_and_postal_codes():
    bring(cities.collection(cities.feature(key=101, postal_codes=[1067, "41063"])))
    district = District.objects.get()
    assert district.key == "101"
    assert [code.code for code in district.postal_codes.all()] == ["01067", "41063"]


@pytest.mark.parametrize("content", [CSV, cities.large(districts=12, megabytes=0.1)])
def test_the_same_file_twice_changes_nothing(nord, content):
    bring(content, valid_from=DAY)
    entries = Entry.objects.count()
    rows = list(District.objects.order_by("pk").values())
    again = bring(content, valid_from=DAY)
    assert again.counts["unchanged"] == len(again.changes)
    assert Entry.objects.count() == entries
    assert list(District.objects.order_by("pk").values()) == rows


def test_a_file_without_a_field_leaves_what_is_stored(nord):
    bring(CSV)
    bring(
        cities.collection(cities.feature("101", "Gladbach", cities.BESIDE), cities.feature("103"))
    )
    eicken = District.objects.get(key="103")
    assert (eicken.population, eicken.parent) == (14456, nord)
    bring(CSV)
    eicken = District.objects.get(key="103")
    assert eicken.geometry == {"type": "Polygon", "coordinates": [cities.SQUARE]}
    assert eicken.outline["d"]
    assert [row.key for row in eicken.neighbours.all()] == ["101"]


def test_an_empty_cell_says_nothing_about_what_is_stored(nord):
    bring(CSV)
    bring("key,name,population,population_year\n101,Gladbach,,\n103,Eicken,,\n")
    assert District.objects.get(key="103").population == 14456


def test_what_is_missing_in_the_file_ends_the_day_before(nord):
    bring(CSV)
    plan = bring("key,name\n103,Eicken\n104,Windberg\n", valid_from=DAY)
    assert plan.counts == {"created": 1, "changed": 0, "unchanged": 1, "ended": 1}
    assert District.objects.get(key="101").ends_on == date(2016, 12, 31)
    assert District.objects.get(key="104").starts_on == DAY
    assert District.objects.boroughs().get().ends_on is None


def test_a_key_that_has_ended_can_come_again(nord):
    bring(CSV)
    bring("key,name\n103,Eicken\n", valid_from=DAY)
    bring("key,name\n101,Neu-Gladbach\n103,Eicken\n", valid_from=date(2018, 1, 1))
    old, new = District.objects.filter(key="101").order_by("pk")
    assert (old.name, old.ends_on) == ("Gladbach", date(2016, 12, 31))
    assert (new.name, new.starts_on, new.ends_on) == ("Neu-Gladbach", date(2018, 1, 1), None)


def test_nothing_ends_before_it_begins():
    bring("key,name\n1,Eicken\n2,Windberg\n", valid_from=DAY)
    with pytest.raises(ValidationError, match="kann nicht enden, bevor er am 01.01.2017 beginnt"):
        bring("key,name\n1,Eicken\n", valid_from=date(2016, 6, 1))
    assert District.objects.filter(ends_on=None).count() == 2


def test_boroughs_are_matched_by_key_and_by_name(nord):
    ost = make.borough(key="2", name="Ost")
    bring("key,name,borough_key,borough\n1,A,2,\n2,B,, NORD \n3,C,1,Ost\n")
    assert list(District.objects.quarters().values_list("parent", flat=True)) == [
        ost.pk,
        nord.pk,
        nord.pk,
    ]


def test_other_names_of_fields_can_be_said(nord):
    bring(
        "ID;Bezeichnung;Stadtbezirk;PLZ\n9;Eicken;Nord;41061\n",
        key_field="ID",
        name_field="Bezeichnung",
        parent_field="Stadtbezirk",
        postal_codes_field="PLZ",
    )
    eicken = District.objects.quarters().get()
    assert (eicken.key, eicken.parent) == ("9", nord)


def test_the_log_says_what_changed_but_holds_no_coordinates(nord):
    user = make.user("coordination")
    bring(CSV, by=user)
    found = Entry.objects.filter(by=user)
    assert [entry.verb for entry in found] == ["created", "created"]
    eicken = District.objects.get(key="103")
    bring(
        cities.collection(cities.feature("103", "Eicken-Mitte"), cities.feature("101", "Gladbach")),
        by=user,
    )
    entry = Entry.objects.about(eicken).first()
    assert (entry.verb, entry.district_id) == ("changed", eicken.pk)
    assert entry.before == {"name": "Eicken"}
    assert entry.after == {"name": "Eicken-Mitte", "geometry": "changed"}


BAD = {
    "not JSON": (b'{"type": "FeatureCollection", "features": [', "Die Datei ist kein JSON"),
    "endless nesting": (b"[" * 100_000, "kein lesbares JSON"),
    "no collection": (b'{"type": "Feature"}', "Erwartet wird eine FeatureCollection"),
    "a list": (b"[1, 2]", "Erwartet wird eine FeatureCollection"),
    "latin JSON": ('{"type": "Mülfort"}'.encode("cp1252"), "nicht in UTF-8 kodiert"),
    "a workbook": (b"PK\x03\x04....", "Arbeitsmappe"),
    "a picture": (b"\x89PNG\x00\x01\x02\x81", "weder CSV noch GeoJSON"),
    "nothing": (b"", "Das Feld „name“ fehlt"),
    "only a head": (b"key,name\n", "enthält keine Stadtteile"),
    "open quotes": (b'key,name\n1,"Eicken\n', "kein CSV"),
    "no key column": (
        b"name,nr\nEicken,1\n",
        "Das Feld „key“ fehlt. In der ersten Zeile stehen: name, nr",
    ),
    "too many cells": (b"key,name\n1,Eicken,Nord\n", "Zeile 2: mehr Zellen als Spalten"),
    "no name": (b"key,name\n1,Eicken\n2, \n", "Zeile 3 (2): das Feld „name“ ist leer"),
    "a long name": (b"key,name\n1," + b"x" * 101 + b"\n", "länger als 100 Zeichen"),
    "double key": (
        b"key,name\n1,Eicken\n1,Windberg\n",
        "Zeile 3 (Windberg): doppelter Schlüssel „1“, wie in Zeile 2",
    ),
    "bad postal code": (b"key,name,postal_codes\n1,Eicken,4106\n", "„4106“ ist keine Postleitzahl"),
    "negative people": (
        b"key,name,population,population_year\n1,Eicken,-3,2020\n",
        "„-3“ ist keine ganze Zahl ab 0",
    ),
    "many people": (
        b"key,name,population,population_year\n1,Eicken,viele,2020\n",
        "„viele“ ist keine Zahl",
    ),
    "people of no year": (b"key,name,population\n1,Eicken,12\n", "fehlt das Jahr"),
    "no area": (b"key,name,area_km2\n1,Eicken,0\n", "Quadratkilometern über 0"),
    "unknown borough": (
        b"key,name,borough\n1,Eicken,Mitte\n",
        "Zeile 2 (Eicken): unbekannter Stadtbezirk „Mitte“",
    ),
    "bow tie": (
        cities.collection(cities.feature(), cities.feature("2", "Windberg", cities.BOW_TIE)),
        "Objekt 2 (Windberg): ungültige Geometrie: Self-intersection",
    ),
    "Gauß-Krüger": (
        cities.collection(cities.feature(ring=cities.GAUSS_KRUEGER)),
        "Objekt 1 (Eicken): falsches Koordinatensystem: erwartet WGS 84 (Längen- und Breitengrad)",
    ),
    "named system": (
        cities.collection(
            cities.feature(), crs={"type": "name", "properties": {"name": "EPSG:25832"}}
        ),
        "falsches Koordinatensystem",
    ),
    "missing key": (
        cities.collection({**cities.feature(), "properties": {"name": "Eicken"}}),
        "Objekt 1 (Eicken): das Feld „key“ fehlt",
    ),
    "no properties": (cities.collection({"type": "Feature"}), "Objekt 1: das Feld „name“ fehlt"),
    "a NUL": (cities.collection(cities.feature(name="Ei\0cken")), "nicht lesbare Zeichen"),
    "half a character": (cities.collection(cities.feature(key="\ud800")), "nicht lesbare Zeichen"),
    "a list as name": (cities.collection(cities.feature(name=["Eicken"])), "Text wird erwartet"),
    "true people": (
        cities.collection(cities.feature(population=True, population_year=2020)),
        "„True“ ist keine Zahl",
    ),
    "endless people": (
        cities.collection(cities.feature(population=1e308, population_year=2020)),
        "keine ganze Zahl ab 0",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_and_changes_nothing(case):
    content, message = BAD[case]
    assert message in refusal(content)


def test_all_that_is_wrong_is_said_at_once_up_to_fifty():
    found = refusal("key,name\n" + "1,\n" * 70).split("\n")
    assert len(found) == 51
    assert found[0].startswith("Zeile 2 (1): das Feld „name“ ist leer")
    assert found[-1] == "… und 89 weitere"


def test_a_file_of_100_megabytes_is_refused_before_it_is_read(settings):
    class Huge(File):
        size = 100_000_000

        def read(self, *args):
            raise AssertionError("it was read")

    with pytest.raises(ValidationError, match="Die Datei ist zu groß: 100 MB. Höchstens 20 MB"):
        imports.read(Huge(BytesIO(), name="riesig.geojson"), Options())


def test_too_many_districts_are_refused():
    rows = "".join(f"{number},Quartier {number}\n" for number in range(5_001))
    assert "mehr als 5000 Stadtteile" in refusal(f"key,name\n{rows}")


def test_a_plan_that_others_have_overtaken_is_not_applied(nord):
    bring(CSV)
    options = Options()
    plan = imports.compare(imports.read(CSV.replace("Eicken", "Oicken").encode(), options), options)
    District.objects.filter(key="103").update(name="Aicken")
    with pytest.raises(ValidationError, match="inzwischen geändert"):
        imports.apply(plan, by=None)
    assert District.objects.get(key="103").name == "Aicken"


def test_a_large_city_is_imported_and_stays_small_on_the_page():
    plan = bring(cities.large(), valid_from=DAY)
    assert plan.counts["created"] == 103
    outlines = District.objects.values_list("outline", flat=True)
    assert sum(len(one["d"]) for one in outlines) <= 60_000
    assert all(row.neighbours.exists() for row in District.objects.all()[:10])


def test_drawings_of_a_level_share_one_projection_after_each_import():
    bring(cities.collection(cities.feature("1"), cities.feature("2", "B", cities.BESIDE)))
    before = District.objects.get(key="1").outline["box"]
    bring(
        cities.collection(
            cities.feature("1"),
            cities.feature("2", "B", cities.BESIDE),
            cities.feature("3", "C", cities.FAR),
        )
    )
    one, two, three = District.objects.order_by("key")
    assert one.outline["box"] != before
    assert one.outline["box"][2] == two.outline["box"][0]
    assert three.outline["box"][2] == 1000
