"""Which entries a list shows, and what they add up to."""

from dataclasses import dataclass

import django_filters
from django import forms
from django.db.models import CharField, F, Value
from django.utils.translation import gettext_lazy as _

from agencies.activity.summaries import Sums, summed, sums
from agencies.lists.models import Kind, TargetGroup
from agencies.models import Worker
from agencies.offers.models import Offer
from coordination.access.permissions import Scope
from coordination.forms import DayField
from districts.models import District

WITHOUT = "ohne"
MANY = 10_000  # entries that take longer to sort than to skip those between them
# What the rollup knows of an entry: for these filters the sums cost the same however many.
IN_ROLLUP = {"von", "bis", "ort", "verband", "sortierung"}


class DayFilter(django_filters.Filter):
    field_class = DayField


class NewestFirst(django_filters.OrderingFilter):
    """By day and, within a day, as entered: the two orders that have an index."""

    def __init__(self):
        super().__init__(fields=[("day", "datum")], widget=forms.HiddenInput)

    def filter(self, rows, chosen):
        return rows.order_by("day", "pk") if "datum" in (chosen or []) else rows


@dataclass(frozen=True)
class Choices:
    """What can be chosen within a scope, fetched in four queries whatever their number."""

    districts: list[District]
    kinds: list[tuple[str, str]]
    target_groups: list[tuple[str, str]]
    workers: list[Worker]
    offers: list[Offer]

    @classmethod
    def within(cls, scope: Scope) -> "Choices":
        terms = [
            model.objects.order_by().values_list(
                Value(model._meta.model_name, CharField()), "order", "name", "pk"
            )
            for model in (Kind, TargetGroup)
        ]
        terms = sorted(terms[0].union(terms[1], all=True))
        names = {"kind": [], "targetgroup": []}
        for model, _order, name, pk in terms:
            names[model].append((str(pk), name))
        workers = Worker.objects.within(scope).select_related("agency")
        offers = Offer.objects.within(scope).select_related("agency")
        return cls(
            districts=list(District.objects.order_by("key")),
            kinds=names["kind"],
            target_groups=names["targetgroup"],
            workers=list(workers.order_by("agency__short_name", "name", "pk")),
            offers=list(offers.order_by("agency__short_name", "title_key", "pk")),
        )


class ActivityFilter(django_filters.FilterSet):
    von = DayFilter(label=_("From"), field_name="day", lookup_expr="gte")
    bis = DayFilter(label=_("Until"), field_name="day", lookup_expr="lte")
    ort = django_filters.ChoiceFilter(
        label=_("District or borough"), method="in_district", empty_label=_("all")
    )
    verband = django_filters.ChoiceFilter(
        label=_("Agency"), field_name="agency", empty_label=_("all")
    )
    fachkraft = django_filters.ChoiceFilter(
        label=_("Worker"), field_name="worker", empty_label=_("all")
    )
    art = django_filters.ChoiceFilter(label=_("Kind"), field_name="kind", empty_label=_("all"))
    zielgruppe = django_filters.ChoiceFilter(
        label=_("Target group"), method="reaching", empty_label=_("all")
    )
    angebot = django_filters.ChoiceFilter(
        label=_("Offer"), field_name="offer", empty_label=_("all")
    )
    offen = django_filters.ChoiceFilter(
        label=_("Open to all"),
        method="open_to_all",
        choices=[
            ("ja", _("offers open to all")),
            ("nein", _("offers for target groups")),
            (WITHOUT, _("without an offer")),
        ],
        empty_label=_("all"),
    )
    notiz = django_filters.ChoiceFilter(
        label=_("Privacy"),
        field_name="is_note_insisted",
        method="insisted",
        choices=[("trotz", _("note in spite of the warning"))],
        empty_label=_("all"),
    )
    sortierung = NewestFirst()

    def __init__(self, data, rows, *, choices: Choices, sees_notes_insisted: bool):
        super().__init__(data, rows)
        if not sees_notes_insisted:
            del self.filters["notiz"]
        agencies = {row.agency_id: row.agency.short_name for row in choices.workers}
        if len(agencies) < 2:
            del self.filters["verband"]
        else:
            named = sorted(agencies.items(), key=lambda item: item[1])
            self._choose("verband", [(str(pk), name) for pk, name in named])
        self.boroughs = {
            str(row.pk) for row in choices.districts if row.level == District.Level.BOROUGH
        }
        self.quarters = choices.districts
        self.reads_by_day = False
        self._choose("ort", _districts(choices.districts))
        self._choose("fachkraft", _by_agency(choices.workers))
        self._choose("angebot", _by_agency(choices.offers))
        self._choose("art", choices.kinds)
        self._choose("zielgruppe", choices.target_groups)

    def _choose(self, name, choices):
        self.filters[name].extra["choices"] = choices

    def place(self, value: str) -> dict:
        """A district or borough as a condition on entries, and on the rollup alike."""
        return {"district__parent" if value in self.boroughs else "district": value}

    def in_district(self, rows, name, value):
        if not self.reads_by_day or value not in self.boroughs:
            return rows.filter(**self.place(value))
        quarters = [row.pk for row in self.quarters if str(row.parent_id) == value]
        return rows.alias(place=F("district_id") + 0).filter(place__in=quarters)

    def by_day(self, count: int):
        """The ``count`` rows, to be read page by page in the order of their days.

        Of a borough's many entries the database would else fetch all, through the index of
        districts, to sort them for one page. Adding 0 keeps it from that index: it reads the
        entries from the newest on, and soon has a page of them.
        """
        self.form.is_valid()
        self.reads_by_day = count > MANY
        rows = self.filter_queryset(self.queryset.all())
        self.reads_by_day = False
        return rows

    def reaching(self, rows, name, value):
        return rows.reaching(value)

    def open_to_all(self, rows, name, value):
        if value == WITHOUT:
            return rows.filter(offer=None)
        return rows.filter(offer__is_open_to_all=value == "ja")

    def insisted(self, rows, name, value):
        return rows.filter(is_note_insisted=True)


def sums_of(found: ActivityFilter, scope: Scope) -> Sums:
    """What the filtered entries add up to: from the rollup if it can tell, else one by one."""
    found.form.is_valid()  # what cannot be read narrows nothing
    chosen = {name: value for name, value in found.form.cleaned_data.items() if value}
    if not chosen.keys() <= IN_ROLLUP:
        return summed(found.qs)[()]
    only = found.place(chosen["ort"]) if "ort" in chosen else {}
    if "verband" in chosen:
        only["agency"] = chosen["verband"]
    return sums(scope, chosen.get("von"), chosen.get("bis"), **only)[()]


def _districts(districts: list[District]) -> list:
    """Each borough with its quarters; the borough itself stands first."""
    quarters = {}
    for row in districts:
        if row.level == District.Level.QUARTER:
            quarters.setdefault(row.parent_id, []).append((str(row.pk), row.name))
    groups = [
        (
            row.name,
            [
                (str(row.pk), _("%(borough)s (whole)") % {"borough": row.name}),
                *quarters.get(row.pk, []),
            ],
        )
        for row in districts
        if row.level == District.Level.BOROUGH
    ]
    return [*groups, *quarters.get(None, [])]


def _by_agency(rows: list) -> list:
    """The rows under the names of their agencies, if there are several."""
    groups = {}
    for row in rows:
        groups.setdefault(row.agency.short_name, []).append((str(row.pk), str(row)))
    if len(groups) < 2:
        return [choice for choices in groups.values() for choice in choices]
    return list(groups.items())
