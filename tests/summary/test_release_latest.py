"""The way in: the latest report, or what to do where there is none."""

import pytest
from django.urls import reverse

from tests import make

pytestmark = pytest.mark.django_db
URL = reverse("summary:release_latest")


def opened(client, role):
    client.force_login(make.user(role))
    return client.get(URL)


def test_it_is_the_one_released_last(client):
    make.release(title="Der erste")
    latest = make.release(title="Der zweite")
    response = opened(client, "council")
    assert response["Location"] == reverse("summary:release_detail", args=[latest.pk])


def test_the_council_is_told_that_there_is_none_yet(client):
    html = opened(client, "council").content.decode()
    assert "Noch ist kein Ratsbericht freigegeben" in html
    assert reverse("summary:report_create") not in html


def test_the_coordination_is_offered_to_put_one_together(client):
    html = opened(client, "coordination").content.decode()
    assert reverse("summary:report_create") in html
    assert "Bericht zusammenstellen" in html


def test_a_draft_is_no_report_yet(client):
    make.council_report(title="Geheim")
    response = opened(client, "council")
    assert response.status_code == 200
    assert "Geheim" not in response.content.decode()
