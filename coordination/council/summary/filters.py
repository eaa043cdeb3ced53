"""Which sent answers a list shows."""

import django_filters
from django.utils.translation import gettext_lazy as _

from agencies.filters import SearchFilter
from coordination.council.summary.models import Answer
from coordination.council.summary.patterns import PATTERNS
from coordination.forms import DayField


class DayFilter(django_filters.Filter):
    field_class = DayField


class AnswerFilter(django_filters.FilterSet):
    suche = SearchFilter("title", "question", "asked_by")
    muster = django_filters.ChoiceFilter(
        label=_("Question pattern"),
        field_name="pattern",
        choices=[(slug, pattern.title) for slug, pattern in PATTERNS.items()],
        empty_label=_("all"),
    )
    von = DayFilter(label=_("Sent from"), field_name="sent_at", lookup_expr="date__gte")
    bis = DayFilter(label=_("Sent until"), field_name="sent_at", lookup_expr="date__lte")

    class Meta:
        model = Answer
        fields = []
