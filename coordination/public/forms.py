from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.public.search import Search, search


class FinderForm(forms.Form):
    """One field for both; links from elsewhere name it ``plz`` or ``ort``."""

    ort = forms.CharField(
        label=_("Postal code or district"),
        help_text=_("For example 41061 or the beginning of a district's name."),
        max_length=100,
        error_messages={"required": _("Please type a postal code or the name of a district.")},
    )

    def __init__(self, query=None, *, districts=()):
        self.districts, self.result = districts, Search()
        typed = [query[name] for name in ("plz", "ort") if query and query.get(name)]
        is_asked = query and ("plz" in query or "ort" in query)
        super().__init__({"ort": " ".join(typed[:1])} if is_asked else None)

    def clean_ort(self):
        self.result = search(self.cleaned_data["ort"], self.districts)
        if self.result.problem:
            raise ValidationError(self.result.problem)
        return self.cleaned_data["ort"]
