"""Offers that are valid in the period, and how many of them are open to all residents."""

from django.db.models import Count, Q

from agencies.activity.summaries import percent
from agencies.offers.models import Offer
from coordination.council.summary.content import (
    BOROUGH,
    CITY,
    QUARTER,
    Content,
    Number,
    key,
    place,
)
from coordination.council.summary.figures import Frame, Ground, Part


def collect(frame: Frame, ground: Ground) -> Part:
    part = Part()
    rows = Offer.objects.overlapping(*frame.span).order_by().values_list("district")
    counted = rows.annotate(every=Count("pk"), open=Count("pk", filter=Q(is_open_to_all=True)))
    found = {district: (every, to_all) for district, every, to_all in counted}
    _count(part, CITY, found.values())
    for parent, quarters in ground.boroughs.items():
        own = [found.get(row.pk, (0, 0)) for row in quarters]
        _count(part, place(BOROUGH, parent), own)
        for row, counts in zip(quarters, own, strict=True):
            _count(part, place(QUARTER, row.pk), [counts])
    return part


def _count(part: Part, where: str, counts) -> None:
    part.figures[key("angebote", where)] = sum(every for every, _open in counts)
    part.figures[key("angebote_offen", where)] = sum(to_all for _every, to_all in counts)


def derive(content: Content, frame: Frame) -> dict[str, Number]:
    found = {}
    for kind in (CITY, BOROUGH, QUARTER):
        for row in content.places(kind):
            every = content.number(key("angebote", row.name))
            if every:
                to_all = content.number(key("angebote_offen", row.name))
                found[key("anteil_offene_angebote", row.name)] = percent(to_all, every)
    return found
