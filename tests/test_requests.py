"""What is refused before any page sees it, and what is written to the log about it."""

import json
import logging

import pytest
from django.db import IntegrityError
from django.test import Client, override_settings
from django.urls import include, path, reverse

from coordination import urls
from coordination.access.models import User
from coordination.access.permissions import Perm, require
from coordination.logs import JsonFormatter
from coordination.requests import LONGEST_QUERY, is_malformed

SECRET = "Amina.Beispiel.1987"


@require(Perm.VIEW_OVERVIEW)
def collides(request, name):
    """A page with the mistake of letting a database error through."""
    User.objects.create_user(email=request.user.email, name=name)


urlpatterns = [path("collides/<name>/", collides), path("", include("coordination.urls"))]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@pytest.mark.parametrize("text", ["\0", "a\0", "\ud800", "a\udfffb"])
def test_what_no_database_can_store_is_malformed(text):
    assert is_malformed(text)


@pytest.mark.parametrize("text", ["", "ä", "\u202e", "🏳️‍🌈", "\x1f", "＝", "א"])
def test_odd_but_real_text_is_not(text):
    assert not is_malformed(text)


@pytest.mark.parametrize("address", ["/?a=%00", "/?%00=a", "/%00", "/?stichtag=2016-12-01&a=b%00c"])
def test_malformed_reading_is_refused(client, cast, address):
    client.force_login(cast.people["coordination"])
    response = client.get(address)
    assert response.status_code == 400
    assert response.templates[0].name == "400.html"


def test_malformed_writing_is_refused(client, cast):
    for fields in ({"name": "a\0"}, {"a\0": "name"}):
        assert client.post(reverse("account_login"), fields).status_code == 400


def test_an_overlong_query_is_refused(client, cast):
    assert client.get("/?a=" + "x" * (LONGEST_QUERY - 2)).status_code == 302
    assert client.get("/?a=" + "x" * (LONGEST_QUERY - 1)).status_code == 400


@override_settings(ROOT_URLCONF=__name__)
def test_the_log_says_where_it_broke_and_nothing_about_whom(cast, caplog):
    client = Client(raise_request_exception=False)
    client.force_login(cast.people["coordination"])
    with caplog.at_level(logging.WARNING):
        response = client.post(f"/collides/{SECRET}/?name={SECRET}", {"name": SECRET})
    assert response.status_code == 500
    lines = [JsonFormatter().format(record) for record in caplog.records]
    (line,) = [json.loads(line) for line in lines if json.loads(line).get("status") == 500]
    assert line["route"] == "collides/<name>/"
    assert line["method"] == "POST"
    assert line["exception"][0]["class"] == "django.db.utils.IntegrityError"
    assert any("test_requests.py" in frame for frame in line["exception"][0]["at"])
    email = cast.people["coordination"].email
    assert not [line for line in lines if SECRET in line or email in line]
    # An ordinary formatter tells it all: that is why there is ours.
    told = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert SECRET in told


def test_a_message_is_logged_without_its_values():
    record = logging.LogRecord("portal", logging.WARNING, "x.py", 1, "no %s", (SECRET,), None)
    assert json.loads(JsonFormatter().format(record))["event"] == "no %s"
    record = logging.LogRecord("portal", logging.WARNING, "x.py", 1, f"no {SECRET}", (), None)
    assert SECRET not in JsonFormatter().format(record)


def test_the_collision_is_real(db, cast):
    with pytest.raises(IntegrityError):
        User.objects.create_user(email=cast.people["lead"].email, name="x")
