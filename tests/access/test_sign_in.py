import re
import subprocess
import sys

import pytest
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests import make

TOO_MANY = "Zu viele gescheiterte Anmeldeversuche"


def attempt(user, password="falsch-falsch-falsch", client=None, **headers):
    fields = {"login": user.email, "password": password}
    return (client or Client()).post(reverse("account_login"), fields, headers=headers)


def test_people_sign_in_by_address_whatever_its_case(client, db):
    user = make.user(email="Kim.Muster@Stadt.example")
    assert user.email == "kim.muster@stadt.example"
    client.post(
        reverse("account_login"),
        {"login": " KIM.Muster@stadt.EXAMPLE ", "password": make.PASSWORD},
    )
    assert client.get(reverse("account_change_password")).status_code == 200


def test_there_is_no_way_to_sign_up(client, db):
    for method in (client.get, client.post):
        assert method(reverse("account_signup")).status_code == 404
    for name in ("account_email", "account_confirm_email", "account_set_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_the_sixth_wrong_password_is_refused_and_so_is_the_right_one_then(db):
    user = make.user()
    for _attempt in range(5):
        assert TOO_MANY not in attempt(user).content.decode()
    assert TOO_MANY in attempt(user).content.decode()
    assert TOO_MANY in attempt(user, make.PASSWORD).content.decode()
    assert attempt(make.user(), make.PASSWORD).status_code == 302  # only this account


@pytest.mark.parametrize("variant", ["{}", " {} ", "upper"])
def test_another_spelling_or_a_forged_address_of_the_client_does_not_help(db, variant):
    user = make.user()
    for number in range(5):
        attempt(user, **{"x-forwarded-for": f"203.0.113.{number}"})
    user.email = user.email.upper() if variant == "upper" else variant.format(user.email)
    assert (
        TOO_MANY in attempt(user, **{"x-forwarded-for": "198.51.100.7, 8.8.8.8"}).content.decode()
    )


@pytest.mark.parametrize("forged", ["", "nonsense", "::1%eth0", "1.2.3.4:80", ",,,", "x" * 5000])
def test_nonsense_for_an_address_breaks_nothing(db, forged):
    assert attempt(make.user(), **{"x-forwarded-for": forged}).status_code in (200, 403)


@pytest.mark.django_db(transaction=True)
def test_the_count_is_shared_between_processes():
    """Another Python process sees the attempts, because the cache is a table."""
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("the database is not shared between processes")
    user = make.user()
    for _attempt in range(5):
        attempt(user)
    script = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'\n"
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "connection.settings_dict['NAME'] = sys.argv[1]\n"
        "from django.test import Client\n"
        "from django.urls import reverse\n"
        "fields = {'login': sys.argv[2], 'password': 'falsch-falsch-falsch'}\n"
        "answer = Client().post(reverse('account_login'), fields).content.decode()\n"
        "print('refused' if 'Zu viele gescheiterte' in answer else 'tried')\n"
    )
    name = str(connection.settings_dict["NAME"])
    ran = subprocess.run(
        [sys.executable, "-c", script, name, user.email], capture_output=True, text=True
    )
    assert ran.stdout.strip() == "refused", ran.stderr


def test_the_counting_cache_is_in_the_database(db):
    assert type(caches["default"]).__name__ == "DatabaseCache"


def test_many_others_do_not_make_the_portal_forget_an_account(db):
    """A cache that is full throws out what still counts."""
    user = make.user()
    for _attempt in range(5):
        attempt(user)
    for number in range(400):
        caches["default"].set(f"other:{number}", [number], 300)
    assert TOO_MANY in attempt(user, make.PASSWORD).content.decode()


def test_wrong_codes_are_limited_too(db):
    user, client = make.user("coordination"), Client()
    attempt(user, make.PASSWORD, client)
    for _attempt in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    answer = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert TOO_MANY in answer.content.decode()


def test_a_new_password_comes_by_mail(client, db):
    user = make.user()
    client.post(reverse("account_reset_password"), {"email": user.email.upper()})
    assert mail.outbox[0].to == [user.email]
    link = re.search(r"https?://testserver(\S+)", mail.outbox[0].body)[1]
    assert client.get(link).status_code == 200  # this client refuses a GET that writes
    new = "laterne-kastanie-3"
    client.post(link, {"password1": new, "password2": new})
    assert attempt(user, new).status_code == 302
    again = client.post(link, {"password1": make.PASSWORD, "password2": make.PASSWORD})
    assert again.context["token_fail"]
    assert attempt(user, make.PASSWORD).status_code == 200


def test_asking_for_a_password_does_not_tell_who_has_an_account(client, db):
    answers = []
    for email in (make.user().email, "niemand@stadt.example", make.user(is_active=False).email):
        answer = client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        answers.append((answer.redirect_chain, answer.status_code))
    assert answers[0] == answers[1] == answers[2]
    known, unknown, inactive = mail.outbox
    assert "/konto/passwort/neu/" in known.body
    assert "gibt es kein aktives Konto" in unknown.body
    assert "/konto/" not in unknown.body + inactive.body


def test_a_dead_mail_server_is_said_and_is_the_same_for_everybody(client, db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    pages = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (make.user().email, "niemand@stadt.example")
    ]
    for page in pages:
        assert page.status_code == 200
        assert "Die E-Mail konnte nicht gesendet werden" in page.content.decode()


def test_a_deactivated_account_cannot_sign_in(db):
    user = make.user(is_active=False)
    assert attempt(user, make.PASSWORD)["Location"] == reverse("account_inactive")


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(db, next_):
    user, client = make.user(), Client()
    fields = {"login": user.email, "password": make.PASSWORD, "next": next_}
    answer = client.post(f"{reverse('account_login')}?next={next_}", fields)
    assert answer["Location"] == "/"
