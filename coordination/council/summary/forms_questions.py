"""Forms of the question kit: what a pattern needs to know, and what goes with an answer."""

from datetime import date

from dateutil.relativedelta import relativedelta
from django import forms
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.as_of import EARLIEST, LATEST, PARAMETER
from coordination.council.models import Group
from coordination.council.summary.forms import Guarded, TextField
from coordination.council.summary.reports import last_finished
from coordination.forms import DayField
from coordination.text import BANK_DATA, holds_iban
from districts.models import District

FIRST_YEAR, LAST_YEAR = 2000, 2199  # as of budget years
MOST_YEARS = 20
LONGEST_SPAN = 5  # years: a term of the council; entries are counted one by one


class ParametersForm(forms.Form):
    """What a pattern is asked with. It stands in the address; what is missing there has a default.

    ``kept`` and ``query`` are the cleaned parameters as an answer keeps them and as an address.
    """

    def __init__(self, given, *, day: date):
        defaults = {name: _written(value) for name, value in self.defaults(day).items()}
        super().__init__(
            {name: given.get(name, defaults.get(name, "")) for name in self.base_fields}
        )

    @staticmethod
    def defaults(day: date) -> dict:
        raise NotImplementedError

    @property
    def kept(self) -> dict:
        return {name: _kept(self.cleaned_data[name]) for name in sorted(self.fields)}

    @property
    def query(self) -> str:
        return query(self.kept)

    @property
    def day(self) -> date:
        """The day the answer speaks of."""
        found = self.cleaned_data
        return found.get(PARAMETER) or found["bis"]

    @property
    def in_words(self) -> list[tuple[str, str]]:
        """The parameters as label and value."""
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data[name]
            if isinstance(value, date):
                value = f"{value:%d.%m.%Y}"
            elif isinstance(field, forms.ChoiceField):
                value = dict(field.choices)[value]
            found.append((str(field.label), str(value)))
        return found


class DayForm(ParametersForm):
    stichtag = DayField(label=gettext_lazy("As of"))

    @staticmethod
    def defaults(day):
        return {PARAMETER: day}


class SpanForm(ParametersForm):
    von = DayField(label=gettext_lazy("Period from"))
    bis = DayField(label=gettext_lazy("Period until"))

    @staticmethod
    def defaults(day):
        return dict(zip(("von", "bis"), last_finished(day), strict=True))

    def clean(self):
        found = super().clean()
        if "von" in found and "bis" in found:
            if found["bis"] < found["von"]:
                self.add_error("bis", _("The last day lies before the first."))
            elif found["bis"] >= found["von"] + relativedelta(years=LONGEST_SPAN):
                text = _("An answer covers %(most)d years at most.")
                self.add_error("bis", text % {"most": LONGEST_SPAN})
        return found


class ContactsForm(SpanForm):
    bezirk = forms.ChoiceField(label=gettext_lazy("Borough"), required=False)

    def __init__(self, given, **kwargs):
        super().__init__(given, **kwargs)
        boroughs = District.objects.boroughs().order_by("key", "pk").values_list("pk", "name")
        choices = [(str(pk), name) for pk, name in boroughs]
        self.fields["bezirk"].choices = [("", _("the whole city, by borough")), *choices]


class YearsForm(ParametersForm):
    jahr_von = forms.IntegerField(
        label=gettext_lazy("Budget year from"), min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    jahr_bis = forms.IntegerField(
        label=gettext_lazy("Budget year until"), min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    stichtag = DayField(label=gettext_lazy("As of"))

    @staticmethod
    def defaults(day):
        year = min(max(day.year, FIRST_YEAR), LAST_YEAR)
        return {"jahr_von": max(year - 1, FIRST_YEAR), "jahr_bis": year, PARAMETER: day}

    def clean(self):
        found = super().clean()
        if "jahr_von" in found and "jahr_bis" in found:
            if found["jahr_bis"] < found["jahr_von"]:
                self.add_error("jahr_bis", _("The last year lies before the first."))
            elif found["jahr_bis"] - found["jahr_von"] >= MOST_YEARS:
                text = _("An answer covers %(most)d years at most.")
                self.add_error("jahr_bis", text % {"most": MOST_YEARS})
        return found


class AnswerForm(Guarded):
    """Who asked what, and the mark of the figures that go out as the answer."""

    text = TextField(
        label=gettext_lazy("Question as it was asked"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The council reads it beside the answer."),
    )
    group = forms.ModelChoiceField(
        Group.objects.none(),
        label=gettext_lazy("Asked by"),
        required=False,
        empty_label=gettext_lazy("somebody else"),
    )
    asked_by = forms.CharField(
        label=gettext_lazy("If somebody else: who"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("A committee or a district council, for example."),
    )
    asked_on = DayField(label=gettext_lazy("Asked on"))
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    form_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = Group.objects.within(scope)

    def clean_asked_by(self):
        typed = self.cleaned_data["asked_by"]
        if holds_iban(typed):
            raise forms.ValidationError(BANK_DATA)
        return typed

    def clean(self):
        found = super().clean()
        if "asked_by" in found and not found["asked_by"] and not found.get("group"):
            self.add_error("asked_by", _("Say who asked: choose a group or write it here."))
        return found

    def renew(self, **marks) -> None:
        """Show the marks of what is on the page now; what was typed stays."""
        self.data = self.data.copy()
        for name, value in marks.items():
            self.data[name] = str(value)


def query(kept: dict) -> str:
    """The parameters of an answer as the part of an address behind the question mark."""
    return urlencode({name: value for name, value in sorted(kept.items()) if value != ""})


def a_year_on(kept: dict) -> dict:
    """The same question, a year later. A year that the portal does not know stays."""
    return {name: _a_year_on(name, value) for name, value in kept.items()}


def _a_year_on(name, value):
    if name.startswith("jahr_"):
        return min(value + 1, LAST_YEAR)
    if name in (PARAMETER, "von", "bis"):
        return _day_a_year_on(date.fromisoformat(value)).isoformat()
    return value


def _day_a_year_on(day: date) -> date:
    """Of the last day of a month the last day: 28.02.2015 becomes 29.02.2016."""
    is_last = (day + relativedelta(days=1)).day == 1
    moved = day + relativedelta(years=1)
    if is_last:
        moved += relativedelta(day=31)
    return min(max(moved, EARLIEST), LATEST)


def _kept(value):
    return value.isoformat() if isinstance(value, date) else value


def _written(value) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
