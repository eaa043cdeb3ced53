"""What was typed survives a sign-in that has run out, for the one who typed it and nobody else."""

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from agencies.activity.models import Activity
from coordination import typed
from coordination.access.sessions import SIGNED_IN_AT
from tests import make
from tests.activity.test_activity_edit import sent

URL = reverse("activity:activity_create")
SIGN_IN = reverse("account_login")


@pytest.fixture
def people(cast):
    for person in filter(None, cast.people.values()):
        person.set_password(make.PASSWORD)
        person.save()
    return cast.people


@pytest.fixture
def worker(client, people):
    client.force_login(people["worker"])
    return client


def sign_in(client, person, **more):
    return client.post(SIGN_IN, {"login": person.email, "password": make.PASSWORD, **more})


def write(client, **changed):
    return sent(client, URL, **{"minutes": "45", "note": "Eigenes", **changed})


def lose_session():
    Session.objects.all().delete()


def test_after_signing_in_again_everything_is_there(worker, people):
    values = write(worker)
    before = Activity.objects.count()
    lose_session()
    response = worker.post(URL, values)
    assert response.headers["Location"] == f"{SIGN_IN}?next={URL}"
    assert "bleiben so lange erhalten" in worker.get(response.headers["Location"]).content.decode()
    assert sign_in(worker, people["worker"], next=URL).headers["Location"] == URL
    page = worker.get(URL)
    assert "Nicht gespeicherte Eingaben von" in page.content.decode()
    form = page.context["form"]
    assert (form["minutes"].value(), form["note"].value()) == ("45", "Eigenes")
    assert Activity.objects.count() == before  # nothing is saved without its reader
    # Saving ends it.
    assert worker.post(URL, write(worker)).status_code == 302
    assert "Nicht gespeicherte" not in worker.get(URL).content.decode()


def test_the_page_that_changes_an_entry_keeps_what_was_typed_too(worker, people, cast):
    url = reverse("activity:activity_edit", args=[cast.activity.pk])
    values = sent(worker, url, minutes="45")
    lose_session()
    worker.post(url, values)
    sign_in(worker, people["worker"])
    form = worker.get(url).context["form"]
    assert form["minutes"].value() == "45"
    assert form["seen"].value() == values["seen"][0]
    assert worker.get(URL).context["form"]["minutes"].value() is None


def test_nobody_else_sees_it(worker, people):
    values = write(worker)
    lose_session()
    worker.post(URL, values)
    sign_in(worker, people["lead"])
    assert "Eigenes" not in worker.get(URL).content.decode()
    assert typed.KEY not in worker.session
    worker.post(reverse("account_logout"))
    sign_in(worker, people["worker"])
    assert "Eigenes" not in worker.get(URL).content.decode()


def test_a_kept_form_in_the_session_of_somebody_else_is_not_shown(worker, people, rf):
    """Should signing in ever leave it there: the page looks again."""
    values = write(worker)
    lose_session()
    worker.post(URL, values)
    request = rf.get(URL)
    request.session, request.user = worker.session, people["lead"]
    assert typed.kept(request) is None
    request.user = people["worker"]
    assert typed.kept(request).fields["note"] == "Eigenes"


@pytest.mark.parametrize("forged", ["", "1", "1:x:y", None])
def test_without_a_genuine_mark_nothing_is_kept(worker, people, forged):
    values = write(worker)
    values["typed_by"] = forged or typed.mark(people["lead"]).replace(":", ":x", 1)
    lose_session()
    assert worker.post(URL, values).status_code == 302
    assert not Session.objects.exists()


def test_an_old_mark_is_none(worker, monkeypatch):
    values = write(worker)
    lose_session()
    monkeypatch.setattr(typed, "KEPT", timedelta(seconds=-1))
    worker.post(URL, values)
    assert not Session.objects.exists()


def test_more_than_ten_thousand_signs_are_not_kept(worker):
    values = write(worker, note="x" * 10_000)
    lose_session()
    worker.post(URL, values)
    assert not Session.objects.exists()


def test_a_form_without_its_token_is_not_kept(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["worker"])
    page = client.get(URL).content.decode()
    assert "csrfmiddlewaretoken" in page
    lose_session()
    response = client.post(URL, {"minutes": "45", "typed_by": typed.mark(people["worker"])})
    assert response.status_code == 403
    assert not Session.objects.exists()


def test_other_pages_keep_nothing(worker, people):
    lose_session()
    worker.post(reverse("activity:draft_save"), {"typed_by": typed.mark(people["worker"])})
    assert not Session.objects.exists()


def test_a_script_is_only_told_that_it_must_ask_again(worker):
    values = write(worker)
    lose_session()
    response = worker.post(URL, values, headers={"X-Requested-With": "fetch"})
    assert response.status_code == 302
    assert not Session.objects.exists()


@pytest.mark.parametrize("hours", [1, 13])
def test_who_was_away_too_long_loses_nothing(client, people, hours):
    """City staff after half an hour, everybody after twelve: the session still exists then."""
    client.force_login(people["coordination"])
    values = write(client)
    session = client.session
    session[SIGNED_IN_AT] = int(time.time()) - hours * 3600
    session.save()
    client.cookies.pop("__Host-aktiv", None)
    old = session.session_key
    response = client.post(URL, values)
    assert response.headers["Location"] == f"{SIGN_IN}?next={URL}"
    assert not Session.objects.filter(session_key=old).exists()
    assert client.session.get("_auth_user_id") is None
    assert client.session[typed.KEY]["by"] == people["coordination"].pk
    client.force_login(people["coordination"])
    assert client.get(URL).context["form"]["note"].value() == "Eigenes"


def test_discarding_forgets_it(worker, people):
    values = write(worker)
    lose_session()
    worker.post(URL, values)
    sign_in(worker, people["worker"])
    worker.post(reverse("activity:draft_save"), {"verwerfen": "1"})
    assert "Eigenes" not in worker.get(URL).content.decode()
