"""Forms for groups of volunteers and their members."""

from django import forms
from django.utils.translation import gettext_lazy

from agencies.forms import NOT_REQUIRED, OrderedDays
from coordination.as_of import today
from coordination.editing import EditingForm
from coordination.forms import DayField, ReasonField
from volunteers import groups
from volunteers.forms import volunteers
from volunteers.forms.volunteers import CLASSES, HELP, WIDGETS, CreateForm, WithChoices
from volunteers.models import GroupMember, VolunteerGroup

LABELS = {
    **volunteers.LABELS,
    "starts_on": gettext_lazy("Exists since"),
    "ends_on": gettext_lazy("Exists until"),
}
HELP = {**HELP, "interests": gettext_lazy("What the group helps with.")}


class GroupForm(CreateForm):
    class Meta:
        model = VolunteerGroup
        fields = groups.WATCHED
        field_classes = CLASSES
        labels = LABELS
        help_texts = HELP
        widgets = WIDGETS


class GroupEditForm(WithChoices, EditingForm):
    watched = groups.WATCHED
    reason = ReasonField(required=False, help_text=NOT_REQUIRED)

    class Meta:
        model = VolunteerGroup
        fields = groups.WATCHED
        field_classes = CLASSES
        labels = LABELS
        help_texts = HELP
        widgets = WIDGETS

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer_choices(scope, self.instance)


class GroupEndForm(volunteers.EndForm):
    class Meta(volunteers.EndForm.Meta):
        model = VolunteerGroup


class VolunteerChoice(forms.ModelChoiceField):
    widget = forms.RadioSelect

    def label_from_instance(self, volunteer):
        districts = ", ".join(row.name for row in volunteer.districts.all())
        return f"{volunteer.name} ({volunteer.agency.short_name}; {districts})"


class MemberForm(OrderedDays, forms.Form):
    """Takes ``found``: the volunteers to choose from."""

    volunteer = VolunteerChoice(
        queryset=None, label=gettext_lazy("Volunteer"), empty_label=None, required=True
    )
    starts_on = DayField(label=gettext_lazy("From"), initial=today)
    ends_on = DayField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("The last day is included. Empty: until further notice."),
    )

    def __init__(self, *args, found, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["volunteer"].queryset = found


class MemberEndForm(volunteers.EndForm):
    reason = ReasonField(
        required=False,
        help_text=gettext_lazy("It stays in the change log: no names, no phone numbers, please."),
    )

    class Meta(volunteers.EndForm.Meta):
        model = GroupMember
