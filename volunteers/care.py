"""Who is cared for, and by whom: the lists of whom nobody may overlook, and one person's page."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, IntegerField, QuerySet, Subquery, TextChoices, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agencies.models import Assignment, Occupancy, Worker
from coordination.access.models import User
from coordination.access.permissions import Scope
from districts.models import District
from volunteers.contacts import Party, Proposal, first_led, leaders
from volunteers.models import Contact, Talk, Volunteer, VolunteerGroup


class Lack(TextChoices):
    """What can be missing in the care for somebody, worst first."""

    CONTACT = "ohne", _("without contact person")
    DEPUTY = "vertretung", _("without deputy")
    TALK_90 = "90", _("more than 90 days without a talk")
    TALK_30 = "30", _("more than 30 days without a talk")


def lacking(rows: QuerySet, lack: str, day: date) -> QuerySet:
    """Of volunteers or groups those who lack it on ``day``."""
    if lack == Lack.CONTACT:
        return rows.without_contact(day)
    if lack == Lack.DEPUTY:
        return rows.without_deputy(day)
    return rows.last_talk_before(day, int(lack))


def total(*rows: QuerySet):
    """How many in all, as an expression: several such figures are one query."""
    counts = [
        Coalesce(
            Subquery(
                one.order_by().values(all=Value(1)).annotate(n=Count("pk")).values("n"),
                output_field=IntegerField(),
            ),
            0,
        )
        for one in rows
    ]
    return sum(counts[1:], counts[0])


def counts(user: User, parties: dict[str, QuerySet], day: date) -> dict[tuple[str, Lack], int]:
    """How many of each kind lack what on ``day``, in one query."""
    asked = {
        f"{kind}_{lack.value}": total(lacking(rows, lack, day))
        for kind, rows in parties.items()
        for lack in Lack
    }
    # Asked of the reader's own row, because that is always there.
    found = User.objects.filter(pk=user.pk).values(**asked).get()
    return {(kind, lack): found[f"{kind}_{lack.value}"] for kind in parties for lack in Lack}


def without_contact(scope: Scope, *, reach_on: date, day: date):
    """How many volunteers and groups within reach have no contact person on ``day``."""
    return total(
        *(
            model.objects.reachable(scope, reach_on).without_contact(day)
            for model in (Volunteer, VolunteerGroup)
        )
    )


@dataclass
class Row:
    """A volunteer or group as the lists show them."""

    party: Party
    districts: list[District]
    contact: Contact | None  # who is it on the day
    proposal: Proposal | None
    days: int  # since the last talk, or since the first day of helping

    @property
    def is_group(self) -> bool:
        return isinstance(self.party, VolunteerGroup)

    @property
    def where(self) -> str:
        return ", ".join(row.name for row in self.districts)


def rows_of(
    parties: list[Party],
    day: date,
    *,
    districts: dict[int, District],
    led: dict[int, Proposal] | None = None,
) -> list[Row]:
    """The rows of a page in two queries. ``districts`` by number.

    ``led`` (from ``leaders``) is for rows known to have no contact person: what is proposed.
    """
    where = _districts(parties)
    contacts = _contacts(parties, day) if led is None else {}
    result = []
    for party in parties:
        here = [districts[number] for number in where[_key(party)] if number in districts]
        here.sort(key=lambda row: (row.key, row.pk))
        result.append(
            Row(
                party=party,
                districts=here,
                contact=contacts.get(_key(party)),
                proposal=first_led(here, led) if led else None,
                days=(day - party.silent_since).days,
            )
        )
    return result


def _key(party: Party) -> tuple[str, int]:
    return (party._meta.model_name, party.pk)


def _districts(parties: list[Party]) -> dict[tuple[str, int], list[int]]:
    links = []
    for model in (Volunteer, VolunteerGroup):
        numbers = [row.pk for row in parties if isinstance(row, model)]
        name = model._meta.model_name
        rows = model.districts.through.objects.filter(**{f"{name}__in": numbers}).order_by()
        links.append(
            rows.annotate(what=Value(name)).values_list("what", f"{name}_id", "district_id")
        )
    found = defaultdict(list)
    for what, number, district in links[0].union(links[1], all=True):
        found[what, number].append(district)
    return found


def _contacts(parties: list[Party], day: date) -> dict[tuple[str, int], Contact]:
    volunteers = [row.pk for row in parties if isinstance(row, Volunteer)]
    groups = [row.pk for row in parties if isinstance(row, VolunteerGroup)]
    of_them = Contact.objects.filter(volunteer__in=volunteers) | Contact.objects.filter(
        group__in=groups
    )
    found = {}
    for row in of_them.holding(day).with_names():
        kind = "volunteer" if row.volunteer_id else "volunteergroup"
        found[kind, row.volunteer_id or row.group_id] = row
    return found


@dataclass
class Deputy:
    worker: Worker
    district: District


@dataclass
class Care:
    """What the page of a volunteer or group says about who cares for them on ``day``."""

    day: date
    helps: bool
    contact: Contact | None
    appointed: Contact | None  # but no longer it
    deputies: list[Deputy]
    history: list[Contact]  # newest first; the coming one too
    next: Contact | None
    proposal: Proposal | None
    is_group: bool
    talks: list[Talk]  # newest first, no more than SHOWN_TALKS
    has_more_talks: bool
    deletable: set[int]  # the numbers of the talks the reader may delete
    days: int | None  # since the last talk

    @property
    def last_talk(self) -> Talk | None:
        return next((row for row in self.talks if row.day <= self.day), None)

    @property
    def is_long_ago(self) -> bool:
        return self.days is not None and self.days > 30

    @property
    def is_very_long_ago(self) -> bool:
        return self.days is not None and self.days > 90


SHOWN_TALKS = 20
NOWHERE = Scope()


def care_of(party: Party, day: date, *, manages: Scope = NOWHERE) -> Care:
    """Everything ``_care.html`` shows, in at most six queries.

    ``manages``: where the reader may manage volunteers.
    """
    districts = list(party.districts.without_shapes())
    history = list(party.contacts.with_holding(day).with_names())
    present = next((row for row in history if row.is_on(day)), None)
    coming = [row for row in history if row.starts_on > day]
    talks = list(party.talks.select_related("worker__agency")[: SHOWN_TALKS + 1])
    helps = party.is_on(day)
    last = next((row.day for row in talks if row.day <= day), party.starts_on)
    contact = present if present and present.holds else None
    return Care(
        day=day,
        helps=helps,
        contact=contact,
        appointed=present if present and not present.holds else None,
        deputies=_deputies(districts, day),
        history=history,
        next=coming[-1] if coming else None,
        proposal=None if contact else first_led(districts, leaders(day, districts=districts)),
        is_group=isinstance(party, VolunteerGroup),
        talks=talks[:SHOWN_TALKS],
        has_more_talks=len(talks) > SHOWN_TALKS,
        deletable={
            row.pk
            for row in talks
            if manages.covers(party.agency_id) or manages.covers(row.worker.agency_id)
        },
        days=(day - last).days if helps else None,
    )


def _deputies(districts: list[District], day: date) -> list[Deputy]:
    """Who stands in, district by district, as ``without_deputy`` asks for."""
    by_number = {row.pk: row for row in districts}
    held = Occupancy.objects.on(day).filter(
        worker__is_active=True,
        worker__agency__is_active=True,
        position__assignments__in=Assignment.objects.on(day).filter(
            role=Assignment.Role.DEPUTY, district__in=districts
        ),
    )
    rows = held.annotate(district=F("position__assignments__district"))
    found = {}
    for row in rows.select_related("worker__agency").order_by("-fte", "pk"):
        found.setdefault((row.worker_id, row.district), Deputy(row.worker, by_number[row.district]))
    return sorted(found.values(), key=lambda one: (one.district.key, one.worker.name))
