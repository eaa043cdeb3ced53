"""What every answer says to the browser, whatever its status."""

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import FileResponse, Http404, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from coordination import urls
from coordination.access.permissions import Perm, require

CLOSES_THE_DATABASE = True  # answers are closed here, and the connection with them
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
}


def fails(request, what):
    raise {
        "400": BadRequest("bad"),
        "403": PermissionDenied("no"),
        "404": Http404("nothing"),
        "500": RuntimeError("broken"),
        "503": OperationalError("away"),
    }[what]


def downloads(request):
    return FileResponse(iter([b"a;b"]), as_attachment=True, filename="list.csv")


def inline(request):
    return HttpResponse("<p style='color:red' onclick='x()'>", content_type="text/html")


urlpatterns = [
    path("fails/<what>/", require(Perm.VIEW_OVERVIEW)(fails)),
    path("downloads/", require(Perm.VIEW_OVERVIEW)(downloads)),
    path("inline/", require(Perm.VIEW_OVERVIEW)(inline)),
    path("", include("coordination.urls")),
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


def check(response):
    for name, value in HEADERS.items():
        assert response.headers.get(name) == value, (response, name)
    policy = set(response.headers["Content-Security-Policy"].split("; "))
    assert policy >= POLICY
    assert not [rule for rule in policy if "unsafe" in rule or "http" in rule or "*" in rule]
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/", 200),
        ("/konto/", 404),
        ("/gibt-es-nicht/", 404),
        ("/static/kern/kern.min.css", 200),
        ("/downloads/", 200),
        ("/gesund/", 200),
        *[(f"/fails/{status}/", status) for status in (400, 403, 404, 500, 503)],
    ],
)
@override_settings(ROOT_URLCONF=__name__)
def test_every_answer_carries_the_headers(cast, url, status):
    client = Client(raise_request_exception=False)
    client.force_login(cast.people["coordination"])
    response = client.get(url, secure=True)
    assert response.status_code == status
    check(response)
    response.close()


def test_so_do_redirects_refused_methods_and_forged_requests(cast):
    client = Client(enforce_csrf_checks=True)
    check(client.get(reverse("overview:start"), secure=True))  # to the sign-in page
    check(client.post(reverse("alive"), secure=True))  # 405
    check(client.post(reverse("account_login"), {"login": "x"}, secure=True))  # 403, no token
    assert client.post(reverse("account_login"), secure=True).status_code == 403


@override_settings(ROOT_URLCONF=__name__)
@override_settings(SECURE_SSL_REDIRECT=True)
def test_plain_http_is_sent_to_https(client):
    response = client.get("/konto/?a=b")
    assert response.status_code == 301
    assert response.headers["Location"] == "https://testserver/konto/?a=b"
    assert client.get("/gesund/").status_code == 200


@pytest.mark.parametrize("name", [*HEADERS, "Content-Security-Policy"])
def test_a_missing_header_would_be_found(cast, name):
    client = Client()
    response = client.get(reverse("alive"), secure=True)
    check(response)
    del response.headers[name]
    with pytest.raises((AssertionError, KeyError)):
        check(response)


def test_cookies_are_bound_to_this_host_and_to_https(cast):
    client = Client()
    user = cast.people["stranger"]
    user.set_password("correct-horse-9")
    user.save()
    client.get(reverse("account_login"), secure=True)
    form = {"login": user.email, "password": "correct-horse-9"}
    client.post(reverse("account_login"), form, secure=True)
    client.post(reverse("set_language"), {"language": "en", "next": "/"}, secure=True)
    client.get("/?stichtag=gestern", secure=True)
    assert {"__Host-sitzung", "__Host-csrf", "__Host-sprache"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert name.startswith("__Host-"), name
        assert cookie["secure"], name
        assert cookie["httponly"] or cookie["max-age"] == 0, name
        assert cookie["samesite"] == "Lax", name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name


def test_signing_in_changes_the_session(cast):
    client = Client()
    user = cast.people["stranger"]
    user.set_password("correct-horse-9")
    user.save()
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["__Host-sitzung"] = planted
    form = {"login": user.email, "password": "correct-horse-9"}
    assert client.post(reverse("account_login"), form, secure=True).status_code == 302
    assert client.session.session_key != planted
