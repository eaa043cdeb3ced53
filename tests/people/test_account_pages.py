"""One account: its page, and the forms that change it."""

import pytest
from django.test import Client
from django.urls import reverse

from coordination.access.models import User
from coordination.editing import fingerprint
from coordination.people.models import Account
from tests import make


def url(name, row):
    return reverse(f"people:{name}", args=[row.pk])


@pytest.fixture
def desk(client, cast):
    client.force_login(cast.people["coordination"])
    return client


@pytest.fixture
def lead(cast):
    client = Client()
    client.force_login(cast.people["lead"])
    return client


def test_the_page_shows_roles_and_places_and_what_can_be_done(desk, cast):
    make.membership("worker", user=cast.people["council"], agency=cast.agency)
    page = desk.get(url("account_detail", cast.people["council"])).content.decode()
    for text in ("Rat entziehen", "AWO: Fachkraft", "Rolle ändern (AWO)", "Deaktivieren"):
        assert text in page


def test_a_lead_sees_of_an_account_what_concerns_the_own_agency(lead, cast):
    shared = make.membership("worker", agency=cast.agency, user=make.user("council"))
    make.membership("lead", agency=cast.other_agency, user=shared.user)
    make.invitation(email=shared.user.email, agency=make.agency(short_name="Caritas"))
    page = lead.get(url("account_detail", shared.user)).content.decode()
    assert "AWO: Fachkraft" in page
    for foreign in ("DRK", "Rat entziehen", "Caritas", "Deaktivieren", "Letzte Anmeldung"):
        assert foreign not in page


def test_renaming(desk, cast):
    seen = fingerprint(Account.objects.get(pk=cast.account.pk), ["name"])
    answer = desk.post(url("account_edit", cast.account), {"name": "Nora Neu", "seen": seen})
    assert answer["Location"] == url("account_detail", cast.account)
    cast.account.refresh_from_db()
    assert cast.account.name == "Nora Neu"
    late = desk.post(url("account_edit", cast.account), {"name": "Anders", "seen": seen})
    assert "Nora Neu" in late.content.decode()  # what the first one saved
    assert late.context["form"]["name"].value() == "Anders"  # nothing typed is lost
    cast.account.refresh_from_db()
    assert cast.account.name == "Nora Neu"


@pytest.mark.parametrize("name", ["", " ", "x" * 201])
def test_a_bad_name_is_refused_at_the_field(desk, cast, name):
    answer = desk.post(url("account_edit", cast.account), {"name": name, "seen": ""})
    assert "name" in answer.context["form"].errors


def test_deactivating_and_activating(desk, cast):
    answer = desk.post(url("account_deactivate", cast.account), {"reason": "verlassen"})
    assert answer.status_code == 302
    assert not User.objects.get(pk=cast.account.pk).is_active
    assert "deaktiviert" in desk.get(url("account_detail", cast.account)).content.decode()
    desk.post(url("account_activate", cast.account))
    assert User.objects.get(pk=cast.account.pk).is_active


def test_the_last_coordinator_is_told_why_not(desk, cast):
    only = cast.people["coordination"]
    for page in (url("account_deactivate", only), url("role_revoke", only.roles.get())):
        answer = desk.post(page)
        assert "ist das letzte aktive Konto der Koordination" in answer.content.decode()
    assert User.objects.get(pk=only.pk).is_active
    assert only.roles.exists()


def test_a_missing_lead_is_asked_about_at_the_field_and_then_accepted(desk, cast):
    lead = cast.people["lead"].memberships.get()
    page = url("membership_revoke", lead)
    assert "without_lead" not in desk.get(page).content.decode()
    answer = desk.post(page, {"reason": "in Rente"})
    assert "hätte dann keine Leitung" in answer.context["form"].errors["without_lead"][0]
    assert answer.context["form"]["reason"].value() == "in Rente"
    assert desk.post(page, {"reason": "in Rente", "without_lead": "on"}).status_code == 302
    assert not cast.people["lead"].memberships.exists()


def test_a_lead_who_leaves_lands_where_they_may_be(lead, cast):
    make.membership("lead", agency=cast.agency)
    answer = lead.post(url("membership_revoke", cast.people["lead"].memberships.get()), follow=True)
    assert answer.redirect_chain == [(reverse("overview:start"), 302)]
    assert answer.status_code == 403  # no role is left


def test_a_lead_changes_and_ends_memberships_of_the_own_agency_only(lead, cast):
    own, foreign = cast.membership, cast.people["other_lead"].memberships.get()
    seen = fingerprint(own, ["role"])
    lead.post(url("membership_change", own), {"role": "lead", "seen": seen})
    own.refresh_from_db()
    assert own.role == "lead"
    lead.post(url("membership_revoke", own))
    assert not cast.account.memberships.exists()
    for name in ("membership_change", "membership_revoke"):
        assert lead.post(url(name, foreign), {"role": "worker"}).status_code == 404
    assert cast.people["other_lead"].memberships.get().role == "lead"


def test_a_lead_cannot_give_roles_or_shut_accounts(lead, cast):
    for name in ("role_grant", "membership_grant", "account_deactivate", "account_edit"):
        fields = {"role": "coordination", "agency": cast.agency.pk, "name": "Ich"}
        assert lead.post(url(name, cast.account), fields).status_code == 403


def test_roles_are_given_and_taken(desk, cast):
    desk.post(url("role_grant", cast.account), {"role": "council"})
    role = cast.account.roles.get()
    assert role.role == "council"
    desk.post(url("role_revoke", role), {"reason": "Mandat beendet"})
    assert not cast.account.roles.exists()
    for bad in ("lead", "chief", ""):
        answer = desk.post(url("role_grant", cast.account), {"role": bad})
        assert "role" in answer.context["form"].errors
    again = desk.post(url("role_grant", cast.people["council"]), {"role": "council"})
    assert "hat diese Rolle bereits" in again.content.decode()


def test_memberships_are_given(desk, cast):
    fields = {"agency": cast.other_agency.pk, "role": "worker"}
    desk.post(url("membership_grant", cast.account), fields)
    assert cast.account.memberships.filter(agency=cast.other_agency, role="worker").exists()
    again = desk.post(url("membership_grant", cast.account), fields)
    assert "gehört bereits zu diesem Verband" in again.content.decode()
    retired = make.agency(is_active=False)
    answer = desk.post(url("membership_grant", cast.account), {**fields, "agency": retired.pk})
    assert "agency" in answer.context["form"].errors


def test_extra_fields_change_nothing(desk, cast):
    """Mass assignment: only what the form shows is taken."""
    user = cast.account
    before = User.objects.filter(pk=user.pk).values().get()
    extra = {
        "id": 1, "pk": 1, "email": "fremd@stadt.example", "is_active": "", "password": "x",
        "session_generation": 9, "role": "coordination", "agency": cast.other_agency.pk,
        "user": cast.people["stranger"].pk, "created_at": "2001-01-01",
    }  # fmt: skip
    seen = fingerprint(Account.objects.get(pk=user.pk), ["name"])
    desk.post(url("account_edit", user), {**extra, "name": "Neu", "seen": seen})
    after = User.objects.filter(pk=user.pk).values().get()
    assert {name for name in after if after[name] != before[name]} == {"name"}
    seen = fingerprint(cast.membership, ["role"])
    desk.post(url("membership_change", cast.membership), {**extra, "role": "lead", "seen": seen})
    place = user.memberships.get()
    assert (place.agency, place.user, place.role) == (cast.agency, user, "lead")
    assert not user.roles.exists()


@pytest.mark.parametrize("who", ["coordination", "lead"])
def test_the_page_costs_the_same_whatever_is_on_it(
    client, cast, django_assert_max_num_queries, who
):
    for _place in range(10):
        make.membership("worker", user=cast.account)
        make.invitation(email=cast.account.email, agency=make.agency())
    client.force_login(cast.people[who])
    with django_assert_max_num_queries(12):
        client.get(url("account_detail", cast.account))
