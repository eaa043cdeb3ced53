from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.council.summary.measures.measure import Measure

HELPING = _("All volunteers of the agency who help on the day of the report.")
ASKED = _("All questions confirmed on a day of the period.")
ANSWERED = {"is_of_period": True, "rows_of": "fragen_beantwortet", "unit": "hours"}

MEASURES = [
    Measure(
        "ehrenamtliche",
        _("Volunteers"),
        _("People who help unpaid on the day of the report, by the agency that looks after them."),
        HELPING,
        is_protected=True,
        rows_of="ehrenamtliche",
    ),
    Measure(
        "ohne_ansprechperson",
        _("Volunteers without contact person"),
        _(
            "Volunteers of whom nobody is the contact person on the day of the report: nobody was "
            "appointed, or whoever was no longer leads the district or has left."
        ),
        HELPING,
        is_protected=True,
        rows_of="ehrenamtliche",
    ),
    Measure(
        "initiativen",
        pgettext_lazy("volunteers", "Groups"),
        _("Groups of volunteers that are there on the day of the report."),
        _("All groups looked after by the agency on the day of the report."),
        rows_of="initiativen",
    ),
    Measure(
        "fragen",
        _("Questions at the ask-back desk"),
        _("Questions volunteers asked and confirmed in the period."),
        ASKED,
        is_protected=True,
        is_of_period=True,
        rows_of="fragen",
    ),
    Measure(
        "fragen_beantwortet",
        _("Questions answered"),
        _("Those of them that have a first answer when the report is composed."),
        ASKED,
        is_protected=True,
        is_of_period=True,
        rows_of="fragen",
    ),
    Measure(
        "fragen_offen",
        _("Questions without an answer"),
        _("Those of them that have none, closed ones too."),
        ASKED,
        is_protected=True,
        is_of_period=True,
        rows_of="fragen",
    ),
    Measure(
        "antwort_median",
        _("Time to the first answer, median"),
        _("Half of the answered questions had their first answer within this many hours."),
        ASKED,
        **ANSWERED,
    ),
    Measure(
        "antwort_p90",
        _("Time to the first answer, 90th percentile"),
        _("Nine of ten answered questions had their first answer within this many hours."),
        ASKED,
        **ANSWERED,
    ),
]
