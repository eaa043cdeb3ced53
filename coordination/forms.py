"""How the portal's forms look and behave: KERN markup, German days, reasons.

``FORM_RENDERER`` names ``Renderer``; its templates lie in ``templates/django/forms/``.
"""

from copy import copy
from datetime import date, datetime
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input
from django.utils.translation import gettext_lazy as _

from coordination import as_of
from coordination.text import BANK_DATA, holds_iban

CSS_CLASS = {
    forms.CheckboxInput: "kern-form-check__checkbox",
    forms.CheckboxSelectMultiple: "kern-form-check__checkbox",
    forms.RadioSelect: "kern-form-check__radio",
    forms.Select: "kern-form-input__select",
    forms.Textarea: "kern-form-input__input",
    Input: "kern-form-input__input",
}


class PortalBoundField(BoundField):
    """Gives a widget its KERN class, and the first wrong one the focus."""

    def as_widget(self, widget=None, attrs=None, only_initial=False):
        widget = widget or self.field.widget
        if isinstance(widget, forms.NumberInput) and self.errors and not is_number(self.value()):
            widget = copy(widget)
            widget.input_type = "text"  # an input for numbers would show "viel" as empty
        return super().as_widget(widget, attrs, only_initial)

    def build_widget_attrs(self, attrs, widget=None):
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        names = [widget.attrs.get("class", ""), attrs.get("class", "")]
        for kind, name in CSS_CLASS.items():
            if isinstance(widget, kind):
                names += [name, f"{name}--error" if self.errors else ""]
                break
        if names := " ".join(filter(None, names)):
            attrs["class"] = names
        if widget.attrs.get("placeholder") == str(self.label):
            attrs["placeholder"] = False  # it would only say the label again
        if self.is_first_wrong and not widget.use_fieldset:
            attrs["autofocus"] = True
        return attrs

    @property
    def is_first_wrong(self):
        return self.form.is_bound and self.name == next(
            (name for name in self.form.fields if name in self.form.errors), None
        )


def is_number(typed) -> bool:
    try:
        float(typed or 0)
    except (TypeError, ValueError):
        return False
    return True


class Renderer(TemplatesSetting):
    bound_field_class = PortalBoundField


class DayInput(forms.DateInput):
    """The browser's calendar; but what is no day is shown back as it was typed."""

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")

    def get_context(self, name, value, attrs):
        typed = value if isinstance(value, str) else ""
        if day := as_of.read(typed):
            value = day
        context = super().get_context(name, value, attrs)
        context["widget"]["type"] = "text" if typed.strip() and not day else "date"
        return context


class DayField(forms.DateField):
    """A day between 1900 and 2199, typed as 31.03.2018 or 2018-03-31."""

    widget = DayInput
    default_error_messages = {
        "invalid": _("“%(typed)s” is not a date. Please write it like 31.03.2018."),
    }

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        typed = str(value).strip()
        day = as_of.read(typed) if len(typed) <= len("31.03.2018") else None
        if day is None:
            raise ValidationError(
                self.error_messages["invalid"], code="invalid", params={"typed": typed[:20]}
            )
        return day


class RowField(forms.Field):
    """One of the given rows. Which of them are offered is a matter of the widget."""

    widget = forms.Select

    def __init__(self, rows, *, unknown, **kwargs):
        super().__init__(**kwargs)
        self.rows = {str(row.pk): row for row in rows}
        self.unknown = unknown

    def prepare_value(self, value):
        return getattr(value, "pk", value)

    def to_python(self, value):
        if value in self.empty_values:
            return None
        row = self.rows.get(str(value))
        if row is None:
            raise ValidationError(self.unknown)
        return row

    def has_changed(self, initial, data):
        return str(self.prepare_value(initial) or "") != str(data or "")


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows by their numbers; one that no database can store is no choice."""

    LONGEST_KEY = 18  # digits

    def clean(self, value):
        # SQLite cannot even be asked for numbers that it cannot store.
        for pk in value if isinstance(value, list | tuple) else []:
            if len(str(pk)) > self.LONGEST_KEY:
                text = self.error_messages["invalid_choice"]
                raise ValidationError(text, code="invalid_choice", params={"value": str(pk)[:20]})
        return super().clean(value)


class FormIdField(forms.UUIDField):
    """Says which page was sent. Nobody types it: what is no number counts as a page of its own."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)

    def clean(self, value) -> UUID:
        try:
            return super().clean(value) or uuid4()
        except ValidationError:
            return uuid4()


class ReasonField(forms.CharField):
    """Why something is done; it stands in the change log."""

    widget = forms.Textarea(attrs={"rows": 2})

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Reason"))
        kwargs.setdefault("max_length", 500)
        super().__init__(strip=True, **kwargs)

    def validate(self, value):
        super().validate(value)
        if holds_iban(value):
            raise ValidationError(BANK_DATA)


def grouped(rows, group_of):
    """Choices of a select, under the headings ``group_of`` gives them; "" is none."""
    groups = {}
    for row in rows:
        groups.setdefault(group_of(row), []).append((row.pk, str(row)))
    plain = groups.pop("", [])
    return [*plain, *groups.items()]
