"""Forms for agreements, their split into budget years, and their documents."""

from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, Position
from coordination.budget import agreements
from coordination.budget.agreements import EARLIEST, LATEST, Part
from coordination.budget.models import Agreement, CostKind
from coordination.editing import EditingForm
from coordination.forms import DayField, ReasonField, RowsField
from coordination.money import ZERO, MoneyFormField
from coordination.periods import show_day

MOST_ROWS = 40


class ByAgency(ModelChoiceIterator):
    def __iter__(self):
        for agency, rows in groupby(self.queryset, key=lambda row: row.agency):
            yield str(agency), [self.choice(row) for row in rows]


class PositionsField(RowsField):
    iterator = ByAgency
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, position):
        term = f"{show_day(position.starts_on)}–{show_day(position.ends_on) or _('open')}"
        return f"{position.title} ({term})"


class AgreementChoice(forms.ModelChoiceField):
    def label_from_instance(self, agreement):
        term = f"{show_day(agreement.starts_on)}–{show_day(agreement.ends_on)}"
        return f"{agreement} ({term})"


class AgreementForm(forms.ModelForm):
    class Meta:
        model = Agreement
        fields = [
            "agency",
            "kind",
            "reference",
            "subject",
            "starts_on",
            "ends_on",
            "amount",
            "signed_on",
            "predecessor",
            "positions",
        ]
        field_classes = {
            "starts_on": DayField,
            "ends_on": DayField,
            "signed_on": DayField,
            "predecessor": AgreementChoice,
            "positions": PositionsField,
        }
        labels = {
            "starts_on": gettext_lazy("First day"),
            "ends_on": gettext_lazy("Last day"),
            "amount": gettext_lazy("Amount in euros"),
        }
        help_texts = {
            "ends_on": "",
            "amount": gettext_lazy("For the whole term."),
            "predecessor": gettext_lazy("The agreement that this one continues."),
            "positions": gettext_lazy("Only if the agreement funds positions."),
        }

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.within(scope).active()
        self.fields["ends_on"].required = True
        earlier = Agreement.objects.within(scope).filter(successor=None).select_related("agency")
        self.fields["predecessor"].queryset = earlier
        self.fields["predecessor"].empty_label = _("none, the agreement is new")
        rows = Position.objects.within(scope).select_related("agency")
        self.fields["positions"].queryset = rows.order_by("agency__short_name", "title", "pk")

    def clean(self):
        """What no split can mend is said before one is proposed."""
        cleaned = super().clean()
        if not self.errors:
            fields = {name: value for name, value in cleaned.items() if name != "positions"}
            try:
                agreements.check(Agreement(**fields), cleaned["positions"])
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned


class PartForm(forms.Form):
    """A row of the split; without an amount it counts for nothing."""

    year = forms.IntegerField(
        label=gettext_lazy("Budget year"), required=False, min_value=EARLIEST, max_value=LATEST
    )
    cost_kind = forms.ChoiceField(label=gettext_lazy("Kind of cost"), choices=CostKind)
    amount = MoneyFormField(label=gettext_lazy("Amount"), required=False, min_value=ZERO)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("amount") and "year" in cleaned and cleaned["year"] is None:
            self.add_error("year", _("Which budget year does the amount belong to?"))
        return cleaned


class PartRows(forms.BaseFormSet):
    """The split of an agreement's amount; as many empty rows as there are filled ones."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="anteile", **kwargs)
        self.extra = max(2, len(self.initial or []))

    @property
    def filled(self):
        return self.forms[: self.filled_count]

    @property
    def spare(self):
        return self.forms[self.filled_count :]

    @property
    def filled_count(self) -> int:
        """Rows up to the last that says anything."""
        said = [
            number
            for number, form in enumerate(self.forms, start=1)
            if form["amount"].value() or form.errors
        ]
        return max(said, default=min(1, len(self.forms)))

    def parts(self) -> list[Part]:
        return [
            Part(row["year"], row["cost_kind"], row["amount"])
            for row in self.cleaned_data
            if row.get("amount")
        ]

    def add_errors_to(self, form) -> None:
        """So that the summary above the page names them all."""
        for error in self.non_form_errors():
            form.add_error(None, error)
        for number, row in enumerate(self.forms, start=1):
            for name, errors in row.errors.items():
                label = row.fields[name].label if name in row.fields else ""
                for error in errors:
                    text = _("Row %(number)s of the split, %(field)s: %(error)s")
                    told = {"number": number, "field": label, "error": error}
                    form.add_error(None, text % told)


def part_rows(data=None, parts=()):
    rows = forms.formset_factory(
        PartForm, formset=PartRows, absolute_max=MOST_ROWS, max_num=MOST_ROWS
    )
    initial = [
        {"year": part.year, "cost_kind": part.cost_kind, "amount": part.amount} for part in parts
    ]
    return rows(data, initial=initial)


class AgreementEditForm(EditingForm):
    reason = ReasonField(
        required=False,
        help_text=gettext_lazy("Why you change this; it will stand in the change log."),
    )

    class Meta:
        model = Agreement
        fields = agreements.CHANGEABLE
        field_classes = {"signed_on": DayField, "positions": PositionsField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.kind != Agreement.Kind.POSITIONS:
            del self.fields["positions"]
            return
        rows = Position.objects.filter(agency=self.instance.agency_id).select_related("agency")
        self.fields["positions"].queryset = rows.order_by("title", "pk")


class ResplitForm(forms.Form):
    amount = MoneyFormField(
        label=gettext_lazy("Amount in euros"), help_text=gettext_lazy("For the whole term.")
    )
    reason = ReasonField()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, agreement, **kwargs):
        stand = agreements.stand(agreement)
        super().__init__(*args, initial={"amount": agreement.amount, "seen": stand}, **kwargs)

    def show_anew(self, agreement) -> None:
        """After the conflict was told, sending again is meant."""
        self.data = self.data.copy()
        self.data["seen"] = agreements.stand(agreement)


class DocumentForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("PDF file"),
        help_text=gettext_lazy("At most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
