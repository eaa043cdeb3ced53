from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.lists.models import Topic
from agencies.models import Agency
from coordination.editing import EditingForm
from coordination.forms import ReasonField
from volunteers.desk.guarded import Guarded, InsistField
from volunteers.desk.models import Faq

ANSWER_ROWS = 8


class Wording(forms.CharField):
    """A text of several lines, with the line ends every browser shows."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class AnswerForm(Guarded):
    """``seen`` is the last message on the page. What came after it has to be read first."""

    text = Wording(
        label=gettext_lazy("Answer"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": ANSWER_ROWS}),
        help_text=gettext_lazy(
            "Goes by mail to who asked. Please name nobody who is advised, and no address."
        ),
    )
    is_insisted = InsistField(label=gettext_lazy("Send it all the same: it is no personal case"))
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    warning = gettext_lazy(
        "The text seems to contain %(found)s. Mails can be read on their way. "
        "Change it, or tick the box."
    )
    field_order = ["text", "is_insisted", "asked", "seen"]

    def clean(self):
        cleaned = super().clean()
        cleaned["seen"] = cleaned.get("seen") or 0
        return cleaned


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


class FaqEditForm(FaqForm, EditingForm):
    class Meta(FaqForm.Meta):
        pass
