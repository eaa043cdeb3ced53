"""Forms of the legal pages: their text, and reports of barriers."""

from uuid import uuid4

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.filters import SortFilter
from coordination.editing import EditingForm
from coordination.forms import FormIdField
from coordination.public.models import Feedback, LegalText
from volunteers.desk.forms_public import AddressField

OPEN, DONE = "offen", "erledigt"


class LegalTextForm(EditingForm):
    class Meta:
        model = LegalText
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 28, "spellcheck": "true"})}
        help_texts = {
            "text": _(
                "Markdown: ## heading, - list, **bold**, [words](https://…), tables with |. "
                "HTML and images are not shown."
            )
        }


class FeedbackForm(forms.ModelForm):
    # Nobody sees it; what fills in forms by itself does.
    website = forms.CharField(
        required=False,
        max_length=200,
        label=_("Please leave this field empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    # Kept as the desk keeps it, so that all there is of an address is found under it.
    email = AddressField(
        required=False,
        max_length=254,
        label=_("Your e-mail address"),
        help_text=_("Only if you would like an answer."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    form_id = FormIdField()

    class Meta:
        model = Feedback
        fields = ["text", "page", "email"]
        labels = {
            "text": _("What does not work for you?"),
            "page": _("On which page?"),
        }
        help_texts = {
            "text": _("For example: which device and which aid you use, and what happens."),
            "page": _("Its address or its title."),
        }
        widgets = {
            "text": forms.Textarea(attrs={"rows": 6}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_id", uuid4())

    @property
    def is_from_a_robot(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class FeedbackFilter(django_filters.FilterSet):
    stand = django_filters.ChoiceFilter(
        label=_("Status"),
        method="in_state",
        choices=[(OPEN, _("open")), (DONE, _("done"))],
        empty_label=_("all"),
    )
    sortierung = SortFilter(("created_at", "eingang"), ("page", "seite"))

    class Meta:
        model = Feedback
        fields = []

    def in_state(self, rows, name, value):
        return rows.filter(done_at__isnull=value == OPEN)
