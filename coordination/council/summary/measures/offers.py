from django.utils.translation import gettext_lazy as _

from coordination.council.summary.measures.measure import Measure

QUERY = _("All offers of the place that are valid on a day of the period.")
OFFERS = {"is_dated": True, "is_of_period": True, "rows_of": "angebote"}

MEASURES = [
    Measure(
        "angebote",
        _("Offers"),
        _("Regular offers of the agencies that are valid on at least one day of the period."),
        QUERY,
        **OFFERS,
    ),
    Measure(
        "angebote_offen",
        _("Offers open to all"),
        _("Offers that all residents may come to, not only certain target groups."),
        QUERY,
        **OFFERS,
    ),
    Measure(
        "anteil_offene_angebote",
        _("Share of offers open to all"),
        _("Offers open to all residents among all offers."),
        _("Computed from the two figures as shown."),
        unit="percent",
        **OFFERS,
    ),
]
