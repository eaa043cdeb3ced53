"""Who is responsible where on the day, and where nobody is."""

from django.utils.translation import gettext_lazy as _

from agencies.coverage import Cover, Gap
from coordination.council.summary.content import BOROUGH, CITY, QUARTER, key, place
from coordination.council.summary.figures import Frame, Ground, Part, line

SHOWN = (Gap.NO_LEAD, Gap.VACANT, Gap.PARTLY)  # on the map, the worst first


def collect(frame: Frame, ground: Ground) -> Part:
    part = Part()
    covers = ground.board.covers
    _count(part, CITY, covers)
    for parent in ground.boroughs:
        own = [cover for cover in covers if cover.district.parent_id == parent]
        _count(part, place(BOROUGH, parent), own)
    for row in ground.quarters:
        part.places[place(QUARTER, row.pk)] = {"lead": "", "gap": "", "gap_word": ""}
    for cover in covers:
        gap = next((gap for gap in SHOWN if gap in cover.gaps), None)
        part.places[place(QUARTER, cover.district.pk)] = {
            "lead": ", ".join(_agencies(cover)),
            "gap": gap.value if gap else "",
            "gap_word": str(gap.label) if gap else "",
        }
    part.lists["without_lead"] = [
        {**line(_("without lead"), cover.district.name), "place": where, "places": [where]}
        for cover in covers
        if not cover.leads
        for where in [place(QUARTER, cover.district.pk)]
    ]
    return part


def _count(part: Part, where: str, covers: list[Cover]) -> None:
    led = sum(bool(cover.leads) for cover in covers)
    part.figures |= {
        key("stadtteile", where): len(covers),
        key("mit_federfuehrung", where): led,
        key("ohne_federfuehrung", where): len(covers) - led,
        key("ohne_vertretung", where): sum(not cover.deputies for cover in covers),
    }


def _agencies(cover: Cover) -> list[str]:
    """The agencies in the lead, each once."""
    return list(dict.fromkeys(post.assignment.position.agency.short_name for post in cover.leads))
