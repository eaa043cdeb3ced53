"""Forms for resolutions: on a motion, without one, and corrected."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.council.forms.motions import OPARL_LABEL, URL_LABEL
from coordination.council.forms.shared import (
    LONG,
    NO_CASES,
    AddressField,
    BodyChoice,
    LinkedForm,
    StepForm,
)
from coordination.council.models import LINKED, Motion, Resolution
from coordination.editing import EditingForm
from coordination.forms import DayField, ReasonField


class ResolutionMeta:
    model = Resolution
    fields = ["title", "committee", "day", "result", "votes", "text", "url", "oparl_id"]
    field_classes = {
        "committee": BodyChoice,
        "day": DayField,
        "url": AddressField,
        "oparl_id": AddressField,
    }
    labels = {
        "title": _("Title"),
        "committee": _("Resolved by"),
        "day": _("Resolved on"),
        "result": _("Result"),
        "votes": _("Votes"),
        "text": _("Wording"),
        "url": URL_LABEL,
        "oparl_id": OPARL_LABEL,
    }
    help_texts = {"text": NO_CASES}
    widgets = {"text": LONG}


class ResolutionForm(LinkedForm, forms.ModelForm):
    """A resolution without a motion; the paper it came from may be entered with it."""

    paper_number = forms.CharField(
        label=_("Number of the paper"),
        max_length=40,
        required=False,
        help_text=_("If the resolution came from a paper of the administration."),
    )
    paper_title = forms.CharField(
        label=_("Title of the paper"),
        max_length=200,
        required=False,
        help_text=_("Empty: as the resolution."),
    )

    class Meta(ResolutionMeta):
        pass

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(["title", "paper_number", "paper_title"])


class ResolveForm(LinkedForm, StepForm, forms.ModelForm):
    """A resolution on a motion: its papers to choose from, its links taken over."""

    class Meta(ResolutionMeta):
        fields = ["title", "paper", *ResolutionMeta.fields[1:]]

    def __init__(self, *args, motion: Motion, **kwargs):
        papers = list(motion.papers.all())
        initial = {"title": motion.title}
        if papers:
            newest = papers[0]
            initial |= {"paper": newest.pk, "committee": newest.committee_id, "day": newest.day}
        for name in LINKED:
            initial[name] = [row.pk for row in getattr(motion, name).all()]
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["paper"].queryset = motion.papers.all()
        self.fields["paper"].empty_label = _("without a paper")


class ResolutionEditForm(LinkedForm, EditingForm):
    watched = (*ResolutionMeta.fields, *LINKED)
    reason = ReasonField(
        required=False,
        help_text=_("Needed if the day, the committee or the result was wrong."),
    )

    class Meta(ResolutionMeta):
        pass
