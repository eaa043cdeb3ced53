"""Forms for reporting periods and schedules: the shape of what was typed."""

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agencies.activity.models import ReportingPeriod, Rhythm
from agencies.models import Agency
from agencies.reports.models import Comment, Schedule
from coordination.access.models import User
from coordination.forms import DayField, ReasonField

LONG = forms.Textarea(attrs={"rows": 4})
SHARED, INTERNAL = "beide", "intern"


class CommentField(forms.CharField):
    """What somebody says about a report."""

    widget = LONG

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Comment"))
        super().__init__(max_length=Comment._meta.get_field("text").max_length, **kwargs)


class VersionForm(forms.Form):
    """Carries which version its reader saw, so that nobody judges one they have not seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, version: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.newest = version

    def clean_version(self):
        """Whoever sends none has seen none."""
        version = self.cleaned_data["version"]
        return -1 if version is None else version

    def renew(self):
        """After a refusal the page shows the newest version, so sending it again counts."""
        self.data = self.data.copy()
        self.data["version"] = str(self.newest)


class SendBackForm(VersionForm):
    comment = CommentField(
        label=_("What has to be corrected"),
        help_text=_("The agency reads it. No names of people who are cared for."),
    )


class AcceptForm(VersionForm):
    comment = CommentField(
        required=False, help_text=_("The agency reads it. No names of people who are cared for.")
    )


class LockForm(forms.Form):
    """Nothing to type: the page asks, the button answers."""


class UnlockForm(forms.Form):
    reason = ReasonField(help_text=_("The agency reads it, and it stands in the change log."))


class ExtendForm(forms.Form):
    due_on = DayField(label=_("New due date"))
    reason = ReasonField(help_text=_("The agency reads it, and it stands in the change log."))


class ResponsibleForm(forms.Form):
    responsible = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who writes the report"),
        help_text=_("Is reminded first; without a name the agency's leads are."),
        empty_label=_("nobody in particular"),
        required=False,
    )

    def __init__(self, *args, period: ReportingPeriod, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(memberships__agency=period.agency, is_active=True)
        self.fields["responsible"].queryset = people
        self.fields["responsible"].initial = period.responsible_id


class CommentForm(forms.Form):
    """A comment for both sides. The city also says who may read it, and is given no default."""

    text = CommentField(help_text=_("No names of people who are cared for."))

    def __init__(self, *args, agency: Agency, may_be_internal: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if may_be_internal:
            self.fields["leser"] = forms.ChoiceField(
                label=_("Who may read it?"),
                choices=[(SHARED, readers(agency)), (INTERNAL, internal_readers())],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose who may read the comment.")},
            )
            self.order_fields(["leser", "text"])

    def clean(self):
        cleaned = super().clean()
        return {
            "text": cleaned.get("text", ""),
            "is_internal": cleaned.get("leser") == INTERNAL,
        }


def readers(agency: Agency) -> str:
    return gettext("%(agency)s, coordination and municipal audit") % {"agency": agency}


def internal_readers() -> str:
    return gettext("Internal: only coordination and municipal audit")


class PeriodForm(forms.Form):
    """A single period of own dates."""

    agency = forms.ModelChoiceField(Agency.objects.active(), label=_("Agency"))
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Until"), help_text=_("The last day is included."))
    due_on = DayField(label=_("Due on"))


class ScheduleForm(forms.Form):
    agency = forms.ModelChoiceField(Agency.objects.active(), label=_("Agency"))
    rhythm = forms.ChoiceField(
        label=pgettext_lazy("rhythm", "Reports every"),
        choices=[choice for choice in Rhythm.choices if choice[0] != Rhythm.OWN],
        initial=Rhythm.QUARTER,
    )
    starts_on = DayField(label=_("From"))
    ends_on = DayField(
        label=_("Until"), help_text=_("The last day is included; empty: open."), required=False
    )
    anchor = forms.ChoiceField(
        label=_("Due date counts from"), choices=Schedule.Anchor, widget=forms.RadioSelect,
        initial=Schedule.Anchor.PERIOD_END,
    )  # fmt: skip
    offset_days = forms.IntegerField(
        label=_("Days later"),
        min_value=0,
        max_value=366,
        initial=14,
        help_text=Schedule._meta.get_field("offset_days").help_text,
    )


class ScheduleEndForm(forms.Form):
    ends_on = DayField(
        label=_("Last day"),
        help_text=_(
            "A day before the first takes the schedule back, as long as nobody has begun a report."
        ),
    )
    reason = ReasonField()
