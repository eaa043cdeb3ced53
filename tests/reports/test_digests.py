"""The weekly digest: everybody reads their own, and nobody anything else."""

from datetime import date

import pytest
from django.core import mail

from agencies.actors import actor_for
from agencies.reports import digests
from agencies.reports.models import Digest, OptOut
from coordination.access.permissions import Actor, Role
from tests import make
from tests.reports.post import city, days, office, period, sent

MONDAY = date(2016, 10, 17)
LAST_WEEK = date(2016, 10, 12)


def digest(user, day=MONDAY):
    """The text of the digest; empty if there is none."""
    sent(digests.send, day)
    mine = [message.body for message in mail.outbox if message.to == [user.email]]
    Digest.objects.all().delete()
    return "".join(mine)


@pytest.fixture
def awo(db):
    return office()


def test_once_a_week_on_any_of_its_days(awo):
    period(agency=awo.agency)
    first = sent(digests.send, date(2016, 10, 19))
    assert first == [
        (user.email, "Ihre Woche im Quartiersportal ab 17.10.2016")
        for user in (awo.worker, awo.lead)
    ]
    assert sent(digests.send, date(2016, 10, 21)) == []
    assert len(sent(digests.send, date(2016, 10, 24))) == 2


def test_who_has_nothing_to_read_gets_nothing_all_week(awo):
    assert sent(digests.send, MONDAY) == []
    period(agency=awo.agency)
    assert sent(digests.send, MONDAY + days(1)) == []
    assert Digest.objects.count() == 2


def test_council_audit_and_strangers_get_none(awo):
    for role in ("council", "audit"):
        make.user(role)
    make.user()
    shut = office("DRK")
    shut.agency.is_active = False
    shut.agency.save()
    period("submitted", agency=awo.agency)
    period(agency=shut.agency)
    assert sent(digests.send, MONDAY) == []


def test_nothing_of_an_agency_that_is_shut(awo):
    shut = office("DRK")
    make.membership("lead", agency=shut.agency, user=awo.lead)
    period(agency=awo.agency)
    period(agency=shut.agency)
    assert "DRK" in digest(awo.lead)
    shut.agency.is_active = False
    shut.agency.save()
    assert "DRK" not in digest(awo.lead)


@pytest.mark.parametrize("kind", ["due", "digest"])
def test_who_wants_none_gets_none(awo, kind):
    period(agency=awo.agency)
    OptOut.objects.create(user=awo.lead, kind=kind)
    assert bool(digest(awo.lead)) is (kind == "due")


def test_no_mail_to_accounts_that_are_shut_or_have_left(awo):
    period(agency=awo.agency)
    type(awo.lead).objects.filter(pk=awo.lead.pk).update(is_active=False)
    awo.worker.memberships.all().delete()
    assert sent(digests.send, MONDAY) == []


def test_the_coordination_reads_of_the_whole_city(awo):
    kim, drk = city(), office("DRK")
    row = period("submitted", agency=awo.agency, since=date(2016, 10, 12))
    period(agency=drk.agency)
    period(
        "sent_back",
        agency=drk.agency,
        starts_on=date(2016, 4, 1),
        ends_on=date(2016, 6, 30),
        due_on=date(2016, 7, 14),
    )
    for confirmed_on in (MONDAY - days(181), MONDAY - days(180)):
        make.offer(agency=drk.agency, confirmed_on=confirmed_on, district=make.borough())
    ended = {"confirmed_on": date(2015, 1, 1), "ends_on": date(2016, 9, 30)}
    make.offer(agency=drk.agency, district=make.borough(), **ended)
    led = make.district(name="Eicken")
    make.district(name="Rheydt")
    make.assignment(position=make.position(agency=awo.agency), district=led)
    make.activity(3, 2, 1, worker=make.worker(agency=awo.agency), day=LAST_WEEK, district=led)
    make.activity(3, worker=make.worker(agency=awo.agency), day=MONDAY, district=led)
    assert digest(kim).split("\n\n-- ")[0] == (
        "Guten Tag Kim Koordination,\n\n"
        "das ist der Stand im Portal:\n\n"
        "=== Koordination ===\n\n"
        "Zu prüfende Berichte\n"
        "- AWO: 3. Quartal 2016, eingereicht am 12.10.2016\n"
        f"  https://testserver/berichte/{row.pk}/\n\n"
        "Überfällige Berichte\n"
        "- DRK: 2. Quartal 2016 (fällig am 14.07.2016), 3. Quartal 2016 (fällig am 14.10.2016)\n"
        "https://testserver/berichte/\n\n"
        "Angebote, seit mehr als 180 Tagen nicht bestätigt\n"
        "- DRK: 1\n"
        "https://testserver/angebote/\n\n"
        "Stadtteile ohne Federführung: 1\n"
        "- Rheydt\n"
        "https://testserver/einsatzplan/\n\n"
        "Einträge vom 10.10.2016 bis 16.10.2016\n"
        "- AWO: 1 Eintrag, 1,0 Stunden, 5 Teilnehmende\n"
        "- DRK: keine Einträge\n"
        "https://testserver/taetigkeiten/"
    )


def test_a_lead_reads_of_the_own_agency(awo):
    soon = period(agency=awo.agency, due_on=MONDAY + days(14))
    period(
        agency=awo.agency,
        starts_on=date(2016, 10, 1),
        ends_on=date(2016, 10, 10),
        due_on=MONDAY + days(15),
    )
    back = period(
        "sent_back",
        agency=awo.agency,
        starts_on=date(2016, 4, 1),
        ends_on=date(2016, 6, 30),
        due_on=date(2016, 7, 14),
        since=date(2016, 10, 10),
    )
    eicken = make.district(name="Eicken")
    offer = make.offer(
        agency=awo.agency, title="Sprachcafé", district=eicken, confirmed_on=date(2016, 4, 1)
    )
    busy = make.worker(agency=awo.agency, name="Bea Busch")
    make.activity(2, 1, worker=busy, day=LAST_WEEK, district=eicken, minutes=90)
    make.activity(2, 1, worker=busy, day=LAST_WEEK, district=eicken, minutes=45)
    text = digest(awo.lead)
    assert "=== AWO ===" in text
    assert (
        "Fällige Berichte\n"
        "- 2. Quartal 2016, überfällig seit 14.07.2016, zurückgegeben am 10.10.2016\n"
        f"  https://testserver/berichte/{back.pk}/\n"
        "- 3. Quartal 2016, fällig am 31.10.2016\n"
        f"  https://testserver/berichte/{soon.pk}/\n\n"
        "Angebote, seit mehr als 180 Tagen nicht bestätigt\n"
        "- Sprachcafé (Eicken), zuletzt bestätigt am 01.04.2016\n"
        f"  https://testserver/angebote/{offer.pk}/\n\n"
    ) in text
    assert "- Bea Busch: 2 Einträge, 2,3 Stunden, 6 Teilnehmende\n" in text
    assert f"- {offer.contact.name}: keine Einträge\n" in text


def employed(awo, **fields):
    worker = make.worker(agency=awo.agency, user=awo.worker, name="Fred AWO", **fields)
    make.occupancy(position=make.position(agency=awo.agency), worker=worker)
    return worker


def test_a_caseworker_reads_the_own_week(awo):
    worker = employed(awo)
    for day in (date(2016, 10, 10), date(2016, 10, 12), date(2016, 10, 15)):
        make.activity(1, worker=worker, day=day)
    make.activity(1, worker=make.worker(agency=awo.agency, name="Bea Busch"), day=LAST_WEEK)
    text = digest(awo.worker)
    assert (
        "Ihre Einträge vom 10.10.2016 bis 16.10.2016\n"
        "- 3 Einträge, 3,0 Stunden, 3 Teilnehmende\n"
        "- Tage ohne Eintrag: Di 11.10., Do 13.10., Fr 14.10.\n"
    ) in text
    assert "Busch" not in text


def test_a_holiday_is_no_day_without_entry(awo):
    worker = employed(awo)
    for number in (2, 3, 4):
        make.activity(1, worker=worker, day=date(2016, 11, number))
    # Monday the 31st was missed; Tuesday was All Saints' Day.
    assert "ohne Eintrag: Mo 31.10.\n" in digest(awo.worker, date(2016, 11, 7))


def test_whoever_holds_no_post_misses_no_day(awo):
    """Freelancers have no fixed days, and a post may have ended."""
    worker = make.worker(agency=awo.agency, user=awo.worker, kind="freelance")
    assert digest(awo.worker) == ""
    make.activity(1, worker=worker, day=LAST_WEEK)
    text = digest(awo.worker)
    assert "- 1 Eintrag, 1,0 Stunden, 1 Teilnehmende\n" in text
    assert "ohne Eintrag" not in text


def test_several_roles_make_one_mail_with_parts(awo):
    drk = office("DRK")
    make.membership("lead", agency=drk.agency, user=awo.lead)
    make.user("council")
    awo.lead.roles.create(role="coordination")
    period(agency=awo.agency)
    period(agency=drk.agency)
    text = digest(awo.lead)
    assert (
        text.index("=== Koordination ===") < text.index("=== AWO ===") < text.index("=== DRK ===")
    )
    # Each part as this role alone would read it.
    lead_of_drk = text[text.index("=== DRK ===") :]
    assert "AWO" not in lead_of_drk.split("\n\n-- ")[0]
    assert len([message for message in mail.outbox if message.to == [awo.lead.email]]) == 1


def test_long_lists_are_cut_and_say_so(awo):
    kim = city()
    for number in range(12):
        make.district(name=f"Ort {number:02}", key=f"K{number:02}")
    text = digest(kim)
    assert "Stadtteile ohne Federführung: 12\n" in text
    assert "- Ort 09\n- und 2 weitere\n" in text


# --- Nothing of another agency -----------------------------------------------------------------


def singing(name):
    """An agency in which every text carries its name, with something in each section."""
    one = office(name)
    worker = make.worker(agency=one.agency, name=f"{name}-Fachkraft", user=one.worker)
    make.occupancy(position=make.position(agency=one.agency, title=f"{name}-Stelle"), worker=worker)
    make.offer(
        agency=one.agency,
        title=f"{name}-Angebot",
        place=f"{name}-Ort",
        contact=worker,
        confirmed_on=date(2016, 1, 1),
    )
    make.activity(1, 1, worker=worker, day=LAST_WEEK, note=f"{name}-Notiz")
    period(agency=one.agency, responsible=one.worker)
    period(
        "submitted",
        agency=one.agency,
        starts_on=date(2016, 4, 1),
        ends_on=date(2016, 6, 30),
    )
    return one


def test_no_digest_tells_of_another_agency(db):
    kanarie, amsel = singing("Kanarie"), singing("Amsel")
    kim = city()
    sent(digests.send, MONDAY)
    texts = {one.to[0]: f"{one.subject} {one.body}".lower() for one in mail.outbox}
    for own, other in ((kanarie, "amsel"), (amsel, "kanarie")):
        for user in (own.lead, own.worker):
            assert other not in texts[user.email], user
    assert "kanarie-angebot" in texts[kanarie.lead.email]
    assert "kanarie" in texts[kim.email]
    assert "amsel" in texts[kim.email]
    assert not [text for text in texts.values() if "notiz" in text]


def test_with_the_scope_of_the_city_a_lead_would_read_of_others(db, monkeypatch):
    """Whether the test above would notice."""
    kanarie, _amsel = singing("Kanarie"), singing("Amsel")
    everything = Actor(citywide=frozenset({Role.COORDINATION}))
    monkeypatch.setattr(digests.Reader, "scope", lambda reader, perm: everything.scope(perm))
    assert "amsel" in digest(kanarie.lead).lower()


def test_a_reader_has_one_role_only(awo):
    awo.lead.roles.create(role="coordination")
    assert actor_for(awo.lead).roles == {Role.COORDINATION, Role.LEAD}
    seen = []
    original = digests.SECTIONS[Role.LEAD]
    digests.SECTIONS[Role.LEAD] = [lambda reader: seen.append(reader.actor)]
    try:
        digests.parts_for(awo.lead, MONDAY)
    finally:
        digests.SECTIONS[Role.LEAD] = original
    assert [actor.roles for actor in seen] == [{Role.LEAD}]
