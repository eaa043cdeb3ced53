from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from coordination.access.models import User
from coordination.people.models import Invitation
from tests import make

PASSWORD = "laterne-kastanie-3"


def create(*arguments):
    out = StringIO()
    call_command("create_coordinator", *arguments, stdout=out)
    return out.getvalue().strip()


def test_a_new_portal_gets_its_first_coordinator(db):
    link = create("Koordination@Stadt.example", "--name", "Kim Muster")
    assert link.startswith("https://testserver/personen/einladung/")
    browser, path = Client(), link.removeprefix("https://testserver")
    browser.post(path, {"name": "Kim Muster", "password": PASSWORD, "repeated": PASSWORD})
    user = User.objects.get(email="koordination@stadt.example")
    assert user.roles.get().role == "coordination"
    fields = {"login": user.email, "password": PASSWORD}
    browser.post(reverse("account_login"), fields)
    assert browser.get("/")["Location"] == reverse("mfa_index")


def test_called_again_it_prints_a_new_link(db):
    first, second = (create("kim@stadt.example", "--name", "Kim") for _call in range(2))
    assert first != second
    assert Invitation.objects.count() == 1
    assert Client().get(first.removeprefix("https://testserver")).status_code == 404


def test_it_refuses_where_there_is_a_coordinator(db):
    make.user("coordination")
    with pytest.raises(CommandError, match="active coordination account"):
        create("kim@stadt.example", "--name", "Kim")
    assert create("kim@stadt.example", "--name", "Kim", "--force")


def test_a_deactivated_coordinator_is_none(db):
    make.user("coordination", is_active=False)
    assert create("kim@stadt.example", "--name", "Kim")


def test_a_bad_address_is_said(db):
    with pytest.raises(CommandError, match="E-Mail"):
        create("keine Adresse", "--name", "Kim")
