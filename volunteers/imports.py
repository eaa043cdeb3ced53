"""Entering a file of volunteers: look through it first, then enter all of it or nothing.

``keep`` stores the file, ``planned`` says what it would enter, ``confirm`` enters just that, by the
same rules as ``volunteers.create``, in a number of statements that hardly grows with the file.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cache
from hashlib import blake2s

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.lists.models import Topic
from agencies.models import Agency, Worker
from coordination.access.models import User
from coordination.access.permissions import Scope
from coordination.as_of import today
from coordination.audit.log import Verb, line, record, record_all, values
from coordination.periods import show_day
from coordination.tables import Mistake, refuse_size, short, shown, spelling
from districts.models import District
from volunteers import changes, contacts, duplicates, engaged, search
from volunteers.models import SearchWord, Volunteer, VolunteerUpload
from volunteers.volunteer_files import MOST_BYTES, NAMES, Line, Table, lines, opened, packed

BATCH = 500
LEAVE, ENTER = "leave", "enter"  # what becomes of people who are probably there already
KEYS = ("match_key", "email_key", "phone_key")
NEAR = 0.75  # how alike a word must be to be proposed
MOST_PROPOSED = 200  # unknown words for which others are proposed


@dataclass(frozen=True)
class PlannedVolunteer:
    """A line that can be entered."""

    number: int
    volunteer: Volunteer  # not saved yet
    districts: list[District]
    interests: list[Topic]
    worker: Worker | None  # who becomes the contact person; None: the lead of a district
    contact: str  # the name of who that is; empty for somebody who helps no more
    known: list[Volunteer]  # who is there already and looks like this one, within reach
    is_known_elsewhere: bool  # by somebody beyond reach
    earlier: int | None  # the line of the file that looks like this one

    @property
    def is_double(self) -> bool:
        return bool(self.known or self.is_known_elsewhere or self.earlier)


@dataclass
class Plan:
    unread: list[str]
    entries: list[PlannedVolunteer] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    refused: int = 0  # lines

    @property
    def doubles(self) -> list[PlannedVolunteer]:
        return [entry for entry in self.entries if entry.is_double]

    @property
    def fingerprint(self) -> str:
        """The same as long as confirming the plan would do the same."""
        effects = [_effect(entry) for entry in self.entries]
        return blake2s(repr((effects, self.mistakes)).encode(), digest_size=16).hexdigest()


def _effect(entry: PlannedVolunteer) -> tuple:
    return (
        entry.number,
        [getattr(entry.volunteer, name) for name in engaged.FIELDS if name != "agency"],
        [row.pk for row in (*entry.districts, *entry.interests)],
        entry.contact,
        [row.pk for row in entry.known],
        entry.is_known_elsewhere,
    )


@dataclass(frozen=True)
class Done:
    """What an import has done; ``is_again`` if it had been done before."""

    entered: int = 0
    left_out: int = 0
    is_again: bool = False


@transaction.atomic
def keep(agency: Agency, *, file: File, by: User) -> VolunteerUpload:
    """Store what stands in a file until its uploader has looked through it, for a day at most.

    Logged at once: the preview says of each line whether somebody is known already.
    """
    refuse_size(file.size, MOST_BYTES)
    file.seek(0)
    kept = packed(file.read(), agency)
    VolunteerUpload.objects.expired().delete()
    name = "".join(letter for letter in file.name or "" if letter.isprintable())[-200:].strip()
    upload = VolunteerUpload.objects.create(user=by, name=name or "–", content=kept)
    after = {"count": len(opened(kept).rows)}
    record(Verb.CREATED, upload, by=by, agency_id=agency.pk, after=after)
    return upload


def planned(table: Table, *, agency: Agency, scope: Scope) -> Plan:
    """What a kept file would enter now for the agency, and what stands against it."""
    words, plan, read = _Words(agency, table, scope), Plan(table.unread), []
    for row in lines(table):
        mistakes = list(row.mistakes)
        found = _row(row, words, mistakes)
        if mistakes:
            plan.refused += 1
            plan.mistakes += mistakes
        else:
            read.append((row.number, *found))
    likenesses = _likenesses([party for _number, party, *_rest in read], scope)
    places = {}  # key -> the first line that has it
    for (number, party, *rest), (known, elsewhere) in zip(read, likenesses, strict=True):
        keys = [(name, getattr(party, name)) for name in KEYS if getattr(party, name)]
        earlier = min((places[key] for key in keys if key in places), default=None)
        for key in keys:
            places.setdefault(key, number)
        plan.entries.append(PlannedVolunteer(number, party, *rest, known, elsewhere, earlier))
    return plan


def _row(row: Line, words: "_Words", mistakes: list[Mistake]) -> tuple | None:
    """The volunteer a line speaks of; None if something is wrong, which is added."""
    found = {}
    wrong = {mistake.column for mistake in mistakes}
    for name in ("agency", "districts", "interests", "contact"):
        if NAMES[name] in wrong:
            continue
        try:
            found[name] = getattr(words, name)(row.values.get(name) or "")
        except ValidationError as error:
            mistakes.append(_mistake(row, name, error.messages))
    if mistakes:
        return None
    party = Volunteer(
        agency=words.of,
        **{
            name: row.values.get(name) or ("" if name in Volunteer.PERSONAL else None)
            for name in engaged.FIELDS
            if name != "agency"
        },
    )
    districts, interests, worker = found["districts"], found["interests"], found["contact"]
    contact = ""
    try:
        engaged.check(party, districts, interests, is_one_of_many=True)
        contact = words.contact_of(party, districts, worker)
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            mistakes.append(_mistake(row, name if name in NAMES else "name", texts))
        return None
    return party, districts, interests, worker, contact


def _mistake(row: Line, name: str, texts: list[str]) -> Mistake:
    return Mistake(row.number, NAMES[name], shown(row.found.get(name, "")), " ".join(texts))


def _likenesses(parties: list[Volunteer], scope: Scope) -> list[tuple[list[Volunteer], bool]]:
    """As ``duplicates.like``, for all at once."""
    found = {name: defaultdict(dict) for name in KEYS}
    for name in KEYS:
        wanted = sorted({getattr(party, name) for party in parties} - {""})
        for first in range(0, len(wanted), BATCH):
            rows = Volunteer.objects.filter(**{f"{name}__in": wanted[first : first + BATCH]})
            for row in rows.order_by("name_key", "pk").select_related("agency"):
                found[name][getattr(row, name)][row.pk] = row
    there = {pk for by_key in found.values() for rows in by_key.values() for pk in rows}
    reachable = set()
    for first in range(0, len(there), BATCH):
        rows = Volunteer.objects.reachable(scope, today())
        some = sorted(there)[first : first + BATCH]
        reachable |= set(rows.filter(pk__in=some).order_by().values_list("pk", flat=True))
    result = []
    for party in parties:
        rows = {}
        for name in KEYS:
            if key := getattr(party, name):
                rows |= found[name].get(key, {})
        known = [row for pk, row in rows.items() if pk in reachable]
        result.append((known[: duplicates.MOST], any(pk not in reachable for pk in rows)))
    return result


class _Words:
    """What the words in a file mean; everything is fetched once."""

    def __init__(self, agency: Agency, table: Table, scope: Scope):
        self.of, self.scope, self.unknown = agency, scope, set()
        day = today()
        quarters = District.objects.quarters().on(day).without_shapes().order_by("key", "pk")
        self._districts = _named(quarters, lambda row: [row.name, row.key, row.key.lstrip("0")])
        self._topics = _named(Topic.objects.on(day).in_order(), lambda row: [row.name])
        self._workers = _named(contacts.could_be(day), lambda row: [row.name, row.email])
        self.leaders = cache(lambda day: contacts.leaders(day))
        self.could_be = cache(lambda day: {row.pk for row in contacts.could_be(day)})

    def agency(self, text: str) -> None:
        names = {spelling(self.of.name), spelling(self.of.short_name)}
        if text and spelling(text) not in names:
            raise ValidationError(
                _("This file is entered for %(agency)s. Leave out the lines of others.")
                % {"agency": self.of}
            )

    def districts(self, text: str) -> list[District]:
        return self._several(
            text, self._districts, _("“%(name)s” is no district. Write its name or key.")
        )

    def interests(self, text: str) -> list[Topic]:
        return self._several(text, self._topics, _("“%(name)s” is not in the list."))

    def contact(self, text: str) -> Worker | None:
        if not text:
            return None
        rows = self._workers.get(spelling(text))
        if not rows:
            said = _("“%(name)s” cannot be chosen as a contact person.")
            raise self._unknown(said, text, self._workers)
        if len(rows) > 1:
            raise ValidationError(_("Several workers have this name: write their e-mail address."))
        return rows[0]

    def contact_of(self, party: Volunteer, districts: list, worker: Worker | None) -> str:
        """Who becomes the contact person; a ValidationError if there is nobody."""
        first = first_day(party)
        if not party.is_on(first):
            return ""
        words = {"day": show_day(first), "worker": worker}
        if worker:
            if worker.pk not in self.could_be(first):
                text = _("%(worker)s holds no position on %(day)s.")
                raise ValidationError({"contact": text % words})
            return worker.name
        if proposed := contacts.first_led(districts, self.leaders(first)):
            return proposed.worker.name
        text = _("Nobody leads these districts on %(day)s. Choose a contact person.")
        raise ValidationError({"contact": text % words})

    def _several(self, text: str, names: dict[str, list], said: str) -> list:
        """What is parted by semicolons or commas; a name may hold a comma itself."""
        found = {}
        for part in re.split(r"[;|]", text):
            whole = names.get(spelling(part))
            for word in [part] if whole else part.split(","):
                if not spelling(word):
                    continue
                rows = names.get(spelling(word))
                if not rows:
                    raise self._unknown(said, word, names)
                if len(rows) > 1:
                    raise ValidationError(_("Several districts have this name: write the key."))
                found[rows[0].pk] = rows[0]
        return list(found.values())

    def _unknown(self, said: str, text: str, names: dict[str, list]) -> ValidationError:
        said %= {"name": short(text.strip())}
        self.unknown.add(text)
        near = []
        if len(self.unknown) <= MOST_PROPOSED:
            near = get_close_matches(spelling(text), names, 3, NEAR)
        if near:
            meant = ", ".join(dict.fromkeys(names[key][0].name for key in near))
            said += " " + _("Do you mean %(names)s?") % {"names": meant}
        return ValidationError(said)


def _named(rows: Iterable, names: Callable) -> dict[str, list]:
    found = defaultdict(list)
    for row in rows:
        for key in {spelling(name) for name in names(row)} - {""}:
            found[key].append(row)
    return dict(found)


def first_day(party: Volunteer) -> date:
    """From which day on somebody who is entered today has a contact person."""
    return max(party.starts_on, today())


@transaction.atomic
def confirm(
    upload: VolunteerUpload, *, expected: str, doubles: str, scope: Scope, by: User
) -> Done:
    """Enter all lines of a kept file if they are what was shown (``expected``), or nothing.

    ``doubles`` is ``LEAVE`` or ``ENTER`` where somebody is probably there already.
    """
    if not upload.content:
        return Done(is_again=True)
    agency = engaged.lock_agencies(opened(bytes(upload.content)).agency)[0]
    VolunteerUpload.objects.select_for_update(no_key=True).get(pk=upload.pk)
    upload = VolunteerUpload.objects.get(pk=upload.pk)
    if upload.applied_at:
        return Done(is_again=True)
    plan = planned(opened(bytes(upload.content)), agency=agency, scope=scope)
    _check(plan, agency, expected, doubles)
    entries = [entry for entry in plan.entries if not (doubles == LEAVE and entry.is_double)]
    _write(entries, by)
    upload.applied_at, upload.content = timezone.now(), b""
    upload.save(update_fields=["applied_at", "content"])
    done = Done(len(entries), len(plan.entries) - len(entries))
    # No name of the file: people call it what they like, and the log outlives what it describes.
    after = {"entered": done.entered, "left_out": done.left_out}
    record(Verb.IMPORTED, upload, by=by, agency_id=agency.pk, after=after)
    return done


def _check(plan: Plan, agency: Agency, expected: str, doubles: str) -> None:
    if not agency.is_active:
        raise ValidationError(_("%(agency)s is no longer active.") % {"agency": agency})
    if plan.mistakes:
        raise ValidationError(_("Nothing was entered: the file has lines that cannot be entered."))
    if plan.fingerprint != expected:
        raise ValidationError(
            _("Nothing was entered: something has changed meanwhile. Look through the file again.")
        )
    if plan.doubles and doubles not in (LEAVE, ENTER):
        raise ValidationError(
            _("Nothing was entered: please choose what becomes of the people known already.")
        )


def _write(entries: list[PlannedVolunteer], by: User) -> None:
    """As ``volunteers.create`` would one by one."""
    parties = Volunteer.objects.bulk_create([entry.volunteer for entry in entries], BATCH)
    for name in engaged.MANY:
        through = getattr(Volunteer, name).through
        column = through._meta.get_field(
            {"districts": "district", "interests": "topic"}[name]
        ).attname
        links = [
            through(**{"volunteer_id": party.pk, column: row.pk})
            for entry, party in zip(entries, parties, strict=True)
            for row in getattr(entry, name)
        ]
        through.objects.bulk_create(links, BATCH)
    words = [word for party in parties for word in search.of(party)]
    SearchWord.objects.bulk_create(words, BATCH)
    record_all(
        line(
            Verb.CREATED,
            party,
            by=by,
            agency_id=party.agency_id,
            **changes.logged({}, _logged(entry)),
        )
        for entry, party in zip(entries, parties, strict=True)
    )
    appointed = defaultdict(list)
    for entry in entries:
        if entry.contact:
            appointed[first_day(entry.volunteer), entry.worker].append(entry.volunteer)
    for (day, worker), helped in appointed.items():
        result = contacts.hand_over(helped, worker=worker, starts_on=day, by=by)
        if result.left:  # the lead has gone between the plan and this line
            raise ValidationError(
                _("Nothing was entered: something has changed meanwhile. "
                  "Look through the file again.")
            )  # fmt: skip


def _logged(entry: PlannedVolunteer) -> dict:
    """As ``engaged.logged_values``, without asking for what is at hand."""
    return values(entry.volunteer, *engaged.FIELDS) | {
        name: [str(row) for row in getattr(entry, name)] for name in engaged.MANY
    }
