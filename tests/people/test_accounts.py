import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from agencies.models import Membership
from coordination.access.models import CityRole, User
from coordination.audit.models import Entry
from coordination.people import accounts
from coordination.people.models import Account
from tests import make
from tests.people.desks import REFUSED, at_once

LAST = "ist das letzte aktive Konto der Koordination"


def account(user):
    return Account.objects.get(pk=user.pk)


def role_of(user, code="coordination"):
    return CityRole.objects.get(user=user, role=code)


def refusal(act, *args, **fields):
    with pytest.raises(ValidationError) as caught:
        act(*args, **fields)
    return caught.value


def test_the_last_coordinator_cannot_be_deactivated_or_lose_the_role(db):
    only, desk = make.user("coordination"), make.user("audit")
    make.user("coordination", is_active=False)  # cannot act, so does not count
    assert LAST in refusal(accounts.deactivate, account(only), by=desk).messages[0]
    assert LAST in refusal(accounts.revoke_role, role_of(only), by=only).messages[0]
    assert User.objects.get(pk=only.pk).is_active


def test_one_of_two_coordinators_may_go(db):
    first, second = make.user("coordination"), make.user("coordination")
    accounts.revoke_role(role_of(first), by=first)
    assert not first.roles.exists()
    assert LAST in refusal(accounts.deactivate, account(second), by=second).messages[0]


def test_a_deactivated_coordinator_may_lose_the_role(db):
    gone, desk = make.user("coordination", is_active=False), make.user("coordination")
    accounts.revoke_role(role_of(gone), by=desk)
    assert not gone.roles.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["roles", "accounts", "both"])
@pytest.mark.parametrize("number", [2, 8])
def test_coordinators_who_remove_each_other_at_once_leave_one(how, number):
    desks = [make.user("coordination") for _desk in range(number)]

    def remove(victim, by, turn):
        if how == "accounts" or (how == "both" and turn % 2):
            return lambda: accounts.deactivate(account(victim), by=by)
        return lambda: accounts.revoke_role(role_of(victim), by=by)

    acts = [remove(desks[n - 1], by=desk, turn=n) for n, desk in enumerate(desks)]
    answers = at_once(acts)
    left = CityRole.objects.filter(role="coordination", user__is_active=True)
    assert left.count() == 1
    assert answers.count(REFUSED) == 1


def test_an_agency_loses_its_last_lead_only_if_that_is_confirmed(db):
    lead, desk = make.membership("lead"), make.user("coordination")
    make.membership("lead", agency=lead.agency, user=make.user(is_active=False))
    acts = [
        (accounts.revoke_membership, lead, {}),
        (accounts.change_membership, lead, {"role": "worker"}),
        (accounts.deactivate, account(lead.user), {}),
    ]
    for act, row, fields in acts:
        errors = refusal(act, row, **fields, by=desk).message_dict
        assert list(errors) == ["without_lead"]
        assert "hätte dann keine Leitung" in errors["without_lead"][0]
    assert Membership.objects.leads().filter(pk=lead.pk).exists()
    accounts.change_membership(lead, role="worker", without_lead=True, by=desk)
    assert not Membership.objects.leads().filter(agency=lead.agency).exists()


def test_a_second_lead_and_a_worker_may_go_without_a_question(db):
    lead, desk = make.membership("lead"), make.user("coordination")
    second = make.membership("lead", agency=lead.agency)
    worker = make.membership("worker", agency=lead.agency)
    accounts.revoke_membership(worker, by=desk)
    accounts.revoke_membership(second, by=desk)
    accounts.deactivate(account(make.membership("worker").user), by=desk)
    assert Membership.objects.leads().get(agency=lead.agency) == lead


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["leave", "are deactivated", "either"])
def test_the_last_leads_cannot_all_go_at_once(how):
    agency = make.agency()
    leads = [make.membership("lead", agency=agency) for _lead in range(6)]

    def go(row, turn):
        if how == "are deactivated" or (how == "either" and turn % 2):
            return lambda: accounts.deactivate(account(row.user), by=row.user)
        return lambda: accounts.revoke_membership(row, by=row.user)

    assert at_once([go(row, turn) for turn, row in enumerate(leads)]).count(REFUSED) == 1
    assert Membership.objects.leads().filter(agency=agency).count() == 1


def test_deactivating_ends_every_session_and_activating_revives_none(db):
    user, desk = make.user("council"), make.user("coordination")
    browser, second = Client(), Client()
    for client in (browser, second):
        client.post(reverse("account_login"), {"login": user.email, "password": make.PASSWORD})
    hidden = Client()
    hidden.force_login(user)  # a session no list knows of
    assert browser.get("/").status_code == hidden.get("/").status_code == 200
    accounts.deactivate(account(user), by=desk)
    assert not UserSession.objects.filter(user=user).exists()
    assert Session.objects.filter(session_key=browser.session.session_key).count() == 0
    accounts.activate(account(user), by=desk)
    for client in (browser, second, hidden):
        assert client.get("/")["Location"].startswith(reverse("account_login"))
    browser.post(reverse("account_login"), {"login": user.email, "password": make.PASSWORD})
    assert browser.get("/").status_code == 200


def test_it_is_the_generation_that_keeps_a_session_dead(db, monkeypatch):
    """The same without it: Django revives the session."""
    monkeypatch.delattr(User, "_get_session_auth_hash")
    user = make.user("council")
    client = Client()
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(session_generation=1)
    assert client.get("/").status_code == 200


def test_a_role_works_and_stops_working_at_the_next_click(client, db):
    user, desk = make.user(), make.user("coordination")
    make.user("coordination")
    client.force_login(user)
    assert client.get("/").status_code == 403
    accounts.grant_role(account(user), role="council", by=desk)
    assert client.get("/").status_code == 200
    accounts.revoke_role(role_of(user, "council"), by=desk)
    assert client.get("/").status_code == 403
    membership = accounts.grant_membership(
        account(user), agency=make.agency(), role="worker", by=desk
    )
    assert client.get("/").status_code == 200
    accounts.revoke_membership(membership, by=desk)
    assert client.get("/").status_code == 403


def test_nothing_is_granted_twice(db):
    member, desk = make.membership("worker"), make.user("coordination")
    errors = refusal(
        accounts.grant_membership, account(member.user), agency=member.agency, role="lead", by=desk
    )
    assert errors.messages == ["Dieses Konto gehört bereits zu diesem Verband."]
    assert (
        "hat diese Rolle bereits"
        in (refusal(accounts.grant_role, account(desk), role="coordination", by=desk).messages[0])
    )


@pytest.mark.parametrize("role", ["", "chief", "lead", "COORDINATION"])
def test_only_known_roles_are_granted(db, role):
    refusal(accounts.grant_role, account(make.user()), role=role, by=None)


def test_every_act_stands_in_the_log_where_the_agency_can_read_it(db):
    desk, user, agency = make.user("coordination"), make.user(), make.agency()
    make.membership("lead", agency=agency)
    accounts.rename(account(user), name="Neu, Nora", by=desk)
    role = accounts.grant_role(account(user), role="council", by=desk)
    accounts.revoke_role(role, reason="Mandat beendet", by=desk)
    place = accounts.grant_membership(account(user), agency=agency, role="worker", by=desk)
    place = accounts.change_membership(place, role="lead", by=desk)
    accounts.revoke_membership(place, reason="ausgeschieden", by=desk)
    accounts.deactivate(account(user), reason="verlassen", by=desk)
    accounts.activate(account(user), by=desk)
    lines = Entry.objects.about(account(user)).order_by("pk")
    assert [line.verb for line in lines] == [
        "changed", "granted", "removed", "granted", "changed", "removed", "deactivated", "activated"
    ]  # fmt: skip
    assert [line.agency_id for line in lines] == [
        None, None, None, agency.pk, agency.pk, agency.pk, None, None
    ]  # fmt: skip
    assert {line.by for line in lines} == {desk}
    assert [line.reason for line in lines if line.reason] == [
        "Mandat beendet",
        "ausgeschieden",
        "verlassen",
    ]


def test_what_happened_already_is_said(db):
    desk, member = make.user("coordination"), make.membership("worker")
    make.user("coordination")
    accounts.deactivate(account(member.user), by=desk)
    refusal(accounts.deactivate, account(member.user), by=desk)
    accounts.activate(account(member.user), by=desk)
    refusal(accounts.activate, account(member.user), by=desk)
    row = Membership.objects.get(pk=member.pk)
    accounts.revoke_membership(member, by=desk)
    refusal(accounts.revoke_membership, row, by=desk)
    refusal(accounts.change_membership, row, role="lead", by=desk)
    role = role_of(desk)
    accounts.revoke_role(CityRole.objects.get(pk=role.pk), by=desk)
    refusal(accounts.revoke_role, role, by=desk)
