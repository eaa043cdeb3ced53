"""Places compared by their residents, agencies by their full-time equivalents.

Only from figures that are shown. What rests on a small base is listed, so that readers are warned.
"""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from coordination.council.summary.content import (
    AGENCY,
    BOROUGH,
    CITY,
    QUARTER,
    Content,
    Number,
    Place,
    key,
)
from coordination.council.summary.figures import Frame, line

# Below these a single person or entry moves a rate visibly.
RESIDENTS, PARTICIPANTS, FTE = 1_000, 10, Decimal("0.50")


def derive(content: Content, frame: Frame) -> dict[str, Number]:
    found = {}
    for row in _by_residents(content):
        participants = content.number(key("teilnehmende", row.name))
        if participants is not None and row["residents"]:
            found[key("je_1000", row.name)] = _rate(1_000 * participants, row["residents"])
    for row in _by_fte(content):
        fte = content.number(key("vze_mittel", row.name))
        if not fte:
            continue
        for measure, part in (("je_vze", "taetigkeiten"), ("stunden_je_vze", "stunden")):
            value = content.number(key(part, row.name))
            if value is not None:
                found[key(measure, row.name)] = _rate(value, fte)
    return found


def remark(content: Content, frame: Frame) -> dict[str, list[dict]]:
    """The places whose rates rest on little."""
    lines = []
    for row in _by_residents(content):
        if key("je_1000", row.name) in content:
            few = []
            if row["residents"] < RESIDENTS:
                few.append(_("fewer than 1,000 residents"))
            if content.number(key("teilnehmende", row.name)) < PARTICIPANTS:
                few.append(_("fewer than 10 participants"))
            lines += _warning(row, few)
    for row in content.places(AGENCY):
        is_compared = key("je_vze", row.name) in content
        if is_compared and content.number(key("vze_mittel", row.name)) < FTE:
            lines += _warning(row, [_("less than 0.50 FTE")])
    return {"small_base": lines}


def _by_residents(content: Content) -> list[Place]:
    return [row for kind in (CITY, BOROUGH, QUARTER) for row in content.places(kind)]


def _by_fte(content: Content) -> list[Place]:
    return [*content.places(CITY), *content.places(AGENCY)]


def _rate(part: Number, whole: Number) -> Decimal:
    return (Decimal(part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _warning(row: Place, few: list[str]) -> list[dict]:
    if not few:
        return []
    text = _("%(place)s: %(reasons)s") % {"place": row.label, "reasons": ", ".join(few)}
    found = line(_("Small base"), text, places=[row.name])
    return [{**found, "place": row.name, "reasons": few}]
