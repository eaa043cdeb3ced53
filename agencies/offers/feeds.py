"""Offers as calendars other programs subscribe to (RFC 5545, RFC 7986). They are public.

Each weekly time is one recurring event; holidays and pauses are its exceptions (EXDATE), and
additional dates are events of their own. Times are wall time in Europe/Berlin.

A calendar looks back to the beginning of last year and knows exceptions until the end of the year
after next: so it stays the same, byte for byte, until an offer changes or a year begins. Programs
fetch it anew every day, so the far end is never reached.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vDuration,
    vRecur,
    vText,
)

from agencies.offers.dates import OF_MONTH, Extra, Series, all_series, extras
from agencies.offers.models import Offer, OfferTime
from coordination.periods import show_day

ZONE = ZoneInfo(settings.TIME_ZONE)
REFRESH = timedelta(days=1)
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
# Signs that no text of a calendar may hold (RFC 5545, 3.3.11), or that end lines elsewhere.
ILLEGAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def window(day: date) -> tuple[date, date]:
    """The first and the last day a calendar made on ``day`` looks at."""
    return date(day.year - 1, 1, 1), date(day.year + 2, 12, 31)


def calendar(name: str, offers: Iterable[Offer], *, day: date, host: str) -> bytes:
    """The offers (``with_names().with_times()``) as a calendar that is called ``name``."""
    found = Calendar()
    found.add("prodid", f"-//{settings.PORTAL_NAME}//{host}//DE")
    found.add("version", "2.0")
    for property_ in ("name", "x-wr-calname"):  # RFC 7986, and what programs read before it
        found.add(property_, vText(_plain(name)))
    # RFC 7986, 5.7 demands that the kind of value is said.
    found.add("refresh-interval", vDuration(REFRESH, params={"VALUE": "DURATION"}))
    found.add("x-published-ttl", vDuration(REFRESH))
    found.add("x-wr-timezone", vText(settings.TIME_ZONE))
    found.add_component(_timezone())
    first, last = window(day)
    for offer in offers:
        for series in all_series(offer, first, last):
            if series.days:
                found.add_component(_recurring(offer, series, host))
        for extra in extras(offer, first, last):
            found.add_component(_single(offer, extra, host))
    return found.to_ical()


def _recurring(offer: Offer, series: Series, host: str) -> Event:
    row, begins = series.time, series.days[0]
    event = _event(offer, f"angebot-{offer.pk}-zeit-{row.pk}@{host}", _description(offer))
    _set_times(event, begins, row)
    event.add("rrule", _rule(offer, row))
    # Programs differ on whether an excluded first date counts, so the first is one that is held.
    if left_out := [day for day in series.left_out if day > begins]:
        event.add("exdate", [_moment(day, row.starts_at) for day in left_out])
    return event


def _single(offer: Offer, extra: Extra, host: str) -> Event:
    row = extra.exception
    note = [row.note] if row.note else []
    text = _description(offer, _("Additional date"), *note)
    event = _event(offer, f"angebot-{offer.pk}-zusatz-{row.pk}@{host}", text)
    _set_times(event, extra.date.day, row)
    return event


def _event(offer: Offer, uid: str, description: str) -> Event:
    event = Event()
    event.add("uid", uid)
    # Of a published calendar this is when the event was last changed (RFC 5545, 3.8.7.2).
    changed_at = offer.changed_at.astimezone(UTC).replace(microsecond=0)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("summary", _plain(offer.title))
    event.add("location", _plain(f"{offer.place}, {offer.district.name}"))
    event.add("description", _plain(description))
    event.add("contact", _plain(", ".join(_contact(offer))))
    event.add("categories", [_plain(offer.agency.short_name), _plain(offer.district.name)])
    event.add("class", "PUBLIC")
    event.add("transp", "TRANSPARENT")  # whoever knows of an offer is not busy for that
    return event


def _set_times(event: Event, day: date, row) -> None:
    event.add("dtstart", _moment(day, row.starts_at))
    event.add("dtend", _moment(day, row.ends_at))


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZONE)


def _rule(offer: Offer, row: OfferTime) -> vRecur:
    weekday = WEEKDAYS[row.weekday]
    if row.rhythm in OF_MONTH:
        rule = {"FREQ": "MONTHLY", "BYDAY": f"{OF_MONTH[row.rhythm]}{weekday}"}
    elif row.rhythm == OfferTime.Rhythm.FORTNIGHTLY:
        rule = {"FREQ": "WEEKLY", "INTERVAL": 2, "BYDAY": weekday}
    else:
        rule = {"FREQ": "WEEKLY", "BYDAY": weekday}
    if offer.ends_on:
        # In UTC, as DTSTART names a time zone (RFC 5545, 3.3.10).
        rule["UNTIL"] = _moment(offer.ends_on, time(23, 59, 59)).astimezone(UTC)
    return vRecur(rule)


def _description(offer: Offer, *first: str) -> str:
    groups = ", ".join(str(group) for group in offer.target_groups.all())
    lines = [
        *first,
        offer.description,
        _("Open to all residents")
        if offer.is_open_to_all
        else _("For: %(groups)s") % {"groups": groups},
        _("Languages: %(languages)s") % {"languages": offer.languages} if offer.languages else "",
        _("Barrier-free") if offer.is_barrier_free else "",
        _("Agency: %(name)s") % {"name": offer.agency.name},
        _("Contact person: %(contact)s") % {"contact": ", ".join(_contact(offer))},
        _("Confirmed on %(day)s") % {"day": show_day(offer.confirmed_on)},
    ]
    return "\n".join(line for line in lines if line)


def _contact(offer: Offer) -> list[str]:
    """Whom to ask: the contact person whose office data the agency released, else the agency."""
    person = offer.contact
    who = person if person.is_active and person.is_public else offer.agency
    return [text for text in (str(who), who.phone, who.email) if text]


def _timezone() -> Timezone:
    """Europe/Berlin as the rule of the European Union has it since 1996."""
    zone = Timezone()
    zone.add("tzid", settings.TIME_ZONE)
    for kind, name, month, hour, before, after in (
        (TimezoneDaylight, "CEST", 3, 2, 1, 2),
        (TimezoneStandard, "CET", 10, 3, 2, 1),
    ):
        change = kind()
        change.add("tzname", name)
        change.add("tzoffsetfrom", timedelta(hours=before))
        change.add("tzoffsetto", timedelta(hours=after))
        last_sunday = 31 if month == 3 else 27
        start = datetime(1996, month, last_sunday, hour)  # noqa: DTZ001 – local time by RFC 5545
        change.add("dtstart", start)
        change.add("rrule", {"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": "-1SU"})
        zone.add_component(change)
    return zone


def _plain(text: str) -> str:
    return ILLEGAL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
