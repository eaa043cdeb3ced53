"""Which volunteers or groups of a list to show."""

from datetime import date

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.filters import SortFilter, boroughs_and_quarters
from agencies.lists.models import Topic
from agencies.models import Agency
from coordination.access.permissions import Scope
from volunteers import duplicates, search
from volunteers.models import VolunteerGroup

HELPING, COMING, ENDED, ALL = "laufend", "kommend", "beendet", "alle"


class EngagedFilter(django_filters.FilterSet):
    """Takes ``scope`` and ``day``, the Stichtag: who helps depends on it."""

    suche = django_filters.CharFilter(
        label=_("Name, e-mail or phone"), method="search", max_length=100
    )
    gebiet = django_filters.ChoiceFilter(
        label=_("District or borough"), method="there", empty_label=_("all")
    )
    sprache = django_filters.CharFilter(label=_("Language"), method="speaking", max_length=100)
    thema = django_filters.ChoiceFilter(
        label=_("Interest"), method="interested", empty_label=_("all")
    )
    verband = django_filters.ChoiceFilter(
        label=_("Looked after by"), field_name="agency", empty_label=_("all")
    )
    stand = django_filters.ChoiceFilter(
        label=_("Status"),
        method="in_state",
        choices=[
            (HELPING, _("helping")),
            (COMING, _("yet to begin")),
            (ENDED, _("ended")),
            (ALL, _("all")),
        ],
        empty_label=_("not ended"),
    )
    sortierung = SortFilter(
        ("name_key", "name"), ("agency__short_name", "verband"), ("starts_on", "seit")
    )

    def __init__(self, data, rows: QuerySet, *, scope: Scope, day: date):
        super().__init__(data, rows)
        self.day = day
        self.filters["gebiet"].extra["choices"] = boroughs_and_quarters()
        topics = Topic.objects.in_order().values_list("pk", "name")
        self.filters["thema"].extra["choices"] = [(str(pk), name) for pk, name in topics]
        if scope.citywide or len(scope.agencies) > 1:
            agencies = Agency.objects.within(scope).values_list("pk", "short_name")
            self.filters["verband"].extra["choices"] = [(str(pk), name) for pk, name in agencies]
        else:
            del self.filters["verband"]

    def filter_queryset(self, queryset):
        """Ended ones only if somebody asks for them."""
        if not self.form.cleaned_data.get("stand"):
            queryset = queryset.filter(Q(ends_on=None) | Q(ends_on__gte=self.day))
        return super().filter_queryset(queryset)

    def search(self, rows, name, value):
        """By the beginnings of names; an address or a number must be the whole one."""
        if "@" in value:
            return rows.filter(email_key=duplicates.email_key(value))
        if not search.words(value) or search.words(value)[0].isdecimal() or value[0] == "+":
            number = duplicates.phone_key(value)
            return rows.filter(phone_key=number) if number else rows.none()
        return search.named(rows, value)

    def there(self, rows, name, value):
        links = rows.model.districts.through.objects.filter(
            Q(district=value) | Q(district__parent=value)
        )
        return rows.filter(pk__in=links.values(rows.model._meta.model_name))

    def speaking(self, rows, name, value):
        return search.speaking(rows, value)

    def interested(self, rows, name, value):
        links = rows.model.interests.through.objects.filter(topic=value)
        return rows.filter(pk__in=links.values(rows.model._meta.model_name))

    def in_state(self, rows, name, value):
        if value == HELPING:
            return rows.on(self.day)
        if value == COMING:
            return rows.filter(starts_on__gt=self.day)
        return rows.filter(ends_on__lt=self.day) if value == ENDED else rows


class VolunteerFilter(EngagedFilter):
    pass


class GroupFilter(EngagedFilter):
    art = django_filters.ChoiceFilter(
        label=_("Kind"), field_name="kind", choices=VolunteerGroup.Kind, empty_label=_("all")
    )
