"""Which offers of a list to show."""

from datetime import date

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.filters import SearchFilter, SortFilter, boroughs_and_quarters
from agencies.models import Agency
from agencies.offers.models import Confirmation, Offer, OfferTime
from coordination.text import fold

RUNNING, COMING, ENDED, ALL = "laufend", "kommend", "beendet", "alle"


class YesFilter(django_filters.ChoiceFilter):
    def __init__(self, **kwargs):
        super().__init__(choices=[("True", _("yes")), ("False", _("no"))], **kwargs)


class LanguageFilter(SearchFilter):
    def __init__(self):
        super().__init__("languages")
        self.label = _("Language")


class OfferFilter(django_filters.FilterSet):
    """Takes ``day``, the Stichtag: what runs and what is to be confirmed depends on it."""

    suche = django_filters.CharFilter(label=_("Title"), method="search", max_length=100)
    gebiet = django_filters.ChoiceFilter(
        label=_("District or borough"), method="there", empty_label=_("all")
    )
    verband = django_filters.ChoiceFilter(
        label=_("Agency"), field_name="agency", empty_label=_("all")
    )
    wochentag = django_filters.ChoiceFilter(
        label=_("Weekday"),
        method="on_weekday",
        choices=OfferTime.Weekday,
        empty_label=_("all"),
    )
    sprache = LanguageFilter()
    offen = YesFilter(label=_("Open to all"), field_name="is_open_to_all", empty_label=_("all"))
    barrierefrei = YesFilter(
        label=_("Barrier-free"), field_name="is_barrier_free", empty_label=_("all")
    )
    stand = django_filters.ChoiceFilter(
        label=_("Status"),
        method="in_state",
        choices=[
            (RUNNING, _("running")),
            (COMING, _("yet to begin")),
            (ENDED, _("ended")),
            (ALL, _("all")),
        ],
        empty_label=_("running or yet to begin"),
    )
    bestaetigung = django_filters.ChoiceFilter(
        label=_("Last confirmation"),
        method="confirmed",
        choices=Confirmation,
        empty_label=_("all"),
    )
    sortierung = SortFilter(
        ("title_key", "titel"),
        ("district__name", "stadtteil"),
        ("agency__short_name", "verband"),
        ("confirmed_on", "bestaetigt"),
    )

    class Meta:
        model = Offer
        fields = []

    def __init__(self, data, rows: QuerySet, *, day: date):
        super().__init__(data, rows)
        self.day = day
        agencies = Agency.objects.order_by("short_name").values_list("pk", "short_name")
        self.filters["gebiet"].extra["choices"] = boroughs_and_quarters()
        self.filters["verband"].extra["choices"] = [(str(pk), name) for pk, name in agencies]

    def filter_queryset(self, queryset):
        """Ended offers only if somebody asks for them."""
        if not self.form.cleaned_data.get("stand"):
            queryset = queryset.not_ended(self.day)
        return super().filter_queryset(queryset)

    def search(self, rows, name, value):
        return rows.filter(title_key__contains=fold(value))

    def there(self, rows, name, value):
        return rows.filter(Q(district=value) | Q(district__parent=value))

    def on_weekday(self, rows, name, value):
        return rows.filter(pk__in=OfferTime.objects.filter(weekday=value).values("offer"))

    def in_state(self, rows, name, value):
        if value == RUNNING:
            return rows.on(self.day)
        if value == COMING:
            return rows.filter(starts_on__gt=self.day)
        return rows.ended(self.day) if value == ENDED else rows

    def confirmed(self, rows, name, value):
        return rows.confirmed_as(value, self.day)
