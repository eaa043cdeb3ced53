"""A passkey, from adding it to signing in with it: allauth's scripts run under our policy."""

import pytest
from django.urls import reverse

from tests import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def seen(visit, cast, settings):
    """The caseworker's browser, with a device that holds passkeys and says yes."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the test server speaks plain HTTP
    person = cast.people["worker"]
    person.set_password(make.PASSWORD)
    person.save()
    seen = visit("worker")
    device = seen.page.context.new_cdp_session(seen.page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return seen


def test_a_passkey_is_added_and_signs_in(seen):
    seen.open(reverse("mfa_add_webauthn"))
    page = seen.page
    assert page.inner_text("h1") == "Bitte bestätigen Sie, dass Sie es sind"
    page.fill("[name=password]", make.PASSWORD)
    page.click("main .kern-btn--primary")
    page.fill("[name=name]", "Dienstgerät")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(f"**{reverse('mfa_view_recovery_codes')}")
    assert page.locator(".codes li").count() == 10
    seen.open(reverse("mfa_list_webauthn"))
    assert "Dienstgerät" in page.inner_text("main table")
    assert "Passkey" in page.inner_text("main table tbody")

    page.click(".account summary")
    page.click(".account__menu button")
    seen.open(reverse("account_login"))
    page.click("#passkey_login")
    page.wait_for_url(f"{seen.server}/")
    assert page.inner_text("h1") == "Übersicht"
    assert seen.wrong + seen.refused() == []
