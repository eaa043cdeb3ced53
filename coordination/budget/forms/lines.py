from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.budget.forms.bookings import BookingForm
from coordination.budget.models import BudgetLine
from coordination.editing import EditingForm
from coordination.forms import DayField, ReasonField
from coordination.money import ZERO, MoneyFormField

CLOSED = {"invalid_choice": _("Choose an open budget year. A closed one does not change.")}


class LineForm(forms.ModelForm):
    planned = MoneyFormField(
        label=_("Planned amount in euros"),
        min_value=ZERO,
        help_text=_("0 if the line lives only on what is moved or carried over to it."),
    )

    class Meta:
        model = BudgetLine
        fields = ["year", "product", "account", "title"]
        labels = {"account": _("Ledger account")}
        error_messages = {"year": CLOSED}

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].queryset = years


class LineEditForm(EditingForm):
    reason = ReasonField(
        required=False, help_text=_("Why you change this; it will stand in the change log.")
    )

    class Meta:
        model = BudgetLine
        fields = ["title"]


class SupplementForm(BookingForm):
    amount = MoneyFormField(
        label=_("Amount in euros"),
        allow_negative=True,
        help_text=_("With a minus sign if the line gets less, for example -1.500,00."),
    )
    booked_on = DayField(label=_("Booked on"))
    reason = ReasonField()


class LineChoice(forms.ModelChoiceField):
    def label_from_instance(self, line):
        return f"{line.code} {line.title}"


class MoveForm(BookingForm):
    to = LineChoice(
        label=_("To the budget line"),
        queryset=BudgetLine.objects.none(),
        help_text=_("Money is moved within one budget year only."),
        error_messages={"invalid_choice": _("Choose another line of the same year.")},
    )
    amount = MoneyFormField(label=_("Amount in euros"))
    booked_on = DayField(label=_("Booked on"))
    reason = ReasonField()

    def __init__(self, *args, targets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = targets
