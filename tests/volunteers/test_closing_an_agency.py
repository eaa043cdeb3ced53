"""An agency is closed, and of the people it had to do with nobody stays unseen."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agencies import agencies
from agencies.models import Agency
from tests import make
from tests.people.desks import REFUSED, at_once
from volunteers import groups, volunteers
from volunteers.models import Volunteer, VolunteerGroup

pytestmark = pytest.mark.django_db
DAY = date(2016, 12, 1)
YESTERDAY = DAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def in_december(settings):
    settings.PORTAL_DAY = DAY


@pytest.fixture
def agency():
    return make.agency(short_name="Caritas")


def close(agency):
    return agencies.change(agency, is_active=False, by=None)


def refused(agency) -> str:
    with pytest.raises(ValidationError) as refusal:
        close(agency)
    assert list(refusal.value.message_dict) == ["is_active"]
    assert Agency.objects.get(pk=agency.pk).is_active
    return " ".join(refusal.value.message_dict["is_active"])


def test_an_agency_that_looks_after_people_is_not_closed(agency):
    for _ in range(2):
        make.volunteer(agency=agency)
    make.volunteer(agency=agency, ends_on=DAY)
    make.volunteer(agency=agency, starts_on=DAY + timedelta(days=30))  # comes later
    make.volunteer_group(agency=agency)
    said = refused(agency)
    assert "Caritas betreut noch 4 Ehrenamtliche, 1 Gruppe." in said
    assert "anderen Verband" in said
    VolunteerGroup.objects.all().delete()
    assert "4 Ehrenamtliche. " in refused(agency)


def test_whoever_has_ended_or_belongs_to_others_hinders_nobody(agency):
    make.volunteer(agency=agency, ends_on=YESTERDAY)
    make.volunteer_group(agency=agency, ends_on=YESTERDAY)
    make.volunteer()
    assert not close(agency).is_active


@pytest.mark.parametrize(
    ("operations", "builder"),
    [(volunteers, make.volunteer), (groups, make.volunteer_group)],
    ids=["volunteer", "group"],
)
def test_nobody_comes_back_to_an_agency_that_is_closed(agency, operations, builder):
    party = builder(agency=agency, ends_on=YESTERDAY)
    close(agency)
    for last in (None, DAY):
        with pytest.raises(ValidationError) as refusal:
            operations.change(party, ends_on=last, by=None)
        assert list(refusal.value.message_dict) == ["agency"]
    assert operations.change(party, phone="02161 4711", by=None).ends_on == YESTERDAY
    other = make.agency()
    assert operations.change(party, ends_on=None, agency=other, by=None).agency == other


@pytest.mark.parametrize("builder", [make.volunteer, make.volunteer_group])
def test_whose_contact_person_worked_there_is_seen_at_once(client, cast, agency, builder):
    party = builder(name="Gegeben", agency=cast.agency)
    freelancer = make.worker(agency=agency, kind="freelance")
    make.contact(**{party.contacts.field.name: party}, worker=freelancer)
    model = type(party).objects
    assert party not in model.without_contact(DAY)
    close(agency)
    assert party in model.without_contact(DAY)
    for who in ("coordination", "lead"):
        client.force_login(cast.people[who])
        assert "Gegeben" in client.get(reverse("volunteers:care_list")).content.decode()
        figures = client.get(reverse("overview:start")).context["figures"]
        assert figures.without_contact == 2  # and the group of the cast


@pytest.mark.django_db(transaction=True)
def test_while_an_agency_is_closed_nobody_is_entered_there():
    occupancy = make.occupancy()
    district = make.district()
    make.assignment(position=occupancy.position, district=district)
    for number in range(4):
        agency = make.agency()

        def enter(agency=agency, number=number):
            return volunteers.create(
                name=f"Paula Neumann {number}",
                phone="02161 4711",
                districts=[district],
                agency=agency,
                starts_on=DAY,
                consent="written",
                consent_on=DAY,
                by=None,
            )

        results = at_once([enter, lambda agency=agency: close(agency)])
        assert results.count(REFUSED) == 1
        agency.refresh_from_db()
        assert agency.is_active == Volunteer.objects.filter(agency=agency).exists()
