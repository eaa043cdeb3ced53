import django_filters
from django.utils.translation import gettext_lazy as _

from agencies.filters import SearchFilter, SortFilter
from agencies.models import Agency
from coordination.budget.models import Agreement, BudgetYear


class AgreementFilter(django_filters.FilterSet):
    """Takes ``scope`` and ``day``: which agreements run depends on the Stichtag."""

    suche = SearchFilter("reference", "subject")
    verband = django_filters.ModelChoiceFilter(
        field_name="agency",
        label=_("Agency"),
        queryset=Agency.objects.none(),
        empty_label=_("all"),
    )
    art = django_filters.ChoiceFilter(
        field_name="kind", label=_("Kind"), choices=Agreement.Kind, empty_label=_("all")
    )
    jahr = django_filters.ModelChoiceFilter(
        label=_("Budget year"),
        method="in_year",
        to_field_name="year",
        queryset=BudgetYear.objects.none(),
        empty_label=_("all"),
    )
    laufzeit = django_filters.ChoiceFilter(
        label=_("Term"),
        method="running",
        choices=[
            ("laeuft", _("runs today")),
            ("kommt", _("has not begun")),
            ("zuende", _("has ended")),
        ],
        empty_label=_("all"),
    )
    sortierung = SortFilter(
        ("reference", "zeichen"),
        ("agency__short_name", "verband"),
        ("kind", "art"),
        ("starts_on", "von"),
        ("ends_on", "bis"),
        ("agreed", "betrag"),
        ("committed", "gebunden"),
        ("paid", "ausgezahlt"),
        ("declared", "nachgewiesen"),
    )

    def __init__(self, data, rows, *, scope, day):
        super().__init__(data, rows)
        self.day = day
        self.filters["verband"].queryset = Agency.objects.within(scope)
        self.filters["jahr"].queryset = BudgetYear.objects.within(scope)

    @property
    def year(self) -> int | None:
        """The one budget year whose amounts are asked for."""
        chosen = self.form.cleaned_data.get("jahr") if self.form.is_valid() else None
        return chosen and chosen.year

    def filter_queryset(self, rows):
        """The amounts are those of the chosen year, and may be sorted by."""
        return super().filter_queryset(rows.with_sums(self.year))

    def in_year(self, rows, name, year):
        return rows.filter(pk__in=year.shares.values("agreement"))

    def running(self, rows, name, value):
        if value == "kommt":
            return rows.filter(starts_on__gt=self.day)
        if value == "zuende":
            return rows.filter(ends_on__lt=self.day)
        return rows.on(self.day)
