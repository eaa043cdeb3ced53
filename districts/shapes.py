"""Geometry: what is accepted, how it is drawn, and who is whose neighbour.

Geometry is kept as GeoJSON in WGS 84 (longitude, latitude; RFC 7946). A drawing is its simplified
copy on a plane of ``WIDTH`` units with one decimal, so that a page with a hundred districts stays
small. All drawings of one level are made together: they share one projection and their borders.
"""

import math
from collections.abc import Hashable, Mapping

import numpy as np
import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape

WIDTH = 1000  # units of the drawing's longer side
MOST_BYTES = 50_000  # of all the paths of one level together
FINEST, COARSEST = 0.5, 16  # tolerance of the simplification in units of the drawing
TOUCHING = 10  # metres between two districts that still count as touching
METRES_PER_DEGREE = 111_320
# The names under which longitude and latitude in WGS 84 go; GeoJSON of 2008 could name others.
WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326", "OGC:CRS84")
AXES_IN_GERMANY = ((5, 16), (47, 56))  # longitude and latitude, to notice when they are swapped
# A real district has some hundred points; checking grows with their square.
MOST_POINTS = 30_000


def wrong_system() -> ValidationError:
    return ValidationError(
        _("wrong coordinate system: WGS 84 (longitude and latitude) is expected"), code="system"
    )


def refuse_system(crs) -> None:
    """Refuse a ``crs`` member that names anything but longitude and latitude in WGS 84."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not (isinstance(name, str) and name.upper().endswith(WGS84)):
        raise wrong_system()


def read(geometry) -> dict:
    """A GeoJSON geometry as we keep it, or a ValidationError that says what is wrong with it."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValidationError(
            _("invalid geometry: Polygon or MultiPolygon is expected, not “%(kind)s”")
            % {"kind": str(kind)[:40]}
        )
    try:
        area = shapely.force_2d(shape(geometry))
    # What a file may hold in place of coordinates is open, and so is what shapely raises.
    except Exception as error:
        raise ValidationError(_("invalid geometry: the coordinates are unreadable")) from error
    points = shapely.get_coordinates(area)
    if len(points) > MOST_POINTS:
        raise ValidationError(
            _("invalid geometry: %(number)d points are more than the %(most)d that are allowed")
            % {"number": len(points), "most": MOST_POINTS}
        )
    if area.is_empty or not np.isfinite(points).all():
        raise ValidationError(_("invalid geometry: the coordinates are missing or incomplete"))
    if (np.abs(points) > (180, 90)).any():
        raise wrong_system()
    if _inside(points[:, ::-1]) and not _inside(points):
        raise ValidationError(
            _("wrong coordinate system: longitude comes first, then latitude; they are swapped")
        )
    if not area.is_valid:
        raise ValidationError(
            _("invalid geometry: %(reason)s") % {"reason": shapely.is_valid_reason(area)[:120]}
        )
    if area.area == 0:
        raise ValidationError(_("invalid geometry: the area is empty"))
    return _plain(mapping(area))


def _inside(points) -> bool:
    (west, east), (south, north) = AXES_IN_GERMANY
    return bool(((points > (west, south)).all(axis=1) & (points < (east, north)).all(axis=1)).all())


def _plain(value):
    """GeoJSON as it comes back from the database: lists for tuples."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _on_plane(geometries: Mapping[Hashable, dict]) -> tuple[np.ndarray, float]:
    """The shapes on a flat plane in degrees of latitude, y downwards, and the longer side."""
    shapes = np.array([shape(geometry) for geometry in geometries.values()], dtype=object)
    west, south, east, north = shapely.total_bounds(shapes)
    narrowing = math.cos(math.radians((south + north) / 2))
    flat = shapely.transform(
        shapes,
        lambda at: np.column_stack([(at[:, 0] - west) * narrowing, north - at[:, 1]]),
    )
    return flat, max((east - west) * narrowing, north - south)


def neighbours(geometries: Mapping[Hashable, dict]) -> set[tuple]:
    """The pairs of keys whose shapes touch, each pair in both directions."""
    if len(geometries) < 2:
        return set()
    keys = list(geometries)
    flat, _side = _on_plane(geometries)
    tree = shapely.STRtree(flat)
    ones, others = tree.query(flat, predicate="dwithin", distance=TOUCHING / METRES_PER_DEGREE)
    return {
        (keys[one], keys[other]) for one, other in zip(ones, others, strict=True) if one != other
    }


def outlines(geometries: Mapping[Hashable, dict], current: set | None = None) -> dict:
    """The drawing of each shape: its path, a place for a mark with the free radius, its box.

    Shapes whose key is in ``current`` (default: all) exist side by side and are simplified
    together, so that neighbours keep their common border; others are simplified alone.
    """
    if not geometries:
        return {}
    keys = list(geometries)
    flat, side = _on_plane(geometries)
    flat = shapely.transform(flat, lambda at: at * (WIDTH / side))
    together = np.array([current is None or key in current for key in keys])
    tolerance = FINEST
    while True:
        paths = [_path(area) for area in _simplified(flat, together, tolerance)]
        if sum(map(len, paths)) <= MOST_BYTES or tolerance >= COARSEST:
            break
        tolerance *= 1.4
    return {key: _outline(area, path) for key, area, path in zip(keys, flat, paths, strict=True)}


def _simplified(flat, together, tolerance):
    drawn = flat.copy()
    side_by_side = flat[together]
    if len(side_by_side) and shapely.coverage_is_valid(side_by_side):
        drawn[together] = shapely.coverage_simplify(side_by_side, tolerance)
    else:
        together = np.zeros(len(flat), dtype=bool)
    alone = ~together
    drawn[alone] = shapely.simplify(flat[alone], tolerance, preserve_topology=True)
    return drawn


def _outline(area, path: str) -> dict:
    largest = max(shapely.get_parts(area), key=shapely.area)
    # From the point farthest from the border to the border: there is most room for a mark.
    radius = shapely.maximum_inscribed_circle(largest, tolerance=1)
    x, y = shapely.get_coordinates(radius)[0]
    return {
        "d": path,
        "x": round(float(x), 1),
        "y": round(float(y), 1),
        "r": round(float(radius.length), 1),
        "box": [round(float(edge), 1) for edge in area.bounds],
    }


def _path(area) -> str:
    rings = [
        _ring(ring) for part in shapely.get_parts(area) for ring in (part.exterior, *part.interiors)
    ]
    return "".join(rings)


def _ring(ring) -> str:
    """The ring as relative lines between rounded points; empty if nothing is left of it."""
    points = np.rint(shapely.get_coordinates(ring) * 10).astype(int)[:-1]
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    if len(points) < 3:
        return ""
    steps = [f"{_number(x)}{_joined(_number(y))}" for x, y in np.diff(points, axis=0)]
    x, y = points[0]
    return (
        f"M{_number(x)}{_joined(_number(y))}l" + steps[0] + "".join(map(_joined, steps[1:])) + "z"
    )


def _number(tenths: int) -> str:
    """12.3 for 123, without the zeros that SVG does without."""
    text = f"{abs(tenths) / 10:.1f}".removesuffix(".0")
    text = text.removeprefix("0") if text.startswith("0.") else text
    return f"-{text}" if tenths < 0 else text


def _joined(text: str) -> str:
    """A number that follows another: a minus sign separates, so that no space is needed."""
    return text if text.startswith("-") else f" {text}"
