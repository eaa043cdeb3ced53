"""Which entries of the log to show. The parameters stay in the address."""

from datetime import datetime, time

import django_filters
from django import forms
from django.apps import apps
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.access.models import User
from coordination.audit import wording
from coordination.forms import DayField
from coordination.periods import ONE_DAY
from coordination.text import fold


class DayFilter(django_filters.Filter):
    field_class = DayField


class EntryFilter(django_filters.FilterSet):
    """Takes ``scope``: an agency is offered its own agencies only."""

    suche = django_filters.CharFilter(label=_("Object"), max_length=100, method="named")
    art = django_filters.ChoiceFilter(
        field_name="target_model",
        label=_("Kind of object"),
        choices=wording.kinds,
        empty_label=_("all"),
    )
    verband = django_filters.ModelChoiceFilter(
        label=_("Agency"), method="of_agency", queryset=None, empty_label=_("all")
    )
    stadtteil = django_filters.ModelChoiceFilter(
        label=_("District"), method="of_district", queryset=None, empty_label=_("all")
    )
    person = django_filters.CharFilter(label=_("Person"), max_length=100, method="by_person")
    von = DayFilter(label=_("From"), method="since")
    bis = DayFilter(label=_("Until"), method="until")
    objekt = django_filters.CharFilter(
        label=_("Object"),
        widget=forms.HiddenInput,
        max_length=80,
        method="exactly",
        validators=[RegexValidator(r"^[a-z]+\.[a-z]+:\d{1,18}\Z")],
    )

    def __init__(self, data, rows, *, scope):
        super().__init__(data, rows)
        # By name: what the log describes lies above it.
        agencies, districts = (
            apps.get_model("agencies", "Agency"),
            apps.get_model("districts", "District"),
        )
        self.filters["verband"].queryset = agencies.objects.within(scope)
        self.filters["stadtteil"].queryset = districts.objects.without_shapes()

    def named(self, rows, name, value):
        return rows.filter(target_key__contains=fold(value))

    def by_person(self, rows, name, value):
        """Compared in Python: SQLite's own comparison ignores case for ASCII letters only."""
        wanted = fold(value)
        people = User.objects.values_list("pk", "name")
        return rows.filter(by__in=[pk for pk, name in people if wanted in fold(name)])

    def of_agency(self, rows, name, agency):
        return rows.filter(agency_id=agency.pk)

    def of_district(self, rows, name, district):
        # The second condition says nothing new; the index is only for entries with a district.
        return rows.filter(district_id=district.pk, district_id__gt=0)

    def since(self, rows, name, day):
        return rows.filter(at__gte=_midnight(day))

    def until(self, rows, name, day):
        return rows.filter(at__lt=_midnight(day + ONE_DAY))

    def exactly(self, rows, name, value):
        label, _colon, number = value.partition(":")
        return rows.filter(target_model=label, target_id=int(number))


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))
