from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from agencies import assignments, occupancies, workers
from coordination.audit.models import Entry
from coordination.periods import ONE_DAY, show_day
from tests import make
from volunteers import care, contacts, engaged
from volunteers.models import Contact, Volunteer, VolunteerGroup

DAY = date(2016, 12, 1)
BEFORE = date(2016, 11, 30)
LAST, AFTER = date(2018, 3, 31), date(2018, 4, 1)

pytestmark = pytest.mark.django_db


def led(*, worker=None, district=None, **fields):
    """A district, its lead and who holds that position."""
    occupancy = make.occupancy(**({"worker": worker} if worker else {}))
    district = district or make.district()
    return make.assignment(position=occupancy.position, district=district, **fields), occupancy


@pytest.fixture(params=["volunteer", "group"])
def party(request):
    """A volunteer, and a group: the rules are the same for both."""
    assignment, occupancy = led()
    builder = make.volunteer if request.param == "volunteer" else make.volunteer_group
    party = builder(districts=[assignment.district], agency=occupancy.worker.agency)
    party.assignment, party.occupancy, party.lead = assignment, occupancy, occupancy.worker
    party.district = assignment.district
    return party


def named(party, worker=None, **fields):
    return make.contact(**{party.contacts.field.name: party}, worker=worker or party.lead, **fields)


def lacks(party, day=DAY):
    return type(party).objects.without_contact(day).filter(pk=party.pk).exists()


# --- Who holds ------------------------------------------------------------------------------------


def test_whoever_nobody_was_named_for_is_without(party):
    assert lacks(party)


def test_the_lead_of_the_district_holds_as_long_as_they_lead_it(party):
    named(party, district=party.district)
    assert not lacks(party)
    assert not lacks(party, LAST)
    assert lacks(party, AFTER)  # the future is answered as well: who loses their contact then?


def test_who_leads_another_district_only_does_not_hold(party):
    named(party, district=make.district())
    assert lacks(party)


def test_a_deputy_is_no_lead(party):
    party.assignment.role = "deputy"
    party.assignment.save()
    named(party, district=party.district)
    assert lacks(party)


def test_when_the_assignment_ends_they_are_without_at_once(party):
    named(party, district=party.district)
    assignments.end(party.assignment, ends_on=BEFORE, reason="Ende", by=None)
    assert lacks(party)
    assert not lacks(party, BEFORE)


def test_when_the_district_is_handed_over_they_are_without_at_once(party):
    named(party, district=party.district)
    other = make.occupancy().position
    assignments.hand_over(
        [party.assignment], position=other, starts_on=DAY, reason="Wechsel", by=None
    )
    assert lacks(party)
    assert not lacks(party, BEFORE)


def test_when_the_assignment_is_withdrawn_they_are_without_at_once(party, settings):
    settings.PORTAL_DAY = date(2016, 1, 1)
    named(party, district=party.district)
    assignments.withdraw(party.assignment, reason="nie begonnen", by=None)
    assert lacks(party)


@pytest.mark.parametrize("as_lead", [True, False])
def test_when_the_occupancy_ends_they_are_without_at_once(party, as_lead):
    named(party, district=party.district if as_lead else None)
    assert not lacks(party)
    occupancies.end(party.occupancy, ends_on=BEFORE, reason="Weggang", by=None)
    assert lacks(party)
    assert not lacks(party, BEFORE)


@pytest.mark.parametrize("as_lead", [True, False])
def test_when_somebody_else_takes_the_position_they_are_without_at_once(party, as_lead):
    named(party, district=party.district if as_lead else None)
    heir = make.worker(agency=party.lead.agency)
    occupancies.succeed(party.occupancy, worker=heir, starts_on=DAY, reason="Wechsel", by=None)
    assert lacks(party)
    assert not lacks(party, BEFORE)


@pytest.mark.parametrize("as_lead", [True, False])
def test_when_the_occupancy_is_withdrawn_they_are_without_at_once(party, settings, as_lead):
    settings.PORTAL_DAY = date(2016, 1, 1)
    named(party, district=party.district if as_lead else None)
    occupancies.withdraw(party.occupancy, reason="nie begonnen", by=None)
    assert lacks(party)


@pytest.mark.parametrize("as_lead", [True, False])
def test_when_the_worker_is_deactivated_they_are_without_at_once(party, as_lead):
    named(party, district=party.district if as_lead else None)
    party.lead.is_active = False
    party.lead.save()
    assert lacks(party)


def deactivate(agency):
    agency.is_active = False
    agency.save()


@pytest.mark.parametrize("as_lead", [True, False])
def test_nobody_of_an_agency_that_is_no_longer_active_holds_or_is_proposed(party, as_lead):
    named(party, district=party.district if as_lead else None)
    deactivate(party.lead.agency)
    assert lacks(party)
    assert contacts.proposal([party.district], day=DAY) is None


@pytest.mark.parametrize("district", [True, False])
def test_a_freelancer_of_an_agency_that_is_no_longer_active_is_refused(party, district):
    free = make.worker(kind="freelance")
    assert contacts.could_be(DAY).filter(pk=free.pk).exists()
    deactivate(free.agency)
    assert not contacts.could_be(DAY).filter(pk=free.pk).exists()
    deactivate(party.lead.agency)
    chosen = {"worker": party.lead, "district": party.district} if district else {"worker": free}
    with pytest.raises(ValidationError) as refused:
        contacts.appoint(party, **chosen, starts_on=DAY, by=None)
    assert "nicht mehr aktiv" in str(refused.value.message_dict["worker"])


def test_a_chosen_person_holds_with_any_position(party):
    named(party, worker=make.occupancy().worker)
    assert not lacks(party)
    assert lacks(party, AFTER)


def test_a_freelancer_holds_as_long_as_they_are_active(party):
    free = make.worker(kind="freelance")
    named(party, worker=free)
    assert not lacks(party, AFTER)
    workers.change(free, is_active=False, reason="Vertrag beendet", by=None)
    assert lacks(party, AFTER)


def test_only_who_helps_on_the_day_is_without(party):
    party.starts_on, party.ends_on = DAY, DAY + timedelta(days=9)
    party.save()
    assert not lacks(party, BEFORE)
    assert lacks(party)
    assert lacks(party, DAY + timedelta(days=9))
    assert not lacks(party, DAY + timedelta(days=10))


def test_the_contact_of_a_group_is_not_the_contact_of_the_volunteer_with_its_number():
    lead = make.occupancy().worker
    volunteer, group = make.volunteer(pk=77), make.volunteer_group(pk=77)
    make.contact(group=group, worker=lead)
    assert lacks(volunteer)
    assert not lacks(group)


def test_a_list_names_the_contact_person_of_the_day(party):
    contact = named(party, district=party.district)
    assert type(party).objects.with_contact(DAY).get(pk=party.pk).holding == [contact]
    assert type(party).objects.with_contact(AFTER).get(pk=party.pk).holding == []


# --- Deputy ---------------------------------------------------------------------------------------


def without_deputy(party, day=DAY):
    return type(party).objects.without_deputy(day).filter(pk=party.pk).exists()


def test_a_deputy_whose_position_is_held_is_enough_in_one_of_the_districts(party):
    assert without_deputy(party)
    second = make.district()
    party.districts.add(second)
    deputy = make.assignment(district=second, role="deputy")
    assert without_deputy(party)  # nobody holds the position
    held = make.occupancy(position=deputy.position)
    assert not without_deputy(party)
    held.worker.is_active = False
    held.worker.save()
    assert without_deputy(party)


def test_a_deputy_of_an_agency_that_is_no_longer_active_is_none(party):
    _assignment, held = led(district=party.district, role="deputy")
    assert not without_deputy(party)
    assert [one.worker for one in care.care_of(party, DAY).deputies] == [held.worker]
    deactivate(held.worker.agency)
    assert without_deputy(party)
    assert care.care_of(party, DAY).deputies == []


def test_a_lead_is_no_deputy_and_one_of_another_day_neither(party):
    assignment, _held = led(district=party.district, role="deputy", starts_on=DAY)
    assert without_deputy(party, BEFORE)
    assert not without_deputy(party, DAY)
    assert without_deputy(party, AFTER)
    assignment.delete()
    assert without_deputy(party, DAY)


# --- Reach ----------------------------------------------------------------------------------------


def test_an_agency_reaches_whom_it_looks_after_and_whom_its_worker_was_given(party):
    from coordination.access.permissions import Scope

    model, other = type(party), make.agency()

    def reaches(agency, day=DAY):
        scope = Scope(agencies=frozenset({agency.pk}))
        return model.objects.reachable(scope, day).filter(pk=party.pk).exists()

    assert reaches(party.agency)
    assert not reaches(other)
    position = make.occupancy(
        worker=make.worker(agency=other), position=make.position(agency=other)
    )
    contact = named(party, worker=position.worker)
    assert reaches(other)
    occupancies.end(position, ends_on=BEFORE, reason="Weggang", by=None)
    assert reaches(other)  # somebody there has to hand them over
    contact.ends_on = BEFORE
    contact.save()
    assert not reaches(other)
    assert model.objects.reachable(Scope(citywide=True), DAY).filter(pk=party.pk).exists()


def test_who_was_given_to_an_agency_is_beyond_its_reach_after_their_last_day(party):
    from coordination.access.permissions import Scope

    def reaches(agency, day):
        scope = Scope(agencies=frozenset({agency.pk}))
        return type(party).objects.reachable(scope, day).filter(pk=party.pk).exists()

    other = make.occupancy().worker
    named(party, worker=other)  # without an end, as older ones are
    party.ends_on = DAY
    party.save()
    assert reaches(other.agency, DAY)
    assert not reaches(other.agency, DAY + ONE_DAY)
    assert reaches(party.agency, DAY + ONE_DAY)


def ended(party, day):
    party.ends_on = day
    party.save()
    return party


def test_a_contact_person_ends_with_the_last_day_however_appointed(party):
    ended(party, date(2017, 1, 31))
    chosen = contacts.appoint(party, worker=party.lead, starts_on=DAY, by=None)
    assert chosen.ends_on == date(2017, 1, 31)
    chosen.delete()
    (given,) = contacts.hand_over([party], starts_on=DAY, by=None).done
    assert given.ends_on == date(2017, 1, 31)
    # Somebody earlier still makes room the day before.
    first = contacts.appoint(party, worker=make.occupancy().worker, starts_on=BEFORE, by=None)
    assert first.ends_on == BEFORE


@pytest.mark.parametrize("last", [date(2017, 6, 30), None])
def test_whoever_helps_longer_keeps_the_contact_person(party, settings, last):
    settings.PORTAL_DAY = DAY
    ended(party, date(2017, 1, 31))
    contacts.appoint(party, worker=party.lead, starts_on=DAY, by=None)
    engaged.change(party, {"ends_on": last}, reason="", by=None)
    assert party.contacts.get().ends_on == last


# --- Proposal -------------------------------------------------------------------------------------


def test_the_lead_of_the_first_district_by_key_is_proposed():
    first, _held = led(district=make.district(key="1"))
    second, _held = led(district=make.district(key="2"))
    found = contacts.proposal([second.district, first.district], day=DAY)
    assert found.district == first.district
    assert found.worker == first.position.occupancies.get().worker


def test_a_vacant_lead_is_passed_over():
    vacant = make.assignment(district=make.district(key="1"))
    second, _held = led(district=make.district(key="2"))
    districts = [vacant.district, second.district]
    assert contacts.proposal(districts, day=DAY).district == second.district
    assert contacts.proposal([vacant.district], day=DAY) is None
    assert contacts.proposal(districts, day=AFTER) is None


def test_of_two_leads_of_a_district_the_one_for_all_of_it_is_proposed():
    district = make.district("41061")
    led(district=district, share=40, division="topic", topic="Wohnen")
    whole, _held = led(district=district)
    found = contacts.proposal([district], day=DAY)
    assert found.worker == whole.position.occupancies.get().worker


def test_of_two_holders_the_one_with_the_larger_part_is_proposed():
    district, position = make.district(), make.position()
    make.occupancy(position=position, fte="0.40")
    larger = make.occupancy(position=position, fte="0.60")
    make.assignment(position=position, district=district)
    assert contacts.proposal([district], day=DAY).worker == larger.worker


# --- Appointing -----------------------------------------------------------------------------------


def test_the_one_so_far_ends_the_day_before(party):
    so_far = named(party, district=party.district)
    new = contacts.appoint(
        party, worker=make.occupancy().worker, starts_on=DAY, reason="auf Wunsch", by=None
    )
    so_far.refresh_from_db()
    assert (so_far.ends_on, new.starts_on, new.ends_on) == (BEFORE, DAY, None)


def test_somebody_appointed_later_comes_after(party):
    later = contacts.appoint(
        party, worker=party.lead, district=party.district, starts_on=date(2017, 1, 1), by=None
    )
    first = contacts.appoint(party, worker=make.occupancy().worker, starts_on=DAY, by=None)
    assert (first.ends_on, later.ends_on) == (date(2016, 12, 31), None)


def test_another_one_from_the_same_day_replaces_the_first(party):
    contacts.appoint(party, worker=party.lead, starts_on=DAY, by=None)
    second = contacts.appoint(party, worker=make.occupancy().worker, starts_on=DAY, by=None)
    assert list(party.contacts.all()) == [second]
    logged = [entry.before.get("contact") for entry in Entry.objects.order_by("pk")]
    assert logged[-1] == party.lead.name  # the log still knows


def test_the_same_person_again_is_refused(party):
    contacts.appoint(party, worker=party.lead, starts_on=DAY, by=None)
    with pytest.raises(ValidationError, match="ist bereits die Ansprechperson"):
        contacts.appoint(party, worker=party.lead, starts_on=DAY, by=None)
    # As the lead of the district is another thing: it ends with the lead.
    contacts.appoint(party, worker=party.lead, district=party.district, starts_on=DAY, by=None)


def test_who_would_not_hold_on_the_first_day_is_refused(party):
    for worker, district, said in [
        (make.worker(), None, "auf keiner Stelle"),
        (make.worker(is_active=False), None, "nicht mehr aktiv"),
        (make.occupancy().worker, party.district, "nicht die Federführung"),
    ]:
        with pytest.raises(ValidationError, match=said) as refused:
            contacts.appoint(party, worker=worker, district=district, starts_on=DAY, by=None)
        assert list(refused.value.message_dict) == ["worker"]
    with pytest.raises(ValidationError, match="nicht die Federführung"):
        contacts.appoint(
            party, worker=party.lead, district=party.district, starts_on=AFTER, by=None
        )
    assert not party.contacts.exists()


def test_only_within_the_time_of_helping(party):
    party.starts_on, party.ends_on = DAY, DAY
    party.save()
    for day in (BEFORE, DAY + timedelta(days=1)):
        with pytest.raises(ValidationError, match=r"Das Ehrenamt") as refused:
            contacts.appoint(party, worker=party.lead, starts_on=day, by=None)
        assert list(refused.value.message_dict) == ["starts_on"]
    contacts.appoint(party, worker=party.lead, starts_on=DAY, by=None)


def test_what_was_appointed_meanwhile_is_shown_before_it_is_replaced(party):
    seen = contacts.mark(party.contacts.all())
    contacts.appoint(party, worker=party.lead, starts_on=DAY, by=None)
    other = make.occupancy().worker
    with pytest.raises(ValidationError, match=f"Inzwischen wurde {party.lead}"):
        contacts.appoint(party, worker=other, starts_on=DAY, seen=seen, by=None)
    seen = contacts.mark(party.contacts.all())
    contacts.appoint(party, worker=other, starts_on=DAY, seen=seen, by=None)


def test_the_log_names_the_contact_person_and_never_the_volunteer(party):
    contacts.appoint(
        party, worker=party.lead, district=party.district, starts_on=DAY, reason="neu", by=None
    )
    entry = Entry.objects.latest("pk")
    assert entry.after["contact"] == f"{party.lead.name} ({party.district.name})"
    assert entry.agency_id == party.agency_id
    assert party.name not in str((entry.target_label, entry.before, entry.after, entry.reason))
    with pytest.raises(ValidationError) as refused:
        contacts.appoint(
            party,
            worker=make.occupancy().worker,
            starts_on=DAY,
            reason=f"Frau {party.name} wünscht es, Mail {party.email}",
            by=None,
        )
    assert list(refused.value.message_dict) == ["reason"]


def overlaps(party):
    rows = list(party.contacts.order_by("starts_on"))
    return [
        (a, b)
        for a, b in zip(rows, rows[1:], strict=False)
        if a.ends_on is None or a.ends_on >= b.starts_on
    ]


def test_whatever_is_appointed_in_whatever_order_nothing_overlaps(party):
    people = [make.occupancy().worker for _ in range(3)]
    days = [DAY + timedelta(days=n * 7 % 11) for n in range(12)]
    for n, day in enumerate(days):
        try:
            contacts.appoint(party, worker=people[n % 3], starts_on=day, by=None)
        except ValidationError:
            continue
        assert overlaps(party) == []
    first = min(days)
    for n in range(20):
        assert len(party.contacts.on(first + timedelta(days=n))) == 1, show_day(first)


# --- At the same moment ---------------------------------------------------------------------------


def at_once(*acts):
    def run(act):
        try:
            act()
            return True
        except ValidationError:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as desks:
        return [future.result() for future in [desks.submit(run, act) for act in acts]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("builder", [make.volunteer, make.volunteer_group])
def test_desks_that_appoint_at_the_same_moment_leave_one_contact_person_a_day(builder):
    assignment, _occupancy = led()
    party = builder(districts=[assignment.district])
    people = [make.occupancy().worker for _ in range(6)]
    days = [DAY + timedelta(days=n % 3) for n in range(6)]
    done = at_once(
        *(
            lambda worker=worker, day=day: contacts.appoint(
                party, worker=worker, starts_on=day, by=None
            )
            for worker, day in zip(people, days, strict=True)
        )
    )
    assert all(done)
    assert overlaps(party) == []
    assert [len(party.contacts.on(DAY + timedelta(days=n))) for n in range(4)] == [1] * 4


@pytest.mark.django_db(transaction=True)
def test_the_same_appointment_sent_at_the_same_moment_is_made_once():
    party, worker = make.volunteer(), make.occupancy().worker
    done = at_once(*[lambda: contacts.appoint(party, worker=worker, starts_on=DAY, by=None)] * 5)
    assert done.count(True) == 1
    assert Contact.objects.count() == 1


def test_the_volunteers_row_is_locked_before_anything_is_read(party, monkeypatch):
    """On both databases alike: on SQLite every transaction waits for the one before it."""
    asked = []

    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no row locks: a writing transaction locks everything")
    with connection.execute_wrapper(note), transaction.atomic():
        contacts.appoint(party, worker=party.lead, starts_on=DAY, by=None)
    selects = [sql for sql in asked if sql.startswith("SELECT")]
    assert "FOR NO KEY UPDATE" in selects[0]


def test_every_definition_holds_for_volunteers_and_groups():
    for name in ("without_contact", "without_deputy", "last_talk_before", "reachable"):
        assert getattr(Volunteer.objects, name)
        assert getattr(VolunteerGroup.objects, name)
