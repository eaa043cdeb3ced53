from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from agencies import occupancies
from tests import make
from volunteers import care, contacts

DAY = date(2016, 12, 1)
PAGES = {
    "volunteer": "volunteers:contact_edit",
    "volunteer_group": "volunteers:group_contact_edit",
}


@pytest.fixture(params=PAGES)
def party(request, cast):
    party = getattr(cast, request.param)
    party.page = reverse(PAGES[request.param], args=[party.pk]) + "?stichtag=2016-12-01"
    return party


def send(client, cast, party, who="lead", **typed):
    client.force_login(cast.people[who])
    given = {
        "starts_on": "2016-12-01",
        "reason": "auf eigenen Wunsch",
        "seen": contacts.mark(party.contacts.all()),
    }
    return client.post(party.page, given | typed)


def test_the_lead_of_the_district_is_proposed(client, cast, party):
    party.contacts.all().delete()
    client.force_login(cast.people["lead"])
    answer = client.get(party.page)
    proposed = f"{cast.worker.pk}-{cast.district.pk}"
    assert answer.context["form"]["worker"].value() == proposed
    assert "federführend in Eicken" in answer.content.decode()


def test_a_worker_of_any_agency_can_be_chosen(client, cast, party):
    other = make.occupancy().worker
    answer = send(client, cast, party, worker=other.pk)
    assert answer.status_code == 302
    assert party.contacts.holding(DAY).get().worker == other


def test_the_lead_can_be_named_as_the_lead(client, cast, party):
    party.contacts.all().delete()
    send(client, cast, party, worker=f"{cast.worker.pk}-{cast.district.pk}")
    contact = party.contacts.get()
    assert (contact.worker, contact.district) == (cast.worker, cast.district)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"worker": ""}, "worker"),
        ({"worker": "0"}, "worker"),
        ({"worker": "9-9"}, "worker"),
        ({"starts_on": "gestern"}, "starts_on"),
        ({"starts_on": "2016-03-31"}, "starts_on"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(client, cast, party, typed, field):
    other, before = make.occupancy().worker, party.contacts.count()
    answer = send(client, cast, party, **{"worker": other.pk, **typed})
    assert list(answer.context["form"].errors) == [field]
    assert party.contacts.count() == before


def test_the_second_browser_sees_what_the_first_one_saved(client, cast, party):
    seen = contacts.mark(party.contacts.all())
    first, second = make.occupancy().worker, make.occupancy().worker
    send(client, cast, party, worker=first.pk)
    answer = send(client, cast, party, worker=second.pk, seen=seen)
    assert f"Inzwischen wurde {first}" in answer.content.decode()
    assert party.contacts.holding(DAY).get().worker == first
    send(client, cast, party, worker=second.pk, seen=answer.context["seen"])
    assert party.contacts.holding(DAY).get().worker == second


def test_the_agency_whose_worker_it_was_may_name_the_next_one(client, cast, settings):
    settings.PORTAL_DAY = DAY
    volunteer = cast.volunteer
    volunteer.page = reverse("volunteers:contact_edit", args=[volunteer.pk])
    client.force_login(cast.people["other_lead"])
    assert client.get(volunteer.page).status_code == 404
    volunteer.contacts.all().delete()
    make.contact(volunteer=volunteer, worker=make.worker(agency=cast.other_agency))
    answer = send(client, cast, volunteer, "other_lead", worker=make.occupancy().worker.pk)
    assert answer.status_code == 302


# --- The part of the detail pages -----------------------------------------------------------------


def part(party, day=DAY, may_manage=True):
    context = {
        "care": care.care_of(party, day),
        "party": party,
        "may_manage": may_manage,
        "as_of_query": "",
    }
    return render_to_string("volunteers/_care.html", context)


def test_the_page_says_who_it_is_with_phone_and_since_when(cast):
    cast.worker.phone = "02161 000-77"
    cast.worker.save()
    page = part(cast.volunteer)
    assert "02161 000-77" in page
    assert "seit 01.04.2016" in page
    assert "durch die Federführung in Eicken" in page
    assert "Vertretung fehlt" in page
    assert "01.12.2016, am Telefon" in page or "01.12.2016, telefonisch" in page


def test_the_page_names_the_deputy_as_the_list_counts_them(cast):
    held = make.occupancy()
    make.assignment(position=held.position, district=cast.district, role="deputy")
    page = part(cast.volunteer)
    assert held.worker.name in page
    assert "Vertretung fehlt" not in page


def test_the_page_says_when_nobody_is_it_any_more_and_who_is_proposed(cast, party):
    party.contacts.all().delete()
    assert "Am 01.12.2016 gibt es keine Ansprechperson." in part(party)
    gone = make.occupancy()
    make.contact(**{party.contacts.field.name: party}, worker=gone.worker)
    assert "keine Ansprechperson" not in part(party)
    occupancies.end(gone, ends_on=date(2016, 11, 30), reason="Weggang", by=None)
    page = part(party)
    assert f"Benannt war {gone.worker.name}" in page
    assert f"Vorschlag: {cast.worker.name}, federführend in Eicken" in page


def test_the_page_says_who_comes_next(cast, party):
    heir = make.occupancy().worker
    contacts.appoint(party, worker=heir, starts_on=date(2017, 1, 1), by=None)
    page = part(party)
    assert "Ab 01.01.2017" in page
    assert heir.name in page


def test_the_age_of_the_last_talk_is_said(cast, party):
    party.talks.all().delete()
    make.talk(**{party.talks.field.name: party}, day=date(2016, 9, 1))
    assert "vor 91 Tagen" in part(party)


@pytest.mark.parametrize("ago", [30, 31, 90, 91])
def test_the_page_says_what_the_lists_say(cast, party, ago):
    party.talks.all().delete()
    make.talk(**{party.talks.field.name: party}, day=DAY - timedelta(days=ago))
    for day in range(25):  # after the day the page speaks of
        make.talk(**{party.talks.field.name: party}, day=DAY + timedelta(days=day + 1))
    rows = type(party).objects.filter(pk=party.pk)
    listed = [lack for lack in care.Lack if care.lacking(rows, lack, DAY).exists()]
    found = care.care_of(party, DAY)
    assert (found.is_long_ago, found.is_very_long_ago) == (
        care.Lack.TALK_30 in listed,
        care.Lack.TALK_90 in listed,
    )
    assert found.days == ago
    assert f"vor {ago} Tagen" in part(party)


def test_of_somebody_who_helps_no_more_nothing_is_missing(cast, party):
    party.contacts.all().delete()
    party.ends_on = DAY - timedelta(days=1)
    party.save()
    page = part(party)
    assert "Vertretung fehlt" not in page
    assert "gibt es keine Ansprechperson" not in page
    assert "kern-badge" not in page


def test_who_may_not_change_it_gets_no_buttons(cast, party):
    assert "Gespräch notieren" in part(party)
    page = part(party, may_manage=False)
    assert "Gespräch notieren" not in page
    assert "Ansprechperson ändern" not in page


@pytest.mark.parametrize("rows", [1, 20])
def test_the_part_costs_the_same_however_much_there_is(
    cast, party, django_assert_max_num_queries, rows
):
    for n in range(rows):
        district = make.district()
        party.districts.add(district)
        make.assignment(position=make.occupancy().position, district=district, role="deputy")
        make.talk(**{party.talks.field.name: party}, day=date(2016, 5, 1 + n))
    with django_assert_max_num_queries(7):
        part(party)
