import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connections
from django.urls import reverse

from coordination.audit.models import Entry
from tests import make
from volunteers import contacts
from volunteers.models import Contact, Volunteer, VolunteerGroup

URL = "volunteers:handover"
DAY = date(2016, 12, 1)


def send(client, cast, who="coordination", query="", **typed):
    client.force_login(cast.people[who])
    given = {
        "which": "gewaehlte",
        "to": "federfuehrung",
        "worker": "",
        "starts_on": "2016-12-01",
        "reason": "Stelle unbesetzt",
    }
    return client.post(f"{reverse(URL)}?stichtag=2016-12-01{query}", given | typed)


@pytest.fixture
def left(cast):
    """Three of the AWO whom nobody cares for: one where nobody leads, and one group."""
    where = {"agency": cast.agency}
    cast.here = make.volunteer(name="Hier", districts=[cast.district], **where)
    cast.nowhere = make.volunteer(name="Nirgends", **where)
    cast.group = cast.volunteer_group
    return cast


def names(answer):
    result = answer.context["result"]
    done = {(row.volunteer or row.group).name for row in result.done}
    return done, {party.name: why for party, why in result.left}


def test_the_chosen_go_to_the_leads_of_their_districts(client, left):
    answer = send(client, left, volunteers=[left.here.pk, left.nowhere.pk])
    done, stay = names(answer)
    assert done == {"Hier"}
    assert stay == {
        "Nirgends": "in keinem ihrer Stadtteile hat am 01.12.2016 jemand die Federführung"
    }
    contact = left.here.contacts.get()
    assert (contact.worker, contact.district, contact.starts_on) == (
        left.worker,
        left.district,
        DAY,
    )
    page = answer.content.decode()
    assert "1 Person oder Gruppe hat ab 01.12.2016 eine Ansprechperson." in page
    assert "Für 1 Person oder Gruppe hat sich nichts geändert." in page
    assert not left.group.contacts.exists()  # not chosen


def test_everything_that_is_missing_is_said_at_once(client, left):
    answer = send(client, left, to="person")
    assert set(answer.context["form"].errors) == {"which", "worker"}


def rest_of(answer):
    """The form for those who are left, as a browser would send it but for the person."""
    page = answer.content.decode()
    form = page[page.index('id="left"') :]
    form = form[: form.index("</form>")]
    found = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value)
    found.pop("csrfmiddlewaretoken", None)
    return found


@pytest.mark.parametrize("which", ["gewaehlte", "alle"])
def test_whom_nobody_leads_can_be_given_to_one_person_at_once(client, left, which):
    answer = send(client, left, which=which, volunteers=[left.here.pk, left.nowhere.pk])
    other = make.occupancy().worker
    typed = rest_of(answer)
    assert typed["reason"] == ["Stelle unbesetzt"]
    assert typed.get("volunteers") == ([str(left.nowhere.pk)] if which == "gewaehlte" else None)
    done, stay = names(send(client, left, **typed, worker=other.pk))
    assert (done, stay) == ({"Nirgends"}, {})
    assert left.nowhere.contacts.get().worker == other
    assert left.here.contacts.get().worker == left.worker


def test_what_is_proposed_is_possible_for_somebody(client, left):
    client.force_login(left.people["coordination"])
    address = {"handover": reverse(URL), "list": reverse("volunteers:care_list")}
    for url in address.values():
        answer = client.get(url, {"stichtag": "2016-12-01"})
        assert answer.context["form"]["to"].value() == "federfuehrung"
        assert "Für 1 der Gezeigten hat niemand die Federführung" in answer.content.decode()
    left.occupancy.delete()
    for url in address.values():
        answer = client.get(url, {"stichtag": "2016-12-01"})
        assert answer.context["form"]["to"].value() == "person"
        assert "Für 4 der Gezeigten hat niemand" in answer.content.decode()


def test_all_of_the_list_go_in_one_step(client, left):
    done, stay = names(send(client, left, which="alle"))
    assert done == {"Hier", "Runder Tisch Eicken"}
    assert set(stay) == {"Nirgends"}
    assert list(Volunteer.objects.without_contact(DAY)) == [left.nowhere]


def test_all_go_to_one_named_person(client, left):
    other = make.occupancy().worker
    done, stay = names(send(client, left, which="alle", to="person", worker=other.pk))
    assert (len(done), stay) == (3, {})
    assert {row.worker for row in Contact.objects.filter(starts_on=DAY)} == {other}
    assert {row.district for row in Contact.objects.filter(starts_on=DAY)} == {None}


def test_all_means_all_of_the_filtered_list(client, left):
    send(client, left, which="alle", query="&art=gruppen")
    assert left.group.contacts.exists()
    assert not left.here.contacts.exists()


def test_all_means_more_than_the_page_shows(client, left):
    for _ in range(60):
        make.volunteer(agency=left.agency, districts=[left.district])
        make.volunteer_group(agency=left.agency, districts=[left.district])
    done, _stay = names(send(client, left, which="alle"))
    assert len(done) == 122


def test_what_was_named_before_ends_the_day_before(client, left):
    so_far = make.contact(volunteer=left.here, worker=make.worker())
    send(client, left, which="alle")
    so_far.refresh_from_db()
    assert so_far.ends_on == date(2016, 11, 30)
    assert left.here.contacts.holding(DAY).get().worker == left.worker


def test_sent_twice_it_happens_once(client, left):
    ticks = {"volunteers": [left.here.pk], "groups": [left.group.pk]}
    send(client, left, **ticks)
    before = (Contact.objects.count(), Entry.objects.count())
    done, stay = names(send(client, left, **ticks))
    assert done == set()
    assert stay == dict.fromkeys(
        ("Hier", "Runder Tisch Eicken"), f"hat eine Ansprechperson: {left.worker}"
    )
    assert (Contact.objects.count(), Entry.objects.count()) == before


def test_whoever_has_a_contact_person_keeps_them(client, left):
    make.contact(volunteer=left.here, worker=make.occupancy().worker)
    other = make.occupancy().worker
    done, _stay = names(send(client, left, volunteers=[left.here.pk], to="person", worker=other.pk))
    assert done == set()
    assert left.here.contacts.get().worker != other


def test_whoever_no_longer_helps_is_left(client, left):
    left.here.ends_on = DAY - timedelta(days=1)
    left.here.save()
    _done, stay = names(send(client, left, volunteers=[left.here.pk]))
    assert stay == {"Hier": "hilft am 01.12.2016 nicht"}


def test_each_one_is_logged_with_the_reason_and_without_a_name(client, left):
    send(client, left, which="alle")
    entries = Entry.objects.filter(reason="Stelle unbesetzt")
    assert {entry.target_label for entry in entries} == {str(left.here), str(left.group)}
    assert {entry.agency_id for entry in entries} == {left.agency.pk}
    assert "Hier" not in str([(entry.before, entry.after) for entry in entries])


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({}, "which", "mindestens eine Person oder Gruppe"),
        ({"which": "alle", "to": "person"}, "worker", "Bitte wählen Sie eine Person."),
        ({"which": "alle", "to": "person", "worker": "0"}, "worker", ""),
        ({"which": "alle", "starts_on": "31.02.2016"}, "starts_on", "ist kein Datum"),
        ({"which": "alle", "reason": ""}, "reason", ""),
        ({"which": "alle", "reason": "wegen Hier"}, "reason", "Namen"),
        ({"which": "alle", "to": ""}, "to", ""),
        ({"volunteers": ["x"]}, "volunteers", ""),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nobody_is_handed_over(
    client, left, typed, field, said
):
    answer = send(client, left, **typed)
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert said in answer.content.decode()
    assert Contact.objects.filter(starts_on=DAY).count() == 0


def test_the_ticks_stay_when_something_is_wrong(client, left):
    answer = send(client, left, volunteers=[left.here.pk], reason="")
    page = answer.content.decode()
    assert f'value="{left.here.pk}" aria-label="Hier auswählen" checked' in page
    assert 'aria-label="Nirgends auswählen">' in page


def test_a_person_who_would_not_hold_from_that_day_is_refused(client, left):
    free = make.occupancy(ends_on=date(2016, 12, 31)).worker
    answer = send(client, left, which="alle", to="person", worker=free.pk, starts_on="2017-01-01")
    assert "auf keiner Stelle" in str(answer.context["form"].errors["worker"])


def test_an_agency_hands_over_its_own_and_whom_its_workers_had(client, left):
    given = make.volunteer(name="Gegeben", districts=[left.district])
    make.contact(volunteer=given, worker=make.worker(agency=left.other_agency))
    done, _stay = names(send(client, left, "other_lead", which="alle"))
    assert done == {"Gegeben"}
    answer = send(client, left, "other_lead", volunteers=[left.here.pk])
    assert list(answer.context["form"].errors) == ["volunteers"]
    assert not left.here.contacts.exists()
    done, _stay = names(send(client, left, "worker", which="alle"))
    assert done == {"Hier", "Runder Tisch Eicken"}


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_many_are_left(
    client, left, django_assert_max_num_queries, rows
):
    for _ in range(rows):
        make.volunteer(agency=left.agency, districts=[left.district])
        make.volunteer_group(agency=left.agency, districts=[left.district])
    client.force_login(left.people["lead"])
    with django_assert_max_num_queries(12):
        client.get(reverse(URL), {"stichtag": "2016-12-01"})


@pytest.mark.parametrize("rows", [1, 100])
def test_handing_over_costs_the_same_however_many_there_are(
    left, django_assert_max_num_queries, rows
):
    parties = [make.volunteer(agency=left.agency, districts=[left.district]) for _ in range(rows)]
    with django_assert_max_num_queries(14):
        result = contacts.hand_over(parties, starts_on=DAY, reason="viele", by=None)
    assert len(result.done) == rows


@pytest.mark.django_db(transaction=True)
def test_eight_desks_hand_the_same_over_once():
    occupancy = make.occupancy()
    district = make.assignment(position=occupancy.position).district
    parties = [
        *(make.volunteer(districts=[district]) for _ in range(10)),
        *(make.volunteer_group(districts=[district]) for _ in range(10)),
    ]

    def run(n):
        try:
            order = parties if n % 2 else parties[::-1]
            return len(contacts.hand_over(order, starts_on=DAY, reason="x", by=None).done)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as desks:
        assert sum(desks.map(run, range(8))) == 20
    assert Contact.objects.count() == Entry.objects.count() == 20
    for model in (Volunteer, VolunteerGroup):
        assert not model.objects.without_contact(DAY).exists()
