"""Who was reached: people by target group, in the city now and before, in each borough now."""

from collections import Counter

from agencies.activity import spans
from agencies.activity.summaries import people_series
from agencies.lists.models import TargetGroup
from coordination.council.summary.content import BOROUGH, CITY, GROUP, key, place
from coordination.council.summary.figures import EVERYTHING, Frame, Ground, Part
from coordination.disclosure import Relation

# What the groups of a background add up to.
TOTALS = {
    TargetGroup.Background.REFUGEE: "mit_flucht",
    TargetGroup.Background.OTHER: "ohne_flucht",
    TargetGroup.Background.HELPER: "helfende",
}


def collect(frame: Frame, ground: Ground) -> Part:
    part = Part()
    periods = [frame.span, spans.before(frame.span)]
    found = people_series(EVERYTHING, periods, "target_group", "district__parent")
    city = Counter()
    for (ago, group, _parent), people in found.items():
        city[ago, group] += people
    groups = [row for row in TargetGroup.objects.in_order() if _is_shown(row, city, frame)]
    for row in groups:
        where = place(GROUP, row.pk)
        part.places[where] = {
            "label": row.name,
            "background": row.background,
            "definition": row.definition,
        }
        for ago in range(len(periods)):
            part.counts[key("personen", where, ago=ago)] = city[ago, row.pk]
        boroughs = []
        for parent in ground.boroughs:
            name = key("personen", where, place(BOROUGH, parent))
            part.counts[name] = found.get((0, row.pk, parent), 0)
            boroughs.append(name)
        part.relations.append(Relation(key("personen", where), tuple(boroughs)))
    for background, total in TOTALS.items():
        names = [place(GROUP, row.pk) for row in groups if row.background == background]
        for ago in range(len(periods)):
            cells = tuple(key("personen", name, ago=ago) for name in names)
            part.relations.append(Relation(key(total, CITY, ago=ago), cells))
        for parent in ground.boroughs:
            borough = place(BOROUGH, parent)
            cells = tuple(key("personen", name, borough) for name in names)
            part.relations.append(Relation(key(total, borough), cells))
    return part


def _is_shown(row: TargetGroup, city: Counter, frame: Frame) -> bool:
    """Groups that could be counted in the period, and those that were."""
    possible = row.starts_on <= frame.ends_on and (
        row.ends_on is None or row.ends_on >= frame.starts_on
    )
    return possible or bool(city[0, row.pk] or city[1, row.pk])
