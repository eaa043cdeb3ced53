import base64
import json
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, get_resolver, reverse

from agencies.actors import actor_for
from coordination.access.second_factor import ENROLMENT, SecondFactorRequired
from tests import make
from tests.test_permissions import names


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def sign_in(client, user):
    return client.post(reverse("account_login"), {"login": user.email, "password": make.PASSWORD})


def confirm_password(client):
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})


@pytest.mark.parametrize("role", ["coordination", "audit"])
def test_without_a_second_factor_only_enrolment_is_reachable(client, cast, role):
    user = make.user(role, has_second_factor=False)
    client.force_login(user)
    open_pages = set()
    for name in names(get_resolver()):
        try:
            url = reverse(name)
        except NoReverseMatch:  # a page with an argument
            continue
        response = client.get(url)
        if response.headers.get("Location") != reverse("mfa_index"):
            open_pages.add(name)
    public = {
        "account_inactive",
        "account_login",  # redirects to the start page
        "account_logout",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_signup",  # 404
        "mfa_authenticate",  # redirects to the start page
        "mfa_login_webauthn",
        "public:accessibility",
        "public:contact_list",
        "public:feedback_create",
        "public:imprint",
        "public:offer_calendar",
        "public:offer_feed",
        "public:offer_list",
        "public:privacy",
        "set_language",
        "alive",
        "ready",
        "summary:catalogue_jsonld",
        "summary:catalogue_turtle",
        "summary:dataset_list",
        "desk:faq_public",
        "desk:question_ask",
        "desk:question_sent",
    }
    assert open_pages - public <= ENROLMENT
    assert "mfa_index" in open_pages


def test_the_enrolment_page_says_why(client, db):
    client.force_login(make.user("coordination", has_second_factor=False))
    response = client.get("/", follow=True)
    assert response.redirect_chain == [(reverse("mfa_index"), 302)]
    assert "Ihre Rolle braucht einen zweiten Faktor" in response.content.decode()


def test_a_post_is_stopped_as_well(client, cast):
    client.force_login(make.user("coordination", has_second_factor=False))
    url = reverse("people:account_deactivate", args=[cast.account.pk])
    assert client.post(url)["Location"] == reverse("mfa_index")
    cast.account.refresh_from_db()
    assert cast.account.is_active


@pytest.mark.parametrize("role", ["council", None])
def test_other_roles_need_none(client, db, role):
    client.force_login(make.user(*filter(None, [role])))
    assert client.get("/").headers.get("Location") != reverse("mfa_index")


def test_the_demo_does_not_ask(client, db, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(make.user("coordination", has_second_factor=False))
    assert client.get("/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(client, db):
    user = make.user("coordination", has_second_factor=False)
    RecoveryCodes.activate(user)
    client.force_login(user)
    assert client.get("/")["Location"] == reverse("mfa_index")


@pytest.mark.django_db(transaction=True)  # the mail follows the commit
def test_enrolling_opens_the_portal_and_ends_the_other_sessions():
    user = make.user("coordination", has_second_factor=False)
    here, elsewhere = Client(), Client()
    sign_in(here, user)
    sign_in(elsewhere, user)
    confirm_password(here)
    form = here.get(reverse("mfa_activate_totp")).context["form"]
    typed = {"seal": form["seal"].value(), "code": code_of(form.secret)}
    assert here.post(reverse("mfa_activate_totp"), typed).status_code == 302
    assert here.get("/").status_code == 200
    # With the password alone somebody else could have waited here for the enrolment.
    assert elsewhere.get("/")["Location"].startswith(reverse("account_login"))
    assert "Authenticator-App" in mail.outbox[-1].body


def test_the_setup_page_writes_nothing_and_needs_its_own_seal(client, db):
    user, other = make.user(), make.user()
    sign_in(client, user)
    confirm_password(client)
    page = reverse("mfa_activate_totp")
    form = client.get(page).context["form"]
    stolen = Client()
    sign_in(stolen, other)
    confirm_password(stolen)
    response = stolen.post(page, {"seal": form["seal"].value(), "code": code_of(form.secret)})
    assert "Die Zeit zum Einrichten der App ist abgelaufen" in response.content.decode()
    assert not Authenticator.objects.exists()


def test_who_removes_the_last_factor_is_back_in_enrolment_and_gets_a_mail(client, db):
    user = make.user("coordination")
    client.force_login(user)
    confirm_password(client)
    assert client.get("/").status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get("/")["Location"] == reverse("mfa_index")
    assert "Waren Sie das nicht?" in mail.outbox[-1].body


def test_after_the_password_comes_the_code(client, db):
    user = make.user("coordination")
    assert sign_in(client, user)["Location"] == reverse("mfa_authenticate")
    assert client.get("/")["Location"].startswith(reverse("account_login"))
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert client.get("/")["Location"].startswith(reverse("account_login"))
    client.post(reverse("mfa_authenticate"), {"code": code_of(make.SECRET)})
    assert client.get("/").status_code == 200


def test_a_recovery_code_opens_once(db):
    user = make.user("coordination")
    code = RecoveryCodes.activate(user).generate_codes()[0]
    for expected in (200, 302):
        client = Client()
        sign_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert client.get("/").status_code == expected


def test_recovery_codes_are_shown_and_downloaded_without_writing(client, db):
    user = make.user("coordination")
    codes = RecoveryCodes.activate(user).generate_codes()
    client.force_login(user)
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 302
    confirm_password(client)
    assert codes[0] in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert codes[9] in client.get(reverse("mfa_download_recovery_codes")).content.decode()


def test_nobody_touches_another_persons_passkey(client, cast):
    client.force_login(cast.people["coordination"])
    confirm_password(client)
    for page in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(page, args=[cast.passkey.pk])).status_code == 404


def dump():
    """Every text in the database."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from (str(value) for value in row)


def readable(text):
    """The text, and what is in it if parts of it are only encoded."""
    yield text
    for part in re.findall(r"[\w+/=-]{16,}", text):
        try:
            yield base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("latin-1")
        except ValueError:
            continue


def test_no_secret_of_a_second_factor_is_readable_in_the_database(client, db):
    user = make.user("coordination", has_second_factor=False)
    sign_in(client, user)
    confirm_password(client)
    form = client.get(reverse("mfa_activate_totp")).context["form"]
    for moment in ("while setting it up", "afterwards"):
        texts = [part for text in dump() for part in readable(text)]
        assert not [text for text in texts if form.secret in text], moment
        client.post(
            reverse("mfa_activate_totp"),
            {"seal": form["seal"].value(), "code": code_of(form.secret)},
        )
    stored = Authenticator.objects.get(user=user, type="recovery_codes").data["seed"]
    assert not re.fullmatch("[0-9a-f]{80}", stored)  # allauth's own form of a seed
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes()
    assert not [text for text in dump() if any(code in text for code in codes)]


def test_a_rotated_secret_key_still_opens_the_second_factor(db, settings):
    totp = make.second_factor(make.user())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the-next-key", [settings.SECRET_KEY]
    assert totp.wrap().validate_code(code_of(make.SECRET))
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Exception):  # noqa: B017, PT011 – without the old key it is only noise
        totp.wrap().validate_code(code_of(make.SECRET))


def test_passkeys_can_be_used_to_sign_in(client, db):
    response = client.get(reverse("account_login"))
    assert response.context["PASSKEY_LOGIN_ENABLED"]
    plain = Client()  # the challenge waits in the session, so this one GET writes
    url = reverse("mfa_login_webauthn")
    options = plain.get(url, headers={"x-requested-with": "XMLHttpRequest"})
    assert json.loads(options.content)["request_options"]["publicKey"]["challenge"]


def test_asking_for_the_second_factor_costs_one_query(db, django_assert_num_queries):
    request = RequestFactory().get("/")
    request.user = make.user("coordination")
    request.actor = actor_for(request.user)
    request.resolver_match = get_resolver().resolve("/")
    with django_assert_num_queries(1):
        middleware = SecondFactorRequired(lambda request: None)
        assert middleware.process_view(request, lambda request: None, (), {}) is None
