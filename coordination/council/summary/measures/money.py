from django.utils.translation import gettext_lazy as _

from coordination.council.summary.measures.measure import Measure

BOOKED = _("All bookings of the budget year with a date up to the day of the report.")
AGREED = _(
    "All agreements' shares of the budget year as they are entered when the report is released, "
    "without agreements signed after the day of the report."
)
PAID = _("All payments of the budget year with a date up to the day of the report.")
DECLARED = _(
    "All expenses the agencies declared for the budget year, with a date up to the day of the "
    "report."
)


def euros(name, label, definition, query) -> Measure:
    return Measure(name, label, definition, query, unit="euro")


MEASURES = [
    euros(
        "ansatz",
        _("Planned in the budget"),
        _("What the budget plans for the year, before supplements, moves and carry-overs."),
        BOOKED,
    ),
    euros(
        "verfuegbar",
        _("Available money"),
        _("Planned, with supplements, moves and carry-overs: what may be bound."),
        BOOKED,
    ),
    euros(
        "vereinbart",
        _("Agreed"),
        _("What agreements with the agencies promise for the year."),
        AGREED,
    ),
    euros(
        "gebunden",
        _("Bound"),
        _("What is reserved for agreements and cannot be spent otherwise."),
        BOOKED,
    ),
    euros(
        "ausgezahlt",
        _("Paid out"),
        _("What reached the agencies, less what was paid back."),
        PAID,
    ),
    euros(
        "belegt",
        _("Declared with receipts"),
        _("Expenses the agencies declared. They are proven only when the city has checked them."),
        DECLARED,
    ),
    euros(
        "frei",
        _("Free money"),
        _("Available less bound."),
        BOOKED,
    ),
    euros(
        "prognose",
        _("Forecast for the end of the year"),
        _(
            "What will have been paid by the end of the year: what is bound, less what vacant "
            "positions save until then, but at least what is paid already."
        ),
        BOOKED,
    ),
    euros(
        "vakanz_frei",
        _("Freed by vacancies"),
        _(
            "What positions without holder save until the end of the year: days without holder "
            "times the agreement's daily rate."
        ),
        _(
            "All funded positions of the year's agreements with all their occupancies, without "
            "agreements signed after the day of the report."
        ),
    ),
]
