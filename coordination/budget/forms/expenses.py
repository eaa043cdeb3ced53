"""Forms for declared use: one expense, its reversal, a file of expenses."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from coordination import as_of
from coordination.budget import documents
from coordination.budget.models import Agreement, CostKind
from coordination.forms import DayField, ReasonField
from coordination.money import MoneyFormField


class ExpenseForm(forms.Form):
    booked_on = DayField(label=gettext_lazy("Date of the expense"))
    payee = forms.CharField(
        label=gettext_lazy("Payee or purpose"),
        max_length=200,
        help_text=gettext_lazy(
            "For example “Salary June” or “Stationery”. Never the name of a person who is advised."
        ),
    )
    cost_kind = forms.ChoiceField(label=gettext_lazy("Kind of cost"))
    amount = MoneyFormField(label=gettext_lazy("Amount in euros"))
    receipt = forms.FileField(
        label=gettext_lazy("Receipt"),
        required=False,
        help_text=gettext_lazy(
            "PDF, JPEG or PNG, at most 10 MB. Black out the names of persons who are advised."
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    # Asked for only once an equal expense is found; ``known`` is how many of them were shown.
    again = forms.BooleanField(
        label=gettext_lazy("Enter it all the same: it is another expense"),
        required=False,
        widget=forms.HiddenInput,
    )
    known = forms.IntegerField(
        required=False, min_value=0, max_value=10**6, widget=forms.HiddenInput
    )

    def __init__(self, *args, agreement: Agreement, kinds: set[str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cost_kind"].choices = [
            (kind.value, kind.label) for kind in CostKind if kind in kinds
        ]
        if len(kinds) > 1:
            self.fields["cost_kind"].choices.insert(0, ("", "---------"))
        if not self.is_bound:
            day = as_of.today()
            if "booked_on" not in self.initial and day >= agreement.starts_on:
                self.initial["booked_on"] = min(day, agreement.ends_on)

    def clean_payee(self):
        return " ".join(self.cleaned_data["payee"].split())

    def clean_receipt(self):
        receipt = self.cleaned_data["receipt"]
        if receipt:
            documents.check(receipt)
        return receipt

    def clean(self):
        cleaned = super().clean()
        again, known = cleaned.pop("again", False), cleaned.pop("known", None)
        cleaned["known"] = (known or 0) if again else 0
        return cleaned

    def refuse(self, error: ValidationError) -> None:
        """Say what the operation refused; if it asks whether a like one is meant, ask for that."""
        self.add_error(None, error)
        asked = self.errors.as_data().get("again")
        if not asked:
            return
        self.fields["again"].widget = forms.CheckboxInput()
        self.data = self.data.copy()
        self.data["again"], self.data["known"] = "", str(asked[0].params["count"])

    @property
    def lost_file(self) -> bool:
        """Whether a receipt was sent that a browser will not send again by itself."""
        return self.is_bound and bool(self.errors) and "receipt" in self.files


class ExpenseReverseForm(forms.Form):
    reason = ReasonField(label=gettext_lazy("Why the entry is wrong"))


class ExpenseImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("XLSX or CSV, at most 5 MB and 5,000 expenses."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
