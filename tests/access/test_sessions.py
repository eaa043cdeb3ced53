import time
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from coordination.access import sessions
from tests import make

MINUTE, HOUR = 60, 3600


def signed_in(user, *, ago=0, used_ago=None):
    """A client whose session began ``ago`` seconds ago and was last used ``used_ago``."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[sessions.SIGNED_IN_AT] = int(time.time()) - ago
    session.save()
    if used_ago is not None:
        moment = str(int(time.time()) - used_ago)
        cookie = sessions.signer(session.session_key).sign(moment)
        client.cookies[configured.ACTIVITY_COOKIE_NAME] = cookie
    return client


def is_in(client):
    return client.get(reverse("account_change_password")).status_code == 200


@pytest.mark.parametrize("role", ["coordination", "audit"])
@pytest.mark.parametrize(("minutes", "expected"), [(29, True), (31, False)])
def test_city_staff_is_signed_out_after_thirty_idle_minutes(db, role, minutes, expected):
    client = signed_in(make.user(role), ago=2 * HOUR, used_ago=minutes * MINUTE)
    assert is_in(client) is expected


def test_others_may_leave_the_page_open(db):
    for user in (make.user("council"), make.membership("lead").user):
        assert is_in(signed_in(user, ago=2 * HOUR, used_ago=2 * HOUR))


@pytest.mark.parametrize(("hours", "expected"), [(11.9, True), (12.1, False)])
def test_every_sign_in_ends_after_twelve_hours(db, hours, expected):
    ago = int(hours * HOUR)
    for user in (make.user("coordination"), make.user("council"), make.membership().user):
        assert is_in(signed_in(user, ago=ago, used_ago=0)) is expected


def test_the_way_back_is_kept_and_the_reason_said(db):
    client = signed_in(make.user("coordination"), ago=2 * HOUR, used_ago=2 * HOUR)
    url = reverse("people:account_list") + "?rolle=lead"
    response = client.get(url, follow=True)
    assert response.redirect_chain[0][0] == (
        f"{reverse('account_login')}?next=/personen/%3Frolle%3Dlead"
    )
    assert "Sie waren länger nicht aktiv" in response.content.decode()
    assert client.get(url).status_code == 302  # the browser has forgotten the session


def test_what_was_sent_too_late_is_not_done(db):
    client = signed_in(make.user("coordination"), ago=2 * HOUR, used_ago=2 * HOUR)
    account = make.user()
    response = client.post(reverse("people:account_deactivate", args=[account.pk]))
    assert response["Location"].startswith(reverse("account_login"))
    account.refresh_from_db()
    assert account.is_active


def test_using_it_keeps_it_alive_without_writing(client, db):
    user = make.user("coordination")
    old = signed_in(user, ago=2 * HOUR, used_ago=25 * MINUTE)
    client.cookies = old.cookies
    response = client.get(
        reverse("account_change_password")
    )  # this client refuses a GET that writes
    cookie = response.cookies[configured.ACTIVITY_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    again = client.get(reverse("account_change_password"))
    assert configured.ACTIVITY_COOKIE_NAME not in again.cookies  # at most once a minute


def test_the_cookie_of_another_session_keeps_nothing_alive(db):
    mine, other = make.user("coordination"), make.user("coordination")
    fresh = signed_in(other, ago=2 * HOUR, used_ago=0)
    idle = signed_in(mine, ago=2 * HOUR)
    name = configured.ACTIVITY_COOKIE_NAME
    idle.cookies[name] = fresh.cookies[name].value
    assert not is_in(idle)


@pytest.mark.parametrize("cookie", [None, "", "9999999999", "9999999999:forged", "ä:ö", ":"])
def test_losing_or_forging_the_cookie_gains_nothing(db, cookie):
    client = signed_in(make.user("coordination"), ago=2 * HOUR)
    if cookie is not None:
        client.cookies[configured.ACTIVITY_COOKIE_NAME] = cookie
    assert not is_in(client)


def test_a_session_that_does_not_know_its_beginning_is_over(db):
    client = Client()
    client.force_login(make.user())
    session = client.session
    del session[sessions.SIGNED_IN_AT]
    session.save()
    assert not is_in(client)


def test_the_session_gets_a_new_id_at_sign_in(db):
    user, client = make.user(), Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies[configured.SESSION_COOKIE_NAME] = planted
    client.post(reverse("account_login"), {"login": user.email, "password": make.PASSWORD})
    assert client.cookies[configured.SESSION_COOKIE_NAME].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_cookies_are_as_hard_as_browsers_allow(db):
    user, client = make.user(), Client()
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": user.email, "password": make.PASSWORD})
    client.post(reverse("set_language"), {"language": "de"})
    assert {"__Host-sitzung", "__Host-csrf", "__Host-sprache"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert name.startswith("__Host-")
        assert cookie["secure"]
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


def test_my_sessions_lists_the_live_ones_and_ends_the_others(client, db):
    user, elsewhere = make.user(), Client(headers={"user-agent": "Anderswo"})
    for each in (client, elsewhere):
        each.post(reverse("account_login"), {"login": user.email, "password": make.PASSWORD})
    page = client.get(reverse("usersessions_list"))
    assert page.context["session_count"] == 2
    assert "Anderswo" in page.content.decode()
    client.post(reverse("usersessions_list"))
    assert client.get(reverse("usersessions_list")).context["session_count"] == 1
    assert elsewhere.get("/")["Location"].startswith(reverse("account_login"))


def test_a_new_password_ends_the_other_sessions(client, db):
    user, elsewhere = make.user(), Client()
    for each in (client, elsewhere):
        each.post(reverse("account_login"), {"login": user.email, "password": make.PASSWORD})
    new = "laterne-kastanie-3"
    client.post(
        reverse("account_change_password"),
        {"oldpassword": make.PASSWORD, "password1": new, "password2": new},
    )
    assert is_in(client)
    assert not is_in(elsewhere)


def test_the_limits_are_those_of_the_security_concept():
    assert timedelta(minutes=30) == configured.SESSION_IDLE_LIMIT
    assert timedelta(hours=12) == configured.SESSION_ABSOLUTE_LIMIT
