from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from agencies.models import Membership
from coordination.access.models import CityRole, User
from coordination.audit.models import Entry
from coordination.people import invitations
from coordination.people.models import Invitation
from tests import make
from tests.people.desks import REFUSED, at_once

PASSWORD = "laterne-kastanie-3"


def invite(**fields):
    return invitations.invite(
        **{
            "email": "neu@verband.example",
            "name": "Nora Neu",
            "agency": fields.get("agency") or (None if "city_role" in fields else make.agency()),
            "membership_role": "" if "city_role" in fields else "worker",
            "by": None,
            **fields,
        }
    )


def accept(token, **fields):
    return invitations.accept(token, **{"password": PASSWORD, "name": "", "by": None, **fields})


def refusal(act, *args, **fields):
    with pytest.raises(ValidationError) as caught:
        act(*args, **fields)
    return caught.value


def test_only_the_hash_of_a_long_random_token_is_kept(db):
    invitation, token = invite()
    assert len(token) >= 43  # 256 bits
    assert invitation.token_hash == invitations.hashed(token)
    row = Invitation.objects.values().get()
    assert token not in str(row)
    assert row["expires_at"] - timezone.now() > timedelta(days=6, hours=23)


def test_accepting_makes_an_account_with_exactly_the_offered_role(db):
    agency = make.agency()
    _invitation, token = invite(email=" Neu@Verband.EXAMPLE ", agency=agency)
    user = accept(token, name="Nora Neumann")
    assert (user.email, user.name) == ("neu@verband.example", "Nora Neumann")
    assert user.check_password(PASSWORD)
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == (user.email, True, True)
    assert list(user.memberships.values_list("agency", "role")) == [(agency.pk, "worker")]
    assert not user.roles.exists()


def test_a_city_role_comes_without_an_agency(db):
    user = accept(invite(city_role="audit")[1])
    assert list(user.roles.values_list("role", flat=True)) == ["audit"]
    assert not user.memberships.exists()


def test_an_account_gets_the_role_only_if_its_owner_is_signed_in(db):
    user, other = make.user(email="neu@verband.example"), make.user()
    _invitation, token = invite(city_role="council")
    refusal(accept, token)
    refusal(accept, token, by=other)
    assert not CityRole.objects.exists()
    assert Invitation.objects.valid().exists()  # a refusal uses nothing up
    assert accept(token, by=user) == user
    assert user.roles.get().role == "council"
    assert User.objects.filter(email=user.email).count() == 1
    assert user.check_password(make.PASSWORD)  # the posted one changes nothing


@pytest.mark.parametrize(
    "fields",
    [
        {"accepted_at": timezone.now()},
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now()},
        {"token_hash": invitations.hashed("another")},
    ],
)
def test_used_revoked_expired_and_wrong_tokens_open_nothing(db, fields):
    invitation = make.invitation(**fields)
    assert invitations.find(invitation.token) is None
    assert accept(invitation.token) is None
    assert not User.objects.filter(email=invitation.email).exists()


def test_sending_again_kills_the_old_link_and_gives_seven_new_days(db):
    invitation, old = invite()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    _invitation, new = invitations.resend(invitation, by=None)
    assert accept(old) is None
    assert accept(new).email == "neu@verband.example"


def test_what_is_over_is_not_sent_again_or_revoked(db):
    for field in ("accepted_at", "revoked_at"):
        over = make.invitation(**{field: timezone.now()})
        for act in (invitations.resend, invitations.revoke):
            assert (
                "bereits angenommen oder zurückgezogen" in refusal(act, over, by=None).messages[0]
            )


@pytest.mark.parametrize("password", ["kurz", "123456789012", "passwortpasswort1", ""])
def test_a_weak_password_is_refused_and_the_invitation_stays(db, password):
    _invitation, token = invite(name="Passwort Passwort")
    if password == "passwortpasswort1":
        password = "neu@verband.example"  # too much like the address
    assert "password" in refusal(accept, token, password=password).message_dict
    assert invitations.find(token)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"city_role": "chief"},
        {"city_role": "lead"},
        {"membership_role": "coordination"},
        {"membership_role": ""},
        {"agency": None, "membership_role": "worker"},
        {"city_role": "", "agency": None, "membership_role": ""},
        {"email": "keine Adresse"},
        {"name": ""},
    ],
)
def test_an_invitation_is_to_one_known_role(db, fields):
    if "city_role" not in fields and "agency" not in fields:
        fields["agency"] = make.agency()
    refusal(invite, **fields)
    assert not Invitation.objects.exists()


def test_the_database_refuses_two_roles_in_one_invitation(db):
    with pytest.raises(IntegrityError):
        make.invitation(agency=make.agency(), city_role="audit", membership_role="lead")


def test_nobody_is_invited_to_what_they_have_or_twice(db):
    member = make.membership("worker")
    error = refusal(invite, email=member.user.email, agency=member.agency)
    assert "gehört bereits dazu" in error.message_dict["email"][0]
    agency = make.agency()
    invite(agency=agency)
    error = refusal(invite, agency=agency, membership_role="lead")
    assert "gibt es eine offene Einladung" in error.message_dict["email"][0]
    invite(agency=make.agency())  # another agency is another matter
    invite(city_role="council")
    refusal(invite, city_role="council")
    refusal(invite, email=make.user("audit").email, city_role="audit")


def test_an_older_membership_is_not_lowered_by_an_invitation(db):
    agency = make.agency()
    user = make.user(email="neu@verband.example")
    _invitation, token = invite(agency=agency)
    make.membership("lead", agency=agency, user=user)
    with pytest.raises(ValidationError, match="gehören bereits"):
        accept(token, by=user)
    assert user.memberships.get().role == "lead"


@pytest.mark.django_db(transaction=True)
def test_twenty_accept_one_invitation_at_once_and_one_wins():
    _invitation, token = invite()
    answers = at_once([lambda: accept(token)] * 20)
    assert len([answer for answer in answers if isinstance(answer, User)]) == 1
    assert answers.count(None) == 19
    assert User.objects.count() == Membership.objects.count() == 1
    assert Entry.objects.filter(verb="accepted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_invitations_to_one_new_address_make_one_account():
    tokens = [invite(agency=make.agency())[1] for _agency in range(4)]
    answers = at_once([lambda token=token: accept(token) for token in tokens])
    assert User.objects.count() == 1
    assert answers.count(REFUSED) == 3
    assert Invitation.objects.valid().count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_invitation_made_at_once_is_made_once():
    for fields in ({"city_role": "council"}, {"agency": make.agency()}):
        answers = at_once([lambda fields=fields: invite(**fields)] * 6)
        assert answers.count(REFUSED) == 5


def test_the_mail_is_german_and_carries_the_link(db):
    invitation, token = invite(city_role="council")
    assert invitations.deliver(invitation, link=f"https://portal.example/{token}")
    message = mail.outbox[0]
    assert message.to == ["neu@verband.example"]
    assert message.subject == "Einladung zum Quartiersportal"
    assert f"https://portal.example/{token}" in message.body
    assert "mit der Rolle: Rat" in message.body
    assert "Guten Tag Nora Neu" in message.body
    invitation.refresh_from_db()
    assert invitation.mailed_at


def test_a_dead_mail_server_costs_the_mail_only(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    invitation, token = invite()
    assert not invitations.deliver(invitation, link="https://portal.example/")
    invitation.refresh_from_db()
    assert invitation.mailed_at is None
    assert invitations.find(token) == invitation


def test_every_act_stands_in_the_log_of_the_agency(db):
    agency, desk = make.agency(), make.user("coordination")
    invitation, _old = invite(agency=agency, by=desk)
    _invitation, token = invitations.resend(invitation, by=desk)
    user = accept(token)
    invitations.revoke(invite(email="zwei@verband.example", agency=agency, by=desk)[0], by=desk)
    lines = Entry.objects.filter(agency_id=agency.pk).order_by("pk")
    assert [line.verb for line in lines] == [
        "invited", "invited", "created", "accepted", "invited", "revoked"
    ]  # fmt: skip
    assert lines[3].by == user
    assert all(token not in f"{line.before}{line.after}{line.target_label}" for line in lines)
