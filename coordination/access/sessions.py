"""How long a sign-in lasts: twelve hours at most, and for city staff until nobody is there.

When a session was last used is kept in a signed cookie, because a GET does not write to the
database. The cookie alone opens nothing; without it, or with one that is not of this session,
the session counts as unused since sign-in.
"""

import time

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.models import Session
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from coordination import typed
from coordination.access.models import User
from coordination.access.permissions import ENDS_WHEN_IDLE

SIGNED_IN_AT = "signed_in_at"
SECONDS_BETWEEN_COOKIES = 60


def remember_sign_in(sender, request, user, **kwargs):
    request.session[SIGNED_IN_AT] = int(time.time())
    typed.drop_foreign(request, user)


@transaction.atomic
def end_all(user: User) -> None:
    """Sign the account out everywhere. What survives the deleting has the wrong generation."""
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    user.refresh_from_db(fields=["session_generation"])
    sessions = UserSession.objects.filter(user=user)
    Session.objects.filter(session_key__in=sessions.values("session_key")).delete()
    sessions.delete()


def end_others(request) -> None:
    """Sign the account out everywhere but here."""
    end_all(request.user)
    update_session_auth_hash(request, request.user)
    UserSession.objects.create_from_request(request)


def signer(session_key: str) -> Signer:
    return Signer(salt=f"coordination.access.sessions {session_key}")


def last_used_at(request) -> int:
    """Seconds since the epoch."""
    signed_in_at = request.session.get(SIGNED_IN_AT, 0)
    cookie = request.COOKIES.get(settings.ACTIVITY_COOKIE_NAME, "")
    try:
        return max(signed_in_at, int(signer(request.session.session_key).unsign(cookie)))
    except BadSignature:
        return signed_in_at


class SessionLimits:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if used_at := getattr(request, "used_at", None):
            response.set_cookie(
                settings.ACTIVITY_COOKIE_NAME,
                signer(request.session.session_key).sign(str(used_at)),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite=settings.SESSION_COOKIE_SAMESITE,
            )
        return response

    def process_view(self, request, view, args, kwargs):
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None
        now, used_at = int(time.time()), last_used_at(request)
        idle = settings.SESSION_IDLE_LIMIT.total_seconds()
        if (
            now - request.session.get(SIGNED_IN_AT, 0)
            > settings.SESSION_ABSOLUTE_LIMIT.total_seconds()
        ):
            return self.expired(
                request, view, _("Your sign-in was valid for twelve hours. Please sign in again.")
            )
        if now - used_at > idle and request.actor.roles & ENDS_WHEN_IDLE:
            return self.expired(
                request, view, _("You were not active for a while. Please sign in again.")
            )
        if now - used_at > SECONDS_BETWEEN_COOKIES:
            request.used_at = now
        return None

    def expired(self, request, view, message):
        """Forget the session in the browser. In the database it is as dead: its time is over."""
        messages.info(request, message)
        is_kept = typed.keep(request, view)  # in a new session, which nobody has signed in to
        comes_back = request.method == "GET" or is_kept
        response = redirect_to_login(request.get_full_path() if comes_back else "/")
        if request.htmx:
            response = HttpResponseClientRedirect(response.url)
        names = {settings.SESSION_COOKIE_NAME, settings.ACTIVITY_COOKIE_NAME}
        for name in names - ({settings.SESSION_COOKIE_NAME} if is_kept else set()):
            response.delete_cookie(name, samesite=settings.SESSION_COOKIE_SAMESITE)
        return response
