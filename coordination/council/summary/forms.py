"""Forms for composing, releasing and comparing council reports."""

from hashlib import blake2s

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination import privacy
from coordination.council.summary.models import CouncilReport
from coordination.council.summary.reports import DATES, FIELDS, refuse_days
from coordination.editing import EditingForm
from coordination.forms import DayField


class TextField(forms.CharField):
    """The end of a line counts as one sign, whatever the browser sends for it."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class Guarded(forms.Form):
    """Asks once before it saves a text that looks like a personal case."""

    is_insisted = forms.BooleanField(
        label=gettext_lazy("Save it all the same: it is no personal case"),
        required=False,
        widget=forms.HiddenInput,
    )
    asked = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        insisted, asked = cleaned.pop("is_insisted", False), cleaned.pop("asked", "")
        text = cleaned.get("text", "")
        found = privacy.findings(text) if text != self.initial.get("text", "") else []
        # A hash of what was found: ticking it does not allow another case.
        cases = "\n".join(text[case.start : case.end] for case in found)
        known = blake2s(cases.encode(), digest_size=8).hexdigest()
        cleaned["is_insisted"] = bool(found) and insisted and asked == known
        if found and not cleaned["is_insisted"]:
            self.fields["is_insisted"].widget = forms.CheckboxInput()
            self.data = self.data.copy()
            self.data["is_insisted"], self.data["asked"] = "", known
            kinds = ", ".join(dict.fromkeys(str(case.kind.label) for case in found))
            text = _(
                "The text seems to contain %(found)s. The council reads it; it names nobody who "
                "is advised. Change it, or tick the box."
            )
            self.add_error("is_insisted", text % {"found": kinds})
        return cleaned


class Meta:
    model = CouncilReport
    fields = FIELDS
    field_classes = {
        **dict.fromkeys(["as_of", "starts_on", "ends_on", "since"], DayField),
        "text": TextField,
    }
    widgets = {"text": forms.Textarea(attrs={"rows": 10})}


class Dated(forms.Form):
    """Tells at their field the days of which a report cannot speak together."""

    def clean(self):
        cleaned = super().clean()
        days = {name: cleaned[name] for name in DATES if name in cleaned}
        if len(days) == len(DATES):
            try:
                refuse_days(**days)
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned


class ReportForm(Dated, Guarded, forms.ModelForm):
    Meta = Meta


class ReportEditForm(Dated, Guarded, EditingForm):
    Meta = Meta


class ReleaseForm(forms.Form):
    """``seen`` is the mark of the preview; each note is ticked by itself."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    confirmed = forms.MultipleChoiceField(
        label=gettext_lazy("Confirm what the council will read"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Confirm all notes before you release the report."),
            "invalid_choice": gettext_lazy("The notes have changed. Please read them again."),
        },
    )

    def __init__(self, *args, draft, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = draft.seen
        choices = [(row.mark, row.text) for row in draft.notes]
        self.fields["confirmed"].choices = choices
        if not choices:
            del self.fields["confirmed"]

    def clean(self):
        cleaned = super().clean()
        cleaned.setdefault("confirmed", [])
        return cleaned

    def renew(self, seen: str) -> None:
        """Show the mark of what is on the page now, and let the notes be ticked anew."""
        self.data = self.data.copy()
        self.data["seen"] = seen
        self.data.setlist("confirmed", [])


class CompareForm(forms.Form):
    links = forms.ChoiceField(label=gettext_lazy("Left"), required=False)
    rechts = forms.ChoiceField(label=gettext_lazy("Right"), required=False)
    kennzahl = forms.ChoiceField(label=gettext_lazy("Figure by place"), required=False)

    def __init__(self, *args, releases, measures=(), **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(str(row.pk), str(row)) for row in releases]
        self.fields["links"].choices = choices
        self.fields["rechts"].choices = choices
        self.fields["kennzahl"].choices = list(measures)
        self.releases = {str(row.pk): row for row in releases}
