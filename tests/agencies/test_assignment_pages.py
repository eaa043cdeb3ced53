from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Assignment
from coordination.as_of import read
from tests import make

TYPED = {
    "role": "lead",
    "share": "20",
    "starts_on": "01.12.2016",
    "ends_on": "",
    "division": "whole",
    "postal_codes": "",
    "topic": "",
    "reason": "Lücke schließen",
}


@pytest.fixture
def form(client, cast):
    client.force_login(cast.people["coordination"])
    district = make.district("41065", name="Flughafen", parent=cast.borough)

    def send(**typed):
        fields = {**TYPED, "district": district.pk, "position": cast.position.pk, **typed}
        return client.post(reverse("agencies:assignment_create"), fields)

    send.district = district
    return send


def test_assigning(form, cast):
    response = form()
    assert response.status_code == 302
    row = Assignment.objects.get(district=form.district)
    assert (row.share, row.starts_on, row.ends_on) == (20, date(2016, 12, 1), date(2018, 3, 31))


def test_the_preview_shows_the_effect_and_saves_nothing(form):
    page = form(preview="1").content.decode()
    assert "10\N{NO-BREAK SPACE}% → <strong>30\N{NO-BREAK SPACE}%</strong>" in page
    assert "nicht mehr: ohne Federführung" in page
    assert not Assignment.objects.filter(district=form.district).exists()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("share", "0", "1 bis 100"),
        ("share", "101", "1 bis 100"),
        ("share", "viel", "1 bis 100"),
        ("share", "95", "Nur noch 90 % sind ab 01.12.2016 frei."),
        ("share", "", "zwingend"),
        ("starts_on", "31.02.2017", "Datum"),
        ("starts_on", "01.03.2016", "erst ab 01.04.2016 finanziert"),
        ("ends_on", "30.11.2016", "liegt vor dem ersten"),
        ("ends_on", "01.04.2018", "nur bis 31.03.2018 finanziert"),
        ("postal_codes", "4106", "fünfstellige"),
        ("district", "99999999999999999999", "Auswahl"),
        ("position", "x", "Auswahl"),
        ("role", "boss", "Auswahl"),
    ],
)
def test_wrong_input_is_said_at_the_field_and_kept(form, field, typed, said):
    response = form(**{field: typed})
    assert response.status_code == 200
    assert said in str(response.context["form"].errors[field])
    assert not Assignment.objects.filter(district=form.district).exists()
    if field in ("share", "starts_on", "ends_on", "postal_codes"):
        day = read(typed)  # a real day goes back into the date picker, anything else as typed
        assert f'value="{day or typed}"' in response.content.decode() or not typed
    assert "Lücke schließen" in response.content.decode()


def change_fields(assignment, client, page, **typed):
    url = reverse(page, args=[assignment.pk])
    seen = client.get(url).context["form"]["seen"].value()
    return url, {**TYPED, "seen": seen, **typed}


def test_changing_the_share(client, cast):
    client.force_login(cast.people["coordination"])
    url, typed = change_fields(cast.assignment, client, "agencies:assignment_change", share="30")
    assert client.post(url, typed).status_code == 302
    assert [row.share for row in Assignment.objects.order_by("starts_on")] == [10, 30]


def test_a_change_needs_a_reason(client, cast):
    client.force_login(cast.people["coordination"])
    url, typed = change_fields(cast.assignment, client, "agencies:assignment_end", reason="")
    response = client.post(url, {**typed, "ends_on": "2016-12-31"})
    assert "reason" in response.context["form"].errors


def test_two_browsers_end_one_assignment(client, cast):
    client.force_login(cast.people["coordination"])
    url, typed = change_fields(cast.assignment, client, "agencies:assignment_end")
    assert client.post(url, {**typed, "ends_on": "2017-12-31"}).status_code == 302
    second = client.post(url, {**typed, "ends_on": "2017-06-30"})
    page = second.content.decode()
    assert second.status_code == 200
    assert "31.12.2017" in page
    assert "2017-06-30" in page
    again = {**typed, "ends_on": "2017-06-30", "seen": second.context["form"]["seen"].value()}
    assert client.post(url, again).status_code == 302
    cast.assignment.refresh_from_db()
    assert cast.assignment.ends_on == date(2017, 6, 30)


def test_a_handover_in_one_step(client, cast):
    client.force_login(cast.people["coordination"])
    target = make.occupancy(position=make.position(agency=cast.other_agency)).position
    url = reverse("agencies:handover_create", args=[cast.position.pk]) + "?stichtag=2016-12-01"
    typed = {
        "position": target.pk,
        "starts_on": "2017-01-01",
        "assignments": [cast.assignment.pk],
        "reason": "Wechsel",
    }
    preview = client.post(url, {**typed, "preview": "1"}).content.decode()
    assert "0\N{NO-BREAK SPACE}% → <strong>10\N{NO-BREAK SPACE}%</strong>" in preview
    assert client.post(url, typed).status_code == 302
    assert Assignment.objects.on(date(2017, 1, 1)).get().position == target


def test_a_handover_of_nothing_is_refused(client, cast):
    client.force_login(cast.people["coordination"])
    url = reverse("agencies:handover_create", args=[cast.position.pk])
    response = client.post(url, {"starts_on": "2017-01-01", "reason": "x"})
    assert set(response.context["form"].errors) == {"position", "assignments"}
