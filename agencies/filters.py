"""Which rows of a list to show, and in which order. The parameters stay in the address."""

import unicodedata

import django_filters
from django import forms
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agencies.coverage import Cover, Gap
from agencies.models import Agency, Position, Worker
from agencies.vacancies import vacancy_on, with_occupancies
from coordination.as_of import LATEST
from coordination.text import fold
from districts.models import District

SEVERAL = "mehrere"


def boroughs_and_quarters() -> list[tuple[str, str]]:
    """Each as a choice, the boroughs first; one query."""
    rows = list(District.objects.only("pk", "name", "level").order_by("name", "pk"))
    borough, quarter = District.Level.BOROUGH, District.Level.QUARTER
    return [
        *(
            (str(r.pk), _("Borough %(name)s") % {"name": r.name})
            for r in rows
            if r.level == borough
        ),
        *((str(r.pk), r.name) for r in rows if r.level == quarter),
    ]


class DistrictFilter(django_filters.FilterSet):
    """The quarters of a day, filtered by what they are and by who is responsible there.

    Responsibility is computed, not stored: ``covers`` brings it along, and the choices as well,
    so that the form costs no query of its own.
    """

    suche = django_filters.CharFilter(
        label=_("District or person"), method="search", max_length=100
    )
    bezirk = django_filters.ChoiceFilter(
        label=_("Borough"), field_name="parent", empty_label=_("all")
    )
    plz = django_filters.CharFilter(
        label=_("Postal code"),
        field_name="postal_codes__code",
        lookup_expr="startswith",
        max_length=5,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    verband = django_filters.ChoiceFilter(label=_("Led by"), method="led_by", empty_label=_("all"))
    stand = django_filters.ChoiceFilter(
        label=_("Open points"),
        method="with_status",
        empty_label=_("all"),
        choices=[*Gap.choices, (SEVERAL, _("several leads"))],
    )

    class Meta:
        model = District
        fields = []

    def __init__(self, *args, covers: list[Cover], **kwargs):
        super().__init__(*args, **kwargs)
        self.covers = covers
        boroughs = {cover.district.parent for cover in covers if cover.district.parent}
        agencies = {post.assignment.position.agency for cover in covers for post in cover.leads}
        self.filters["bezirk"].extra["choices"] = [
            (str(row.pk), row.name) for row in sorted(boroughs, key=lambda row: row.key)
        ]
        self.filters["verband"].extra["choices"] = [
            (str(row.pk), row.short_name)
            for row in sorted(agencies, key=lambda row: row.short_name)
        ]

    @property
    def found(self) -> list[Cover]:
        ids = set(self.qs.values_list("pk", flat=True))
        return [cover for cover in self.covers if cover.district.pk in ids]

    def _keep(self, queryset, fits):
        return queryset.filter(pk__in=[row.district.pk for row in self.covers if fits(row)])

    def search(self, queryset, name, value):
        wanted = fold(value)

        def fits(cover):
            names = " ".join(post.names for post in cover.posts)
            return wanted in fold(f"{cover.district.key} {cover.district.name} {names}")

        return self._keep(queryset, fits)

    def led_by(self, queryset, name, value):
        return self._keep(
            queryset,
            lambda cover: any(
                str(post.assignment.position.agency_id) == value for post in cover.leads
            ),
        )

    def with_status(self, queryset, name, value):
        if value == SEVERAL:
            return self._keep(queryset, lambda cover: len(cover.leads) > 1)
        return self._keep(queryset, lambda cover: value in cover.gaps)


def alphabetical(text: str) -> str:
    """Sorts ö beside o, as a German list does."""
    return unicodedata.normalize("NFKD", fold(text))


class SortFilter(django_filters.OrderingFilter):
    """Chosen by the column headings, so the form only carries it on."""

    def __init__(self, *fields):
        super().__init__(fields=fields, widget=forms.HiddenInput)


class SearchFilter(django_filters.CharFilter):
    """Rows in one of whose columns the text occurs, whatever the case.

    Compared in Python: SQLite's own comparison ignores case for ASCII letters only.
    """

    def __init__(self, *columns):
        super().__init__(label=_("Search"), max_length=100)
        self.columns = columns

    def filter(self, rows, text):
        wanted = fold(text or "")
        if not wanted:
            return rows
        found = rows.order_by().values_list("pk", *self.columns)
        return rows.filter(
            pk__in=[pk for pk, *texts in found if any(wanted in fold(text or "") for text in texts)]
        )


class StatusFilter(django_filters.ChoiceFilter):
    """Active rows only, unless others are asked for."""

    def __init__(self):
        super().__init__(
            label=_("Status"),
            empty_label=_("active only"),
            choices=[("inaktiv", _("no longer active")), ("alle", _("all"))],
        )

    def filter(self, rows, chosen):
        if chosen == "alle":
            return rows
        return rows.filter(is_active=chosen != "inaktiv")


class AgencyFilter(django_filters.FilterSet):
    suche = SearchFilter("name", "short_name", "town")
    art = django_filters.ChoiceFilter(
        field_name="kind", label=_("Kind"), choices=Agency.Kind, empty_label=_("all")
    )
    status = StatusFilter()
    sortierung = SortFilter(
        ("short_name", "kurzname"), ("name", "name"), ("kind", "art"), ("town", "ort")
    )


class PositionFilter(django_filters.FilterSet):
    """Takes ``scope`` and ``day``: what is vacant or funded depends on the Stichtag."""

    suche = SearchFilter("title", "qualification")
    verband = django_filters.ModelChoiceFilter(
        field_name="agency",
        label=_("Agency"),
        queryset=Agency.objects.none(),
        empty_label=_("all"),
    )
    finanziert = django_filters.ChoiceFilter(
        label=_("Funding"),
        method="funded",
        choices=[("ja", _("funded on this day")), ("nein", _("not funded on this day"))],
        empty_label=_("all"),
    )
    besetzung = django_filters.ChoiceFilter(
        label=_("Occupancy"),
        method="held",
        choices=[("frei", _("wholly or partly vacant")), ("besetzt", _("held in full"))],
        empty_label=_("all"),
    )
    sortierung = SortFilter(
        ("agency__short_name", "verband"),
        ("title", "titel"),
        ("fte", "vze"),
        ("starts_on", "von"),
        ("funded_until", "bis"),
    )

    def __init__(self, data, rows, *, scope, day):
        # A sort value must not be NULL, or pages would lose rows.
        funded_until = Coalesce("ends_on", Value(LATEST, Position._meta.get_field("ends_on")))
        super().__init__(data, rows.annotate(funded_until=funded_until))
        self.day = day
        self.filters["verband"].queryset = Agency.objects.within(scope)

    def funded(self, rows, name, value):
        on_the_day = Position.objects.on(self.day).values("pk")
        return rows.filter(pk__in=on_the_day) if value == "ja" else rows.exclude(pk__in=on_the_day)

    def held(self, rows, name, value):
        """By the same rule that the list shows, so filter and page never differ."""
        rows = rows.on(self.day)
        vacant = [
            position.pk
            for position in with_occupancies(rows.order_by())
            if vacancy_on(position, self.day).missing
        ]
        return rows.filter(pk__in=vacant) if value == "frei" else rows.exclude(pk__in=vacant)


class WorkerFilter(django_filters.FilterSet):
    suche = SearchFilter("name", "languages")
    verband = django_filters.ModelChoiceFilter(
        field_name="agency",
        label=_("Agency"),
        queryset=Agency.objects.all(),
        empty_label=_("all"),
    )
    art = django_filters.ChoiceFilter(
        field_name="kind", label=_("Kind"), choices=Worker.Kind, empty_label=_("all")
    )
    status = StatusFilter()
    sortierung = SortFilter(("name", "name"), ("agency__short_name", "verband"), ("kind", "art"))
