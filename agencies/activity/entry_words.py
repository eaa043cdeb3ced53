"""What the words in a file of entries mean: the agency's workers and offers, the central lists.

Everything is fetched once, in a number of queries that does not grow with the file. Names are
found whatever their case, umlauts, hyphens and spaces; what is not found says what is near.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache, cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.activity import activities
from agencies.activity.entry_files import Table
from agencies.activity.models import Activity, Headcount, ReportingPeriod
from agencies.lists.models import Format, Kind, TargetGroup, Topic
from agencies.models import Agency, Worker
from agencies.offers.models import Offer
from coordination import as_of
from coordination.tables import short, spelling
from districts.models import District

# The columns of an entry that a file fills, beside its counts and topics.
ENTRY = ("day", "worker", "district", "kind", "format", "minutes", "offer", "has_interpreter",
         "note")  # fmt: skip
ROWS = {"worker": Worker, "district": District, "kind": Kind, "format": Format, "offer": Offer}
SUMS = tuple(activities.COLUMN_OF.values())
SEVERAL = {
    "worker": gettext_lazy("Several workers have this name: write their e-mail address."),
    "district": gettext_lazy("Several districts have this name: write the key."),
    "offer": gettext_lazy("Several offers have this title: tell them apart in the portal."),
}
# By what an entry without a number is taken for one that is there already.
ALIKE = ("day", "worker", "district", "kind", "format", "minutes", "offer")
NEAR = 0.75  # how alike a word must be to be proposed
MOST_PROPOSED = 500  # unknown words for which others are proposed: it takes a millisecond each
LONGEST_LIST = 300  # characters


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it is, its rows by id."""

    pk: int
    fields: dict
    counts: dict[int, int]
    topics: set[int]
    is_insisted: bool


class Words:
    def __init__(self, agency: Agency, table: Table):
        self.agency = agency
        self.rows = {
            "worker": _by_pk(Worker.objects.filter(agency=agency)),
            "district": _by_pk(District.objects.without_shapes()),
            "kind": _by_pk(Kind.objects.all()),
            "format": _by_pk(Format.objects.all()),
            "offer": _by_pk(Offer.objects.filter(agency=agency)),
        }
        self.topics = _by_pk(Topic.objects.all())
        self.groups = _by_pk(TargetGroup.objects.in_order())
        self.columns_of = {
            pk: activities.COLUMN_OF[group.background] for pk, group in self.groups.items()
        }
        self.group_names = {pk: group.name for pk, group in self.groups.items()}
        self.periods = list(ReportingPeriod.objects.filter(agency=agency).closed())
        self.stored = self._stored(table)
        self.alike = self._alike(table)
        self.names = {
            "worker": _named(self.rows["worker"].values(), _names_of_worker),
            "district": _named(self.rows["district"].values(), _names_of_district),
            "offer": _named(self.rows["offer"].values(), lambda offer: [offer.title]),
            "topics": _named(self.topics.values(), lambda topic: [topic.name]),
            "kind": _named(self.rows["kind"].values(), lambda kind: [kind.name]),
            "format": _named(self.rows["format"].values(), lambda form: [form.name]),
        }
        self.left = [counter.copy() for counter in self.alike]  # that no line accounts for yet
        self.unknown = set()
        self.closed = cache(self._closed)
        self.named = cache(self._named)
        self.topics_in = cache(self._topics_in)

    def basis(self) -> list:
        """All that a plan follows from; two that are equal lead to the same plan."""
        tables = [*self.rows.values(), self.topics, self.groups]
        rows = [row for table in tables for row in table.values()] + self.periods
        said = [{name: vars(row)[name] for name in vars(row) if name != "_state"} for row in rows]
        return [vars(self.agency)["is_active"], said, self.stored, self.alike]

    # --- what is there already ------------------------------------------------------------------

    def _stored(self, table: Table) -> dict[str, Stored]:
        """The agency's entries that the file names by number."""
        numbers = _column(table, "external_id")
        if not numbers:
            return {}
        entries = Activity.objects.filter(agency=self.agency, external_id__gt="")
        rows = list(
            entries.filter(external_id__in=numbers)
            .order_by()
            .values_list("pk", "external_id", "is_note_insisted", *ENTRY)
        )
        pks = [row[0] for row in rows]
        counts, topics = {pk: {} for pk in pks}, {pk: set() for pk in pks}
        people = Headcount.objects.filter(activity__in=pks).order_by()
        for pk, group, number in people.values_list("activity", "target_group", "people"):
            counts[pk][group] = number
        links = Activity.topics.through.objects.filter(activity__in=pks)
        for pk, topic in links.values_list("activity", "topic"):
            topics[pk].add(topic)
        found = {
            number: Stored(
                pk, dict(zip(ENTRY, fields, strict=True)), counts[pk], topics[pk], insisted
            )
            for pk, number, insisted, *fields in rows
        }
        self._fetch_strangers(found.values())
        return found

    def _fetch_strangers(self, stored: Iterable[Stored]) -> None:
        """Rows that have come to another agency since."""
        for name in ("worker", "offer"):
            missing = {row.fields[name] for row in stored} - {*self.rows[name], None}
            if missing:
                self.rows[name] |= _by_pk(ROWS[name].objects.filter(pk__in=missing))

    def _alike(self, table: Table) -> tuple[Counter, Counter]:
        """How many entries there are of each likeness: without a number, and with one."""
        days = [day for day in (as_of.read(text) for text in _column(table, "day")) if day]
        found = Counter(), Counter()
        if days:
            rows = Activity.objects.filter(agency=self.agency).between(min(days), max(days))
            rows = rows.order_by().values_list("external_id", *ALIKE, *SUMS)
            for number, *likeness in rows.iterator(2_000):
                if not number or number not in self.stored:
                    found[bool(number)][tuple(likeness)] += 1
        return found

    def is_there(self, external_id: str, fields: dict, people: dict) -> bool:
        """Whether a new line is probably entered already; each entry there accounts for one.

        A line with a number can only be one that was entered by hand.
        """
        values = (fields[name] for name in ALIKE)
        likeness = (*(getattr(value, "pk", value) for value in values), *people.values())
        for there in self.left[:1] if external_id else self.left:
            if there[likeness] > 0:
                there[likeness] -= 1
                return True
        return False

    def sums(self, people: dict[int, int]) -> dict[str, int]:
        """As ``activities.sums``, of people by the id of their target group."""
        found = dict.fromkeys(SUMS, 0)
        for pk, number in people.items():
            found[self.columns_of[pk]] += number
        return found

    def _closed(self, day: date) -> ReportingPeriod | None:
        """The period handed in that holds the day."""
        return next((row for row in self.periods if row.starts_on <= day <= row.ends_on), None)

    def row(self, name: str, value):
        """The row an entry names by id; other values are as they are."""
        return self.rows[name][value] if name in ROWS and value is not None else value

    # --- what is written ------------------------------------------------------------------------

    def meant(self, name: str, values: dict, stored: Stored | None):
        """What the cell of this column means; a ValidationError says why it means nothing."""
        text, day = values.get(name), values.get("day")
        return getattr(self, f"_{name}")(text, day, values, stored)

    def _agency(self, text, day, values, stored):
        if text and spelling(text) not in {
            spelling(self.agency.name),
            spelling(self.agency.short_name),
        }:
            raise ValidationError(
                _("This file is entered for %(agency)s. Leave out the lines of others.")
                % {"agency": self.agency}
            )

    def _worker(self, text, day, values, stored):
        if text:
            rows = self.named("worker", text)
            rows = [row for row in rows if row.is_active] or rows
            return _one(rows, "worker")
        if stored:
            return self.rows["worker"][stored.fields["worker"]]
        if len(self.active_workers) == 1:
            return self.active_workers[0]
        raise ValidationError(_("Please name the worker: %(agency)s has several.") % {
            "agency": self.agency,
        })  # fmt: skip

    @cached_property
    def active_workers(self) -> list[Worker]:
        return [row for row in self.rows["worker"].values() if row.is_active]

    def _district(self, text, day, values, stored):
        if not text:
            return None
        rows = self.named("district", text)
        rows = [row for row in rows if row.level == District.Level.QUARTER] or rows
        rows = [row for row in rows if day and row.is_on(day)] or rows[-1:]
        return _one(rows, "district")

    def _kind(self, text, day, values, stored):
        return self.named("kind", text)[0] if text else None

    def _format(self, text, day, values, stored):
        return self.named("format", text)[0] if text else None

    def _offer(self, text, day, values, stored):
        if not text:
            return None
        rows = self.named("offer", text)
        rows = [row for row in rows if day and row.is_on(day)] or rows[-1:]
        if len(rows) > 1 and values.get("district"):
            there = {place.pk for place in self.named("district", values["district"])}
            rows = [row for row in rows if row.district_id in there] or rows
        return _one(rows, "offer")

    def _topics(self, text, day, values, stored):
        return list(self.topics_in(text)) if text else []

    def _topics_in(self, text: str) -> tuple[Topic, ...]:
        """Topics parted by commas or semicolons; a name may hold a comma itself."""
        found = {}
        known = (row for rows in self.names["topics"].values() for row in rows)
        longest = 1 + max((row.name.count(",") for row in known), default=0)
        for part in re.split(r"[;|\n]", text):
            words = [word for word in part.split(",") if word.strip()]
            while words:
                for length in range(min(longest, len(words)), 0, -1):
                    rows = self.names["topics"].get(spelling("".join(words[:length])))
                    if rows or length == 1:
                        break
                topic = rows[0] if rows else self.named("topics", words[0])[0]
                found[topic.pk] = topic
                del words[:length]
        return tuple(found.values())

    def _named(self, name: str, text: str) -> list:
        names = self.names[name]
        if rows := names.get(spelling(text)):
            return rows
        if name == "worker" and text.count(",") == 1:  # "Muster, Anna"
            last, first = text.split(",")
            if rows := names.get(spelling(first + last)):
                return rows
        self.unknown.add(text)
        helps = len(self.unknown) <= MOST_PROPOSED
        raise ValidationError(_unknown(name, text.strip(), self.agency, names, helps=helps))


def _column(table: Table, name: str) -> list[str]:
    if name not in table.columns:
        return []
    place = table.columns.index(name) + 1
    return list({" ".join(row[place].split()) for row in table.rows} - {""})


def _by_pk(rows) -> dict:
    return {row.pk: row for row in rows}


def _named(rows: Iterable, names) -> dict[str, list]:
    found = {}
    for row in rows:
        for key in {spelling(name) for name in names(row) if name} - {""}:
            found.setdefault(key, []).append(row)
    return found


def _names_of_worker(worker: Worker) -> list[str]:
    return [worker.name, worker.email]


def _names_of_district(district: District) -> list[str]:
    return [district.name, district.key, district.key.lstrip("0")]  # Excel drops zeros in front


def _one(rows: list, name: str):
    if len(rows) > 1:
        raise ValidationError(SEVERAL[name])
    return rows[0]


def _unknown(name: str, text: str, agency: Agency, rows: dict[str, list], *, helps: bool) -> str:
    """What is wrong with a name nobody knows, and, if it ``helps``, what may have been meant."""
    said = {
        "worker": _("“%(name)s” is no worker of %(agency)s."),
        "district": _("“%(name)s” is no district. Write its name or key."),
        "offer": _("“%(name)s” is no offer of %(agency)s."),
    }.get(name, _("“%(name)s” is not in the list."))
    said %= {"name": short(text), "agency": agency}
    if not helps:
        return said
    near = get_close_matches(spelling(text), rows, 3, NEAR)
    if near:
        names = dict.fromkeys(str(rows[key][0]) for key in near)
        return said + " " + _("Do you mean %(names)s?") % {"names": ", ".join(names)}
    if name in ("kind", "format", "topics"):
        names = dict.fromkeys(str(found[0]) for found in rows.values() if not found[0].ends_on)
        text = ", ".join(names)
        return (
            said
            + " "
            + _("It has: %(names)s.")
            % {"names": text if len(text) <= LONGEST_LIST else text[:LONGEST_LIST] + " …"}
        )
    return said
