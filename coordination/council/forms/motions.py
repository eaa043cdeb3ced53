"""Forms for motions and papers: the shape of what was typed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.as_of import today
from coordination.council.forms.shared import (
    LONG,
    NO_CASES,
    AddressField,
    BodyChoice,
    LinkedForm,
    RowsField,
    StepForm,
    with_end,
)
from coordination.council.models import LINKED, Committee, CouncilPaper, Group, Motion
from coordination.editing import EditingForm
from coordination.forms import DayField, ReasonField

URL_LABEL = _("Page in the council information system")
OPARL_LABEL = _("OParl address")


class MotionMeta:
    model = Motion
    fields = ["number", "title", "submitted_on", "text", "url", "oparl_id"]
    field_classes = {
        "submitted_on": DayField,
        "url": AddressField,
        "oparl_id": AddressField,
    }
    labels = {
        "number": _("Reference number"),
        "title": _("Title"),
        "submitted_on": _("Submitted on"),
        "text": _("What is asked for"),
        "url": URL_LABEL,
        "oparl_id": OPARL_LABEL,
    }
    help_texts = {"text": NO_CASES}
    widgets = {"text": LONG}


class WithGroups(LinkedForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["groups"] = RowsField(
            Group.objects.all(),
            group=lambda row: "",
            label_of=with_end,
            label=_("Submitted by"),
        )
        if self.instance.pk:
            self.initial["groups"] = [row.pk for row in self.instance.groups.all()]
        self.order_fields(["number", "title", "submitted_on", "groups"])


class MotionForm(WithGroups, forms.ModelForm):
    class Meta(MotionMeta):
        pass


class MotionEditForm(WithGroups, EditingForm):
    watched = (*MotionMeta.fields, "groups", *LINKED)

    class Meta(MotionMeta):
        pass


class ReferForm(StepForm):
    committee = BodyChoice(Committee.objects.all(), label=_("Committee"))
    day = DayField(label=_("Referred on"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False, help_text=NO_CASES)


class ScheduleForm(StepForm):
    number = forms.CharField(label=_("Number of the paper"), max_length=40)
    title = forms.CharField(label=_("Title of the paper"), max_length=200)
    laid_on = DayField(label=_("Laid on"))
    committee = BodyChoice(Committee.objects.all(), label=_("For the meeting of"))
    day = DayField(label=_("Day of the meeting"))
    url = AddressField(label=URL_LABEL)
    oparl_id = AddressField(label=OPARL_LABEL)


class EndForm(StepForm):
    day = DayField(label=_("Day"), initial=today)
    note = ReasonField(label=_("Reason"), help_text=NO_CASES)


class TakeBackForm(StepForm):
    reason = ReasonField(help_text=_("It stands in the history and in the change log."))


class PaperEditForm(EditingForm):
    class Meta:
        model = CouncilPaper
        fields = ["number", "title", "committee", "day", "url", "oparl_id"]
        field_classes = {
            "committee": BodyChoice,
            "day": DayField,
            "url": AddressField,
            "oparl_id": AddressField,
        }
        labels = {
            "number": _("Number of the paper"),
            "title": _("Title of the paper"),
            "committee": _("For the meeting of"),
            "day": _("Day of the meeting"),
            "url": URL_LABEL,
            "oparl_id": OPARL_LABEL,
        }
