"""Forms for tasks of resolutions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.as_of import today
from coordination.council import tasks
from coordination.council.forms.shared import NO_CASES, StepForm
from coordination.council.models import ResolutionTask
from coordination.editing import EditingForm
from coordination.forms import DayField, ReasonField
from coordination.text import BANK_DATA, holds_iban

LABELS = {
    "text": _("What is to be done"),
    "owner": _("Office in charge"),
    "responsible": _("Person responsible"),
}
HELP = {"text": NO_CASES}
WIDGETS = {"text": forms.Textarea(attrs={"rows": 3})}


class WithPeople:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = tasks.may_be_responsible()
        self.fields["responsible"].empty_label = _("nobody in particular")


class TaskForm(WithPeople, forms.ModelForm):
    due_on = DayField(label=_("Due on"))

    class Meta:
        model = ResolutionTask
        fields = ["text", "owner", "responsible"]
        labels, help_texts, widgets = LABELS, HELP, WIDGETS


class TaskEditForm(WithPeople, EditingForm):
    class Meta:
        model = ResolutionTask
        fields = ["text", "owner", "responsible"]
        labels, help_texts, widgets = LABELS, HELP, WIDGETS


class PostponeForm(StepForm):
    due_on = DayField(label=_("New due date"))
    reason = ReasonField(help_text=NO_CASES)


class FinishForm(StepForm):
    day = DayField(label=_("Done on"), initial=today)
    report = forms.CharField(
        label=_("What was done"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=NO_CASES,
    )

    def clean_report(self):
        report = self.cleaned_data["report"]
        if holds_iban(report):
            raise forms.ValidationError(BANK_DATA)
        return report


class DropForm(StepForm):
    day = DayField(label=_("Dropped on"), initial=today)
    reason = ReasonField(help_text=NO_CASES)


class ReopenForm(StepForm):
    due_on = DayField(label=_("New due date"))
    reason = ReasonField(help_text=NO_CASES)
