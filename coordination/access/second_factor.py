"""Who must prove more than a password."""

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from coordination.access.permissions import NEEDS_SECOND_FACTOR

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# What one needs to enrol, and nothing else. Recovery codes alone are no second factor.
ENROLMENT = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


class SecondFactorRequired:
    """Until a required second factor is set up, every page but enrolment leads to enrolment.

    Asked anew on every request, so it also holds after the last factor was removed.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if (
            not settings.REQUIRE_SECOND_FACTOR
            or not getattr(view, "login_required", True)
            or request.resolver_match.view_name in ENROLMENT
            or not request.actor.roles & NEEDS_SECOND_FACTOR
            or is_mfa_enabled(request.user, types=FACTORS)
        ):
            return None
        messages.error(
            request,
            _("Your role needs a second factor. Please set it up; after that the portal is open."),
        )
        response = redirect("mfa_index")
        return HttpResponseClientRedirect(response.url) if request.htmx else response
