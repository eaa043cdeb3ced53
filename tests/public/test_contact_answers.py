"""Who is named for a district: the lead, who stands in, the agency's desk or the city."""

from datetime import date, timedelta

import pytest

from coordination.public import finder
from coordination.public.finder import Contact
from districts.models import District
from tests import make
from tests.public.conftest import DAY


def answer(district, **asked):
    row = finder.quarters(DAY).get(pk=district.pk)
    return finder.answer(row, day=DAY, **asked)


def names(contacts):
    return [one.name for one in contacts]


def test_the_lead_is_named_with_what_the_agency_released(town):
    town.responsible(worker=town.worker())
    (contact,) = answer(town.eicken).asked
    assert contact == Contact(
        name="Miriam Sandvoß",
        agency="Arbeiterwohlfahrt",
        is_person=True,
        phone="02161 000-101",
        email="sandvoss@example.org",
        languages="Deutsch, Arabisch",
        office_hours="Mo und Mi 9:00–12:00",
    )


def test_of_who_is_not_released_only_the_agencys_desk_is_known(town):
    town.responsible(worker=town.worker(is_public=False))
    (contact,) = answer(town.eicken).asked
    assert contact == Contact(
        name="Arbeiterwohlfahrt",
        phone="02166 000-10",
        email="awo@example.org",
        office_hours="Mo bis Do 9:00–16:00",
    )


def test_what_a_released_person_lacks_is_filled_from_the_agency(town):
    town.responsible(worker=town.worker(phone="", email="", office_hours=""))
    (contact,) = answer(town.eicken).asked
    said = (contact.phone, contact.email, contact.office_hours)
    assert said == ("02166 000-10", "awo@example.org", "Mo bis Do 9:00–16:00")


def test_a_gap_says_to_ask_the_citys_coordination(town):
    found = answer(town.eicken)
    assert found.lead is None
    assert names(found.asked) == names(found.contacts) == ["Stadt Musterstadt"]


def test_without_a_city_agency_the_city_administration_is_named(town):
    town.awo.delete()
    type(town.awo).objects.all().delete()
    assert names(answer(town.eicken).asked) == ["Stadtverwaltung"]


def test_a_deputy_without_a_lead_is_named_after_the_city(town):
    town.responsible(worker=town.worker(name="Bernd Kallenbach"), role="deputy")
    found = answer(town.eicken)
    assert names(found.asked) == ["Stadt Musterstadt"]
    assert names(found.deputy.contacts) == ["Bernd Kallenbach"]


class TestAbsence:
    def away(self, worker, first=DAY, days=4):
        make.absence(worker=worker, starts_on=first, ends_on=first + timedelta(days=days))

    @pytest.fixture
    def lead(self, town):
        worker = town.worker()
        town.responsible(worker=worker)
        return worker

    @pytest.fixture
    def deputy(self, town):
        worker = town.worker(name="Bernd Kallenbach")
        town.responsible(worker=worker, role="deputy")
        return worker

    def test_the_deputy_stands_in_until_the_last_day(self, town, lead, deputy):
        self.away(lead)
        post = answer(town.eicken).lead
        assert names(post.asked) == ["Bernd Kallenbach"]
        assert (post.away_until, post.back_on) == (date(2016, 12, 5), date(2016, 12, 6))
        assert post.stands_in == "vertritt bis 05.12.2016"
        assert names(post.contacts) == [lead.name]

    def test_on_the_day_before_and_after_the_lead_is_named(self, town, lead, deputy):
        self.away(lead, first=DAY + timedelta(days=1))
        make.absence(worker=lead, starts_on=date(2016, 11, 1), ends_on=date(2016, 11, 30))
        assert names(answer(town.eicken).asked) == [lead.name]

    def test_absences_that_follow_one_another_are_one(self, town, lead, deputy):
        self.away(lead)
        self.away(lead, first=date(2016, 12, 6))
        self.away(lead, first=date(2017, 1, 6))
        assert answer(town.eicken).lead.away_until == date(2016, 12, 10)

    def test_of_who_is_not_released_nobody_learns_until_when(self, town, lead, deputy):
        type(lead).objects.filter(pk=lead.pk).update(is_public=False)
        self.away(lead)
        post = answer(town.eicken).lead
        assert post.away_until is None
        assert post.stands_in == "vertritt zurzeit"
        assert names(post.contacts) == ["Arbeiterwohlfahrt"]

    def test_a_deputy_who_is_away_too_does_not_stand_in(self, town, lead, deputy):
        self.away(lead)
        self.away(deputy)
        assert names(answer(town.eicken).asked) == ["Arbeiterwohlfahrt"]

    def test_a_card_for_keeping_names_who_is_away_today(self, town, lead, deputy):
        self.away(lead)
        found = answer(town.eicken)
        assert names(found.contacts) == [lead.name]
        assert names(found.deputies) == ["Bernd Kallenbach"]

    def test_who_is_left_on_a_shared_position_is_asked(self, town, lead, deputy):
        position = lead.occupancies.get().position
        make.occupancy(position=position, worker=town.worker(name="Zweite Person"))
        self.away(lead)
        assert names(answer(town.eicken).asked) == ["Zweite Person"]


def test_a_vacant_position_names_its_deputy(town):
    town.responsible()
    town.responsible(worker=town.worker(name="Bernd Kallenbach"), role="deputy")
    post = answer(town.eicken).lead
    assert post.is_vacant
    assert names(post.asked) == ["Bernd Kallenbach"]
    assert post.stands_in == "vertritt zurzeit"


def test_a_vacant_position_without_deputy_names_the_agency(town):
    town.responsible()
    assert names(answer(town.eicken).asked) == ["Arbeiterwohlfahrt"]


@pytest.mark.parametrize("gone", ["worker", "agency"])
def test_who_or_whose_agency_is_no_longer_active_is_never_named(town, gone):
    worker = town.worker()
    town.responsible(worker=worker)
    row = worker if gone == "worker" else town.awo
    type(row).objects.filter(pk=row.pk).update(is_active=False)
    found = answer(town.eicken)
    assert worker.name not in names(found.asked + found.contacts)
    assert names(found.asked) == (
        ["Arbeiterwohlfahrt"] if gone == "worker" else ["Stadt Musterstadt"]
    )


class TestDivided:
    def test_exactly_one_leads_and_the_neighbour_is_told(self, town):
        drk = make.agency(short_name="DRK")
        one = town.worker(name="Eins")
        town.responsible("41061", worker=one, share=10)
        town.responsible("41063", worker=town.worker(drk, name="Zwei"), share=30)
        found = answer(town.eicken, postal_code="41061")
        assert names(found.asked) == ["Eins"]
        assert [(post.part, names(post.asked)) for post in found.others] == [
            ("Für 41063", ["Zwei"])
        ]
        assert names(answer(town.eicken, postal_code="41063").asked) == ["Zwei"]
        assert names(answer(town.eicken).asked) == ["Zwei"]
        assert names(answer(town.eicken).contacts) == ["Zwei", "Eins"]

    def test_a_topic_is_told(self, town):
        by_topic = {"division": "topic"}
        town.responsible(worker=town.worker(name="Eins"), topic="Wohnen", share=30, **by_topic)
        town.responsible(worker=town.worker(name="Zwei"), topic="Schule", share=20, **by_topic)
        found = answer(town.eicken, postal_code="41061")
        assert (names(found.asked), found.lead.part) == (["Eins"], "Für das Thema Wohnen")
        assert [post.part for post in found.others] == ["Für das Thema Schule"]

    def test_a_postal_code_that_nobody_took_is_a_gap(self, town):
        town.responsible("41061", worker=town.worker(name="Eins"))
        found = answer(town.eicken, postal_code="41063")
        assert names(found.asked) == ["Stadt Musterstadt"]
        assert [post.part for post in found.others] == ["Für 41061"]
        assert found.open_codes == ["41063"]

    def test_each_part_has_its_own_deputy(self, town):
        lead, other = town.worker(name="Eins"), town.worker(name="Zwei")
        town.responsible("41061", worker=lead)
        town.responsible("41063", worker=other)
        town.responsible("41061", worker=town.worker(name="Vertretung A"), role="deputy")
        town.responsible("41063", worker=town.worker(name="Vertretung B"), role="deputy")
        found = answer(town.eicken, postal_code="41063")
        assert names(found.lead.deputy.contacts) == ["Vertretung B"]
        assert names(found.others[0].deputy.contacts) == ["Vertretung A"]


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("02161 000-101", "tel:+492161000101"),
        ("+49 (0)2161 25-0", "tel:+492161250"),
        ("0049 2161 25", "tel:+49216125"),
        ("02161/25-12 oder 0171 55", "tel:+4921612512"),
        ("250", "tel:250"),
        ("auf Anfrage", ""),
        ("javascript:alert(1)", ""),
        ("1" * 16, ""),
        ("", ""),
    ],
)
def test_a_phone_number_can_be_dialled(written, dialled):
    assert Contact(name="x", phone=written).tel == dialled


def test_an_address_cannot_write_more_of_the_mail():
    hostile = Contact(name="x", email="a?bcc=b&body=c@example.org")
    assert hostile.mailto == "mailto:a%3Fbcc%3Db%26body%3Dc@example.org"


@pytest.mark.parametrize("districts", [1, 20])
def test_answers_cost_the_same_however_many(town, districts, django_assert_num_queries):
    for number in range(districts):
        place = make.district("41061", name=f"Ort {number}")
        town.responsible(worker=town.worker(name=f"Person {number}"), district=place)
        make.absence(worker=make.worker())
    rows = list(finder.quarters(DAY).filter(name__startswith="Ort"))
    with django_assert_num_queries(5):
        found = finder.answers(rows, day=DAY)
        assert len([one.asked for one in found]) == districts
    assert len(rows) == District.objects.filter(name__startswith="Ort").count()
