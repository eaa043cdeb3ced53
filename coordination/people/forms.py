from collections.abc import Callable

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership
from coordination.access.models import CityRole
from coordination.editing import EditingForm
from coordination.forms import ReasonField
from coordination.people.models import Account
from coordination.text import fold


def carried_out(form: forms.BaseForm, act: Callable) -> bool:
    """Do it with what was typed. If that is refused, the form says why."""
    if not form.is_valid():
        return False
    try:
        act(**form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


class AccountForm(EditingForm):
    class Meta:
        model = Account
        fields = ["name"]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("City role"), choices=CityRole.Code)


class ReasonForm(forms.Form):
    reason = ReasonField(required=False)


class ConfirmsMissingLead(forms.Form):
    """Asks about a missing lead only where the operation has refused for that reason."""

    without_lead = forms.BooleanField(
        label=_("I know that the agency will have no lead."), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            del self.fields["without_lead"]


class LeavingForm(ConfirmsMissingLead, ReasonForm):
    pass


class MembershipForm(forms.Form):
    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.active())
    role = forms.ChoiceField(label=_("Role in the agency"), choices=Membership.Code)


class MembershipRoleForm(ConfirmsMissingLead, EditingForm):
    class Meta:
        model = Membership
        fields = ["role"]


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The invitation holds for this address only and is valid for seven days."),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    role = forms.ChoiceField(label=_("Role"))
    agency = forms.ModelChoiceField(
        label=_("Agency"),
        queryset=Agency.objects.none(),
        required=False,
        help_text=_("Only for the roles of an agency."),
    )

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.active().within(scope)
        self.fields["agency"].queryset = agencies
        self.fields["role"].choices = Membership.Code.choices
        if scope.citywide:
            self.fields["role"].choices = CityRole.Code.choices + Membership.Code.choices
        else:
            self.fields["agency"].required = True
            self.fields["agency"].help_text = ""
            if len(agencies) == 1:
                self.fields["agency"].initial = agencies[0].pk

    def clean_email(self):
        return fold(self.cleaned_data["email"])

    def clean(self):
        cleaned = super().clean()
        role, agency = cleaned.pop("role", None), cleaned.get("agency")
        if role in Membership.Code.values:
            cleaned["membership_role"] = role
            if not agency and "agency" not in self.errors:
                self.add_error("agency", _("Please choose the agency."))
        elif role:
            cleaned["city_role"] = role
            if agency:
                self.add_error("agency", _("A city role belongs to no agency."))
        return cleaned


class NewAccountForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validation.password_validators_help_text_html,
    )
    repeated = forms.CharField(
        label=_("Password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self):
        cleaned = super().clean()
        repeated = cleaned.pop("repeated", None)
        if "password" in cleaned and repeated is not None and repeated != cleaned["password"]:
            self.add_error("repeated", _("The two passwords are not the same."))
        return cleaned
