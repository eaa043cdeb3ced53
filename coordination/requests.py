"""What is decided about a request before any page sees it, and said with every answer."""

import re

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import BadRequest
from django.http import HttpResponseNotAllowed
from django.utils.translation import gettext as _

from coordination import typed

LONGEST_QUERY = 4_000
METHODS = ["GET", "HEAD", "POST"]
# Browser features nobody needs here. WebAuthn (passkeys) stays allowed for the portal itself.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in [
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    ]
)
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class MessageCookie(CookieStorage):
    cookie_name = f"{settings.COOKIE_PREFIX}hinweise"


def is_malformed(text: str) -> bool:
    """Whether no database could store the text: NUL characters and lone surrogates."""
    return UNSTORABLE.search(text) is not None


class SafeHeaders:
    """The headers neither Django nor django-csp sets."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        # Pages show what this person may see: no cache keeps them for the next one at the desk.
        response.setdefault("Cache-Control", "no-store")
        return response


class SignInRequired(LoginRequiredMiddleware):
    """Django's, but where anybody may look it does not ask the database who looks.

    What was typed into a page that asks for it is there again after signing in.
    """

    def process_view(self, request, view, args, kwargs):
        if not getattr(view, "login_required", True):
            return None
        return super().process_view(request, view, args, kwargs)

    def handle_no_permission(self, request, view):
        if typed.keep(request, view):
            messages.info(request, _("Please sign in again. What you typed is kept until then."))
        return super().handle_no_permission(request, view)


class RefuseMalformed:
    """Answer 400 to what no page can mean, instead of 500 from deep inside a database driver.

    And 405 to methods no page knows: class views would take PUT for POST.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
            raise BadRequest("The query string is too long.")
        # Middleware looks up the session by its cookie before any view runs.
        refuse_malformed([request.path, *request.COOKIES.values()])
        refuse_malformed(texts(request.GET))
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        refuse_malformed(texts(request.POST))
        refuse_malformed(file.name for files in request.FILES.lists() for file in files[1])


def texts(fields):
    for name, values in fields.lists():
        yield name
        yield from values


def refuse_malformed(typed):
    if any(is_malformed(text) for text in typed):
        raise BadRequest("NUL characters and lone surrogates mean nothing.")
