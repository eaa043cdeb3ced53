from django.urls import reverse

from coordination.audit.wording import kinds
from coordination.people import invitations
from tests import make


def seen_by(client, person):
    client.force_login(person)
    return client.get(reverse("audit:entry_list")).content.decode()


def test_a_caseworker_does_not_read_who_is_invited(client, cast):
    invitations.invite(
        email="neu@stadt.example",
        name="Neu",
        agency=cast.agency,
        membership_role="worker",
        by=cast.people["lead"],
    )
    assert "neu@stadt.example" not in seen_by(client, cast.people["worker"])
    assert "neu@stadt.example" in seen_by(client, cast.people["lead"])
    assert "neu@stadt.example" in seen_by(client, cast.people["audit"])


def test_a_lead_elsewhere_gains_nothing_here(client, cast):
    make.membership("worker", agency=cast.agency, user=cast.people["other_lead"])
    invitations.invite(
        email="neu@stadt.example",
        name="Neu",
        agency=cast.agency,
        membership_role="worker",
        by=cast.people["lead"],
    )
    assert "neu@stadt.example" not in seen_by(client, cast.people["other_lead"])


def test_what_is_logged_beside_the_fields_has_a_name_too(client, cast):
    invitations.invite(
        email="neu@stadt.example",
        name="Neu",
        agency=cast.agency,
        membership_role="worker",
        by=cast.people["lead"],
    )
    page = seen_by(client, cast.people["coordination"])
    assert "Rolle" in page
    assert "role:" not in page


def test_every_kind_of_object_is_named_once():
    labels = [label for _model, label in kinds()]
    assert len(labels) == len(set(labels))
