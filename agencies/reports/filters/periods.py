"""Which reporting periods to show."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.activity.models import ReportingPeriod

ALL = "alle"
OVERDUE, MISSING = "ueberfaellig", "fehlt"


class PeriodFilter(django_filters.FilterSet):
    """Without a year it is the one of ``day``; ``alle`` are all of them."""

    jahr = django_filters.ChoiceFilter(
        label=_("Year"), method="in_year", empty_label=None, widget=forms.HiddenInput
    )
    verband = django_filters.ChoiceFilter(
        field_name="agency", label=_("Agency"), empty_label=_("all")
    )
    stand = django_filters.ChoiceFilter(label=_("State"), method="with_state", empty_label=_("all"))

    class Meta:
        model = ReportingPeriod
        fields = []

    def __init__(self, data, rows, *, side, day, years, agencies):
        if "jahr" not in data:
            data = data.copy()
            data["jahr"] = str(day.year)
        super().__init__(data, rows)
        self.day = day
        words = [(state, str(word)) for state, word in ReportingPeriod.WORDS[side].items()]
        choices = {
            "jahr": [(ALL, _("all")), *((str(year), str(year)) for year in years)],
            "verband": [(str(agency.pk), agency.short_name) for agency in agencies],
            "stand": [*words, (OVERDUE, _("overdue")), (MISSING, _("not in yet"))],
        }
        for name, offered in choices.items():
            self.filters[name].extra["choices"] = offered
        self.filters["jahr"].extra["initial"] = str(day.year)
        if len(agencies) < 2:
            del self.filters["verband"]

    @property
    def year(self) -> int | None:
        """The year that is chosen; None: all, or something that is no year."""
        chosen = self.form.cleaned_data.get("jahr") if self.form.is_valid() else None
        return int(chosen) if chosen and chosen != ALL else None

    @property
    def is_list(self) -> bool:
        """Whether single periods are looked for rather than a year as a whole."""
        return not self.year or bool(self.form.cleaned_data.get("stand"))

    def in_year(self, rows, name, value):
        if value == ALL:
            return rows
        return rows.filter(starts_on__lte=f"{value}-12-31", ends_on__gte=f"{value}-01-01")

    def with_state(self, rows, name, value):
        if value == OVERDUE:
            return rows.overdue(self.day)
        return rows.missing(self.day) if value == MISSING else rows.filter(state=value)
