"""The form that deletes an entry."""

from django import forms
from django.utils.translation import gettext_lazy

from coordination.forms import ReasonField


class DeleteForm(forms.Form):
    reason = ReasonField(
        required=False,
        help_text=gettext_lazy("Why the entry is deleted; it will stand in the change log."),
    )
