"""Forms for groups and committees."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.council.models import Committee, Group
from coordination.editing import EditingForm
from coordination.forms import DayField

DAYS = {"starts_on": DayField, "ends_on": DayField}
LABELS = {
    "name": _("Name"),
    "short_name": _("Short name"),
    "starts_on": _("From"),
    "ends_on": _("Until"),
}
HELP = {"ends_on": _("The last day is included; empty: open.")}


class GroupForm(forms.ModelForm):
    class Meta:
        model = Group
        fields = ["name", "short_name", "starts_on", "ends_on"]
        field_classes, labels, help_texts = DAYS, LABELS, HELP


class GroupEditForm(EditingForm):
    class Meta(GroupForm.Meta):
        pass


class CommitteeForm(forms.ModelForm):
    class Meta:
        model = Committee
        fields = ["name", "is_council", "starts_on", "ends_on"]
        field_classes, labels, help_texts = DAYS, LABELS, HELP


class CommitteeEditForm(EditingForm):
    class Meta(CommitteeForm.Meta):
        pass
