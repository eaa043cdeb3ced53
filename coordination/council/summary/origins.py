"""Where a figure of a council report comes from: what it means, how it was asked for, for when."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from coordination.council.summary import charts
from coordination.council.summary.content import (
    AGENCY,
    BOROUGH,
    CITY,
    GROUP,
    LINE,
    QUARTER,
    Content,
    Shown,
    ago_of,
    key,
    measure_of,
    places_of,
    written,
)
from coordination.disclosure import SIGN
from coordination.periods import show_day


@dataclass(frozen=True)
class Origin:
    figure: Shown
    label: str
    places: list[tuple[str, str]]  # what kind of place, its name
    period: str
    as_of: str
    definition: str
    query: str
    unit: str  # in words; empty where the number needs none
    rule: int
    rows: str  # how many rows were counted; empty: not counted by rows
    before: Shown | None
    before_period: str
    is_protected: bool
    protection_rule: int

    @property
    def title(self) -> str:
        return ", ".join([self.label, *(name for _kind, name in self.places)])


def of(content: Content, name: str) -> Origin | None:
    """None if the report has no figure of that name. Whatever was typed may be asked for."""
    if name not in content:
        return None
    words = content.kept["measures"].get(measure_of(name))
    if words is None:
        return None
    measure, places, ago = measure_of(name), places_of(name), ago_of(name)
    before = key(measure, *places, ago=ago + 1)
    return Origin(
        figure=content.shown(name),
        label=words["label"],
        places=[(_kind(place), _label(content, place)) for place in places],
        period=period(content, ago),
        as_of=show_day(content.day("as_of")),
        definition=words["definition"],
        query=words["query"],
        unit=_unit(words["unit"]),
        rule=words["rule"],
        rows=_rows(content, name),
        before=content.shown(before) if before in content else None,
        before_period=period(content, ago + 1),
        is_protected=words["is_protected"],
        protection_rule=content.kept["rules"]["geheimhaltung"],
    )


def period(content: Content, ago: int) -> str:
    """The reported period or one before it; empty where the report does not say."""
    for line in content.list("periods"):
        if line["ago"] == ago:
            return charts.long_name(charts.span_of(line))
    if ago == 0:
        return charts.long_name((content.day("starts_on"), content.day("ends_on")))
    return ""


def _rows(content: Content, name: str) -> str:
    """Of a hidden figure the number of its rows would give it away."""
    if name in content.hidden:
        return SIGN
    counted = content.rows(name)
    return "" if counted is None else written(counted, "count")


def _label(content: Content, name: str) -> str:
    if found := content.place(name):
        return str(found)
    return _("Whole city") if name == CITY else name


def _kind(name: str) -> str:
    kinds = {
        CITY: _("City"),
        BOROUGH: _("Borough"),
        QUARTER: _("District"),
        AGENCY: _("Agency"),
        GROUP: _("Target group"),
        LINE: _("Budget line"),
    }
    return kinds.get(name.partition("-")[0], "")


def _unit(unit: str) -> str:
    """What stands behind the number; amounts and shares have their sign already."""
    return {
        "fte": _("full-time equivalents (FTE)"),
        "hours": _("hours"),
        "change": _("difference"),
    }.get(unit, "")
