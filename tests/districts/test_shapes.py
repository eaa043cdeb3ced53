import json

import pytest
from django.core.exceptions import ValidationError

from districts import shapes
from tests.districts import cities


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_multipolygon_with_heights_is_kept_as_flat_geometry():
    ring = [[x, y, 55.5] for x, y in cities.SQUARE]
    kept = shapes.read({"type": "MultiPolygon", "coordinates": [[ring]], "bbox": [1, 2, 3, 4]})
    assert kept == {"type": "MultiPolygon", "coordinates": [[cities.SQUARE]]}


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        ({"type": "Point", "coordinates": [6, 51]}, "nicht „Point“"),
        ("Polygon", "nicht „None“"),
        ({"type": "Polygon"}, "nicht lesbar"),
        ({"type": "Polygon", "coordinates": "6 51"}, "ungültige Geometrie"),
        ({"type": "Polygon", "coordinates": []}, "fehlen oder sind unvollständig"),
        ({"type": "Polygon", "coordinates": [[[6, 51], ["a", "b"]]]}, "nicht lesbar"),
        ({"type": "Polygon", "coordinates": [[[6, 51], [7, 51]]]}, "nicht lesbar"),
        ({"type": "Polygon", "coordinates": [[[10**400, 51]] * 4]}, "nicht lesbar"),
        (polygon(cities.BOW_TIE), "Self-intersection"),
        (polygon(cities.GAUSS_KRUEGER), "erwartet WGS 84 (Längen- und Breitengrad)"),
        (polygon([[y, x] for x, y in cities.SQUARE]), "vertauscht"),
        (polygon([[float("nan"), 51.0]] * 4), "ungültige Geometrie: "),
    ],
)
def test_what_is_no_area_is_refused_with_its_reason(geometry, message):
    with pytest.raises(ValidationError, match="Geometrie|Koordinatensystem") as refused:
        shapes.read(geometry)
    assert message in refused.value.message


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_the_names_of_wgs_84_are_understood(name):
    shapes.refuse_system({"type": "name", "properties": {"name": name}})


@pytest.mark.parametrize(
    "crs", [{"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}, "EPSG:25832"]
)
def test_another_coordinate_system_is_refused(crs):
    with pytest.raises(ValidationError, match="falsches Koordinatensystem"):
        shapes.refuse_system(crs)


def test_who_touches_is_a_neighbour_also_over_a_gap_of_a_few_metres():
    gap = [[x + 0.00008, y] for x, y in cities.BESIDE]  # 5.6 m
    found = shapes.neighbours(
        {"a": polygon(cities.SQUARE), "b": polygon(gap), "c": polygon(cities.FAR)}
    )
    assert found == {("a", "b"), ("b", "a")}


def test_the_drawing_is_projected_so_that_north_is_up_and_a_square_is_square():
    ring = [[6.0, 51.0], [6.159, 51.0], [6.159, 51.1], [6.0, 51.1], [6.0, 51.0]]  # 11.1 km each
    drawn = shapes.outlines({"a": polygon(ring)})["a"]
    left, top, right, bottom = drawn["box"]
    assert (left, top) == (0, 0)
    assert right == pytest.approx(bottom, rel=0.01)
    assert (drawn["x"], drawn["y"]) == pytest.approx((500, 500), abs=10)
    assert (drawn["d"][0], drawn["d"][-1]) == ("M", "z")


def test_a_large_city_is_drawn_within_60_kilobytes_and_borders_stay_common():
    file = cities.large()
    assert 1_200_000 < len(file) < 2_500_000
    features = json.loads(file)["features"]
    assert len(features) == 103
    geometries = {one["properties"]["key"]: shapes.read(one["geometry"]) for one in features}
    drawn = shapes.outlines(geometries)
    assert sum(len(one["d"]) for one in drawn.values()) <= 60_000
    assert all(len(one["d"]) > 30 for one in drawn.values())
    # Every district touches others; Voronoi cells have about six neighbours.
    assert 400 < len(shapes.neighbours(geometries)) < 700


def test_shapes_that_overlap_are_still_drawn():
    moved = [[x + 0.03, y] for x, y in cities.SQUARE]
    drawn = shapes.outlines({"a": polygon(cities.SQUARE), "b": polygon(moved)})
    assert all(one["d"] for one in drawn.values())


def test_nothing_is_drawn_of_nothing():
    assert shapes.outlines({}) == {}
    assert shapes.neighbours({}) == set()
