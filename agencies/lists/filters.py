"""Which terms of the central lists to show. The parameters stay in the address."""

from datetime import date

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.filters import SortFilter
from coordination.text import fold


class TermFilter(django_filters.FilterSet):
    """The terms of one list; ``day`` decides which of them are valid."""

    suche = django_filters.CharFilter(label=_("Name"), method="search", max_length=100)
    stand = django_filters.ChoiceFilter(
        label=_("Validity"),
        method="valid",
        choices=[("gueltig", _("valid on this day")), ("nicht", _("not valid on this day"))],
        empty_label=_("all"),
    )
    sortierung = SortFilter(("order", "platz"), ("name_key", "name"), ("starts_on", "seit"))

    def __init__(self, data, rows: QuerySet, *, day: date):
        super().__init__(data, rows)
        self.day = day

    def search(self, rows, name, value):
        return rows.filter(name_key__contains=fold(value))

    def valid(self, rows, name, value):
        on_the_day = rows.model.objects.on(self.day).values("pk")
        if value == "gueltig":
            return rows.filter(pk__in=on_the_day)
        return rows.exclude(pk__in=on_the_day)
