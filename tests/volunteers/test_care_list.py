from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from coordination.audit.models import Entry
from tests import make

URL = "volunteers:care_list"
DAY = date(2016, 12, 1)
NAMES = {"ohne", "vertretung", "90", "30"}


def page(client, cast, who="coordination", **query):
    client.force_login(cast.people[who])
    return client.get(reverse(URL), {"stichtag": "2016-12-01", **query})


def listed(answer):
    rows = [*answer.context["groups"], *answer.context["volunteers"]]
    return {row.party.name for row in rows}


def numbers(answer):
    return {one.value: number for one, number in answer.context["tabs"]}


def leave(cast):
    """The lead of Eicken leaves the day before."""
    cast.occupancy.ends_on = DAY - timedelta(days=1)
    cast.occupancy.save()


def test_whoever_lost_their_contact_person_stands_there_at_once(client, cast):
    assert listed(page(client, cast)) == {"Runder Tisch Eicken"}
    leave(cast)
    answer = page(client, cast)
    assert listed(answer) == {"Erika Beispiel", "Runder Tisch Eicken"}
    assert numbers(answer)["ohne"] == 2
    assert cast.worker.name in answer.content.decode()  # who it was


def test_the_day_may_lie_in_the_future(client, cast):
    lost = page(client, cast, stichtag="2018-04-01")
    assert "Erika Beispiel" in listed(lost)
    assert "Erika Beispiel" not in listed(page(client, cast, stichtag="2018-03-31"))


def test_the_proposed_person_stands_beside(client, cast):
    answer = page(client, cast, "lead")
    (row,) = answer.context["groups"]
    assert row.proposal.worker == cast.worker
    assert "federführend in Eicken" in answer.content.decode()
    leave(cast)
    answer = page(client, cast, "lead")
    assert {row.proposal for row in answer.context["groups"]} == {None}
    assert "ohne Federführung" in answer.content.decode()


@pytest.mark.parametrize("lack", sorted(NAMES))
def test_the_number_of_each_list_is_what_it_shows(client, cast, lack):
    leave(cast)
    make.talk(group=cast.volunteer_group, day=DAY - timedelta(days=31))
    answer = page(client, cast, liste=lack)
    assert numbers(answer)[lack] == len(listed(answer))


@pytest.mark.parametrize(
    ("ago", "lists"), [(30, set()), (31, {"30"}), (90, {"30"}), (91, {"30", "90"})]
)
@pytest.mark.parametrize("builder", [make.volunteer, make.volunteer_group])
def test_a_talk_is_counted_from_its_day(db, builder, ago, lists):
    party = builder(starts_on=date(2014, 1, 1))
    name = party.talks.field.name
    make.talk(**{name: party}, day=date(2015, 1, 1))
    make.talk(**{name: party}, day=DAY - timedelta(days=ago))
    make.talk(**{name: party}, day=DAY + timedelta(days=1))  # tomorrow's says nothing yet
    rows = type(party).objects
    found = {str(days) for days in (30, 90) if rows.last_talk_before(DAY, days).exists()}
    assert found == lists


@pytest.mark.parametrize("builder", [make.volunteer, make.volunteer_group])
def test_before_the_first_talk_the_first_day_counts(db, builder):
    party = builder(starts_on=DAY - timedelta(days=31), ends_on=DAY)
    rows = type(party).objects
    assert rows.last_talk_before(DAY, 30).get() == party
    assert not rows.last_talk_before(DAY, 31).exists()
    assert not rows.last_talk_before(DAY + timedelta(days=1), 30).exists()  # no longer helps


def test_an_agency_sees_whom_it_looks_after_and_whom_its_workers_were_given(client, cast):
    leave(cast)
    foreign = make.volunteer(name="Fremd Beispiel")
    mine = make.volunteer(name="Meine Beispiel")
    gone = make.worker(agency=cast.other_agency)
    make.contact(volunteer=mine, worker=gone)
    assert {"Erika Beispiel"} <= listed(page(client, cast, "lead"))
    assert foreign.name not in listed(page(client, cast, "lead"))
    assert listed(page(client, cast, "other_lead")) == {"Meine Beispiel"}
    assert {foreign.name, mine.name} <= listed(page(client, cast))
    # A past day opens nobody's record.
    assert "Erika Beispiel" not in listed(page(client, cast, "other_lead", stichtag="2016-06-01"))


def test_the_filter_narrows_list_and_numbers(client, cast):
    leave(cast)
    nord = make.district(name="Nordpark")
    make.volunteer(name="Nora Beispiel", districts=[nord, cast.district])
    assert listed(page(client, cast, gebiet=nord.pk)) == {"Nora Beispiel"}
    assert numbers(page(client, cast, gebiet=nord.pk))["ohne"] == 1
    assert "Nora Beispiel" not in listed(page(client, cast, verband=cast.agency.pk))
    assert listed(page(client, cast, art="gruppen")) == {"Runder Tisch Eicken"}
    assert "Runder Tisch Eicken" not in listed(page(client, cast, art="ehrenamtliche"))


def test_nonsense_in_the_filter_shows_a_page(client, cast):
    for query in ({"liste": "nie"}, {"art": "x"}, {"gebiet": "9" * 30}, {"verband": "-1"}):
        assert page(client, cast, **query).status_code == 200


def test_they_are_sorted_by_the_last_talk(client, cast):
    for n in (50, 70, 60):
        make.talk(volunteer=make.volunteer(name=f"Vor {n}"), day=DAY - timedelta(days=n))
    answer = page(client, cast, liste="30", sortierung="gespraech", art="ehrenamtliche")
    names = [row.party.name for row in answer.context["volunteers"]]
    assert names == ["Vor 70", "Vor 60", "Vor 50"]


def test_groups_stand_above_the_first_page_and_have_pages_of_their_own(client, cast):
    for _ in range(60):
        make.volunteer_group(agency=cast.agency)
        make.volunteer(agency=cast.agency)
    answer = page(client, cast)
    assert len(answer.context["groups"]) == 20
    assert "Alle Gruppen zeigen" in answer.content.decode()
    client.force_login(cast.people["coordination"])
    second = client.get(reverse(URL) + answer.context["page"].next)
    assert second.context["groups"] == []
    assert len(answer.context["volunteers"]) + len(second.context["volunteers"]) == 60
    alone = page(client, cast, art="gruppen")
    assert (len(alone.context["groups"]), alone.context["volunteers"]) == (50, [])


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("who", ["coordination", "lead", "audit"])
@pytest.mark.parametrize("lack", sorted(NAMES))
def test_the_lists_cost_the_same_however_long_they_are(
    client, cast, django_assert_max_num_queries, rows, who, lack
):
    for _ in range(rows):
        where = {"agency": cast.agency, "districts": [cast.district, make.district()]}
        for builder in (make.volunteer, make.volunteer_group):
            party = builder(**where)
            make.contact(**{party.contacts.field.name: party})
        make.assignment(district=where["districts"][1], position=make.occupancy().position)
    client.force_login(cast.people[who])
    with django_assert_max_num_queries(12):
        answer = client.get(reverse(URL), {"stichtag": "2016-12-01", "liste": lack})
    assert listed(answer) or lack in ("30", "90")


def take(client, cast, who, kind="csv", **query):
    client.force_login(cast.people[who])
    query = urlencode({"stichtag": "2016-12-01", "liste": "vertretung", **query, "format": kind})
    return client.post(f"{reverse('volunteers:care_export')}?{query}")


def test_a_file_holds_ones_own_only_and_the_log_says_how_many(client, cast):
    make.contact(volunteer=make.volunteer(name="Fremd"), worker=cast.worker)
    text = take(client, cast, "lead").content.decode()
    assert "Erika Beispiel" in text
    assert "Fremd" in text  # given to its worker
    assert "Runder Tisch Eicken" in text
    taken = Entry.objects.filter(verb="exported").order_by("pk")
    assert [row.after["count"] for row in taken] == [1, 1, 1]  # the group, and one of each agency
    assert {row.by for row in taken} == {cast.people["lead"]}
    assert "Erika" not in str([(row.after, row.target_label) for row in taken])
    assert "Erika" not in take(client, cast, "other_lead").content.decode()
    assert take(client, cast, "coordination", "xlsx").status_code == 200
    assert "Runder Tisch" in take(client, cast, "lead", liste="ohne").content.decode()
    only = take(client, cast, "lead", art="gruppen").content.decode()
    assert "Erika" not in only
    assert "Runder Tisch" in only


@pytest.mark.parametrize("who", ["worker", "audit", "council", "stranger"])
def test_others_take_no_file(client, cast, who):
    assert take(client, cast, who).status_code == 403
    assert not Entry.objects.filter(verb="exported").exists()
    shown = page(client, cast, who, format="csv", liste="vertretung")
    assert shown["Content-Type"].startswith("text/html")
    if shown.status_code == 200:
        assert reverse("volunteers:care_export") not in shown.content.decode()


def test_the_page_offers_the_file_and_looking_takes_none(client, cast):
    shown = page(client, cast, "lead", format="csv", liste="vertretung")
    assert shown["Content-Type"].startswith("text/html")
    assert reverse("volunteers:care_export") in shown.content.decode()
    assert client.get(reverse("volunteers:care_export")).status_code == 405
    answer = take(client, cast, "lead", "exe")
    assert (answer.status_code, answer["Location"]) == (302, reverse(URL))
    assert not Entry.objects.filter(verb="exported").exists()


def test_the_audit_office_looks_and_hands_nobody_over(client, cast):
    assert page(client, cast, "audit").context["form"] is None
    assert page(client, cast, "worker").context["form"]
