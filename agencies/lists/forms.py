"""Forms for the terms of the central lists."""

from django import forms
from django.utils.translation import gettext_lazy

from agencies.forms import NOT_REQUIRED, OrderedDays
from agencies.lists import terms
from agencies.lists.models import TargetGroup, Term
from coordination.editing import EditingForm
from coordination.forms import DayField, ReasonField

DAYS = {"starts_on": DayField, "ends_on": DayField}
LABELS = {
    "starts_on": gettext_lazy("Can be chosen from"),
    "ends_on": gettext_lazy("Can be chosen until"),
}
HELP = {
    "ends_on": gettext_lazy(
        "The last day is included. Afterwards it is no longer offered to new entries; in those "
        "that have it, it stays."
    )
}


class Spaced(forms.BaseForm):
    """Names are kept with single blanks, as they are compared."""

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class NewTerm(Spaced, OrderedDays, forms.ModelForm):
    pass


class OldTerm(Spaced, OrderedDays, EditingForm):
    reason = ReasonField(required=False, help_text=NOT_REQUIRED)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = gettext_lazy(
            "Old entries show the new name, too. To mean something else from now on, end this "
            "one and enter a new one."
        )
        if "background" in self.fields and terms.is_used(self.instance):
            self.fields["background"].disabled = True
            self.fields["background"].help_text = gettext_lazy(
                "Stays: entries count people of this target group already."
            )


def form_class(model: type[Term], base: type) -> type:
    fields = ["name", "definition", "order", "starts_on", "ends_on"]
    if model is TargetGroup:
        fields.insert(1, "background")
    return forms.modelform_factory(
        model,
        form=base,
        fields=fields,
        field_classes=DAYS,
        labels=LABELS,
        help_texts=HELP,
        widgets={"definition": forms.Textarea(attrs={"rows": 3})},
    )


NEW = {model: form_class(model, NewTerm) for model in terms.LISTS.values()}
OLD = {model: form_class(model, OldTerm) for model in terms.LISTS.values()}
