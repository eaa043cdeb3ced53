"""The form for the text of a report."""

from hashlib import blake2s

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.reports.models import Narrative
from coordination import privacy
from coordination.editing import EditingForm


class BlockField(forms.CharField):
    """A block of text; the end of a line counts as one sign, whatever the browser sends for it."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class NarrativeForm(EditingForm):
    """Asks once before it saves what looks like a personal case: ``asked`` says about what."""

    is_insisted = forms.BooleanField(
        label=gettext_lazy("Save it all the same: it is no personal case"),
        required=False,
        widget=forms.HiddenInput,
    )
    asked = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    watched = Narrative.BLOCKS

    class Meta:
        model = Narrative
        fields = Narrative.BLOCKS
        field_classes = dict.fromkeys(Narrative.BLOCKS, BlockField)
        widgets = {name: forms.Textarea(attrs={"rows": 7}) for name in Narrative.BLOCKS}
        help_texts = {
            "overview": gettext_lazy("What happened in this period, in a few sentences."),
            "focus": gettext_lazy("What took most of the time, and why."),
            "volunteers": gettext_lazy("What volunteers did, and what they needed."),
            "needs": gettext_lazy("What is missing on the spot, and what stood in the way."),
            "outlook": gettext_lazy("What is planned for the next period."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.saved = {name: getattr(self.instance, name) for name in Narrative.BLOCKS}

    def show(self, texts: dict[str, str], *, seen: str) -> None:
        """Show texts that nobody has saved; ``seen`` stays what it was when the page was opened."""
        self.initial.update(texts)
        self.fields["seen"].initial = seen

    def clean(self):
        cleaned = super().clean()
        insisted, asked = cleaned.pop("is_insisted", False), cleaned.pop("asked", "")
        cases = {
            name: found
            for name in Narrative.BLOCKS
            if (text := cleaned.get(name, "")) != self.saved[name]
            and (found := privacy.findings(text))
        }
        known = self._mark(cases, cleaned)
        cleaned["is_insisted"] = bool(cases) and insisted and asked == known
        if cases and not cleaned["is_insisted"]:
            self._ask(cases, known)
        return cleaned

    def _mark(self, cases, texts) -> str:
        """One short hash of what was found: ticking it does not allow another case."""
        found = [texts[name][case.start : case.end] for name in cases for case in cases[name]]
        return blake2s("\n".join(found).encode(), digest_size=8).hexdigest()

    def _ask(self, cases, known) -> None:
        self.fields["is_insisted"].widget = forms.CheckboxInput()
        self.data = self.data.copy()
        self.data["is_insisted"], self.data["asked"] = "", known
        for name, found in cases.items():
            kinds = dict.fromkeys(str(case.kind.label) for case in found)
            text = _(
                "“%(block)s” looks like a personal case: %(kinds)s. "
                "A report names nobody; write “Person A”, or tick the box."
            )
            said = {"block": self.fields[name].label, "kinds": ", ".join(kinds)}
            self.add_error("is_insisted", ValidationError(text % said))
