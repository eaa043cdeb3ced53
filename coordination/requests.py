"""What is decided about a request before any page sees it."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.shortcuts import render

LONGEST_QUERY = 4_000


class MessageCookie(CookieStorage):
    cookie_name = f"{settings.COOKIE_PREFIX}hinweise"


def is_malformed(text: str) -> bool:
    """Whether no database could store the text: NUL characters and lone surrogates."""
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)


class RefuseMalformed:
    """Answer 400 to what no page can mean, instead of 500 from deep inside a database driver."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
            raise BadRequest("The query string is too long.")
        typed = [request.path]
        for fields in (request.GET, request.POST):
            for name, values in fields.lists():
                typed += [name, *values]
        if any(is_malformed(text) for text in typed):
            raise BadRequest("NUL characters and lone surrogates mean nothing.")


class Unavailable:
    """A friendly 503 while the database cannot be reached."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, OperationalError | InterfaceError):
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "30"
            return response
        return None
