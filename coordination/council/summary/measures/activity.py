from django.utils.translation import gettext_lazy as _

from coordination.council.summary.measures.measure import Measure

PERIOD_QUERY = _("All entries whose day lies in the period, in districts of this place.")
ACTIVITY = {
    "is_protected": True,
    "is_dated": True,
    "is_of_period": True,
    "rows_of": "taetigkeiten",
}
DERIVED = {"is_dated": True, "is_of_period": True, "rows_of": "taetigkeiten"}

MEASURES = [
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
        **DERIVED,
    ),
    Measure(
        "stunden",
        _("Hours"),
        _("Minutes of the entries, in hours with one decimal."),
        PERIOD_QUERY,
        unit="hours",
        **DERIVED,
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
    Measure(
        "personen",
        _("People by target group"),
        _(
            "People counted at the entries in this target group. Like participants they count at "
            "each entry; volunteers and professionals are target groups, too."
        ),
        _("All entries whose day lies in the period: their people in this target group."),
        **ACTIVITY,
    ),
    Measure(
        "je_1000",
        _("Participants per 1,000 residents"),
        _(
            "Participants of the period divided by the residents, times 1,000. Residents of "
            "different years are not added up: then there is no figure."
        ),
        _("Computed from the participants as shown and the last known number of residents."),
        unit="rate",
        is_of_period=True,
        rows_of="taetigkeiten",
    ),
    Measure(
        "je_vze",
        _("Activities per FTE"),
        _(
            "Activities of the period divided by the full-time equivalents held on average. "
            "Activities of freelancers, who hold no position, are among them."
        ),
        _("Computed from the two figures as shown."),
        unit="rate",
        **DERIVED,
    ),
    Measure(
        "stunden_je_vze",
        _("Hours per FTE"),
        _(
            "Hours of the entries divided by the full-time equivalents held on average. Hours of "
            "freelancers, who hold no position, are among them."
        ),
        _("Computed from the two figures as shown."),
        unit="rate",
        **DERIVED,
    ),
]
