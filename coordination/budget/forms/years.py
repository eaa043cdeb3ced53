from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.budget.models import BudgetLine, BudgetYear
from coordination.editing import EditingForm
from coordination.forms import DayField, ReasonField
from coordination.money import ZERO, MoneyFormField, euro


class YearForm(forms.ModelForm):
    last_payment_on = DayField(
        label=_("Last day of payment"),
        required=False,
        help_text=_("Empty means 31 December: until then the treasury pays from this year."),
    )

    class Meta:
        model = BudgetYear
        fields = ["year", "last_payment_on"]


class YearEditForm(EditingForm):
    class Meta:
        model = BudgetYear
        fields = ["last_payment_on"]
        field_classes = {"last_payment_on": DayField}


class YearCloseForm(forms.Form):
    """For each line, how much of what is free goes on to the next year; empty is nothing."""

    def __init__(self, *args, lines: list[BudgetLine], **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[f"line_{line.pk}"] = MoneyFormField(
                label=_("%(line)s: carry over") % {"line": f"{line.code} {line.title}"},
                required=False,
                min_value=ZERO,
                initial=line.free,
                help_text=_("%(free)s are free.") % {"free": euro(line.free)},
            )

    @property
    def rows(self):
        return [(line, self[f"line_{line.pk}"]) for line in self.lines]

    @property
    def carry_over(self) -> dict:
        """Euros by the line's primary key, as the operation takes them."""
        return {line.pk: self.cleaned_data[f"line_{line.pk}"] or ZERO for line in self.lines}


class YearReopenForm(forms.Form):
    reason = ReasonField()
