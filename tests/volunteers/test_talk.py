from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.urls import reverse

from coordination.as_of import today
from coordination.audit.models import Entry
from tests import make
from volunteers import talks
from volunteers.models import Talk, Volunteer

KINDS = ["visit", "phone", "mail", "group", "review"]
PAGES = {"volunteer": "volunteers:talk_create", "volunteer_group": "volunteers:group_talk_create"}


@pytest.fixture(params=PAGES)
def party(request, cast):
    party = getattr(cast, request.param)
    party.page = reverse(PAGES[request.param], args=[party.pk])
    return party


def send(client, cast, party, who="worker", **typed):
    client.force_login(cast.people[who])
    day = today().isoformat()
    given = {"day": day, "worker": cast.worker.pk, "kind": "visit"}
    return client.post(party.page, given | typed)


def test_everything_but_the_button_is_filled_in(client, cast, party):
    client.force_login(cast.people["worker"])
    answer = client.get(party.page)
    form, page = answer.context["form"], answer.content.decode()
    assert form["worker"].value() == cast.worker.pk  # oneself
    assert form["day"].value() == today()
    offered = [kind for kind in KINDS if f'name="kind" value="{kind}"' in page]
    alone = isinstance(party, Volunteer)
    assert offered == [kind for kind in KINDS if kind != "group" or not alone]
    assert 'type="text"' not in page
    assert "<textarea" not in page


def test_the_contact_person_is_proposed_to_who_is_no_worker(client, cast, settings):
    settings.PORTAL_DAY = date(2016, 12, 1)
    client.force_login(cast.people["coordination"])
    url = reverse("volunteers:talk_create", args=[cast.volunteer.pk])
    assert client.get(url).context["form"]["worker"].value() == cast.worker.pk


def test_a_talk_is_noted_and_stands_on_the_page(client, cast, party):
    answer = send(client, cast, party)
    assert answer.status_code == 302
    talk = party.talks.get(day=today())
    assert (talk.worker, talk.kind) == (cast.worker, "visit")
    entry = Entry.objects.latest("pk")
    assert (entry.target_label, entry.agency_id) == (str(party), party.agency_id)
    assert party.name not in str(entry.after)


def test_sent_twice_it_is_noted_once(client, cast, party):
    send(client, cast, party)
    logged = Entry.objects.count()
    assert send(client, cast, party).status_code == 302
    assert party.talks.filter(day=today()).count() == 1
    assert Entry.objects.count() == logged


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"day": lambda: (today() + timedelta(days=1)).isoformat()}, "day"),
        ({"day": lambda: "2016-03-31"}, "day"),
        ({"day": lambda: ""}, "day"),
        ({"kind": lambda: ""}, "kind"),
        ({"kind": lambda: "tratsch"}, "kind"),
        ({"worker": lambda: ""}, "worker"),
        ({"worker": lambda: make.worker().pk}, "worker"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(client, cast, party, typed, field):
    before = Talk.objects.count()
    answer = send(client, cast, party, **{name: make() for name, make in typed.items()})
    assert list(answer.context["form"].errors) == [field]
    assert Talk.objects.count() == before


@pytest.mark.parametrize("builder", [make.volunteer, make.volunteer_group])
def test_a_talk_lies_in_the_time_of_helping(db, builder):
    first, last = date(2016, 5, 2), date(2016, 5, 20)
    party, worker = builder(starts_on=first, ends_on=last), make.worker()
    for day in (first, last):
        talks.note(party, worker=worker, day=day, kind="phone", by=None)
    for day in (first - timedelta(days=1), last + timedelta(days=1)):
        with pytest.raises(ValidationError) as refused:
            talks.note(party, worker=worker, day=day, kind="phone", by=None)
        assert list(refused.value.message_dict) == ["day"]


def test_the_contact_persons_agency_notes_it_though_it_does_not_look_after_them(
    client, cast, settings
):
    settings.PORTAL_DAY = date(2016, 12, 1)
    worker = make.worker(agency=cast.other_agency)
    cast.volunteer.contacts.all().delete()
    make.contact(volunteer=cast.volunteer, worker=worker)
    client.force_login(cast.people["other_lead"])
    url = reverse("volunteers:talk_create", args=[cast.volunteer.pk])
    client.post(url, {"day": "2016-12-01", "worker": worker.pk, "kind": "mail"})
    assert cast.volunteer.talks.filter(worker=worker).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_button_pressed_at_the_same_moment_notes_one_talk():
    party, worker = make.volunteer(), make.worker()

    def run(_n):
        try:
            talks.note(party, worker=worker, day=date(2016, 12, 1), kind="phone", by=None)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as hands:
        list(hands.map(run, range(6)))
    assert (Talk.objects.count(), Entry.objects.count()) == (1, 1)


def test_a_wrong_one_is_deleted_after_a_question(client, cast):
    talk = cast.talk
    url = reverse("volunteers:talk_delete", args=[talk.pk])
    client.force_login(cast.people["worker"])
    page = client.get(url).content.decode()
    assert "endgültig" in page
    assert "01.12.2016" in page
    assert client.post(url).status_code == 302
    assert not Talk.objects.filter(pk=talk.pk).exists()
    entry = Entry.objects.latest("pk")
    assert (entry.verb, entry.target_label) == ("deleted", str(cast.volunteer))
    assert client.post(url).status_code == 404


def test_an_agency_that_is_only_contact_person_deletes_what_it_noted_itself_only(
    client, cast, settings
):
    settings.PORTAL_DAY = date(2016, 12, 1)
    worker = make.worker(agency=cast.other_agency)
    cast.volunteer.contacts.all().delete()
    make.contact(volunteer=cast.volunteer, worker=worker)
    own = make.talk(volunteer=cast.volunteer, worker=worker)
    page = reverse("volunteers:volunteer_detail", args=[cast.volunteer.pk])
    foreign, noted = (
        reverse("volunteers:talk_delete", args=[talk.pk]) for talk in (cast.talk, own)
    )
    client.force_login(cast.people["other_lead"])
    shown = client.get(page).content.decode()
    assert foreign not in shown
    assert noted in shown
    assert client.get(foreign).status_code == client.post(foreign).status_code == 404
    assert Talk.objects.filter(pk=cast.talk.pk).exists()
    assert client.post(noted).status_code == 302
    # Who looks after somebody deletes whatever was noted with them.
    again = make.talk(volunteer=cast.volunteer, worker=worker)
    client.force_login(cast.people["lead"])
    deletes = reverse("volunteers:talk_delete", args=[again.pk])
    assert deletes in client.get(page).content.decode()
    assert client.post(deletes).status_code == 302


def test_two_who_delete_the_same_talk_log_it_once(cast):
    talk, logged = cast.talk, Entry.objects.count()
    talks.delete(Talk.objects.get(pk=talk.pk), by=None)
    talks.delete(talk, by=None)
    assert Entry.objects.count() == logged + 1


def test_the_talk_of_a_group_leads_back_to_the_group(client, cast):
    talk = make.talk(group=cast.volunteer_group, worker=cast.worker)
    client.force_login(cast.people["lead"])
    answer = client.post(reverse("volunteers:talk_delete", args=[talk.pk]))
    assert answer.url == reverse("volunteers:group_detail", args=[cast.volunteer_group.pk])
