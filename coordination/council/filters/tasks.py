"""Which tasks of resolutions to show."""

from datetime import date

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.filters import SearchFilter, SortFilter
from coordination.council.filters.motions import DayFilter
from coordination.council.models import ResolutionTask

OVERDUE, DONE, DROPPED, ALL = "ueberfaellig", "erledigt", "entfallen", "alle"
STATES = {DONE: ResolutionTask.State.DONE, DROPPED: ResolutionTask.State.DROPPED}


class TaskFilter(django_filters.FilterSet):
    """Takes ``day``, the Stichtag. Settled tasks only if somebody asks for them."""

    suche = SearchFilter("text", "owner", "resolution__title", "resolution__motion__number")
    stand = django_filters.ChoiceFilter(
        label=pgettext_lazy("motion", "State"),
        method="in_state",
        choices=[
            (OVERDUE, _("overdue only")),
            (DONE, _("done ones")),
            (DROPPED, _("dropped ones")),
            (ALL, _("all")),
        ],
        empty_label=_("open ones"),
    )
    amt = django_filters.ChoiceFilter(
        label=_("Office in charge"), field_name="owner", empty_label=_("all")
    )
    von = DayFilter(label=_("Due from"), field_name="due_on", lookup_expr="gte")
    bis = DayFilter(label=_("Due until"), field_name="due_on", lookup_expr="lte")
    sortierung = SortFilter(
        ("due_on", "faellig"),
        ("text", "aufgabe"),
        ("owner", "amt"),
        ("given_on", "erteilt"),
        ("resolution__title", "beschluss"),
    )

    def __init__(self, data, rows: QuerySet, *, day: date):
        super().__init__(data, rows.order_by("due_on", "pk"))
        self.day = day
        owners = rows.order_by("owner").values_list("owner", flat=True).distinct()
        self.filters["amt"].extra["choices"] = [(owner, owner) for owner in owners]

    def filter_queryset(self, rows):
        if not self.form.cleaned_data.get("stand"):
            rows = rows.filter(state=ResolutionTask.State.OPEN)
        return super().filter_queryset(rows)

    def in_state(self, rows, name, value):
        if value == OVERDUE:
            return rows.filter(state=ResolutionTask.State.OPEN, due_on__lt=self.day)
        return rows if value == ALL else rows.filter(state=STATES[value])
