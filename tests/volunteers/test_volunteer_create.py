from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Occupancy
from coordination.audit.models import Entry
from tests import make
from tests.agencies.test_agency_pages import signed_in, text
from tests.people.desks import REFUSED, at_once
from tests.volunteers.desks import typed
from volunteers import contacts, volunteers
from volunteers.models import Contact, Volunteer

__all__ = ["signed_in"]
DAY = date(2016, 12, 1)


@pytest.fixture(autouse=True)
def on_the_day(settings):
    settings.PORTAL_DAY = DAY


@pytest.fixture
def url():
    return reverse("volunteers:volunteer_create")


def new() -> Volunteer:
    return Volunteer.objects.latest("pk")


def said(answer) -> str:
    form = answer.context["form"]
    return " ".join(error for errors in form.errors.values() for error in errors)


def test_a_caseworker_enters_somebody_and_is_their_contact_person(signed_in, cast, url):
    fields = {"interests": [cast.topic.pk], "phone": "02161 / 77 88 99"}
    answer = signed_in("worker").post(url, typed(cast, **fields), follow=True)
    assert "Die/der Ehrenamtliche ist erfasst." in text(answer)
    volunteer = new()
    assert (volunteer.name, volunteer.agency) == ("Ayşe Müller", cast.agency)
    assert list(volunteer.interests.all()) == [cast.topic]
    contact = Contact.objects.get(volunteer=volunteer)
    assert (contact.worker, contact.district) == (cast.worker, cast.district)
    assert contact.starts_on == DAY
    assert "Ayşe Müller" in text(answer)


def test_somebody_chosen_is_the_contact_person_instead_of_the_lead(signed_in, cast, url):
    chosen = make.occupancy(position=make.position(agency=cast.agency)).worker
    signed_in("lead").post(url, typed(cast, contact=chosen.pk))
    contact = Contact.objects.get(volunteer=new())
    assert (contact.worker, contact.district) == (chosen, None)


def test_nobody_is_entered_without_a_contact_person(signed_in, cast, url):
    nowhere = make.district(name="Nirgends")
    answer = signed_in("lead").post(url, typed(cast, districts=[nowhere.pk]))
    assert "Bitte eine Ansprechperson wählen" in said(answer)
    assert set(answer.context["form"].errors) == {"contact"}
    assert Volunteer.objects.count() == 1
    Occupancy.objects.update(ends_on=date(2016, 11, 30))  # the post is vacant
    assert signed_in("lead").post(url, typed(cast)).status_code == 200
    assert Volunteer.objects.count() == 1


def test_the_log_tells_nothing_personal(signed_in, cast, url):
    signed_in("lead").post(url, typed(cast, phone="02161 778899"))
    told = " ".join(
        f"{entry.target_label} {entry.before} {entry.after} {entry.reason}"
        for entry in Entry.objects.all()
    )
    for secret in ("Müller", "Ayşe", "ayse", "778899", "Türkisch"):
        assert secret not in told
    entry = Entry.objects.about(new()).filter(verb="created").get()
    assert entry.target_label == f"Ehrenamtliche Person {new().pk}"
    assert entry.agency_id == cast.agency.pk
    assert entry.after["districts"] == ["Eicken"]


@pytest.mark.parametrize(
    ("fields", "name", "text_"),
    [
        ({"email": "", "phone": ""}, "email", "E-Mail-Adresse oder eine Telefonnummer"),
        ({"email": "erika@exаmple.org"}, "email", "nur Buchstaben von a bis z"),  # Cyrillic а
        ({"email": "еrika@example.org"}, "email", "gültige"),  # Cyrillic е
        ({"email": "erika@müller.example"}, "email", "xn--"),
        ({"phone": "abc"}, "phone", "keine Telefonnummer"),
        ({"name": "–!?"}, "name", "Geben Sie einen Namen an"),
        ({"name": "\u202e\u200b"}, "name", "Geben Sie einen Namen an"),
        ({"name": "DE89 3704 0044 0532 0130 00"}, "name", "IBAN"),
        ({"districts": []}, "districts", "erforderlich"),
        ({"districts": ["9223372036854775808"]}, "districts", "9223372036854775808"),
        ({"ends_on": "2016-10-31"}, "ends_on", "letzte Tag"),
        ({"consent_on": "2017-01-01"}, "consent_on", "Zukunft"),
        ({"consent": ""}, "consent", "erforderlich"),
        ({"starts_on": "gestern"}, "starts_on", "kein Datum"),
    ],
)
def test_bad_input_is_said_at_its_field_and_kept(signed_in, cast, url, fields, name, text_):
    answer = signed_in("lead").post(url, typed(cast, **fields))
    assert answer.status_code == 200
    assert name in answer.context["form"].errors
    assert text_ in said(answer)
    assert "Deutsch, Türkisch" in text(answer)
    assert Volunteer.objects.count() == 1


def test_marks_that_turn_the_text_are_taken_out(signed_in, cast, url):
    signed_in("lead").post(url, typed(cast, name="  Erna \u202e Gu\u0308tler "))
    assert new().name == "Erna Gütler"


def test_an_agency_enters_for_itself_only(signed_in, cast, url):
    client = signed_in("lead")
    answer = client.post(url, typed(cast, agency=cast.other_agency.pk))
    assert "agency" in answer.context["form"].errors
    assert Volunteer.objects.count() == 1


def test_everywhere_the_same_people_can_be_chosen_as_the_contact_person(signed_in, cast, url):
    """Of any agency: the lead of a district may belong to another one than who looks after them."""
    foreign = make.occupancy(position=make.position(agency=cast.other_agency)).worker
    make.worker(agency=cast.agency, name="Ohne Stelle")
    client = signed_in("lead")

    def offered(address, name):
        found = client.get(address).context["form"].fields[name].widget.choices
        options = [one for _agency, group in found if isinstance(group, list) for one in group]
        return {str(value) for value, _name in options if str(value).isdecimal()}

    expected = {str(row.pk) for row in contacts.could_be(DAY)}
    assert str(foreign.pk) in expected
    assert offered(url, "contact") == expected
    assert offered(reverse("volunteers:group_create"), "contact") == expected
    edit = reverse("volunteers:contact_edit", args=[cast.volunteer.pk])
    assert offered(edit, "worker") == expected
    assert offered(reverse("volunteers:handover"), "worker") == expected
    assert client.post(url, typed(cast, contact=foreign.pk)).status_code == 302
    contact = Contact.objects.get(volunteer=new())
    assert (contact.worker, contact.district) == (foreign, None)


@pytest.mark.parametrize("pk", ["0", "x", "9" * 30])
def test_who_cannot_be_the_contact_person_is_no_choice(signed_in, cast, url, pk):
    idle = make.worker(agency=cast.agency)
    for chosen in (pk, idle.pk):
        answer = signed_in("lead").post(url, typed(cast, contact=chosen))
        assert set(answer.context["form"].errors) == {"contact"}
    assert Volunteer.objects.count() == 1


def test_a_closed_topic_is_not_chosen_anew(signed_in, cast, url):
    old = make.topic(ends_on=date(2016, 6, 30))
    answer = signed_in("lead").post(url, typed(cast, interests=[old.pk]))
    assert "interests" in answer.context["form"].errors


def test_the_same_form_sent_twice_makes_one_volunteer(signed_in, cast, url):
    client, form_id = signed_in("lead"), str(uuid4())
    answers = [client.post(url, typed(cast, form_id=form_id)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert Volunteer.objects.filter(name="Ayşe Müller").count() == 1


def test_going_back_and_typing_another_name_is_no_second_sending(signed_in, cast, url):
    client, form_id = signed_in("lead"), str(uuid4())
    client.post(url, typed(cast, form_id=form_id))
    other = typed(cast, name="Jemand Anderes", email="anders@example.org", form_id=form_id)
    answer = client.post(url, other)
    assert "bereits mit anderem Inhalt gespeichert" in said(answer)
    other["form_id"] = answer.context["form"].data["form_id"]
    assert other["form_id"] != form_id
    assert client.post(url, other).status_code == 302
    assert new().name == "Jemand Anderes"


def test_somebody_who_has_ended_already_needs_no_contact_person(cast):
    volunteer = volunteers.create(
        name="Früher Dabei",
        phone="02161 4711",
        districts=[cast.district],
        agency=cast.agency,
        starts_on=date(2015, 1, 1),
        ends_on=date(2016, 1, 31),
        consent="written",
        consent_on=date(2015, 1, 1),
        by=None,
    )
    assert not volunteer.contacts.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_form_twenty_times_at_once_is_one_volunteer(settings):
    settings.PORTAL_DAY = DAY
    occupancy = make.occupancy()
    eicken, form_id = make.district(), uuid4()
    make.assignment(position=occupancy.position, district=eicken)

    def create():
        return volunteers.create(
            name="Ayşe Müller",
            email="ayse.mueller@example.org",
            districts=[eicken],
            agency=occupancy.position.agency,
            starts_on=date(2016, 11, 1),
            consent="written",
            consent_on=date(2016, 11, 1),
            form_id=form_id,
            by=None,
        )

    results = at_once([create] * 20)
    assert REFUSED not in results
    assert len({row.pk for row in results}) == 1
    assert (Volunteer.objects.count(), Contact.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_page_sent_ten_times_at_once_enters_one(cast, settings, url):
    settings.PORTAL_DAY = DAY
    browser = Client()
    browser.force_login(cast.people["lead"])
    values = typed(cast, form_id=str(uuid4()))

    def post():
        client = Client()
        client.cookies = browser.cookies.copy()
        response = client.post(url, values)
        return response.status_code, response.headers.get("Location")

    results = at_once([post] * 10)
    assert len(set(results)) == 1
    assert results[0][0] == 302
    assert Volunteer.objects.filter(name="Ayşe Müller").count() == 1
