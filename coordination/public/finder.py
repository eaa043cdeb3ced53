"""Whom to ask where, as everybody may know it: only what the person's agency released.

A worker whose contact is not released appears nowhere: the agency's own desk stands there instead.
Everything the public pages, cards and vCards show of a person goes through ``_person``.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies import responsibility
from agencies.models import Absence, Agency, Assignment, Occupancy, Worker
from coordination.periods import ONE_DAY, show_day
from districts.models import District

NUMBER = re.compile(r"\+?[\d(][\d\s()/.–-]*")
MOST_DIGITS = 15  # of a telephone number (ITU-T E.164)


@dataclass(frozen=True)
class Contact:
    """Somebody to ask: a person whose contact is released, or the desk of an agency."""

    name: str
    agency: str = ""
    is_person: bool = False
    phone: str = ""
    email: str = ""
    office_hours: str = ""
    languages: str = ""

    @property
    def tel(self) -> str:
        """The address a phone dials, or nothing where no single number was written."""
        found = NUMBER.match(self.phone.strip().replace("(0)", ""))
        digits = re.sub(r"\D", "", found[0]) if found else ""
        if not digits or len(digits) > MOST_DIGITS:
            return ""
        if found[0].startswith("+"):
            return f"tel:+{digits}"
        if digits.startswith("00"):
            return f"tel:+{digits[2:]}"
        return f"tel:+49{digits[1:]}" if digits.startswith("0") else f"tel:{digits}"

    @property
    def mailto(self) -> str:
        return f"mailto:{quote(self.email, safe='@')}" if self.email else ""

    @property
    def can_be_reached(self) -> bool:
        return bool(self.phone or self.email)


@dataclass
class Post:
    """One who is responsible, on the day: whom to ask for it, and who stands in."""

    codes: list[str]  # the postal codes it is divided by, or
    topic: str  # the topic
    contacts: list[Contact]
    desk: Contact  # of the agency
    is_vacant: bool = False
    is_away: bool = False
    away_until: date | None = None  # the last day; never said of who is not released
    deputy: "Post | None" = None

    @property
    def area(self) -> str:
        return ", ".join(self.codes) or self.topic

    @property
    def part(self) -> str:
        """For what of the district, in words; empty for all of it."""
        if self.codes:
            return _("For %(codes)s") % {"codes": self.area}
        return _("For the topic %(topic)s") % {"topic": self.topic} if self.topic else ""

    @property
    def stands_in(self) -> str:
        """What the deputy who is asked now is called, and until when."""
        if not self.needs_deputy or not self.deputy:
            return ""
        if self.away_until:
            return _("Deputy until %(day)s") % {"day": show_day(self.away_until)}
        return _("Deputy at present")

    @property
    def back_on(self) -> date | None:
        return self.away_until + ONE_DAY if self.away_until else None

    @property
    def needs_deputy(self) -> bool:
        return self.is_vacant or self.is_away

    @property
    def asked(self) -> list[Contact]:
        """Whom to ask now."""
        if self.needs_deputy:
            return self.deputy.contacts if self.deputy else [self.desk]
        return self.contacts


@dataclass
class Answer:
    """Who is the contact person of a district on a day. Without a lead the city is asked."""

    district: District
    postal_code: str  # what was asked for, if it is one of the district
    lead: Post | None
    others: list[Post]
    deputy: Post | None  # where there is no lead
    city: Contact
    open_codes: list[str] = field(default_factory=list)  # of a divided district: nobody leads

    @property
    def asked(self) -> list[Contact]:
        """Whom to ask now; the first is whoever leads there, or stands in."""
        return self.lead.asked if self.lead else [self.city]

    @property
    def posts(self) -> list[Post]:
        return [self.lead, *self.others] if self.lead else self.others

    @property
    def deputies(self) -> list[Contact]:
        """Who stands in, each once; for a vacant position its deputy is asked anyway."""
        found = [post.deputy for post in self.posts if post.deputy and not post.is_vacant]
        return list(dict.fromkeys(one for post in found for one in post.contacts))

    @property
    def contacts(self) -> list[Contact]:
        """Who is responsible, for keeping: whoever is away today is back some day."""
        found = []
        for post in self.posts:
            found += post.asked if post.is_vacant else post.contacts
        return list(dict.fromkeys(found)) or [self.city]


def answer(district: District, *, postal_code: str = "", day: date) -> Answer:
    return answers([district], postal_code=postal_code, day=day)[0]


def answers(districts: list[District], *, postal_code: str = "", day: date) -> list[Answer]:
    """One answer per district (with its ``postal_codes``), in five queries however many."""
    rows = defaultdict(list)
    for row in (
        Assignment.objects.on(day)
        .filter(district__in=districts, position__agency__is_active=True)
        .with_names()
    ):
        rows[row.district_id].append(row)
    holders = _Holders([row for found in rows.values() for row in found], day)
    city = _city()
    return [_answer(one, rows[one.pk], holders, postal_code, city) for one in districts]


def _answer(
    district: District,
    rows: list[Assignment],
    holders: "_Holders",
    postal_code: str,
    city: Contact,
) -> Answer:
    known = [code.code for code in district.postal_codes.all()]
    postal_code = postal_code if postal_code in known else ""
    leads = [row for row in rows if row.role == Assignment.Role.LEAD]
    # Who is away, or whose position is vacant, cannot stand in for somebody.
    deputies = [row for row in rows if row.role == Assignment.Role.DEPUTY and holders.there(row)]
    first = responsibility.first_of(leads, postal_code=postal_code)
    others = sorted((row for row in leads if row != first), key=lambda row: (row.area, row.pk))

    def post(row):
        codes = [code.code for code in row.postal_codes.all()]
        asked = postal_code if postal_code in codes or not codes else codes[0]
        chosen = responsibility.first_of(
            [other for other in deputies if other.position_id != row.position_id],
            postal_code=asked,
            topic=row.topic,
        )
        return holders.post(row, holders.post(chosen) if chosen else None)

    stands_in = responsibility.first_of(deputies, postal_code=postal_code)
    by_code = [row for row in leads if row.division == Assignment.Division.POSTAL_CODES]
    led = {code.code for row in by_code for code in row.postal_codes.all()}
    is_divided = bool(by_code) and len(by_code) == len(leads)
    return Answer(
        district=district,
        postal_code=postal_code,
        lead=post(first) if first else None,
        others=[post(row) for row in others],
        deputy=holders.post(stands_in) if stands_in else None,
        city=city,
        open_codes=[code for code in known if code not in led] if is_divided else [],
    )


class _Holders:
    """Who holds the positions of these assignments on a day, and until when they are away."""

    def __init__(self, rows: list[Assignment], day: date):
        self.held, self.day = defaultdict(list), day
        for one in (
            Occupancy.objects.acting(day)
            .filter(position__in={row.position_id for row in rows})
            .select_related("worker__agency")
            .order_by("-fte", "pk")
        ):
            self.held[one.position_id].append(one.worker)
        workers = {worker.pk for held in self.held.values() for worker in held}
        self.away = _away(workers, day)

    def there(self, row: Assignment) -> list[Worker]:
        return [one for one in self.held[row.position_id] if one.pk not in self.away]

    def post(self, row: Assignment, deputy: Post | None = None) -> Post:
        held, there = self.held[row.position_id], self.there(row)
        desk = _desk(row.position.agency)
        is_away = bool(held) and not there
        until = None
        if is_away and all(worker.is_public for worker in held):
            until = min(self.away[worker.pk] for worker in held)
        shown = [_person(worker) if worker.is_public else desk for worker in there or held]
        return Post(
            codes=[code.code for code in row.postal_codes.all()],
            topic=row.topic,
            contacts=list(dict.fromkeys(shown)) or [desk],
            desk=desk,
            is_vacant=not held,
            is_away=is_away,
            away_until=until,
            deputy=deputy,
        )


def _away(workers: set[int], day: date) -> dict[int, date]:
    """The last day away of those who are not there on ``day``; one absence may follow another."""
    last = {}
    rows = Absence.objects.filter(worker__in=workers, ends_on__gte=day)
    for row in rows.order_by("starts_on", "pk"):
        if row.starts_on <= last.get(row.worker_id, day - ONE_DAY) + ONE_DAY:
            last[row.worker_id] = max(row.ends_on, last.get(row.worker_id, day))
    return last


def _person(worker: Worker) -> Contact:
    """What the agency released. Where a number or address is missing, the agency's."""
    return Contact(
        name=worker.name,
        agency=worker.agency.name,
        is_person=True,
        phone=worker.phone or worker.agency.phone,
        email=worker.email or worker.agency.email,
        office_hours=worker.office_hours or worker.agency.office_hours,
        languages=worker.languages,
    )


def _desk(agency: Agency) -> Contact:
    return Contact(
        name=agency.name,
        phone=agency.phone,
        email=agency.email,
        office_hours=agency.office_hours,
    )


def _city() -> Contact:
    agency = responsibility.coordination()
    if agency is None:
        return Contact(name=_("City administration"))
    return _desk(agency)


def quarters(day: date) -> Iterable[District]:
    """The districts one may ask for, with borough and postal codes, without their shapes."""
    rows = District.objects.quarters().on(day).without_shapes().select_related("parent")
    return rows.prefetch_related("postal_codes")


def shapes(day: date) -> Iterable[District]:
    """The same districts, for the map."""
    return District.objects.quarters().on(day).only("name", "outline", "is_schematic")


def address(request, district: District) -> str:
    """The page of the district, below the portal's address as the city has set it."""
    base = settings.PORTAL_URL or request.build_absolute_uri("/").rstrip("/")
    return base + reverse("public:contact_detail", args=[district.pk])
