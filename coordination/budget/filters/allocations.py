import django_filters
from django.utils.translation import gettext_lazy as _

from agencies.filters import SearchFilter, SortFilter
from coordination.budget.models import BudgetYear


class AllocationFilter(django_filters.FilterSet):
    suche = SearchFilter("reference", "legal_basis")
    jahr = django_filters.ModelChoiceFilter(
        field_name="year",
        label=_("Budget year"),
        queryset=BudgetYear.objects.all(),
        to_field_name="year",
        empty_label=_("all"),
    )
    sortierung = SortFilter(
        ("issued_on", "datum"),
        ("reference", "bescheid"),
        ("year__year", "jahr"),
        ("amount", "betrag"),
        ("earmarked", "anteil"),
    )
