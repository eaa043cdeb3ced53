"""Forms for declarations and certificates of conduct."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.as_of import today
from coordination.editing import EditingForm
from coordination.forms import DayField
from coordination.periods import show_day
from volunteers import certificates
from volunteers.models import Certificate, DeclarationText


class DeclarationTextForm(forms.ModelForm):
    class Meta:
        model = DeclarationText
        fields = ["kind", "starts_on", "text"]
        field_classes = {"starts_on": DayField}
        widgets = {"text": forms.Textarea(attrs={"rows": 14})}


class DeclarationForm(forms.Form):
    """Which of the ``texts`` a volunteer signed on a day."""

    texts = forms.MultipleChoiceField(
        label=gettext_lazy("Declarations"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Please tick what was signed.")},
    )
    signed_on = DayField(
        label=gettext_lazy("Signed on"), help_text=gettext_lazy("The day on the signed paper.")
    )

    def __init__(self, *args, texts: list[DeclarationText], **kwargs):
        super().__init__(*args, **kwargs)
        self.texts = {str(text.pk): text for text in texts}
        newest = {}
        for text in texts:
            newest.setdefault(text.kind, text)
        self.fields["texts"].choices = [
            (pk, _label(text, is_newest=newest[text.kind] == text))
            for pk, text in self.texts.items()
        ]

    def clean_texts(self):
        return [self.texts[pk] for pk in self.cleaned_data["texts"]]


def _label(text: DeclarationText, *, is_newest: bool) -> str:
    words = {"text": text, "day": show_day(text.starts_on)}
    if is_newest:
        return _("%(text)s (valid from %(day)s)") % words
    return _("%(text)s (valid from %(day)s, replaced since)") % words


class CertificateForm(EditingForm):
    """Asks once more where the certificate was not new when it was shown."""

    is_confirmed = forms.BooleanField(label=gettext_lazy("Record it all the same"), required=False)
    asked = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Certificate
        fields = ["issued_on", "inspected_on"]
        field_classes = {"issued_on": DayField, "inspected_on": DayField}
        help_texts = {"issued_on": gettext_lazy("The date on the certificate.")}

    def __init__(self, *args, **kwargs):
        # Who records a new one starts with empty fields, whatever was recorded before.
        kwargs["initial"] = {"issued_on": None, "inspected_on": today()}
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            del self.fields["is_confirmed"], self.fields["asked"]

    def clean(self):
        cleaned = super().clean()
        is_confirmed, asked = cleaned.pop("is_confirmed", False), cleaned.pop("asked", "")
        issued_on, inspected_on = cleaned.get("issued_on"), cleaned.get("inspected_on")
        asks = False
        if issued_on and inspected_on:
            if issued_on > inspected_on:
                self.add_error("issued_on", _("It was inspected before it was issued."))
            else:
                asks = certificates.is_old(issued_on=issued_on, inspected_on=inspected_on)
        if not asks:
            del self.fields["is_confirmed"], self.fields["asked"]
            return cleaned
        # An answer to a question about other days is none.
        about = f"{issued_on} {inspected_on}"
        if not (is_confirmed and asked == about):
            self.data = self.data.copy()
            self.data["asked"] = about
            self.data.pop("is_confirmed", None)
            self.add_error(
                "is_confirmed",
                _("It was older than three months when it was inspected. Is that meant?"),
            )
        return cleaned
