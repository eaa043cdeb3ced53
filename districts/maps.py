"""The map: districts as an inline SVG, every area a link with a mark, never colour alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from districts.models import District

# Kinds of areas that are hatched: nobody leads, no figure. The pattern carries what colour cannot.
HATCHED = frozenset({"gap", "missing"})
MARGIN = 0.02  # around the drawing, of its longer side
MARK = 0.034  # size of a mark, of the longer side
LEAST_ROOM = 0.6  # free radius a mark needs, of its size


@dataclass(frozen=True)
class Paint:
    """How one district appears. ``shade`` names a class in static/css/map.css."""

    shade: str
    mark: str  # one or two characters, as in the legend
    title: str  # what the link is called
    url: str


@dataclass(frozen=True)
class Area:
    paint: Paint
    path: str
    x: float
    y: float
    is_narrow: bool

    @property
    def is_hatched(self) -> bool:
        return self.paint.shade in HATCHED


@dataclass(frozen=True)
class Drawing:
    areas: list[Area]
    view_box: str
    mark_size: float
    is_schematic: bool
    missing: int  # districts without geometry


def draw(districts: Iterable[District], paint: Callable[[District], Paint]) -> Drawing | None:
    """The drawing of these districts, or None if no geometry of any has been imported."""
    districts = list(districts)
    drawn = [row for row in districts if row.outline and row.outline["d"]]
    if not drawn:
        return None
    boxes = [row.outline["box"] for row in drawn]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    width = max(box[2] for box in boxes) - left
    height = max(box[3] for box in boxes) - top
    side = max(width, height)
    margin, mark = side * MARGIN, side * MARK
    edges = (left - margin, top - margin, width + 2 * margin, height + 2 * margin)
    return Drawing(
        areas=[
            Area(
                paint(row),
                row.outline["d"],
                row.outline["x"],
                row.outline["y"],
                is_narrow=row.outline["r"] < mark * LEAST_ROOM,
            )
            for row in drawn
        ],
        view_box=" ".join(f"{edge:.1f}" for edge in edges),
        mark_size=round(mark, 1),
        is_schematic=any(row.is_schematic for row in drawn),
        missing=len(districts) - len(drawn),
    )
