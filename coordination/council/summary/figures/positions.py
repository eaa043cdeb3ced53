"""Positions as of the day, filled and vacant, and who was there on average over the period."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from agencies.models import Occupancy
from coordination.council.summary.content import AGENCY, CITY, key, place
from coordination.council.summary.figures import Frame, Ground, Part

NOBODY = Decimal("0.00")


def collect(frame: Frame, ground: Ground) -> Part:
    part = Part()
    loads = ground.board.loads
    _count(part, CITY, loads)
    for row in ground.agencies:
        own = [load for load in loads if load.position.agency_id == row.pk]
        _count(part, place(AGENCY, row.pk), own)
    _average(part, frame, ground)
    return part


def _count(part: Part, where: str, loads) -> None:
    funded = sum((load.position.fte for load in loads), NOBODY)
    held = sum((load.held_fte for load in loads), NOBODY)
    part.figures |= {
        key("stellen", where): len(loads),
        key("vze_gefoerdert", where): funded,
        key("vze_besetzt", where): held,
        key("vze_unbesetzt", where): funded - held,
    }


def _average(part: Part, frame: Frame, ground: Ground) -> None:
    days = (frame.ends_on - frame.starts_on).days + 1
    held, rows = defaultdict(Decimal), defaultdict(int)
    found = Occupancy.objects.overlapping(*frame.span).order_by()
    names = ("position__agency", "fte", "starts_on", "ends_on")
    for agency, fte, starts_on, ends_on in found.values_list(*names):
        first = max(starts_on, frame.starts_on)
        last = min(ends_on or frame.ends_on, frame.ends_on)
        for where in (CITY, place(AGENCY, agency)):
            held[where] += fte * ((last - first).days + 1)
            rows[where] += 1
    for where in [CITY, *(place(AGENCY, row.pk) for row in ground.agencies)]:
        name = key("vze_mittel", where)
        part.figures[name] = (held[where] / days).quantize(NOBODY, ROUND_HALF_UP)
        part.rows[name] = rows[where]
