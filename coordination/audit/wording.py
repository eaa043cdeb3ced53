"""Log entries in words: labels of fields, dates and numbers as people write them, links.

The log lies below everything it describes and outlives it. So it knows models by name only, as
its rows do, and asks Django's registry what they are called.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, CharField, DateField, DateTimeField, DecimalField
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.access.permissions import Actor
from coordination.audit.models import Entry
from coordination.money import MoneyField, euro
from coordination.periods import show_day

NOTHING = "–"
EMPTY = (None, "", [])
OURS = ("coordination", "districts", "agencies", "volunteers")
# Pages that are not called after their model's app.
PAGES = {
    "districts.district": "agencies:district_detail",
    "access.user": "people:account_detail",
    "budget.budgetline": "budget:line_detail",
    "budget.stateallocation": "budget:allocation_detail",
    "activity.reportingperiod": "reports:period_detail",
    "council.resolutiontask": "council:task_detail",
    "volunteers.volunteergroup": "volunteers:group_detail",
}


@dataclass(frozen=True)
class Change:
    """One field of an entry. ``before`` and ``after`` are None where the entry has none."""

    label: str
    before: str | None
    after: str | None


# What operations log under a name that is no field of the object.
OTHERS = {
    "role": CharField(gettext_lazy("role")),
    "planned": MoneyField(gettext_lazy("planned")),
    "kind": CharField(gettext_lazy("kind")),
    "amount": MoneyField(gettext_lazy("amount")),
    "booked_on": DateField(gettext_lazy("date")),
    "partner": CharField(gettext_lazy("from or to")),
    "line": CharField(gettext_lazy("budget line")),
    "distributed": MoneyField(gettext_lazy("distributed")),
    "shares": CharField(gettext_lazy("yearly shares")),
    "declared": MoneyField(gettext_lazy("declared use")),
    "cost_kind": CharField(gettext_lazy("kind of cost")),
    "file": CharField(gettext_lazy("file")),
    "new": CharField(gettext_lazy("new")),
    "changed": CharField(gettext_lazy("changed")),
    "unchanged": CharField(gettext_lazy("unchanged")),
    "left_out": CharField(gettext_lazy("left out")),
    "notes_insisted": CharField(gettext_lazy("notes in spite of the privacy warning")),
    "expenses": CharField(gettext_lazy("expenses")),
    "period": CharField(gettext_lazy("period")),
    "cash_reference": CharField(gettext_lazy("cash reference")),
    "version": CharField(gettext_lazy("version")),
    "times": CharField(gettext_lazy("times")),
    "exception": CharField(gettext_lazy("exception")),
    "periods": CharField(gettext_lazy("reporting periods")),
    "state": CharField(gettext_lazy("state")),
    "day": DateField(gettext_lazy("date")),
    "due_on": DateField(gettext_lazy("due on")),
    "committee": CharField(gettext_lazy("committee")),
    "contact": CharField(gettext_lazy("contact person")),
    "contact_since": DateField(gettext_lazy("contact person since")),
    "member": CharField(gettext_lazy("member")),
    "group": CharField(gettext_lazy("group")),
    "count": CharField(gettext_lazy("number of records")),
    "happened_at": DateTimeField(gettext_lazy("happened at")),
}


def kinds() -> list[tuple[str, str]]:
    """Everything the log can be about: the model's label and what it is called."""
    models = [
        model
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in OURS
        for model in config.get_models()
        if model is not Entry
    ]
    proxied = {model._meta.concrete_model for model in models if model._meta.proxy}
    named = [
        (model._meta.label_lower, capfirst(model._meta.verbose_name))
        for model in models
        if model not in proxied
    ]
    return sorted(named, key=lambda kind: kind[1].casefold())


class Wording:
    """Puts entries into words. Looks up every name once, for an export has thousands of rows."""

    def __init__(self):
        self.verbs = {value: str(label) for value, label in Entry.Verb.choices}
        self.kinds = {}
        self.fields = {}

    def kind(self, entry: Entry) -> str:
        label = entry.target_model
        if label not in self.kinds:
            model = _model(label)
            self.kinds[label] = capfirst(str(model._meta.verbose_name)) if model else label
        return self.kinds[label]

    def changes(self, entry: Entry) -> list[Change]:
        """The entry's fields, each with its name in the reader's language and its values in words.

        What something new was created without goes without saying.
        """
        found = []
        for name in entry.before | entry.after:
            if name not in entry.before and entry.after[name] in EMPTY:
                continue
            label, field, choices = self._field(entry.target_model, name)
            before, after = (
                _shown(values[name], field, choices) if name in values else None
                for values in (entry.before, entry.after)
            )
            found.append(Change(label, before, after))
        return found

    def _field(self, label, name):
        if (label, name) not in self.fields:
            field = _field(_model(label), name) or OTHERS.get(name)
            shown = capfirst(str(field.verbose_name)) if field else name
            choices = {key: str(text) for key, text in field.flatchoices} if field else {}
            self.fields[label, name] = shown, field, choices
        return self.fields[label, name]


class Addresses:
    """Where a reader can open what an entry is about; one look-up for each kind of object."""

    def __init__(self, actor: Actor):
        self.actor = actor
        self.known = {}

    def of(self, entry: Entry) -> str:
        """The address of the page, or nothing if there is none or this reader may not open it."""
        if entry.target_model not in self.known:
            self.known[entry.target_model] = self._page(entry.target_model)
        name, scope = self.known[entry.target_model]
        if not scope or not scope.citywide and not scope.covers(entry.agency_id):
            return ""
        return reverse(name, args=[entry.target_id])

    def _page(self, label):
        name = PAGES.get(label, "{}:{}_detail".format(*label.split(".")))
        try:
            view = resolve(reverse(name, args=[1])).func
        except NoReverseMatch:
            return name, None
        return name, self.actor.scope(view.requires)


def _model(label):
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _field(model, name):
    try:
        field = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None
    # What another model points here with has a name, too, but no words of its own.
    return None if field is None or field.auto_created and not field.concrete else field


def _shown(value, field, choices) -> str:
    """A value as JSON kept it, as its field would be written."""
    if value in EMPTY:
        return NOTHING
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if value in choices:
        return choices[value]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, DateField | DecimalField | BooleanField | MoneyField):
        try:
            value = field.to_python(value)
        except ValidationError:
            return str(value)
    if isinstance(value, datetime) and isinstance(field, DateTimeField):
        return timezone.localtime(value).strftime("%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return show_day(value)
    if isinstance(field, MoneyField):
        return euro(value)
    if isinstance(value, Decimal):
        return number_format(value, decimal_pos=field.decimal_places)
    return str(value)
