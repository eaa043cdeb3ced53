"""An invitation is worth what its inviter may do when it is accepted."""

import pytest
from django.core.exceptions import ValidationError

from agencies.models import Membership
from coordination.people import accounts, invitations
from coordination.people.models import Account
from tests import make

PASSWORD = "Langes-Kennwort-991"


@pytest.fixture
def invited(cast):
    return invitations.invite(
        email="neu@stadt.example",
        name="Neu",
        agency=cast.agency,
        membership_role="lead",
        by=cast.people["lead"],
    )


def accept(token):
    return invitations.accept(token, password=PASSWORD, name="Neu", by=None)


def test_it_opens_while_its_inviter_is_a_lead(cast, invited):
    assert accept(invited[1]).memberships.get().agency == cast.agency


def test_it_is_dead_once_its_inviter_is_deactivated(cast, invited):
    make.membership("lead", agency=cast.agency)
    lead = Account.objects.get(pk=cast.people["lead"].pk)
    accounts.deactivate(lead, reason="x", by=cast.people["coordination"])
    assert invitations.find(invited[1]) is None
    assert accept(invited[1]) is None


def test_it_is_dead_once_its_inviter_is_no_lead(cast, invited):
    Membership.objects.filter(user=cast.people["lead"]).update(role="worker")
    assert accept(invited[1]) is None


def test_sending_it_again_makes_it_the_senders(cast, invited):
    Membership.objects.filter(user=cast.people["lead"]).delete()
    _invitation, token = invitations.resend(invited[0], by=cast.people["coordination"])
    assert accept(token) is not None


def test_nobody_enters_a_closed_agency(cast, invited):
    cast.agency.is_active = False
    cast.agency.save()
    assert accept(invited[1]) is None


def test_the_log_never_says_a_role_that_was_not_given(cast, invited):
    user = make.user(email="neu@stadt.example")
    make.membership("worker", agency=cast.agency, user=user)
    with pytest.raises(ValidationError, match="gehören bereits"):
        invitations.accept(invited[1], by=user)


def test_not_twice_within_five_minutes(cast, invited):
    invitations.deliver(invited[0], link="https://portal.example.org/")
    with pytest.raises(ValidationError, match="fünf Minuten"):
        invitations.resend(invited[0], by=cast.people["lead"])
