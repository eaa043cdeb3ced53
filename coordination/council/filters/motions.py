"""Which motions and which resolutions of a list to show."""

from datetime import date

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.filters import SearchFilter, SortFilter
from coordination.council.models import (
    Committee,
    Group,
    Motion,
    MotionStep,
    Resolution,
    ResolutionTask,
)
from coordination.forms import DayField

PENDING, SETTLED = "offen", "erledigt"
OPEN, OVERDUE = "offen", "ueberfaellig"


class DayFilter(django_filters.Filter):
    field_class = DayField


class MotionFilter(django_filters.FilterSet):
    """Takes ``day``, the Stichtag: states and tasks are those of that day."""

    suche = SearchFilter("number", "title", "text")
    stand = django_filters.ChoiceFilter(
        label=pgettext_lazy("motion", "State"),
        method="in_state",
        choices=[(PENDING, _("pending")), (SETTLED, _("settled")), *Motion.State.choices],
        empty_label=_("all"),
    )
    fraktion = django_filters.ChoiceFilter(
        label=_("Submitted by"), method="by_group", empty_label=_("all")
    )
    ausschuss = django_filters.ChoiceFilter(
        label=_("Committee"), method="in_committee", empty_label=_("all")
    )
    von = DayFilter(label=_("Submitted from"), field_name="submitted_on", lookup_expr="gte")
    bis = DayFilter(label=_("Submitted until"), field_name="submitted_on", lookup_expr="lte")
    aufgaben = django_filters.ChoiceFilter(
        label=_("Tasks"),
        method="with_tasks",
        choices=[(OPEN, _("with open tasks")), (OVERDUE, _("with overdue tasks"))],
        empty_label=_("all"),
    )
    sortierung = SortFilter(
        ("number", "nummer"),
        ("title", "titel"),
        ("submitted_on", "eingereicht"),
        ("since", "seit"),
    )

    def __init__(self, data, rows: QuerySet, *, day: date):
        super().__init__(data, rows)
        self.day = day
        self.filters["fraktion"].extra["choices"] = chosen_from(Group)
        self.filters["ausschuss"].extra["choices"] = chosen_from(Committee)

    def in_state(self, rows, name, value):
        if value == PENDING:
            return rows.filter(state__in=Motion.PENDING)
        if value == SETTLED:
            return rows.exclude(state__in=Motion.PENDING)
        return rows.filter(state=value)

    def by_group(self, rows, name, value):
        return rows.filter(
            pk__in=Motion.groups.through.objects.filter(group=value).values("motion")
        )

    def in_committee(self, rows, name, value):
        """That it has come to until the day."""
        steps = MotionStep.objects.standing().filter(committee=value, day__lte=self.day)
        return rows.filter(pk__in=steps.values("motion"))

    def with_tasks(self, rows, name, value):
        tasks = ResolutionTask.objects
        tasks = tasks.overdue(self.day) if value == OVERDUE else tasks.open_on(self.day)
        return rows.filter(pk__in=tasks.values("resolution__motion"))


class ResolutionFilter(django_filters.FilterSet):
    """Takes ``day``, the Stichtag: tasks are those of that day."""

    suche = SearchFilter("title", "text", "motion__number", "paper__number")
    ergebnis = django_filters.ChoiceFilter(
        label=_("Result"),
        field_name="result",
        choices=Resolution.Result,
        empty_label=_("all"),
    )
    ausschuss = django_filters.ChoiceFilter(
        label=_("Resolved by"), field_name="committee", empty_label=_("all")
    )
    von = DayFilter(label=_("Resolved from"), field_name="day", lookup_expr="gte")
    bis = DayFilter(label=_("Resolved until"), field_name="day", lookup_expr="lte")
    aufgaben = django_filters.ChoiceFilter(
        label=_("Tasks"),
        method="with_tasks",
        choices=[(OPEN, _("with open tasks")), (OVERDUE, _("with overdue tasks"))],
        empty_label=_("all"),
    )
    sortierung = SortFilter(("day", "datum"), ("title", "titel"), ("committee__name", "ausschuss"))

    def __init__(self, data, rows: QuerySet, *, day: date):
        super().__init__(data, rows)
        self.day = day
        self.filters["ausschuss"].extra["choices"] = chosen_from(Committee)

    def with_tasks(self, rows, name, value):
        tasks = ResolutionTask.objects
        tasks = tasks.overdue(self.day) if value == OVERDUE else tasks.open_on(self.day)
        return rows.filter(pk__in=tasks.values("resolution"))


def chosen_from(model) -> list[tuple[str, str]]:
    return [(str(row.pk), str(row)) for row in model.objects.all()]
