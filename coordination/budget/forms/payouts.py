"""Forms for payouts and payments: the shape of what was typed. Nowhere is bank data asked for."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination import as_of
from coordination.budget import payouts
from coordination.budget.models import BudgetYear, Commitment, Payout
from coordination.forms import DayField, ReasonField
from coordination.money import MoneyFormField

LONG = forms.Textarea(attrs={"rows": 2})


def booking_day(year: BudgetYear) -> date:
    """Today, or for a year that is over its last day."""
    return min(as_of.today(), year.ends_on)


class PlanForm(forms.Form):
    """Instalments as rows of a day and an amount. What is left empty is no instalment."""

    ROWS = 6
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, commitment: Commitment):
        super().__init__(data)
        self.left = payouts.unplanned(commitment)
        self.fields["seen"].initial = str(self.left)
        proposed = dict(enumerate(payouts.propose(commitment, day=as_of.today()), 1))
        for number in range(1, self.ROWS + 1):
            due_on, amount = proposed.get(number, (None, None))
            self.fields[f"due_on_{number}"] = DayField(
                label=_("%(number)s. instalment, due on") % {"number": number},
                initial=due_on,
                required=False,
            )
            self.fields[f"amount_{number}"] = MoneyFormField(
                label=_("%(number)s. instalment, amount") % {"number": number},
                initial=amount,
                required=False,
            )

    @property
    def rows(self):
        """The fields of each instalment, for the template."""
        for number in range(1, self.ROWS + 1):
            yield self[f"due_on_{number}"], self[f"amount_{number}"]

    def clean(self):
        cleaned = super().clean()
        instalments, numbers = [], []
        for number in range(1, self.ROWS + 1):
            names = f"due_on_{number}", f"amount_{number}"
            if set(names) & set(self.errors):
                continue
            due_on, amount = (cleaned.get(name) for name in names)
            if due_on and amount:
                instalments.append((due_on, amount))
                numbers.append(number)
            elif amount:
                self.add_error(names[0], _("Enter the day as well."))
            elif due_on:
                self.add_error(names[1], _("Enter the amount as well."))
        if not self.errors and not instalments:
            self.add_error(None, _("Enter at least one instalment."))
        if cleaned.get("seen") != str(self.left):
            # What is not planned yet is told above the form; sent again, it counts.
            self.data = self.data.copy()
            self.data["seen"] = str(self.left)
            self.add_error(
                None,
                _(
                    "The plan has changed meanwhile. Please check whether these instalments "
                    "are still right."
                ),
            )
        self.numbers = numbers
        return {"instalments": instalments, "seen": self.left}

    def add_refusal(self, error: ValidationError):
        """An error of the operation, which counts filled rows only, at the row it belongs to."""
        named = {f"due_on_{row}": f"due_on_{number}" for row, number in enumerate(self.numbers, 1)}
        for name, messages in getattr(error, "error_dict", {None: error}).items():
            self.add_error(named.get(name), messages)


class RequestForm(forms.Form):
    amount = MoneyFormField(label=gettext_lazy("Amount"))
    note = forms.CharField(
        label=gettext_lazy("Note for the city"),
        help_text=gettext_lazy(
            "No names of people who are cared for, and no bank data: the city has your account."
        ),
        max_length=500,
        required=False,
        widget=LONG,
    )


class ContentCheckForm(forms.Form):
    granted = MoneyFormField(
        label=gettext_lazy("Granted amount"),
        help_text=gettext_lazy("If nothing can be granted, send the request back instead."),
    )
    reason = ReasonField(
        label=gettext_lazy("Why not all of it"),
        help_text=gettext_lazy("Only needed for less than requested. The agency reads it."),
        required=False,
    )

    def __init__(self, *args, payout: Payout, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["granted"].initial = payout.requested


class CalculationCheckForm(forms.Form):
    granted = MoneyFormField(
        label=gettext_lazy("Granted amount, as you calculate it"),
        help_text=gettext_lazy("Please type it anew: two people come to the same amount."),
    )


class SendBackForm(forms.Form):
    reason = ReasonField(help_text=gettext_lazy("The agency reads it, and can request again."))


class PayForm(forms.Form):
    booked_on = DayField(label=gettext_lazy("Paid on"))
    cash_reference = forms.CharField(
        label=gettext_lazy("Cash reference"),
        help_text=gettext_lazy(
            "How the treasury calls the payment. No bank data: the portal keeps no account numbers."
        ),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, payout: Payout, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["booked_on"].initial = booking_day(payout.commitment.line.year)


class CancelForm(forms.Form):
    reason = ReasonField(help_text=gettext_lazy("The agency reads it."))


class ReverseForm(forms.Form):
    booked_on = DayField(label=gettext_lazy("Came back on"))
    reason = ReasonField(help_text=gettext_lazy("The agency reads it."))

    def __init__(self, *args, year: BudgetYear, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["booked_on"].initial = booking_day(year)
