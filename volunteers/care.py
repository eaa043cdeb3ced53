"""Who is cared for, and by whom: the lists of whom nobody may overlook, and one person's page."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, IntegerField, QuerySet, Subquery, TextChoices, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agencies.models import Assignment, Occupancy, Worker
from coordination.access.models import User
from coordination.access.permissions import Scope
from districts.models import District
from volunteers.contacts import Party, Proposal, first_led, leaders
from volunteers.models import Contact, Talk, Volunteer, VolunteerGroup


class Lack(TextChoices):
    """What can be missing in the care for somebody, worst first; ``lacking`` says what it means."""

    CONTACT = "ohne", _("without contact person")
    DEPUTY = "vertretung", _("deputy missing")
    TALK_90 = "90", _("more than 90 days without a talk")
    TALK_30 = "30", _("more than 30 days without a talk")


def lacking(rows: QuerySet, lack: str, day: date) -> QuerySet:
    """Of volunteers or groups those who lack it on ``day``: what lists, figures and pages say."""
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
    lacks: list[Lack]
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
    talked_on: date | None  # the last time
    days: int | None  # since then, or since the first day of helping

    @property
    def lacks_contact(self) -> bool:
        return Lack.CONTACT in self.lacks

    @property
    def lacks_deputy(self) -> bool:
        return Lack.DEPUTY in self.lacks

    @property
    def last_talk(self) -> Talk | None:
        return next((row for row in self.talks if row.day <= self.day), None)

    @property
    def is_long_ago(self) -> bool:
        return Lack.TALK_30 in self.lacks

    @property
    def is_very_long_ago(self) -> bool:
        return Lack.TALK_90 in self.lacks


SHOWN_TALKS = 20
NOWHERE = Scope()


def care_of(party: Party, day: date, *, manages: Scope = NOWHERE) -> Care:
    """Everything ``_care.html`` shows, in at most seven queries.

    ``manages``: where the reader may manage volunteers.
    """
    districts = list(party.districts.without_shapes())
    history = list(party.contacts.with_holding(day).with_names())
    present = next((row for row in history if row.is_on(day)), None)
    coming = [row for row in history if row.starts_on > day]
    talks = list(party.talks.select_related("worker__agency")[: SHOWN_TALKS + 1])
    found = _asked(party, day)
    contact = present if present and present.holds else None
    return Care(
        day=day,
        lacks=[lack for lack in Lack if found[lack.name]],
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
        talked_on=found["talked_on"],
        days=(day - found["silent_since"]).days if party.is_on(day) else None,
    )


def _asked(party: Party, day: date) -> dict:
    """What the lists say of the one row: each ``Lack`` by its name, and the last talk."""
    rows = type(party).objects.filter(pk=party.pk)
    lacks = {lack.name: Exists(lacking(rows, lack, day)) for lack in Lack}
    return rows.with_last_talk(day).values("talked_on", "silent_since", **lacks).get()


def _deputies(districts: list[District], day: date) -> list[Deputy]:
    """Who stands in, district by district."""
    by_number = {row.pk: row for row in districts}
    held = Occupancy.objects.acting(day).filter(
        position__assignments__in=Assignment.objects.standing_in(day).filter(district__in=districts)
    )
    rows = held.annotate(district=F("position__assignments__district"))
    found = {}
    for row in rows.select_related("worker__agency").order_by("-fte", "pk"):
        found.setdefault((row.worker_id, row.district), Deputy(row.worker, by_number[row.district]))
    return sorted(found.values(), key=lambda one: (one.district.key, one.worker.name))
