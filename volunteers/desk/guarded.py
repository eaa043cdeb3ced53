"""Forms that ask once before they send a text in which somebody may be recognised."""

from hashlib import blake2s

from django import forms
from django.utils.translation import gettext_lazy

from coordination import privacy
from coordination.text import fold


class InsistField(forms.BooleanField):
    """Hidden until there is something to insist on."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)


class Guarded(forms.Form):
    """The form has a ``text``; who asks may write their own ``email`` into it."""

    is_insisted = InsistField(
        label=gettext_lazy("Send it all the same: it is my own number, or nobody's case")
    )
    asked = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    warning = gettext_lazy(
        "The text seems to contain %(found)s. Please write “Person A” instead of naming whom "
        "you help. If it concerns only yourself, tick the box."
    )
    has_case = False  # so it asks
    suggestion = ""  # the text as it could be sent

    def clean(self):
        cleaned = super().clean()
        insisted, asked = cleaned.pop("is_insisted", False), cleaned.pop("asked", "")
        text, own = cleaned.get("text", ""), cleaned.get("email", "")
        found = [
            case
            for case in privacy.findings(text)
            if not own or fold(text[case.start : case.end]) != own
        ]
        # A hash of what was found: ticking it does not allow another case.
        cases = "\n".join(text[case.start : case.end] for case in found)
        known = blake2s(cases.encode(), digest_size=8).hexdigest()
        if found and not (insisted and asked == known):
            self._ask(found, known, text)
        return cleaned

    def _ask(self, found, known, text):
        self.fields["is_insisted"].widget = forms.CheckboxInput()
        self.say(is_insisted="", asked=known)
        kinds = ", ".join(dict.fromkeys(str(case.kind.label) for case in found))
        self.has_case = True
        self.add_error("text", self.warning % {"found": kinds})
        self.suggestion = privacy.suggestion(text)

    def say(self, **values) -> None:
        """Put values into the form as it is shown again."""
        self.data = self.data.copy()
        for name, value in values.items():
            self.data[name] = value
