"""Which payouts to list, and in which order."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.budget.models import Payout
from coordination.budget.models.payout import SOON

SORT = {
    "due_on": "faellig",
    "commitment__share__agreement__agency__short_name": "verband",
    "commitment__share__agreement__reference": "vereinbarung",
    "status": "stand",
    "planned": "geplant",
}
ALL = "alle"


class PayoutFilter(django_filters.FilterSet):
    """Takes what may be chosen from: a list page asks for it once, and needs it elsewhere too.

    Without a year it is the one of ``day``; ``mine`` are the payouts that wait for the visitor,
    None for whom no payout can wait.
    """

    jahr = django_filters.ChoiceFilter(label=_("Budget year"), method="in_year", empty_label=None)
    verband = django_filters.ChoiceFilter(
        field_name="commitment__share__agreement__agency", label=_("Agency"), empty_label=_("all")
    )
    vereinbarung = django_filters.ChoiceFilter(
        field_name="commitment__share__agreement", label=_("Agreement"), empty_label=_("all")
    )
    stand = django_filters.ChoiceFilter(
        label=_("Status"), method="with_status", empty_label=_("all but cancelled")
    )
    frist = django_filters.ChoiceFilter(
        label=_("Due date"),
        method="due",
        choices=[("ueberfaellig", _("overdue")), ("bald", _("due within 30 days"))],
        empty_label=_("all"),
    )
    wartet = django_filters.ChoiceFilter(
        label=_("Next step"),
        method="waiting",
        choices=[("mich", _("waits for me"))],
        empty_label=_("all"),
    )
    sortierung = django_filters.OrderingFilter(fields=SORT, widget=forms.HiddenInput)

    class Meta:
        model = Payout
        fields = []

    def __init__(self, data, rows, *, side, day, years, agreements, mine):
        chosen = str(day.year) if day.year in years else ALL
        if "jahr" not in data:
            data = data.copy()
            data["jahr"] = chosen
        super().__init__(data, rows)
        self.day, self.mine = day, mine
        agencies = {row.agency_id: row.agency.short_name for row in agreements}
        choices = {
            "jahr": [(ALL, _("all")), *((str(year), str(year)) for year in years)],
            "verband": sorted(
                ((str(pk), name) for pk, name in agencies.items()), key=lambda agency: agency[1]
            ),
            "vereinbarung": [(str(row.pk), f"{row.reference} {row.agency}") for row in agreements],
            "stand": [(status, word) for status, word in Payout.WORDS[side].items()],
        }
        for name, offered in choices.items():
            self.filters[name].extra["choices"] = offered
        self.filters["jahr"].extra["initial"] = chosen
        if side == "agency" and len(agencies) < 2:
            del self.filters["verband"]
        if mine is None:
            del self.filters["wartet"]

    def in_year(self, rows, name, value):
        return rows if value == ALL else rows.filter(commitment__line__year__year=int(value))

    def with_status(self, rows, name, value):
        return rows.filter(status=value)

    def due(self, rows, name, value):
        if value == "ueberfaellig":
            return rows.overdue(self.day)
        return rows.filter(status="planned", due_on__range=(self.day, self.day + SOON))

    def waiting(self, rows, name, value):
        return rows.filter(pk__in=self.mine.order_by().values("pk"))

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("stand") else rows.exclude(status="cancelled")
