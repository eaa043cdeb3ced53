"""Forms for agencies, positions, workers and occupancies: the shape of what was typed."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import agencies, workers
from agencies.models import Absence, Agency, Occupancy, Position, Worker
from coordination.access.models import User
from coordination.editing import EditingForm
from coordination.forms import DayField, ReasonField

NOT_REQUIRED = gettext_lazy("Why you change this; it will stand in the change log.")


class FteField(forms.DecimalField):
    """Full-time equivalents from 0.01 to 1.00, typed with comma or point."""

    default_error_messages = {
        "invalid": gettext_lazy("FTE is a number from 0.01 to 1.00, for example 0.50."),
        "max_digits": gettext_lazy("FTE is a number from 0.01 to 1.00, for example 0.50."),
        "max_whole_digits": gettext_lazy("FTE is a number from 0.01 to 1.00, for example 0.50."),
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("label", gettext_lazy("FTE"))
        kwargs.setdefault("help_text", gettext_lazy("1.00 is full time."))
        super().__init__(**{**kwargs, "max_digits": 3, "decimal_places": 2, "localize": True})

    def to_python(self, value):
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def validate(self, value):
        super().validate(value)
        if value is not None and not Decimal("0.01") <= value <= 1:
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class OrderedDays(forms.BaseForm):
    """The last day is not before the first; said at the field where it can be mended."""

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        return cleaned


class AgencyForm(forms.ModelForm):
    class Meta:
        model = Agency
        fields = ["name", "short_name", "kind", *agencies.CONTACT]


class AgencyEditForm(EditingForm):
    """For the coordination."""

    reason = ReasonField(required=False, help_text=NOT_REQUIRED)

    class Meta:
        model = Agency
        fields = agencies.FIELDS
        help_texts = {
            "is_active": gettext_lazy("Only an agency without anything that runs can be closed.")
        }


class AgencyContactForm(EditingForm):
    """For the agency itself: how it can be reached, nothing else."""

    reason = ReasonField(required=False, help_text=NOT_REQUIRED)

    class Meta:
        model = Agency
        fields = agencies.CONTACT


POSITION_CLASSES = {"fte": FteField, "starts_on": DayField, "ends_on": DayField}
POSITION_LABELS = {
    "starts_on": gettext_lazy("Funded from"),
    "ends_on": gettext_lazy("Funded until"),
}


class PositionForm(OrderedDays, forms.ModelForm):
    class Meta:
        model = Position
        fields = ["agency", "title", "fte", "qualification", "starts_on", "ends_on"]
        field_classes = POSITION_CLASSES
        labels = POSITION_LABELS

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.within(scope).active()


class PositionEditForm(OrderedDays, EditingForm):
    reason = ReasonField(required=False, help_text=NOT_REQUIRED)

    class Meta:
        model = Position
        fields = ["title", "fte", "qualification", "starts_on", "ends_on"]
        field_classes = POSITION_CLASSES
        labels = POSITION_LABELS


class AccountChoice(forms.ModelChoiceField):
    """An account by name, with the agencies it belongs to."""

    def label_from_instance(self, user):
        names = ", ".join(str(membership.agency) for membership in user.memberships.all())
        return f"{user} ({names})" if names else str(user)


def _offer_accounts(field, agencies_within, worker=None):
    """Accounts of members of these agencies that no other worker has."""
    free = User.objects.filter(is_active=True, worker=None)
    offered = free.filter(memberships__agency__in=agencies_within)
    if worker and worker.user_id:
        offered |= User.objects.filter(pk=worker.user_id, memberships__agency__in=agencies_within)
    field.queryset = offered.distinct().prefetch_related("memberships__agency")


class WorkerForm(forms.ModelForm):
    class Meta:
        model = Worker
        fields = ["agency", "name", "kind", *workers.PUBLIC, "user"]
        field_classes = {"user": AccountChoice}

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        own = Agency.objects.within(scope).active()
        self.fields["agency"].queryset = own
        if not scope.citywide and len(scope.agencies) == 1:
            self.fields["agency"].empty_label = None
        _offer_accounts(self.fields["user"], own)


class WorkerEditForm(EditingForm):
    reason = ReasonField(required=False, help_text=NOT_REQUIRED)

    class Meta:
        model = Worker
        fields = workers.FIELDS
        field_classes = {"user": AccountChoice}

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        worker = self.instance
        agency = self.fields["agency"]
        agency.queryset = Agency.objects.within(scope)
        if worker.occupancies.standing().exists():
            agency.disabled = True
            agency.help_text = _("Stays, because this person holds or held a position there.")
        _offer_accounts(self.fields["user"], [worker.agency_id], worker)


class AbsenceForm(OrderedDays, forms.ModelForm):
    class Meta:
        model = Absence
        fields = ["starts_on", "ends_on"]
        field_classes = {"starts_on": DayField, "ends_on": DayField}
        labels = {"starts_on": gettext_lazy("First day"), "ends_on": gettext_lazy("Last day")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].required = True

    def _post_clean(self):
        """The operation knows the rules; the form only reads the days."""


class OccupancyForm(OrderedDays, forms.Form):
    worker = forms.ModelChoiceField(
        label=gettext_lazy("Caseworker"), queryset=Worker.objects.none()
    )
    fte = FteField()
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("Last day. Empty: as long as the position is funded."),
    )
    reason = ReasonField(required=False, help_text=NOT_REQUIRED)

    def __init__(self, *args, position, **kwargs):
        super().__init__(*args, **kwargs)
        worker = self.fields["worker"]
        worker.queryset = Worker.objects.active().filter(
            agency=position.agency_id, kind=Worker.Kind.EMPLOYED
        )
        worker.error_messages["invalid_choice"] = _(
            "Choose an employed caseworker of %(agency)s. Freelancers hold no position."
        ) % {"agency": position.agency}


class OccupancyEndForm(EditingForm):
    reason = ReasonField()

    class Meta:
        model = Occupancy
        fields = ["ends_on"]
        field_classes = {"ends_on": DayField}
        labels = {"ends_on": gettext_lazy("Last day")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].required = True

    def _post_clean(self):
        """The operation knows the rules and what to advise; the form only reads the day."""


class SuccessionForm(EditingForm):
    watched = ("ends_on",)
    worker = forms.ModelChoiceField(label=gettext_lazy("Successor"), queryset=Worker.objects.none())
    starts_on = DayField(
        label=gettext_lazy("From"), help_text=gettext_lazy("First day of the successor.")
    )
    reason = ReasonField()

    class Meta:
        model = Occupancy
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["worker"].queryset = (
            Worker.objects.active()
            .filter(agency=self.instance.position.agency_id, kind=Worker.Kind.EMPLOYED)
            .exclude(pk=self.instance.worker_id)
        )

    def _post_clean(self):
        """The operation knows the rules; the form only reads what was typed."""


class OccupancyWithdrawForm(forms.Form):
    reason = ReasonField()
