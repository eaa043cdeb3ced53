"""Who is whose contact person: appoint one, hand many over.

Of a volunteer or group at most one contact person is appointed on any day. Whether they really are
it, depends on the positions they hold (``ContactQuerySet.holding``). Every act locks the volunteers
by number, then the groups, and only then reads what it checks.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from agencies.models import Assignment, Occupancy, Worker
from agencies.responsibility import first_of
from coordination.access.models import User
from coordination.audit.log import Verb, line, record_all
from coordination.periods import ONE_DAY, show_day
from districts.models import District
from volunteers.changes import refuse_personal
from volunteers.models import Contact, Volunteer, VolunteerGroup

Party = Volunteer | VolunteerGroup
SHAPES = ("district__geometry", "district__outline")
PIECE = 500  # rows handed over with one set of statements


@dataclass(frozen=True)
class Proposal:
    """Somebody who could be the contact person, because they lead the district."""

    worker: Worker
    district: District


@dataclass
class HandedOver:
    done: list[Contact] = field(default_factory=list)
    left: list[tuple[Party, str]] = field(default_factory=list)  # with the reason why
    unled: list[Party] = field(default_factory=list)  # of these those nobody could be proposed for

    @property
    def by_worker(self) -> list[tuple[Worker, list[Party]]]:
        found = {}
        for row in self.done:
            found.setdefault(row.worker, []).append(row.volunteer or row.group)
        return list(found.items())


def leaders(
    day: date, *, districts: Iterable[District] | None = None, among: Iterable[Worker] | None = None
) -> dict[int, Proposal]:
    """Who leads each district on ``day`` and can be turned to, by the district's number.

    Where leads share a district, ``agencies.responsibility`` decides; vacant posts do not count.
    ``among``: the workers of ``could_be(day)``, if they were fetched already.
    """
    workers = {row.pk: row for row in (could_be(day) if among is None else among)}
    holders = Occupancy.objects.on(day).filter(position=OuterRef("position"), worker__in=workers)
    holder = holders.order_by("-fte", "pk").values("worker")[:1]
    rows = Assignment.objects.on(day).leads().select_related("district")
    if districts is not None:
        rows = rows.filter(district__in=districts)
    by_district = defaultdict(list)
    for row in rows.defer(*SHAPES).annotate(holder=Subquery(holder)):
        if row.holder in workers:  # else the position is vacant
            by_district[row.district_id].append(row)
    found = {}
    for number, leads in by_district.items():
        chosen = first_of(leads)
        found[number] = Proposal(workers[chosen.holder], chosen.district)
    return found


def proposal(districts: Iterable[District], *, day: date) -> Proposal | None:
    """The lead of the first of the districts, by key, that somebody leads on ``day``."""
    districts = list(districts)
    return first_led(districts, leaders(day, districts=districts))


def first_led(districts: Iterable[District], found: dict[int, Proposal]) -> Proposal | None:
    for row in sorted(districts, key=lambda row: (row.key, row.pk)):
        if row.pk in found:
            return found[row.pk]
    return None


def could_be(day: date) -> QuerySet[Worker]:
    """Who can be chosen as the contact person of anybody on ``day``, wherever somebody chooses.

    Of any agency: whoever leads a district may belong to another one than looks after people there.
    """
    held = Q(pk__in=Occupancy.objects.on(day).values("worker"))
    rows = Worker.objects.active().filter(agency__is_active=True)
    rows = rows.filter(held | Q(kind=Worker.Kind.FREELANCE))
    return rows.select_related("agency").order_by("agency__short_name", "name", "pk")


@transaction.atomic
def appoint(
    party: Party,
    *,
    worker: Worker,
    district: District | None = None,
    starts_on: date,
    reason: str = "",
    seen: str | None = None,
    by: User | None,
) -> Contact:
    """From ``starts_on`` ``worker`` is the contact person; whoever was it, ends the day before.

    It ends with the party's last day, if there is one.
    With a ``district`` as its lead, and only as long as they lead it. Somebody who is appointed
    for a later day already comes after them. ``seen``: the ``mark`` of what the page showed.
    """
    _lock([party])
    party = type(party).objects.get(pk=party.pk)
    refuse_personal(reason, party)
    _check_helps(party, starts_on)
    _check_can(worker, district, starts_on)
    appointed = list(party.contacts.with_names())
    if _is_same(_on(appointed, starts_on), worker, district):
        raise ValidationError(
            {"worker": _("%(worker)s is the contact person already.") % {"worker": worker}}
        )
    if seen is not None and seen != mark(appointed):
        last = max(appointed, key=lambda row: row.pk)
        raise ValidationError(
            _("In the meantime %(worker)s was appointed from %(day)s. Send again to change it.")
            % {"worker": last.worker, "day": show_day(last.starts_on)}
        )
    return _appoint([(party, appointed, worker, district)], starts_on, reason, by)[0]


@transaction.atomic
def hand_over(
    parties: Iterable[Party],
    *,
    worker: Worker | None = None,
    starts_on: date,
    reason: str = "",
    by: User | None,
) -> HandedOver:
    """Give everybody who has no contact person on ``starts_on`` one from that day on.

    Without ``worker`` each goes to the lead of their district. Whoever has a contact person on
    that day keeps them; so nothing happens twice, however often it is sent.
    """
    if worker:
        _check_can(worker, None, starts_on)
    parties = list(parties)
    refuse_personal(reason, *parties)
    _lock(parties)
    led = {} if worker else leaders(starts_on)
    result = HandedOver()
    for model in (Volunteer, VolunteerGroup):
        numbers = sorted({row.pk for row in parties if isinstance(row, model)})
        for first in range(0, len(numbers), PIECE):
            rows = model.objects.filter(pk__in=numbers[first : first + PIECE])
            _hand_over(rows, worker, led, starts_on, reason, by, result)
    return result


def _hand_over(rows, worker, led, starts_on, reason, by, result) -> None:
    given = []
    for row in (
        rows.with_names()
        .with_contact(starts_on)
        .prefetch_related("contacts__worker", "contacts__district")
    ):
        proposed = None if worker else first_led(row.districts.all(), led)
        if not row.is_on(starts_on):
            why = _("does not help on %(day)s") % {"day": show_day(starts_on)}
        elif row.holding:
            why = _("has a contact person: %(worker)s") % {"worker": row.holding[0].worker}
        elif not worker and not proposed:
            why = _("nobody leads any of the districts on %(day)s") % {"day": show_day(starts_on)}
            result.unled.append(row)
        else:
            chosen = (worker, None) if worker else (proposed.worker, proposed.district)
            given.append((row, list(row.contacts.all()), *chosen))
            continue
        result.left.append((row, why))
    result.done += _appoint(given, starts_on, reason, by)


def _appoint(given: list[tuple], starts_on: date, reason: str, by: User | None) -> list[Contact]:
    """Let the appointments so far make room, start the new ones and log it, in four statements."""
    replaced, ended, new, lines = [], [], [], []
    for party, appointed, worker, district in given:
        present = _on(appointed, starts_on)
        later = min((row.starts_on for row in appointed if row.starts_on > starts_on), default=None)
        last = [day for day in (later and later - ONE_DAY, party.ends_on) if day]
        before = {"contact": "", "contact_since": None}
        if present:
            before = _logged(present)
            if present.starts_on == starts_on:
                replaced.append(present.pk)
            else:
                ended.append(present.pk)
        contact = Contact(
            **{party.contacts.field.name: party},
            worker=worker,
            district=district,
            starts_on=starts_on,
            ends_on=min(last, default=None),
        )
        new.append(contact)
        lines.append(
            line(
                Verb.CHANGED,
                party,
                by=by,
                agency_id=party.agency_id,
                district_id=district and district.pk,
                before=before,
                after=_logged(contact),
                reason=reason,
            )
        )
    if replaced:
        Contact.objects.filter(pk__in=replaced).delete()
    if ended:
        Contact.objects.filter(pk__in=ended).update(ends_on=starts_on - ONE_DAY)
    record_all(lines)
    return Contact.objects.bulk_create(new)


def mark(appointed: Iterable[Contact]) -> str:
    """What a page has seen of the contact persons so far: each new one has a higher number."""
    return str(max((row.pk for row in appointed), default=""))


def _logged(contact: Contact) -> dict:
    name = contact.worker.name
    if contact.district:
        name = f"{name} ({contact.district.name})"
    return {"contact": name, "contact_since": contact.starts_on}


def _on(appointed: list[Contact], day: date) -> Contact | None:
    return next((row for row in appointed if row.is_on(day)), None)


def _is_same(contact: Contact | None, worker: Worker, district: District | None) -> bool:
    new = (worker.pk, district and district.pk)
    return contact is not None and (contact.worker_id, contact.district_id) == new


def _lock(parties: Iterable[Party]) -> None:
    """In one order everywhere – volunteers, then groups, by number – against deadlocks."""
    for model in (Volunteer, VolunteerGroup):
        numbers = sorted({row.pk for row in parties if isinstance(row, model)})
        for first in range(0, len(numbers), PIECE):
            piece = model.objects.filter(pk__in=numbers[first : first + PIECE]).order_by("pk")
            list(piece.select_for_update(no_key=True).values_list("pk"))


def _check_helps(party: Party, starts_on: date) -> None:
    if starts_on < party.starts_on:
        text = _("Helps only from %(day)s.") % {"day": show_day(party.starts_on)}
        raise ValidationError({"starts_on": text})
    if party.has_ended(starts_on):
        text = _("Helps only until %(day)s.") % {"day": show_day(party.ends_on)}
        raise ValidationError({"starts_on": text})


def _check_can(worker: Worker, district: District | None, starts_on: date) -> None:
    """Who is appointed must really be it on the first day."""
    words = {"worker": worker, "day": show_day(starts_on)}
    worker = Worker.objects.select_related("agency").get(pk=worker.pk)
    if not worker.is_active:
        raise ValidationError({"worker": _("%(worker)s is no longer active.") % words})
    if not worker.agency.is_active:
        text = _("%(agency)s is no longer active.") % {"agency": worker.agency}
        raise ValidationError({"worker": text})
    if district:
        led = Assignment.objects.on(starts_on).leads().filter(district=district)
        if not Occupancy.objects.on(starts_on).filter(
            worker=worker, position__in=led.values("position")
        ):
            words["district"] = district
            text = _("%(worker)s does not lead %(district)s on %(day)s.")
            raise ValidationError({"worker": text % words})
    elif not could_be(starts_on).filter(pk=worker.pk).exists():
        text = _("%(worker)s holds no position on %(day)s.")
        raise ValidationError({"worker": text % words})
