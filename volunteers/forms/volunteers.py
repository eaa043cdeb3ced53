"""Forms for volunteers, and what those for groups share with them."""

from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.forms import NOT_REQUIRED, OrderedDays
from agencies.lists.models import Topic
from agencies.models import Agency
from agencies.offers.forms import GroupsField
from coordination.as_of import today
from coordination.editing import EditingForm
from coordination.forms import DayField, FormIdField, ReasonField
from districts.models import District
from volunteers import contacts, duplicates, volunteers
from volunteers.forms.care import WorkerField
from volunteers.models import Volunteer

CLASSES = {
    "starts_on": DayField,
    "ends_on": DayField,
    "consent_on": DayField,
    "districts": GroupsField,
    "interests": GroupsField,
}
WIDGETS = {"phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})}
LABELS = {
    "starts_on": gettext_lazy("Helps since"),
    "ends_on": gettext_lazy("Helps until"),
    "consent": gettext_lazy("How consent was given"),
    "consent_on": gettext_lazy("Consent given on"),
}
HELP = {
    "ends_on": gettext_lazy("The last day is included. Empty: until further notice."),
    "interests": gettext_lazy("What they want to help with."),
}


class WithChoices(OrderedDays):
    """Offers the quarters and topics of today, and what was chosen once."""

    # As on the page (templates/volunteers/_form.html): the first wrong one gets the focus.
    field_order = [
        *("name", "kind", "spokesperson", "email", "phone", "is_confirmed"),
        *("districts", "interests", "languages", "starts_on", "ends_on"),
        *("agency", "contact", "consent", "consent_on", "reason"),
    ]

    def offer_choices(self, scope, party=None):
        quarters, topics = District.objects.quarters().on(today()), Topic.objects.on(today())
        agencies = Agency.objects.within(scope).active()
        if party:
            quarters |= District.objects.filter(pk__in=party.districts.values("pk"))
            topics |= Topic.objects.filter(pk__in=party.interests.values("pk"))
            agencies |= Agency.objects.filter(pk=party.agency_id)
        self.fields["districts"].queryset = quarters.without_shapes().order_by("name", "pk")
        self.fields["interests"].queryset = topics.in_order()
        self.fields["agency"].queryset = agencies
        if not scope.citywide and len(scope.agencies) == 1:
            self.fields["agency"].empty_label = None

    def clean(self):
        cleaned = super().clean()
        known = ("email", "phone")
        if not any(cleaned.get(name) or name in self.errors for name in known):
            self.add_error("email", _("Give an e-mail address or a phone number."))
        return cleaned

    def refuse(self, error: ValidationError) -> None:
        """Say what the operation refused."""
        for name, errors in getattr(error, "error_dict", {None: error}).items():
            self.add_error(name if name in self.fields else None, errors)


class CreateForm(WithChoices, forms.ModelForm):
    """Asks once if somebody like this is there already.

    ``likeness`` is what was found; the same form's own row, if it was sent before, is none.
    """

    contact = WorkerField(
        label=gettext_lazy("Contact person"),
        required=False,
        help_text=gettext_lazy("Proposed is the lead of the first of the districts that has one."),
    )
    is_confirmed = forms.BooleanField(label=gettext_lazy("Create anyway"), required=False)
    form_id = FormIdField()

    def __init__(self, *args, scope, may_ask=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.scope, self.may_ask = scope, may_ask
        self.likeness = duplicates.Likeness([])
        self.initial.setdefault("form_id", uuid4())
        self.initial.setdefault("starts_on", today())
        self.initial.setdefault("consent_on", today())
        self.offer_choices(scope)
        lead = ("", gettext_lazy("propose the lead"))
        self.fields["contact"].offer(contacts.could_be(today()), first=[lead])

    def clean(self):
        cleaned = super().clean()
        self.likeness = duplicates.like(
            name=cleaned.get("name", ""),
            email=cleaned.get("email", ""),
            phone=cleaned.get("phone", ""),
            scope=self.scope,
            model=self._meta.model,
            besides=Q(form_id=cleaned["form_id"], form_id__isnull=False),
            may_ask=self.may_ask,
        )
        if self.likeness and not cleaned.get("is_confirmed"):
            self.add_error(
                "is_confirmed",
                _("Please look first whether this is somebody who is entered already."),
            )
        return cleaned

    def refuse(self, error):
        super().refuse(error)
        if getattr(error, "code", "") == "sent":  # the next time it is a form of its own
            self.data = self.data.copy()
            self.data["form_id"] = str(uuid4())

    @property
    def operands(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "is_confirmed"}


class VolunteerForm(CreateForm):
    class Meta:
        model = Volunteer
        fields = volunteers.WATCHED
        field_classes = CLASSES
        labels = LABELS
        help_texts = HELP
        widgets = WIDGETS


class VolunteerEditForm(WithChoices, EditingForm):
    watched = volunteers.WATCHED
    reason = ReasonField(required=False, help_text=NOT_REQUIRED)

    class Meta:
        model = Volunteer
        fields = volunteers.WATCHED
        field_classes = CLASSES
        labels = LABELS
        help_texts = HELP
        widgets = WIDGETS

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer_choices(scope, self.instance)


class EndForm(EditingForm):
    reason = ReasonField(
        help_text=gettext_lazy("It stays in the change log: no names, no phone numbers, please.")
    )

    class Meta:
        model = Volunteer
        fields = ["ends_on"]
        field_classes = {"ends_on": DayField}
        labels = {"ends_on": gettext_lazy("Last day")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].required = True

    def _post_clean(self):
        """The operation knows the rules; the form only reads what was typed."""


class DuplicateForm(forms.Form):
    """What the page of a new volunteer or group knows of them so far."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    email = forms.CharField(label=gettext_lazy("E-mail address"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=50, required=False)
    art = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)
