from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.budget.forms.bookings import BookingForm
from coordination.budget.forms.lines import CLOSED, LineChoice
from coordination.budget.models import BudgetLine, SocialShare, StateAllocation
from coordination.forms import DayField, ReasonField
from coordination.money import MoneyFormField, euro

INSTALMENTS = (1, 2, 3, 4)


class AllocationForm(forms.ModelForm):
    """A notice, with up to four instalments in rows; all empty takes the usual four."""

    class Meta:
        model = StateAllocation
        fields = ["year", "reference", "legal_basis", "issued_on", "amount"]
        field_classes = {"issued_on": DayField}
        labels = {"amount": gettext_lazy("Amount in euros")}
        error_messages = {"year": CLOSED}

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].queryset = years
        for number in INSTALMENTS:
            self.fields[f"due_on_{number}"] = DayField(
                label=_("Instalment %(number)s: day") % {"number": number}, required=False
            )
            self.fields[f"part_{number}"] = MoneyFormField(
                label=_("Instalment %(number)s: amount in euros") % {"number": number},
                required=False,
            )

    @property
    def notice(self):
        return [self[name] for name in self._meta.fields]

    @property
    def rows(self):
        return [(self[f"due_on_{number}"], self[f"part_{number}"]) for number in INSTALMENTS]

    def clean(self):
        cleaned = super().clean()
        gap = False
        for number in INSTALMENTS:
            names = f"due_on_{number}", f"part_{number}"
            missing = [name for name in names if cleaned.get(name) is None]
            for name in missing:
                if len(missing) == 1 and name not in self.errors:
                    self.add_error(name, _("An instalment has a day and an amount."))
            if gap and not missing:
                self.add_error(names[0], _("Fill in the instalments from the first one on."))
            gap = gap or bool(missing)
        return cleaned

    @property
    def instalments(self) -> list:
        rows = [
            (self.cleaned_data[f"due_on_{number}"], self.cleaned_data[f"part_{number}"])
            for number in INSTALMENTS
        ]
        return [row for row in rows if None not in row]


class FundedLineChoice(LineChoice):
    """A line, with how much of it nobody funds yet."""

    def label_from_instance(self, line):
        return _("%(line)s (%(unfunded)s without funding)") % {
            "line": super().label_from_instance(line),
            "unfunded": euro(line.unfunded),
        }


class DistributionForm(BookingForm):
    line = FundedLineChoice(
        label=gettext_lazy("Budget line"),
        queryset=BudgetLine.objects.none(),
        error_messages={"invalid_choice": gettext_lazy("Choose a line of the allocation's year.")},
    )
    amount = MoneyFormField(label=gettext_lazy("Amount in euros"))
    booked_on = DayField(label=gettext_lazy("Booked on"))
    reason = ReasonField(required=False)

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines


class ReversalForm(forms.Form):
    booked_on = DayField(label=gettext_lazy("Booked on"))
    reason = ReasonField()


class PercentField(forms.DecimalField):
    """A percentage from 0.01 to 100, typed with comma or point, with or without the sign."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "invalid": gettext_lazy("A share is a number from 0.01 to 100, for example 3.83."),
        "places": gettext_lazy("A share has at most two digits after the comma."),
    }

    def to_python(self, value):
        if isinstance(value, str):
            value = value.replace("%", "").strip().replace(",", ".")
        return super().to_python(value)

    def validate(self, value):
        super().validate(value)
        if value is None:
            return
        if not Decimal("0.01") <= value <= 100:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if value != round(value, 2):
            raise ValidationError(self.error_messages["places"], code="places")

    def widget_attrs(self, widget):
        return {}


class ShareForm(forms.ModelForm):
    class Meta:
        model = SocialShare
        fields = ["percent", "starts_on", "legal_basis"]
        field_classes = {"percent": PercentField, "starts_on": DayField}
        labels = {"starts_on": gettext_lazy("Holds from")}
        help_texts = {
            "percent": gettext_lazy("For example 3.83."),
            "starts_on": gettext_lazy(
                "The share that held until then ends the day before. Notices that were entered "
                "already keep their share."
            ),
        }
