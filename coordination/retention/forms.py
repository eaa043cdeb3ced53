from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.retention.erasures import Reason


class EraseForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", "---------"), *Reason.choices],
        help_text=_("It stands in the change log, with a number and without a name."),
    )
    is_sure = forms.BooleanField(label=_("I know that this cannot be undone."))


class VolunteerEraseForm(EraseForm):
    with_questions = forms.BooleanField(
        label=_("Also erase what was asked, or reported about barriers, from this address."),
        required=False,
        initial=True,
    )

    field_order = ["reason", "with_questions", "is_sure"]


class QuestionEraseForm(EraseForm):
    all_of_address = forms.BooleanField(
        label=_("All questions from this address, and its reports of barriers"), required=False
    )

    field_order = ["reason", "all_of_address", "is_sure"]


class NumberForm(forms.Form):
    """Which question: whoever asked has its number in every mail."""

    anfrage = forms.IntegerField(label=_("Number of the question"), min_value=1, max_value=2**31)
