"""Error pages that say what happened and what to do next."""

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def forbidden(request, exception):
    return render(request, "403.html", status=403)


@login_not_required
def csrf_failure(request, reason=""):
    """Say what to do. What came from the portal's own page may be sent once more from here."""
    typed = []
    # Another site's page must not put words into this person's mouth; the browser says whose it is.
    own = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if own and not request.FILES and not any("password" in name for name in request.POST):
        typed = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken"
        ]
    return render(request, "403_csrf.html", {"typed": typed}, status=403)


def not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    """Called while the exception is handled, whether a page or middleware raised it."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        response = standalone("503.html", status=503)
        response["Retry-After"] = "30"
        return response
    return standalone("500.html", status=500)


def standalone(template: str, *, status: int) -> HttpResponse:
    """A page that needs neither database nor session: both may be what has failed."""
    context = {"portal_name": settings.PORTAL_NAME, "portal_city": settings.PORTAL_CITY}
    return HttpResponse(render_to_string(template, context), status=status)
