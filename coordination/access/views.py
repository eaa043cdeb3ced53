"""The few of allauth's pages that need another behaviour here. They stay classes, as allauth's are.

Most of it is one rule: GET does not write. One exception remains: a passkey's challenge must wait
on the server, in the session, for its one answer.
"""

from allauth.account.forms import UserTokenForm
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.views import PasswordResetFromKeyView
from allauth.decorators import rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
)
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from django.views.generic import TemplateView

from coordination.access import sessions
from coordination.access.forms import ActivateTOTPForm


@login_not_required
def no_signup(request):
    """allauth needs the name; nobody gets the page."""
    raise Http404


@method_decorator(rate_limit(action="reset_password_from_key"), name="dispatch")
@method_decorator(login_not_required, name="dispatch")
class PasswordResetFromKey(PasswordResetFromKeyView):
    """Leaves the key in the address, which no other site gets to see (Referrer-Policy).

    allauth would move it into the session and sign out who is signed in, both on GET.
    """

    def dispatch(self, request, uidb36, key, **kwargs):
        self.request, self.key = request, key
        token = UserTokenForm(data={"uidb36": uidb36, "key": key})
        self.reset_user = token.reset_user if token.is_valid() else None
        if self.reset_user is None:
            return self.render_to_response(self.get_context_data(token_fail=True))
        if request.method == "POST" and request.user.is_authenticated:
            self.logout()
        return super(PasswordResetFromKeyView, self).dispatch(request, uidb36, key, **kwargs)


class EndsOtherSessions:
    """Signed in elsewhere with the password alone? Not any more, once there is a second factor."""

    def form_valid(self, form):
        response = super().form_valid(form)
        sessions.end_others(self.request)
        return response


class ActivateTOTP(EndsOtherSessions, ActivateTOTPView):
    form_class = ActivateTOTPForm


class AddWebAuthn(EndsOtherSessions, AddWebAuthnView):
    pass


@method_decorator(login_not_required, name="dispatch")
class LoginWebAuthn(LoginWebAuthnView):
    pass


class ReauthenticateWebAuthn(ReauthenticateWebAuthnView):
    def dispatch(self, request, *args, **kwargs):
        if not is_mfa_enabled(request.user, types=[Authenticator.Type.WEBAUTHN]):
            return redirect("account_reauthenticate")
        return super().dispatch(request, *args, **kwargs)


def own_recovery_codes(request):
    """The signed-in person's recovery codes. allauth's own way marks them as seen, on GET."""
    authenticator = Authenticator.objects.filter(
        user=request.user, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    if authenticator is None:
        raise Http404
    raise_if_reauthentication_required(request, app="allauth.mfa")
    return authenticator.wrap()


class RecoveryCodes(ViewRecoveryCodesView):
    @sensitive_variables()
    def get_context_data(self, **kwargs):
        codes = own_recovery_codes(self.request)
        unused = codes.get_unused_codes()
        return TemplateView.get_context_data(
            self,
            unused_codes=unused,
            can_view_codes=True,
            can_download_codes=bool(unused),
            total_count=len(codes.generate_codes()),
            MFA_RECOVERY_CODES_SHOW_ONCE=False,
            can_generate_codes=True,
            **kwargs,
        )


class RecoveryCodesFile(DownloadRecoveryCodesView):
    @sensitive_variables()
    def dispatch(self, request, *args, **kwargs):
        self.unused_codes = own_recovery_codes(request).get_unused_codes()
        if not self.unused_codes:
            raise Http404
        return TemplateView.dispatch(self, request, *args, **kwargs)


class UserSessions(ListUserSessionsView):
    def get_context_data(self, **kwargs):
        # Past allauth's own method, which deletes the sessions that have ended while it lists.
        user = self.request.user
        valid = {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}
        own = [
            session
            for session in UserSession.objects.filter(user=user).order_by("created_at", "pk")
            if SessionStore(session.session_key).get(HASH_SESSION_KEY) in valid
        ]
        return super(ListUserSessionsView, self).get_context_data(
            sessions=own, session_count=len(own), show_last_seen_at=False, **kwargs
        )


password_reset_from_key = PasswordResetFromKey.as_view()
activate_totp = ActivateTOTP.as_view()
add_webauthn = AddWebAuthn.as_view()
login_webauthn = LoginWebAuthn.as_view()
reauthenticate_webauthn = ReauthenticateWebAuthn.as_view()
recovery_codes = RecoveryCodes.as_view()
recovery_codes_file = RecoveryCodesFile.as_view()
usersessions = UserSessions.as_view()
