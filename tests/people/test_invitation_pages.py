"""Inviting, sending again, revoking, and the page behind the link."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordination.access.models import User
from coordination.people.models import Invitation
from tests import make

CREATE, LIST = reverse("people:invitation_create"), reverse("people:invitation_list")
PASSWORD = "laterne-kastanie-3"
NEW = {"email": "Neu@Verband.example", "name": "Nora Neu", "role": "worker"}


def url(name, row):
    return reverse(f"people:{name}", args=[row.pk])


def accept_url(token):
    return reverse("people:invitation_accept", args=[token])


def link_in(message):
    return re.search(r"https?://testserver(/personen/einladung/\S+)", message.body)[1]


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.people["coordination"])
    return client


@pytest.fixture
def lead(cast):
    client = Client()
    client.force_login(cast.people["lead"])
    return client


def test_from_the_invitation_to_the_first_sign_in(desk, cast):
    answer = desk.post(CREATE, {**NEW, "agency": cast.agency.pk}, follow=True)
    assert "an neu@verband.example gesendet" in answer.content.decode()
    assert "Fachkraft, AWO" in answer.content.decode()
    browser, link = Client(), link_in(mail.outbox[0])
    form = browser.get(link).context["form"]
    assert form["name"].value() == "Nora Neu"
    fields = {"name": "Nora Neu", "password": PASSWORD, "repeated": PASSWORD}
    assert browser.post(link, fields)["Location"] == reverse("account_login")
    browser.post(reverse("account_login"), {"login": NEW["email"], "password": PASSWORD})
    assert browser.get("/").status_code == 200
    assert User.objects.get(email="neu@verband.example").memberships.get().agency == cast.agency
    assert browser.get(link).status_code == 404


@pytest.mark.parametrize("role", ["coordination", "council", "audit"])
def test_coordination_invites_to_city_roles(desk, cast, role):
    desk.post(CREATE, {**NEW, "role": role})
    made = Invitation.objects.get(email="neu@verband.example")
    assert (made.city_role, made.agency, made.membership_role) == (role, None, "")
    assert made.invited_by == cast.people["coordination"]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"role": "worker"}, "agency"),  # of which?
        ({"role": "council", "agency": "own"}, "agency"),
        ({"role": "chief"}, "role"),
        ({"role": ""}, "role"),
        ({"email": "keine Adresse", "role": "council"}, "email"),
        ({"email": "", "role": "council"}, "email"),
        ({"name": "", "role": "council"}, "name"),
        ({"role": "worker", "agency": "99999999999999999999"}, "agency"),
        ({"role": "worker", "agency": "viel"}, "agency"),
    ],
)
def test_what_makes_no_invitation_is_said_at_the_field(desk, cast, fields, where):
    if fields.get("agency") == "own":
        fields = {**fields, "agency": cast.agency.pk}
    before = Invitation.objects.count()
    form = desk.post(CREATE, {**NEW, **fields}).context["form"]
    assert where in form.errors
    assert form["name"].value() == fields.get("name", NEW["name"])
    assert Invitation.objects.count() == before
    assert not mail.outbox


def test_a_lead_invites_into_the_own_agency_only(lead, cast):
    lead.post(CREATE, {**NEW, "role": "lead", "agency": cast.agency.pk})
    made = Invitation.objects.get(email="neu@verband.example")
    assert (made.agency, made.membership_role) == (cast.agency, "lead")
    for fields in ({"role": "worker", "agency": cast.other_agency.pk}, {"role": "coordination"}):
        answer = lead.post(CREATE, {**NEW, "email": "zwei@verband.example", **fields})
        assert answer.context["form"].errors
    assert not Invitation.objects.filter(email="zwei@verband.example").exists()
    page = lead.get(CREATE).content.decode()
    assert "DRK" not in page
    assert "Rechnungsprüfung" not in page


def test_extra_fields_change_nothing(lead, cast):
    extra = {
        "city_role": "coordination", "membership_role": "lead", "token_hash": "0" * 64,
        "expires_at": "2099-01-01", "accepted_at": "2001-01-01", "invited_by": 1, "id": 7,
    }  # fmt: skip
    lead.post(CREATE, {**NEW, **extra, "agency": cast.agency.pk})
    made = Invitation.objects.get(email="neu@verband.example")
    assert (made.city_role, made.membership_role) == ("", "worker")
    assert made.accepted_at is None
    assert made.expires_at < timezone.now() + timedelta(days=7)
    assert made.invited_by == cast.people["lead"]


def test_the_open_ones_are_listed_with_what_is_wrong_with_them(desk, cast):
    make.invitation(email="alt@stadt.example", expires_at=timezone.now() - timedelta(days=1))
    make.invitation(email="weg@stadt.example", revoked_at=timezone.now())
    make.invitation(email="da@stadt.example", accepted_at=timezone.now())
    page = desk.get(LIST).content.decode()
    assert "abgelaufen" in page
    assert "nicht versandt" in page
    assert "weg@stadt.example" not in page
    assert "da@stadt.example" not in page


def test_a_lead_sees_and_touches_only_the_own_agencys(lead, cast):
    foreign = make.invitation(agency=cast.other_agency)
    city = make.invitation(city_role="council")
    page = lead.get(LIST).content.decode()
    assert cast.invitation.email in page
    for row in (foreign, city):
        assert row.email not in page
        for name in ("invitation_resend", "invitation_revoke"):
            assert lead.post(url(name, row)).status_code == 404
        row.refresh_from_db()
        assert row.revoked_at is None
    assert not mail.outbox


@pytest.mark.parametrize("who", ["audit", "council", "worker", "stranger"])
def test_who_may_not_manage_cannot_send_again(client, cast, who):
    client.force_login(cast.people[who])
    assert client.post(url("invitation_resend", cast.invitation)).status_code == 403


def test_sending_again_makes_a_new_link(desk, cast):
    desk.post(url("invitation_resend", cast.invitation))
    assert Client().get(accept_url(cast.invitation_token)).status_code == 404
    assert Client().get(link_in(mail.outbox[0])).status_code == 200


def test_revoking_closes_the_link(desk, cast):
    assert desk.get(url("invitation_revoke", cast.invitation)).status_code == 200
    desk.post(url("invitation_revoke", cast.invitation), {"reason": "Irrtum"})
    assert Client().get(accept_url(cast.invitation_token)).status_code == 404
    again = desk.post(url("invitation_revoke", cast.invitation))
    assert "bereits angenommen oder zurückgezogen" in again.content.decode()
    late = desk.post(url("invitation_resend", cast.invitation), follow=True)
    assert "bereits angenommen oder zurückgezogen" in late.content.decode()


def test_a_dead_mail_server_keeps_the_invitation_and_offers_to_send_again(desk, cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = desk.post(CREATE, {**NEW, "agency": cast.agency.pk}, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "konnte nicht gesendet werden" in page
    assert "nicht versandt" in page
    assert "Erneut senden" in page
    assert Invitation.objects.filter(email="neu@verband.example").exists()


def test_looking_at_the_link_uses_nothing_up(client, cast):
    for _look in range(3):  # this client refuses a GET that writes
        assert client.get(accept_url(cast.invitation_token)).status_code == 200


@pytest.mark.parametrize("state", ["used", "revoked", "expired", "wrong", "empty-looking"])
def test_a_link_that_no_longer_holds_shows_one_friendly_page(client, db, state):
    now = timezone.now()
    fields = {"used": {"accepted_at": now}, "revoked": {"revoked_at": now}}
    row = make.invitation(**fields.get(state, {"expires_at": now} if state == "expired" else {}))
    token = {"wrong": "x" * 43, "empty-looking": "-"}.get(state, row.token)
    for answer in (client.get(accept_url(token)), client.post(accept_url(token), {"name": "x"})):
        assert answer.status_code == 404
        assert "Diese Einladung gilt nicht mehr" in answer.content.decode()


def test_somebody_else_who_is_signed_in_cannot_accept(client, cast):
    client.force_login(cast.people["stranger"])
    page = accept_url(cast.invitation_token)
    assert "Die Einladung gilt nur für" in client.get(page).content.decode()
    fields = {"name": "Ich", "password": PASSWORD, "repeated": PASSWORD}
    assert "Die Einladung gilt nur für" in client.post(page, fields).content.decode()
    assert not cast.people["stranger"].memberships.exists()
    cast.invitation.refresh_from_db()
    assert cast.invitation.accepted_at is None


def test_who_has_an_account_signs_in_and_then_gets_the_role(client, cast):
    stranger = cast.people["stranger"]
    row = make.invitation(email=stranger.email, city_role="council")
    page = accept_url(row.token)
    assert f"?next={page}" in client.get(page).content.decode()
    fields = {"name": "Ich", "password": PASSWORD, "repeated": PASSWORD}
    client.post(page, fields)  # a password of one's own choice opens no existing account
    stranger.refresh_from_db()
    assert not stranger.check_password(PASSWORD)
    assert not stranger.roles.exists()
    client.force_login(stranger)
    assert client.post(page)["Location"] == reverse("overview:start")
    assert stranger.roles.get().role == "council"


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"password": "kurz", "repeated": "kurz"}, "password"),
        ({"repeated": "etwas-anderes-2"}, "repeated"),
        ({"password": "", "repeated": ""}, "password"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said_at_the_field(client, cast, fields, where):
    typed = {"name": "Nora", "password": PASSWORD, "repeated": PASSWORD, **fields}
    answer = client.post(accept_url(cast.invitation_token), typed)
    assert where in answer.context["form"].errors
    assert not User.objects.filter(email=cast.invitation.email).exists()
    assert PASSWORD not in answer.content.decode()  # passwords are not shown back


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long_it_is(
    desk, cast, django_assert_max_num_queries, rows
):
    for _row in range(rows):
        make.invitation(agency=cast.agency, invited_by=make.user())
    with django_assert_max_num_queries(12):
        desk.get(LIST)


def test_the_list_can_be_exported(desk, cast):
    file = desk.get(LIST, {"format": "csv"}).content.decode("utf-8-sig")
    assert "E-Mail-Adresse;Name;Rolle" in file
    assert cast.invitation.email in file
    assert cast.invitation_token not in file
