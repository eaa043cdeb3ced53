"""Forms for offers: what was typed about one, its weekly times, and its exceptions."""

import re
from datetime import time

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.forms import NOT_REQUIRED, OrderedDays
from agencies.lists.models import TargetGroup
from agencies.models import Agency, Worker
from agencies.offers import offers
from agencies.offers.models import Offer, OfferException, OfferTime
from coordination.as_of import today
from coordination.editing import EditingForm
from coordination.forms import DayField, ReasonField
from districts.models import District

EMPTY_ROWS = 3
TYPED_HOUR = re.compile(r"([01]?\d|2[0-3])(?:[:.]([0-5]\d))?(?:\s*Uhr)?", re.ASCII)


class HourInput(forms.TimeInput):
    """The browser's clock; but what is no time of day is shown back as it was typed."""

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%H:%M")

    def get_context(self, name, value, attrs):
        typed = value if isinstance(value, str) else ""
        if hour := read_hour(typed):
            value = hour
        context = super().get_context(name, value, attrs)
        context["widget"]["type"] = "text" if typed.strip() and not hour else "time"
        return context


class HourField(forms.TimeField):
    """A time of day, typed as 14:30, 14.30, 14 or 14 Uhr."""

    widget = HourInput
    default_error_messages = {
        "invalid": gettext_lazy("“%(typed)s” is no time of day. Please write it like 14:30."),
    }

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, time):
            return value or None
        hour = read_hour(str(value))
        if hour is None:
            raise ValidationError(
                self.error_messages["invalid"], code="invalid", params={"typed": str(value)[:20]}
            )
        return hour


def read_hour(text: str) -> time | None:
    if match := TYPED_HOUR.fullmatch(text.strip()[:20]):
        return time(int(match[1]), int(match[2] or 0))
    return None


class TimeForm(forms.Form):
    """One row. Left empty it says nothing; emptied it goes."""

    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Weekday"),
        choices=[("", "---------"), *OfferTime.Weekday.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    rhythm = forms.ChoiceField(
        label=gettext_lazy("Rhythm"),
        choices=OfferTime.Rhythm,
        initial=OfferTime.Rhythm.WEEKLY,
    )
    starts_at = HourField(label=gettext_lazy("From"), required=False)
    ends_at = HourField(label=gettext_lazy("Until"), required=False)

    def has_changed(self):
        """Every row that says something is read, however many rows a browser claims were there."""
        return not self.is_blank

    def clean(self):
        cleaned = super().clean()
        if self.is_blank:
            return cleaned
        for name in ("weekday", "starts_at", "ends_at"):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("Please complete this row, or leave it empty."))
        first, last = cleaned.get("starts_at"), cleaned.get("ends_at")
        if first and last and last <= first:
            self.add_error("ends_at", _("The end lies before the beginning."))
        return cleaned

    @property
    def is_blank(self) -> bool:
        return not any(self[name].value() for name in ("weekday", "starts_at", "ends_at"))


class TimesFormSet(forms.BaseFormSet):
    def rows(self) -> list[dict]:
        return [form.cleaned_data for form in self.forms if not form.is_blank]


Times = forms.formset_factory(
    TimeForm,
    formset=TimesFormSet,
    extra=EMPTY_ROWS,
    max_num=offers.MOST_TIMES + EMPTY_ROWS,
    absolute_max=offers.MOST_TIMES + EMPTY_ROWS,
)


class WithTimes(forms.BaseForm):
    """The form of an offer, and in ``times`` the rows of its weekly times."""

    times: TimesFormSet

    def _add_times(self):
        initial = None
        if self.instance.pk:
            names = ("weekday", "rhythm", "starts_at", "ends_at")
            initial = list(self.instance.times.values(*names))
        self.times = Times(self.data if self.is_bound else None, prefix="zeiten", initial=initial)

    def clean(self):
        cleaned = super().clean()
        if not self.times.is_valid():
            for number, row in enumerate(self.times.forms, 1):
                for name, errors in row.errors.items():
                    label = row.fields[name].label if name in row.fields else ""
                    for error in errors:
                        text = _("Times, row %(number)d, %(field)s: %(error)s")
                        told = {"number": number, "field": label, "error": error}
                        self.add_error(None, text % told)
            for error in self.times.non_form_errors():
                self.add_error(None, error)
        elif not (rows := self.times.rows()):
            text = _("Say when the offer takes place: at least one weekday with its times.")
            self.add_error(None, text)
        else:
            cleaned["times"] = rows
        return cleaned

    def refuse(self, error: ValidationError) -> None:
        """Say what the operation refused; the times are no field but rows of their own."""
        for name, errors in getattr(error, "error_dict", {None: error}).items():
            self.add_error(name if name in self.fields else None, errors)


class GroupsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def clean(self, value):
        known = {str(pk) for pk in self.queryset.values_list("pk", flat=True)}
        # SQLite cannot even be asked for numbers that it cannot store.
        for pk in value if isinstance(value, list | tuple) else []:
            if str(pk) not in known:
                text = self.error_messages["invalid_choice"]
                raise ValidationError(text, code="invalid_choice", params={"value": str(pk)[:20]})
        return super().clean(value)


class ContactChoice(forms.ModelChoiceField):
    with_agency = False

    def label_from_instance(self, worker):
        return f"{worker} ({worker.agency})" if self.with_agency else str(worker)


CLASSES = {
    "contact": ContactChoice,
    "target_groups": GroupsField,
    "starts_on": DayField,
    "ends_on": DayField,
}
LABELS = {
    "starts_on": gettext_lazy("Offered from"),
    "ends_on": gettext_lazy("Offered until"),
}
HELP = {
    "description": gettext_lazy(
        "Is published with the offer. No names of people who come to you, no private numbers."
    ),
    "contact": gettext_lazy("Name, office phone and office e-mail address are published."),
    "ends_on": gettext_lazy("The last day is included. Empty: until further notice."),
    "target_groups": gettext_lazy("Only if the offer is not open to all."),
}
DESCRIPTION = {"description": forms.Textarea(attrs={"rows": 4})}


class OfferForm(WithTimes, OrderedDays, forms.ModelForm):
    class Meta:
        model = Offer
        fields = ["agency", *offers.FIELDS, "target_groups"]
        field_classes = CLASSES
        labels = LABELS
        help_texts = HELP
        widgets = DESCRIPTION

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        own = Agency.objects.within(scope).active()
        self.fields["agency"].queryset = own
        if not scope.citywide and len(scope.agencies) == 1:
            self.fields["agency"].empty_label = None
        _offer_choices(self, own)
        self._add_times()


class OfferEditForm(WithTimes, OrderedDays, EditingForm):
    watched = offers.WATCHED
    reason = ReasonField(required=False, help_text=NOT_REQUIRED)

    class Meta:
        model = Offer
        fields = [*offers.FIELDS, "target_groups"]
        field_classes = CLASSES
        labels = LABELS
        help_texts = HELP
        widgets = DESCRIPTION

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _offer_choices(self, [self.instance.agency_id], self.instance)
        self._add_times()


def _offer_choices(form, agencies, offer=None):
    """Quarters of today, active workers of these agencies, the groups of today's list."""
    day = today()
    quarters = District.objects.quarters().on(day)
    groups = TargetGroup.objects.on(day)
    if offer:  # what was chosen once may stay
        quarters = quarters | District.objects.filter(pk=offer.district_id)
        groups = groups | TargetGroup.objects.filter(pk__in=offer.target_groups.values("pk"))
    form.fields["district"].queryset = quarters.without_shapes().order_by("name", "pk")
    form.fields["target_groups"].queryset = groups.in_order()
    contact = form.fields["contact"]
    contact.queryset = (
        Worker.objects.active()
        .filter(agency__in=agencies)
        .select_related("agency")
        .order_by("agency__short_name", "name", "pk")
    )
    contact.with_agency = offer is None
    form.fields["pauses_on_holidays"].help_text = _("Public holidays of the Land.")


class OfferEndForm(EditingForm):
    reason = ReasonField()

    class Meta:
        model = Offer
        fields = ["ends_on"]
        field_classes = {"ends_on": DayField}
        labels = {"ends_on": gettext_lazy("Last day")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].required = True

    def _post_clean(self):
        """The operation knows the rules; the form only reads what was typed."""


class ExceptionForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What is different?"),
        choices=OfferException.Kind,
        initial=OfferException.Kind.CANCELLED,
        widget=forms.RadioSelect,
    )
    starts_on = DayField(label=gettext_lazy("On, or from"))
    ends_on = DayField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("For a pause of several days, its last day."),
    )
    starts_at = HourField(
        label=gettext_lazy("From (time)"),
        required=False,
        help_text=gettext_lazy("Only for an additional date."),
    )
    ends_at = HourField(label=gettext_lazy("Until (time)"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example: summer break. Is published with the offer."),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") == OfferException.Kind.EXTRA:
            self._clean_extra(cleaned)
        else:
            for name in ("starts_at", "ends_at"):
                if cleaned.get(name):
                    text = _("A pause has no times: the offer does not take place all day.")
                    self.add_error(name, text)
        return cleaned

    def _clean_extra(self, cleaned):
        for name in ("starts_at", "ends_at"):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("An additional date needs its times."))
        if cleaned.get("ends_on") not in (None, cleaned.get("starts_on")):
            self.add_error("ends_on", _("An additional date is one day."))
