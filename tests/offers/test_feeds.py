"""Calendars that other programs subscribe to, read back by a library that did not write them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.urls import reverse
from django.utils.timezone import get_default_timezone
from icalendar import Calendar

from agencies.offers import feeds
from agencies.offers.dates import dates
from agencies.offers.models import Offer
from tests import make

pytestmark = pytest.mark.django_db
DAY = date(2016, 12, 1)
BERLIN = ZoneInfo("Europe/Berlin")
RHYTHMS = ["weekly", "fortnightly", "first", "second", "third", "fourth", "last"]


@pytest.fixture(autouse=True)
def december(settings):
    settings.PORTAL_DAY = DAY


def fetch(client, offer, **headers):
    return client.get(reverse("offers:offer_feed", args=[offer.pk]), headers=headers)


def read(body):
    """The calendar as vobject understands it."""
    return vobject.readOne(body.decode())


def expanded(body, first, last):
    """Every date of every event between two days: (day, from, until), in wall time."""
    found = []
    for event in getattr(read(body), "vevent_list", []):
        begins, ends = event.dtstart.value, event.dtend.value
        assert begins.utcoffset() is not None, "without time zone"
        length = ends.replace(tzinfo=None) - begins.replace(tzinfo=None)
        rules = event.getrruleset(addRDate=True) if "rrule" in event.contents else [begins]
        window = rules if isinstance(rules, list) else rules.between(*around(begins, first, last))
        for moment in window:
            moment = moment.replace(tzinfo=None)
            if first <= moment.date() <= last:
                found.append((moment.date(), moment.time(), (moment + length).time()))
    return sorted(found)


def around(begins, first, last):
    zone = begins.tzinfo
    return (
        datetime.combine(first - timedelta(days=1), time(), zone),
        datetime.combine(last + timedelta(days=1), time(), zone),
    )


def held(offer, first, last):
    offer = Offer.objects.with_names().with_times().get(pk=offer.pk)
    return [(each.day, each.starts_at, each.ends_at) for each in dates(offer, first, last)]


def same_for_two_years(client, offer):
    first, last = date(2016, 1, 1), date(2018, 11, 30)
    found = expanded(fetch(client, offer).content, first, last)
    assert found == held(offer, first, last)
    assert len(found) == len(set(found))
    return found


@pytest.mark.parametrize("rhythm", RHYTHMS)
@pytest.mark.parametrize("ends_on", [None, date(2018, 3, 31)])
def test_every_rhythm_says_the_same_dates_for_two_years(client, rhythm, ends_on):
    offer = make.offer(
        *((weekday, "14:00", "16:00", rhythm) for weekday in range(7)), ends_on=ends_on
    )
    assert len(same_for_two_years(client, offer)) > 7 * 20


def test_an_offer_with_everything_says_the_same_dates_for_two_years(client):
    offer = make.offer(
        (0, "10:00", "12:00"),
        (0, "16:00", "18:00", "fortnightly"),
        (6, "02:30", "04:00"),  # on Sundays across both changes of the clock
        (3, "09:15", "10:45", "last"),
        starts_on=date(2015, 3, 2),
        ends_on=None,
    )
    make.offer_exception(date(2016, 7, 11), date(2016, 8, 23), offer=offer, note="Sommerpause")
    make.offer_exception(date(2016, 12, 23), date(2017, 1, 6), offer=offer, note="Weihnachten")
    make.offer_exception(date(2016, 12, 26), extra=("15:00", "18:00"), offer=offer)
    make.offer_exception(date(2017, 5, 13), extra=("11:00", "17:00"), offer=offer, note="Fest")
    found = same_for_two_years(client, offer)
    assert (date(2016, 12, 26), time(15), time(18)) in found
    assert date(2016, 12, 27) not in {day for day, *_ in found}
    assert date(2017, 4, 17) not in {day for day, *_ in found}  # Easter Monday
    assert (date(2017, 4, 24), time(10), time(12)) in found


def test_an_offer_without_pause_on_holidays(client):
    offer = make.offer((0, "10:00", "12:00"), pauses_on_holidays=False)
    found = same_for_two_years(client, offer)
    assert date(2016, 12, 26) in {day for day, *_ in found}
    assert b"EXDATE" not in fetch(client, offer).content


def test_what_begins_with_a_pause_begins_with_the_first_date_that_is_held(client):
    offer = make.offer((0, "10:00", "12:00", "fortnightly"), starts_on=date(2016, 12, 5))
    make.offer_exception(date(2016, 12, 1), date(2016, 12, 31), offer=offer)
    found = same_for_two_years(client, offer)
    assert found[0][0] == date(2017, 1, 2)


def test_summer_and_winter_both_begin_at_two(client):
    offer = make.offer((6, "14:00", "16:00"))
    event = read(fetch(client, offer).content).vevent
    moments = {moment.date(): moment for moment in event.getrruleset().between(
        datetime(2017, 3, 1, tzinfo=BERLIN), datetime(2017, 11, 1, tzinfo=BERLIN)
    )}  # fmt: skip
    for day, offset in [
        (date(2017, 3, 19), 1),
        (date(2017, 3, 26), 2),
        (date(2017, 10, 22), 2),
        (date(2017, 10, 29), 1),
    ]:
        assert moments[day].hour == 14
        assert moments[day].utcoffset() == timedelta(hours=offset)


def test_the_time_zone_of_the_calendar_is_that_of_the_portal(client):
    """Read back from the calendar alone, without what the machine knows of time zones."""
    zone = Calendar.from_ical(fetch(client, make.offer()).content).timezones[0].to_tz()
    moment, last = datetime(2015, 1, 1, tzinfo=UTC), datetime(2019, 12, 31, tzinfo=UTC)
    while moment < last:
        local = moment.astimezone(get_default_timezone()).replace(tzinfo=None)
        ours = moment.astimezone(get_default_timezone()).utcoffset()
        if local.hour not in (2, 3):  # what is ambiguous on two nights a year
            assert zone.utcoffset(local) == ours, local
        moment += timedelta(hours=5)


def lines(body):
    return body.decode().split("\r\n")


def unfolded(body):
    return body.decode().replace("\r\n ", "").split("\r\n")


NASTY = "🎉 Café; Tee, Brot \\ und\nmehr: =1+1 " + "äöü🏳️‍🌈" * 12


def test_every_sign_survives_and_lines_are_short(client):
    worker = make.worker(name='Ömer "Ö" Übel; Müller, Maier', phone="02161 000-1", is_public=True)
    offer = make.offer(
        agency=worker.agency,
        contact=worker,
        title=NASTY[:120],
        description=f"Erste Zeile\r\nZweite, Zeile; mit \\n\n\n{NASTY * 5}\x07\x0b\x85\u2028Ende",
        place="=HYPERLINK(1); Straße 5, Raum\t2",
        languages="Deutsch, Türkçe, العربية, Українська",
    )
    body = fetch(client, offer).content
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert b"\r" not in body.replace(b"\r\n", b"")
    assert max(len(line.encode()) for line in lines(body)) <= 75
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", body.decode())
    for event in (read(body).vevent, Calendar.from_ical(body).events[0]):
        mine = isinstance(event, vobject.base.Component)
        summary = event.summary.value if mine else str(event["summary"])
        said = event.description.value if mine else str(event["description"])
        assert summary == offer.title
        assert NASTY * 5 in said
        assert "Erste Zeile\nZweite, Zeile; mit \\n\n\n" in said
        assert 'Ansprechperson: Ömer "Ö" Übel; Müller, Maier, 02161 000-1' in said
        assert "العربية" in said
    assert "SUMMARY:🎉 Café\\; Tee\\, Brot \\\\ und\\nmehr: =1+1 " in "\n".join(unfolded(body))


def test_what_the_standard_requires(client):
    offer = make.offer((0, "10:00", "12:00"), ends_on=date(2017, 6, 30))
    make.offer_exception(date(2017, 1, 20), extra=("10:00", "12:00"), offer=offer)
    body = fetch(client, offer).content
    found = Calendar.from_ical(body)
    found.validate()
    assert not found.errors
    assert found["version"] == "2.0"
    assert found["x-wr-calname"] == f"Angebote: {offer.title}"
    assert found.get_missing_tzids() == set()
    assert "REFRESH-INTERVAL;VALUE=DURATION:P1D" in unfolded(body)
    uids = [str(event["uid"]) for event in found.events]
    assert len(set(uids)) == 2
    for event in found.events:
        assert not event.errors
        for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LAST-MODIFIED"):
            assert name in event
        assert event["dtstart"].params["TZID"] == "Europe/Berlin"
        assert event.start < event.end
        assert event["dtstamp"].dt.tzinfo is not None
    # RFC 5545, 3.3.10: in UTC if DTSTART names a time zone. The last day still counts.
    rule = next(line for line in unfolded(body) if line.startswith("RRULE:") and "UNTIL" in line)
    assert rule == "RRULE:FREQ=WEEKLY;UNTIL=20170630T215959Z;BYDAY=MO"
    first = next(event for event in found.events if "RRULE" in event)
    assert first.start.weekday() == 0
    assert read(body).validate()


def test_the_contact_person_is_named_with_the_office_only(client):
    worker = make.worker(
        name="Miriam Sandvoß", phone="02161 000-9", email="m@example.org", is_public=True
    )
    offer = make.offer(agency=worker.agency, contact=worker)
    assert (
        "Miriam Sandvoß, 02161 000-9, m@example.org"
        in read(fetch(client, offer).content).vevent.description.value
    )


def test_who_left_is_no_longer_named(client):
    agency = make.agency(short_name="AWO", phone="02166 000-10")
    worker = make.worker(
        agency=agency, name="Nils Fort", phone="02161 1", is_active=False, is_public=True
    )
    body = fetch(client, make.offer(agency=agency, contact=worker)).content.decode()
    assert "Nils Fort" not in body
    assert "02161 1" not in body
    assert "02166 000-10" in body


def test_who_is_not_released_is_not_named(client):
    agency = make.agency(short_name="AWO", phone="02166 000-10")
    worker = make.worker(agency=agency, name="Nils Still", phone="02161 1")
    body = fetch(client, make.offer(agency=agency, contact=worker)).content.decode()
    assert "Nils Still" not in body
    assert "02161 1" not in body
    assert "02166 000-10" in body


def test_target_groups_and_access_are_said(client):
    offer = make.offer(is_open_to_all=False, is_barrier_free=True, languages="Arabisch")
    offer.target_groups.add(make.target_group(name="Geflüchtete Frauen"))
    said = read(fetch(client, offer).content).vevent.description.value
    assert "Für: Geflüchtete Frauen" in said
    assert "Barrierefrei" in said
    assert "Sprachen: Arabisch" in said
    open_one = read(fetch(client, make.offer()).content).vevent.description.value
    assert "Offen für alle" in open_one


def test_calendars_hold_what_runs_or_is_yet_to_begin(client):
    agency, nord = make.agency(short_name="AWO"), make.borough(name="Nord")
    eicken, ohler = (make.district(name=name, parent=nord) for name in ("Eicken", "Ohler"))
    rows = [
        make.offer(title="Läuft", agency=agency, district=eicken),
        make.offer(title="Kommt", agency=agency, district=ohler, starts_on=date(2017, 2, 1)),
        make.offer(title="Aus", agency=agency, district=eicken, ends_on=date(2016, 11, 30)),
        make.offer(title="Fremd", district=eicken),
    ]
    make.offer(title="Woanders")

    def titles(name, row):
        body = client.get(reverse(f"offers:{name}", args=[row.pk])).content
        return sorted(str(event["summary"]) for event in Calendar.from_ical(body).events)

    assert titles("agency_feed", agency) == ["Kommt", "Läuft"]
    assert titles("district_feed", eicken) == ["Fremd", "Läuft"]
    assert titles("district_feed", ohler) == ["Kommt"]
    assert titles("district_feed", nord) == ["Fremd", "Kommt", "Läuft"]
    assert titles("offer_feed", rows[0]) == ["Läuft"]
    # Whoever subscribed to an ended offer gets an empty calendar, not an error every day.
    assert titles("offer_feed", rows[2]) == []
    Calendar.from_ical(fetch(client, rows[2]).content).validate()


def test_an_event_keeps_its_number_when_the_offer_changes(client):
    offer = make.offer()
    before = read(fetch(client, offer).content).vevent
    Offer.objects.get(pk=offer.pk).save()
    Offer.objects.filter(pk=offer.pk).update(
        title="Neu", changed_at=datetime(2016, 11, 30, 12, tzinfo=UTC)
    )
    after = read(fetch(client, offer).content).vevent
    assert before.uid.value == after.uid.value
    assert after.last_modified.value == datetime(2016, 11, 30, 12, tzinfo=UTC)


def test_a_calendar_is_asked_for_conditionally(client):
    offer = make.offer()
    first = fetch(client, offer)
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first["Cache-Control"] == "public, max-age=3600"
    again = fetch(client, offer, if_none_match=first["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    assert again["Cache-Control"] == "public, max-age=3600"
    Offer.objects.filter(pk=offer.pk).update(place="Anderswo 1")
    assert fetch(client, offer, if_none_match=first["ETag"]).status_code == 200
    url = reverse("offers:offer_feed", args=[offer.pk])
    head = client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"]
    assert client.post(url).status_code == 405


def test_a_calendar_stays_the_same_until_something_changes(client, settings):
    offer = make.offer(ends_on=None)
    before = fetch(client, offer).content
    settings.PORTAL_DAY = date(2016, 12, 31)
    assert fetch(client, offer).content == before
    settings.PORTAL_DAY = date(2017, 1, 1)
    assert fetch(client, offer).content != before


def test_nobody_is_asked_who_they_are(client, cast, django_assert_num_queries):
    """Neither session nor cookie: a cache may keep one answer for all."""
    client.force_login(cast.people["lead"])
    # Offers with names; their times, exceptions and groups; and the offer itself.
    with django_assert_num_queries(5):
        signed_in = fetch(client, cast.offer, accept_language="en")
    anonymous = type(client)().get(reverse("offers:offer_feed", args=[cast.offer.pk]))
    assert signed_in.content == anonymous.content
    assert "Cookie" not in signed_in.get("Vary", "")
    url = reverse("offers:offer_feed", args=[cast.offer.pk])
    odd = type(client)().get(url, {"stichtag": "gestern"})
    for answer in (signed_in, anonymous, odd):
        assert not answer.cookies
        assert answer["Content-Language"] == "de"


@pytest.mark.parametrize("name", ["offer_feed", "agency_feed", "district_feed"])
def test_what_is_not_there_is_not_found(client, name):
    answer = client.get(reverse(f"offers:{name}", args=[999_999]))
    assert answer.status_code == 404
    assert "public" not in answer["Cache-Control"]


def test_a_file_has_a_harmless_name(client):
    offer = make.offer(title='../"Ö\r\nX: y; 🎉')
    disposition = fetch(client, offer)["Content-Disposition"]
    assert disposition == 'inline; filename="o-x-y.ics"'
    assert "angebote.ics" in fetch(client, make.offer(title="🎉"))["Content-Disposition"]


@pytest.mark.parametrize("rows", [1, 20])
def test_a_calendar_costs_the_same_however_long_it_is(client, rows, django_assert_num_queries):
    agency = make.agency()
    for _ in range(rows):
        make.offer_exception(offer=make.offer(agency=agency))
    with django_assert_num_queries(5):
        client.get(reverse("offers:agency_feed", args=[agency.pk]))


def test_an_offer_of_a_century_makes_no_endless_calendar(client):
    offer = make.offer(starts_on=date(1900, 1, 1), ends_on=date(2199, 12, 31))
    body = fetch(client, offer).content
    assert len(body) < 4_000
    assert read(body).vevent.dtstart.value.date() == date(2015, 1, 6)
    assert feeds.window(DAY) == (date(2015, 1, 1), date(2018, 12, 31))
