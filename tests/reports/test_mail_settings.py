"""Which mails somebody wants, as they choose it themselves."""

import pytest
from django.urls import reverse

from agencies.reports.models import MailKind, OptOut
from agencies.reports.subscriptions import wanted
from tests.people.desks import at_once

URL = reverse("reports:mail_settings")


@pytest.mark.parametrize("who", ["coordination", "lead", "worker"])
def test_both_kinds_are_on_at_first(client, cast, who):
    client.force_login(cast.people[who])
    page = client.get(URL)
    assert page.context["form"].initial == {"due": True, "digest": True}
    assert page.content.decode().count("checked") == 2
    assert cast.people[who].email in page.content.decode()


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ({}, set()),
        ({"due": "on"}, {MailKind.DUE}),
        ({"digest": "on"}, {MailKind.DIGEST}),
        ({"due": "on", "digest": "on"}, set(MailKind)),
    ],
)
def test_what_is_chosen_holds_until_it_is_changed(client, cast, sent, left):
    user = cast.people["lead"]
    client.force_login(user)
    OptOut.objects.create(user=cast.people["worker"], kind=MailKind.DUE)
    answer = client.post(URL, sent, follow=True)
    assert answer.redirect_chain == [(URL, 302)]
    assert "Gespeichert, welche Mails Sie bekommen." in answer.content.decode()
    assert wanted(user) == left
    client.post(URL, {"due": "on", "digest": "on"})
    assert wanted(user) == set(MailKind)
    assert OptOut.objects.count() == 1  # somebody else's stays


@pytest.mark.parametrize("who", ["council", "audit"])
def test_roles_without_mails_read_just_that(client, cast, who):
    client.force_login(cast.people[who])
    for page in (client.get(URL), client.post(URL, {})):
        assert "weder Erinnerungen noch einen Wochenüberblick" in page.content.decode()
        assert "checkbox" not in page.content.decode()
    assert not OptOut.objects.exists()


def test_the_page_says_what_each_kind_is(client, cast):
    client.force_login(cast.people["coordination"])
    text = client.get(URL).content.decode()
    assert "Sieben Tage überfällig: an die Koordination." in text
    assert "Am ersten Werktag der Woche" in text


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_once_are_one(client, cast):
    user = cast.people["lead"]

    def click():
        browser = type(client)()
        browser.force_login(user)
        return browser.post(URL, {}).status_code

    assert at_once([click] * 20) == [302] * 20
    assert OptOut.objects.filter(user=user).count() == 2
