from django.utils.translation import gettext_lazy as _

from coordination.council.summary.measures.measure import Measure

MEASURES = [
    Measure(
        "aufgaben_offen",
        _("Open tasks from resolutions"),
        _("What resolutions asked an office to do and what is neither done nor dropped."),
        _("All tasks given by the day of the report that are open on it."),
        is_dated=True,
        rows_of="aufgaben_offen",
    ),
    Measure(
        "aufgaben_ueberfaellig",
        _("Overdue tasks from resolutions"),
        _("Open tasks that should have been done before the day of the report."),
        _("All tasks given by the day of the report that are open on it."),
        is_dated=True,
        rows_of="aufgaben_offen",
    ),
    Measure(
        "antraege_offen",
        _("Motions under way"),
        _("Motions that were submitted and not decided, noted, withdrawn or settled."),
        _("All motions submitted by the day of the report that are pending on it."),
        is_dated=True,
        rows_of="antraege_offen",
    ),
]
