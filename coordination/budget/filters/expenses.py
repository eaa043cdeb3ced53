"""Which expenses of a list to show."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.filters import SortFilter
from coordination.budget.models import Agreement, CostKind
from coordination.forms import DayField
from coordination.text import fold


class DayFilter(django_filters.Filter):
    field_class = DayField


class ExpenseFilter(django_filters.FilterSet):
    """``agreements`` are those within reach; the choices come out of them without a query each."""

    suche = django_filters.CharFilter(label=_("Payee or purpose"), method="search", max_length=100)
    jahr = django_filters.ChoiceFilter(
        label=_("Budget year"), field_name="share__year__year", empty_label=_("all")
    )
    verband = django_filters.ChoiceFilter(
        label=_("Agency"), field_name="share__agreement__agency", empty_label=_("all")
    )
    vereinbarung = django_filters.ChoiceFilter(
        label=_("Agreement"), field_name="share__agreement", empty_label=_("all")
    )
    kostenart = django_filters.ChoiceFilter(
        label=_("Kind of cost"),
        field_name="share__cost_kind",
        choices=CostKind,
        empty_label=_("all"),
    )
    von = DayFilter(label=_("Spent from"), field_name="booked_on", lookup_expr="gte")
    bis = DayFilter(label=_("Spent until"), field_name="booked_on", lookup_expr="lte")
    sortierung = SortFilter(
        ("booked_on", "datum"),
        ("payee_key", "empfaenger"),
        ("share__agreement__agency__short_name", "verband"),
        ("amount", "betrag"),
    )

    def __init__(self, data, rows: QuerySet, *, agreements: list[Agreement]):
        super().__init__(data, rows)
        years = {
            year for row in agreements for year in range(row.starts_on.year, row.ends_on.year + 1)
        }
        agencies = {row.agency_id: row.agency.short_name for row in agreements}
        self._choose("jahr", [(str(year), str(year)) for year in sorted(years, reverse=True)])
        self._choose("vereinbarung", [(str(row.pk), str(row)) for row in agreements])
        self._choose(
            "verband",
            [(str(pk), name) for pk, name in sorted(agencies.items(), key=lambda item: item[1])],
        )

    def _choose(self, name, choices):
        self.filters[name].extra["choices"] = choices

    def search(self, rows, name, value):
        return rows.filter(payee_key__contains=fold(value))
