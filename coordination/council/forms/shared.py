"""What the council's forms have in common: links to other rows, and which step was seen."""

from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Position
from coordination.budget.models import Agreement, BudgetLine
from coordination.council.models import LINKED
from coordination.periods import show_day
from districts.models import District

LONGEST_KEY = 18  # digits
LONG = forms.Textarea(attrs={"rows": 6})
NO_CASES = gettext_lazy("The council reads it. No names of people who are cared for.")


class Grouped(ModelChoiceIterator):
    def __iter__(self):
        for group, rows in groupby(self.queryset, key=self.field.group):
            yield group, [self.choice(row) for row in rows]


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows to tick, in groups; ``group`` and ``label_of`` name them."""

    iterator = Grouped
    widget = forms.CheckboxSelectMultiple

    def __init__(self, queryset, *, group, label_of, **kwargs):
        self.group, self.label_of = group, label_of
        super().__init__(queryset, required=False, **kwargs)

    def clean(self, value):
        # SQLite cannot even be asked for numbers that it cannot store.
        for pk in value if isinstance(value, list | tuple) else []:
            if len(str(pk)) > LONGEST_KEY:
                text = self.error_messages["invalid_choice"]
                raise ValidationError(text, code="invalid_choice", params={"value": str(pk)[:20]})
        return super().clean(value)

    def label_from_instance(self, row):
        return self.label_of(row)


def link_fields() -> dict[str, RowsField]:
    """A field for each kind of thing a motion or a resolution may be about."""
    agreements = Agreement.objects.select_related("agency")
    positions = Position.objects.select_related("agency")
    return {
        "agreements": RowsField(
            agreements.order_by("agency__short_name", "reference", "pk"),
            group=lambda row: str(row.agency),
            label_of=lambda row: f"{row.reference} {row.subject}",
            label=_("Agreements"),
        ),
        "lines": RowsField(
            BudgetLine.objects.select_related("year"),
            group=lambda row: str(row.year),
            label_of=lambda row: f"{row.code} {row.title}",
            label=_("Budget lines"),
        ),
        "positions": RowsField(
            positions.order_by("agency__short_name", "title", "pk"),
            group=lambda row: str(row.agency),
            label_of=lambda row: row.title,
            label=_("Positions"),
        ),
        "districts": RowsField(
            District.objects.quarters()
            .without_shapes()
            .select_related("parent")
            .defer("parent__geometry", "parent__outline")
            .order_by("parent__name", "name", "pk"),
            group=lambda row: row.parent.name if row.parent else _("no borough"),
            label_of=lambda row: row.name,
            label=_("Districts"),
        ),
    }


class LinkedForm:
    """Mixed into forms of what may be about agreements, lines, positions and districts."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.update(link_fields())
        for name in LINKED:
            if self.instance.pk:
                self.initial[name] = [row.pk for row in getattr(self.instance, name).all()]

    @property
    def link_groups(self):
        """(field, how many are chosen), so that the page opens where something is."""
        return [(self[name], len(self[name].value() or [])) for name in LINKED]

    @property
    def plain_fields(self):
        return [field for field in self.visible_fields() if field.name not in LINKED]


class StepForm(forms.Form):
    """Carries the last step its reader saw, so that nobody adds to one they have not seen."""

    step = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, step: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["step"].initial = self.newest = step

    def clean_step(self):
        """Whoever sends none has seen none."""
        step = self.cleaned_data["step"]
        return -1 if step is None else step

    def renew(self):
        """After a refusal the page shows the newest step, so sending it again counts."""
        self.data = self.data.copy()
        self.data["step"] = str(self.newest)


class BodyChoice(forms.ModelChoiceField):
    """Groups and committees with the end of their time, for names come back."""

    def label_from_instance(self, body):
        return with_end(body)


def with_end(body) -> str:
    if body.ends_on is None:
        return str(body)
    return _("%(name)s (until %(day)s)") % {"name": body, "day": show_day(body.ends_on)}


class AddressField(forms.CharField):
    """The address of a page; a model field checks that it is one of the web."""

    widget = forms.URLInput

    def __init__(self, **kwargs):
        super().__init__(**{"required": False, "max_length": 500, **kwargs})
