"""The short forms of the Einsatzplan. They check the shape; the rules are in assignments.py."""

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import assignments
from agencies.coverage import board_on
from agencies.models import Assignment, Position
from coordination.access.permissions import Scope
from coordination.editing import changed_since, fingerprint, messages
from coordination.forms import DayField, ReasonField
from districts.models import District

CITY = Scope(citywide=True)


class PositionChoice(forms.ModelChoiceField):
    """A position with its holder and what is left of its hours on the Stichtag."""

    loads = {}

    def label_from_instance(self, position):
        load = self.loads.get(position.pk)
        if load is None:
            return str(position)
        return _("%(position)s – %(names)s (%(free)s %% free)") % {
            "position": position,
            "names": load.names or _("vacant"),
            "free": load.free,
        }


class DistrictChoice(forms.ModelChoiceField):
    def label_from_instance(self, district):
        codes = ", ".join(code.code for code in district.postal_codes.all())
        return f"{district.key} {district.name} ({codes})" if codes else str(district)


class PostalCodesField(forms.CharField):
    """Postal codes as people type them: "41061, 41063"."""

    def clean(self, value):
        codes = re.findall(r"[^\s,;]+", super().clean(value))
        if wrong := [code for code in codes if not re.fullmatch(r"\d{5}", code)]:
            raise forms.ValidationError(
                _("“%(code)s” is not a postal code of five digits."), params={"code": wrong[0][:20]}
            )
        return codes


class ShareField(forms.IntegerField):
    def __init__(self, **kwargs):
        super().__init__(
            label=gettext_lazy("Share in percent"),
            help_text=gettext_lazy("Share of the position's weekly hours, 1 to 100."),
            min_value=1,
            max_value=100,
            error_messages={
                "invalid": gettext_lazy("A share is a whole number from 1 to 100 percent."),
                "min_value": gettext_lazy("A share is a whole number from 1 to 100 percent."),
                "max_value": gettext_lazy("A share is a whole number from 1 to 100 percent."),
            },
            **kwargs,
        )


class DivisionForm(forms.Form):
    """Whether a responsibility is for the whole district or explicitly for a part."""

    division = forms.ChoiceField(
        label=gettext_lazy("Division"),
        choices=Assignment.Division,
        initial=Assignment.Division.WHOLE,
        help_text=gettext_lazy("Two leads are possible only if both say what they cover."),
    )
    postal_codes = PostalCodesField(
        label=gettext_lazy("Postal codes"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only if divided by postal code, for example: 41061, 41063"),
    )
    topic = forms.CharField(
        label=gettext_lazy("Topic"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Only if divided by topic, for example: Housing"),
    )

    @property
    def is_divided(self) -> bool:
        """Whether the page must show the fields of the division, which it folds away else."""
        names = ("division", "postal_codes", "topic")
        whole = ("", Assignment.Division.WHOLE)
        return any(self[name].errors or self[name].value() not in whole for name in names)


class AssignmentForm(DivisionForm):
    position = PositionChoice(label=gettext_lazy("Position"), queryset=Position.objects.none())
    district = DistrictChoice(label=gettext_lazy("District"), queryset=District.objects.none())
    role = forms.ChoiceField(
        label=gettext_lazy("Responsibility"),
        choices=Assignment.Role,
        initial=Assignment.Role.LEAD,
    )
    share = ShareField()
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("Last day. Empty: as long as the position is funded."),
    )
    reason = ReasonField(label=gettext_lazy("Reason"), required=False)
    field_order = [
        "district",
        "position",
        "role",
        "share",
        "starts_on",
        "ends_on",
        "division",
        "postal_codes",
        "topic",
        "reason",
    ]

    def __init__(self, *args, day, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = (
            District.objects.quarters().without_shapes().prefetch_related("postal_codes")
        )
        _offer_positions(self.fields["position"], day)


class ExistingForm(forms.Form):
    """An act on an assignment: refused if somebody changed it since the page was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, assignment, **kwargs):
        super().__init__(*args, **kwargs)
        self.assignment = assignment
        self.fields["seen"].initial = fingerprint(assignment, assignments.WATCHED)

    def clean(self):
        cleaned = super().clean()
        seen = cleaned.get("seen", "")
        if changed := changed_since(self.assignment, seen, assignments.WATCHED):
            self.data = self.data.copy()
            self.data["seen"] = self.fields["seen"].initial
            self.add_error(None, forms.ValidationError(messages(self.assignment, changed)))
        return cleaned


class AssignmentChangeForm(ExistingForm, DivisionForm):
    share = ShareField()
    starts_on = DayField(label=gettext_lazy("From"))
    reason = ReasonField(label=gettext_lazy("Reason"))
    field_order = ["starts_on", "share", "division", "postal_codes", "topic", "reason"]


class AssignmentEndForm(ExistingForm):
    ends_on = DayField(label=gettext_lazy("Last day"))
    reason = ReasonField(label=gettext_lazy("Reason"))
    field_order = ["ends_on", "reason"]


class AssignmentWithdrawForm(ExistingForm):
    reason = ReasonField(label=gettext_lazy("Reason"))


class AssignmentsChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, assignment):
        parts = [assignment.district.name, assignment.get_role_display(), f"{assignment.share} %"]
        return " · ".join([*parts, assignment.area] if assignment.area else parts)


class HandoverForm(forms.Form):
    """Move what a position covers on a day to another position."""

    starts_on = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("The first day on which the new position is responsible."),
    )
    position = PositionChoice(label=gettext_lazy("To position"), queryset=Position.objects.none())
    assignments = AssignmentsChoice(
        label=gettext_lazy("Districts"),
        queryset=Assignment.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one district.")},
    )
    reason = ReasonField(label=gettext_lazy("Reason"))

    def __init__(self, *args, source, day, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignments"].queryset = (
            Assignment.objects.on(day).filter(position=source).with_names()
        )
        _offer_positions(self.fields["position"], day)
        others = self.fields["position"].queryset.exclude(pk=source.pk)
        self.fields["position"].queryset = others


class EndingForm(forms.Form):
    bis = DayField(label=gettext_lazy("What ends by"))


class BoardFilterForm(forms.Form):
    """Which part of the board to show. The values stay in the URL."""

    bezirk = forms.ModelChoiceField(
        label=gettext_lazy("Borough"),
        queryset=District.objects.boroughs().without_shapes(),
        required=False,
        empty_label=gettext_lazy("All boroughs"),
    )


def _offer_positions(field, day):
    field.queryset = Position.objects.select_related("agency").filter(agency__is_active=True)
    field.loads = {load.position.pk: load for load in board_on(day, CITY).loads}
