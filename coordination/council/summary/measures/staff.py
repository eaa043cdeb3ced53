from django.utils.translation import gettext_lazy as _

from coordination.council.summary.measures.measure import Measure

FUNDED = _("All positions funded on the day of the report.")
HELD = _("All occupancies of these positions that hold on the day of the report.")
COVERED = _("All districts that exist on the day of the report, with who is responsible that day.")
POSITIONS = {"is_dated": True, "rows_of": "stellen"}
DISTRICTS = {"is_dated": True, "rows_of": "stadtteile"}

MEASURES = [
    Measure(
        "stellen",
        _("Positions"),
        _("Posts of the agencies and of the city that are funded on the day of the report."),
        FUNDED,
        **POSITIONS,
    ),
    Measure(
        "vze_gefoerdert",
        _("Funded FTE"),
        _("The size of these positions in full-time equivalents: 1.00 is one full time."),
        FUNDED,
        unit="fte",
        **POSITIONS,
    ),
    Measure(
        "vze_besetzt",
        _("Filled FTE"),
        _("What of the funded full-time equivalents somebody holds on the day of the report."),
        HELD,
        unit="fte",
        **POSITIONS,
    ),
    Measure(
        "vze_unbesetzt",
        _("Vacant FTE"),
        _("Funded full-time equivalents less those that are held."),
        HELD,
        unit="fte",
        **POSITIONS,
    ),
    Measure(
        "vze_mittel",
        _("FTE held on average"),
        _(
            "Full-time equivalents held on each day of the period, added up and divided by its "
            "days. The city's average is computed from all days, not from the rounded averages."
        ),
        _("All occupancies that hold on a day of the period."),
        unit="fte",
        is_dated=True,
        is_of_period=True,
    ),
    Measure(
        "stadtteile",
        _("Districts"),
        _("Districts that exist on the day of the report."),
        COVERED,
        **DISTRICTS,
    ),
    Measure(
        "mit_federfuehrung",
        _("Districts with lead"),
        _("Districts for which a position is responsible as lead, even if it is vacant."),
        COVERED,
        **DISTRICTS,
    ),
    Measure(
        "ohne_federfuehrung",
        _("Districts without lead"),
        _("Districts for which no position is responsible as lead."),
        COVERED,
        **DISTRICTS,
    ),
    Measure(
        "ohne_vertretung",
        _("Districts without deputy"),
        _("Districts for which no position stands in for the lead."),
        COVERED,
        **DISTRICTS,
    ),
]
