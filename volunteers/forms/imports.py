from django import forms
from django.utils.translation import gettext_lazy

from agencies.models import Agency


class VolunteerImportForm(forms.Form):
    """A file of volunteers, for one of the ``agencies``; with a single one there is no choice."""

    agency = forms.ChoiceField(label=gettext_lazy("Looked after by"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("XLSX or CSV, at most 5 MB and 2,000 volunteers."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args, agencies: list[Agency], **kwargs):
        super().__init__(*args, **kwargs)
        self.agencies = {str(agency.pk): agency for agency in agencies}
        choices = [(pk, agency.short_name) for pk, agency in self.agencies.items()]
        if len(choices) == 1:
            del self.fields["agency"]
        else:
            self.fields["agency"].choices = [("", "---------"), *choices]

    def clean(self):
        cleaned = super().clean()
        if "agency" not in self.fields:
            (cleaned["agency"],) = self.agencies.values()
        elif chosen := cleaned.get("agency"):
            cleaned["agency"] = self.agencies[chosen]
        return cleaned
