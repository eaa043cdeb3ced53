from hashlib import blake2s

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.lists.models import Topic
from agencies.models import Agency
from coordination import privacy
from coordination.editing import EditingForm
from coordination.forms import ReasonField
from volunteers.desk.models import Faq

ANSWER_ROWS = 8


class Wording(forms.CharField):
    """A text of several lines, with the line ends every browser shows."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class AnswerForm(forms.Form):
    """Asks once before it sends what looks like a personal case.

    ``seen`` is the last message on the page. What came after it has to be read first.
    """

    text = Wording(
        label=gettext_lazy("Answer"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": ANSWER_ROWS}),
        help_text=gettext_lazy(
            "Goes by mail to who asked. Please name nobody who is advised, and no address."
        ),
    )
    is_insisted = forms.BooleanField(
        label=gettext_lazy("Send it all the same: it is no personal case"),
        required=False,
        widget=forms.HiddenInput,
    )
    asked = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        insisted, asked = cleaned.pop("is_insisted", False), cleaned.pop("asked", "")
        cleaned["seen"] = cleaned.get("seen") or 0
        text = cleaned.get("text", "")
        found = privacy.findings(text)
        # A hash of what was found: ticking it does not allow another case.
        cases = "\n".join(text[case.start : case.end] for case in found)
        known = blake2s(cases.encode(), digest_size=8).hexdigest()
        if found and not (insisted and asked == known):
            self.fields["is_insisted"].widget = forms.CheckboxInput()
            self.say(is_insisted="", asked=known)
            message = _(
                "The text seems to contain %(found)s. Mails can be read on their way. "
                "Change it, or tick the box."
            ) % {"found": ", ".join(privacy.kinds(text))}
            self.add_error("is_insisted", message)
        return cleaned

    def say(self, **values) -> None:
        """Put values into the form as it is shown again."""
        self.data = self.data.copy()
        for name, value in values.items():
            self.data[name] = value


class ForwardForm(forms.Form):
    agency = forms.ModelChoiceField(
        Agency.objects.active(),
        label=gettext_lazy("Agency"),
        required=False,
        empty_label=gettext_lazy("whoever leads the district"),
    )
    reason = ReasonField()


class FaqForm(forms.ModelForm):
    class Meta:
        model = Faq
        fields = ["asked", "answer", "topic", "language"]
        field_classes = {"answer": Wording}
        widgets = {
            "asked": forms.Textarea(attrs={"rows": 2}),
            "answer": forms.Textarea(attrs={"rows": 6}),
        }
        help_texts = {
            "asked": gettext_lazy("In general words, so that nobody recognises who asked."),
            "answer": gettext_lazy("What holds for everybody, without the single case."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = Topic.objects.all()
        self.fields["topic"].empty_label = _("none")

    def clean_asked(self):
        """One line, however it was typed."""
        return " ".join(self.cleaned_data["asked"].split())

    def clean(self):
        cleaned = super().clean()
        for name in ("asked", "answer"):
            if found := privacy.kinds(cleaned.get(name, "")):
                text = _(
                    "This seems to contain %(found)s. Everybody will read it: please write it so "
                    "that nobody can be recognised."
                ) % {"found": ", ".join(found)}
                self.add_error(name, ValidationError(text))
        return cleaned


class FaqEditForm(FaqForm, EditingForm):
    class Meta(FaqForm.Meta):
        pass
