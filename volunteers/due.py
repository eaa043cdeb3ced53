"""Which rows of the due list to show, and in which order."""

import django_filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.filters import SortFilter
from agencies.models import Agency
from volunteers.models import DeclarationText
from volunteers.papers import CERTIFICATE, LACKS, Papers


class DueFilter(django_filters.FilterSet):
    """Volunteers who lack a paper; takes the ``papers`` of the day and the agencies to choose."""

    verband = django_filters.ModelChoiceFilter(
        field_name="agency",
        label=_("Looked after by"),
        queryset=Agency.objects.none(),
        empty_label=_("all"),
    )
    nachweis = django_filters.ChoiceFilter(
        label=pgettext_lazy("volunteers", "Paper"),
        method="unfiltered",
        choices=[
            (CERTIFICATE, _("certificate of conduct")),
            *DeclarationText.Kind.choices,
        ],
        empty_label=_("all"),
    )
    stand = django_filters.ChoiceFilter(
        label=_("State"),
        method="unfiltered",
        choices=[(state.value, state.label) for state in LACKS],
        empty_label=_("all"),
    )
    sortierung = SortFilter(
        ("name_key", "name"),
        ("agency__short_name", "verband"),
        ("certificate_issued", "frist"),
    )

    def __init__(self, data, rows, *, papers: Papers, scope):
        super().__init__(data, rows)
        self.papers = papers
        self.filters["verband"].queryset = Agency.objects.within(scope)

    def unfiltered(self, rows, name, value):
        """The two together mean one paper in that state, so ``filter_queryset`` asks for both."""
        return rows

    def filter_queryset(self, rows):
        chosen = self.form.cleaned_data
        states = [chosen["stand"]] if chosen.get("stand") else LACKS
        lacking = self.papers.lacking(states, chosen.get("nachweis", ""))
        return super().filter_queryset(rows).filter(lacking)
