"""The link in each mail that ends its kind: by a click, or by the mail program itself."""

from urllib.parse import urlsplit

import pytest
from django.core import mail, signing
from django.test import Client
from django.urls import reverse

from agencies.reports import reminders, subscriptions
from agencies.reports.models import MailKind, OptOut
from tests import make
from tests.people.desks import at_once
from tests.reports.post import DUE, days, office, period, sent
from tests.test_writes import without_tokens


def link(token):
    return reverse("reports:mail_unsubscribe", args=[token])


@pytest.fixture
def user(db):
    return make.user()


@pytest.mark.parametrize("kind", MailKind)
def test_looking_asks_and_changes_nothing(client, user, kind):
    url = link(subscriptions.token(user, kind))
    page = client.get(url)
    assert f"keine Mails dieser Art mehr bekommen: {kind.label}?" in page.content.decode()
    assert client.head(url).status_code == 200
    assert not OptOut.objects.exists()


@pytest.mark.parametrize("kind", MailKind)
def test_the_button_ends_this_kind_only(client, user, kind):
    url = link(subscriptions.token(user, kind))
    for _click in range(2):
        page = client.post(url)
        assert page.status_code == 200
        assert f"Sie bekommen keine Mails dieser Art mehr: {kind.label}." in page.content.decode()
    assert list(OptOut.objects.values_list("user", "kind")) == [(user.pk, kind)]


def test_a_mail_program_ends_it_by_itself(db):
    """RFC 8058: a POST to the address in the header, with no cookie, token or referrer."""
    period(agency=office().agency)
    assert len(sent(reminders.send, DUE)) == 1
    message = mail.outbox[0]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = urlsplit(message.extra_headers["List-Unsubscribe"].strip("<>")).path
    program = Client(enforce_csrf_checks=True)
    answer = program.post(url, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert sent(reminders.send, DUE + days(3)) == []


def tampered(token):
    data, signature = token.split(":")
    other = signing.b64_encode(b'[1,"digest"]').decode()
    yield from (f"{other}:{signature}", data, f"{data}:", f":{signature}", token[:-1], token + "a")
    yield from (token.swapcase(), f"{token}:{signature}", "x", ":", "ü:ü", "a" * 3_000)
    yield signing.Signer(salt="another").sign_object([1, "due"])
    yield signing.Signer(key="another", salt=subscriptions.SALT).sign_object([1, ""])


def test_what_we_did_not_sign_opens_nothing(client, user):
    for token in tampered(subscriptions.token(user, MailKind.DUE)):
        for answer in (client.get(link(token)), client.post(link(token))):
            assert answer.status_code == 404, token
            assert "Dieser Link ist unvollständig" in answer.content.decode()
    assert not OptOut.objects.exists()


def test_it_tells_nobody_whether_there_is_such_an_account(client, user):
    shut = make.user()
    type(user).objects.filter(pk=shut.pk).update(is_active=False)
    missing = type(user)(pk=999_999)
    tokens = [subscriptions.token(each, MailKind.DUE) for each in (user, shut, missing)]
    for method in (client.get, client.post):
        texts = set()
        for token in tokens:
            page = method(link(token))
            assert page.status_code == 200
            texts.add(without_tokens(page.content.decode().replace(token, "")))
        assert len(texts) == 1
        assert user.email not in texts.pop()
    assert set(OptOut.objects.values_list("user", flat=True)) == {user.pk, shut.pk}


def test_a_changed_key_keeps_old_links_alive(client, user, settings):
    settings.SECRET_KEY, old = "another-key", settings.SECRET_KEY
    token = signing.Signer(key=old, salt=subscriptions.SALT).sign_object([user.pk, "due"])
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(link(token)).status_code == 404
    settings.SECRET_KEY_FALLBACKS = [old]
    assert client.get(link(token)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_once_are_one(client):
    url = link(subscriptions.token(make.user(), MailKind.DUE))
    assert at_once([lambda: Client().post(url).status_code] * 20) == [200] * 20
    assert OptOut.objects.count() == 1
