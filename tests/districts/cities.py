"""Cities to import: small ones as text, and one as large as a real city's file."""

import json

import numpy as np
import shapely

SQUARE = [[6.0, 51.0], [6.1, 51.0], [6.1, 51.1], [6.0, 51.1], [6.0, 51.0]]
BESIDE = [[6.1, 51.0], [6.2, 51.0], [6.2, 51.1], [6.1, 51.1], [6.1, 51.0]]
FAR = [[6.5, 51.0], [6.6, 51.0], [6.6, 51.1], [6.5, 51.1], [6.5, 51.0]]
BOW_TIE = [[6.0, 51.0], [6.1, 51.1], [6.1, 51.0], [6.0, 51.1], [6.0, 51.0]]
GAUSS_KRUEGER = [[2500000, 5680000], [2500900, 5680000], [2500900, 5680900], [2500000, 5680000]]


def feature(key="1", name="Eicken", ring=SQUARE, **properties):
    geometry = {"type": "Polygon", "coordinates": [ring]} if ring else None
    return {
        "type": "Feature",
        "properties": {"key": key, "name": name, **properties},
        "geometry": geometry,
    }


def collection(*features, **members) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **members}).encode()


def large(districts=103, megabytes=1.5, seed=7) -> bytes:
    """A city of jagged districts whose borders fit together, with about so many coordinates."""
    random = np.random.default_rng(seed)
    west, south, east, north = 6.3, 51.1, 6.6, 51.3
    box = shapely.box(west, south, east, north)
    points = np.column_stack(
        [random.uniform(west, east, districts), random.uniform(south, north, districts)]
    )
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=box)
    cells = shapely.set_precision(shapely.intersection(shapely.get_parts(cells), box), 1e-7)
    # Every border is made jagged once, so that both sides of it stay the same.
    borders = shapely.line_merge(shapely.node(shapely.union_all(shapely.boundary(cells))))
    length = shapely.length(borders)
    step = length * 2 * 25 / (megabytes * 1_000_000)  # 25 characters a point, on both sides
    jagged = []
    for border in shapely.get_parts(borders):
        at = shapely.get_coordinates(shapely.segmentize(border, step))
        shake = random.normal(0, step / 6, at.shape)
        shake[0] = shake[-1] = 0
        jagged.append(shapely.linestrings(np.round(at + shake, 7)))
    shapes = shapely.get_parts(shapely.polygonize(jagged))
    return collection(
        *[
            {
                "type": "Feature",
                "properties": {"key": f"{number:03}", "name": f"Quartier {number}"},
                "geometry": shapely.geometry.mapping(shape),
            }
            for number, shape in enumerate(shapes, 1)
        ]
    )
