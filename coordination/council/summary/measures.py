"""The measures of a council report: what each is called, what it counts and how it is asked for.

A release keeps these words as they were. Who changes what a measure counts gives it a new
``rule`` number.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Measure:
    """``unit``: count, fte, hours, euro, percent, rate (per 1,000 or per FTE), change.

    ``is_protected``: its values below three are hidden. ``is_dated``: it can be asked again for a
    past day, so that a later difference is a correction. ``rows_of``: the measure whose figure at
    the same place says how many rows were counted.
    """

    name: str
    label: Promise
    definition: Promise
    query: Promise
    unit: str = "count"
    is_protected: bool = False
    is_dated: bool = False
    rows_of: str = ""
    rule: int = 1


PERIOD_QUERY = _("All entries whose day lies in the period, in districts of this place.")
ACTIVITY = {"is_protected": True, "is_dated": True, "rows_of": "taetigkeiten"}
DERIVED = {"is_dated": True, "rows_of": "taetigkeiten"}

MEASURES = {
    measure.name: measure
    for measure in [
        Measure(
            "taetigkeiten",
            _("Activities"),
            _("Entries of the agencies' log: what was done on one day in one district."),
            PERIOD_QUERY,
            **ACTIVITY,
        ),
        Measure(
            "teilnehmende",
            _("Participants"),
            _(
                "People reached, counted at each entry: who comes three times counts three times. "
                "Volunteers and professionals are not among them."
            ),
            PERIOD_QUERY,
            **ACTIVITY,
        ),
        Measure(
            "mit_flucht",
            _("With refugee background"),
            _("Of the participants those in target groups that count as refugees."),
            PERIOD_QUERY,
            **ACTIVITY,
        ),
        Measure(
            "ohne_flucht",
            _("Without refugee background"),
            _("All other participants."),
            PERIOD_QUERY,
            **ACTIVITY,
        ),
        Measure(
            "helfende",
            _("Volunteers and professionals"),
            _("People who helped, counted at each entry."),
            PERIOD_QUERY,
            **ACTIVITY,
        ),
        Measure(
            "treffen",
            _("Gatherings"),
            _("Entries with at least two participants."),
            PERIOD_QUERY,
            **ACTIVITY,
        ),
        Measure(
            "gemischt",
            _("Mixed gatherings"),
            _("Gatherings with people of both backgrounds."),
            PERIOD_QUERY,
            **ACTIVITY,
        ),
        Measure(
            "minuten",
            _("Minutes"),
            _("Minutes of the entries."),
            PERIOD_QUERY,
            is_dated=True,
            rows_of="taetigkeiten",
        ),
        Measure(
            "stunden",
            _("Hours"),
            _("Minutes of the entries, in hours with one decimal."),
            PERIOD_QUERY,
            unit="hours",
            is_dated=True,
            rows_of="taetigkeiten",
        ),
        Measure(
            "anteil_ohne",
            _("Share without refugee background"),
            _("Participants without refugee background among all participants."),
            _("Computed from the two figures as shown."),
            unit="percent",
            **DERIVED,
        ),
        Measure(
            "anteil_gemischt",
            _("Share of mixed gatherings"),
            _("Mixed gatherings among all gatherings."),
            _("Computed from the two figures as shown."),
            unit="percent",
            **DERIVED,
        ),
        Measure(
            "veraenderung_teilnehmende",
            _("Change of participants"),
            _("Participants of the period less those of the period before."),
            _("Computed from the two figures as shown."),
            unit="change",
            **DERIVED,
        ),
        Measure(
            "veraenderung_taetigkeiten",
            _("Change of activities"),
            _("Activities of the period less those of the period before."),
            _("Computed from the two figures as shown."),
            unit="change",
            **DERIVED,
        ),
    ]
}
