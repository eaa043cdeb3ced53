"""What a file of entries would do: which lines are new, which change an entry, what is wrong.

An entry is known again by its agency and the number it has in the agency's own system. Columns
the file lacks leave an entry as it is; an empty cell of a column it has empties it.
"""

from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2s
from itertools import islice
from types import SimpleNamespace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agencies.activity import activities, hints
from agencies.activity.entry_files import NAMES, Line, Table, lines, opened
from agencies.activity.entry_words import ENTRY, Stored, Words
from agencies.lists.models import Topic
from agencies.models import Agency
from coordination import privacy
from coordination.periods import show_day
from coordination.tables import Mistake, shown

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"
MOST_MISTAKES = 500  # that are told; the others are counted
MOST_CHANGES = 100  # that are shown
STEP = 1_000  # lines from one word of progress to the next


@dataclass(slots=True)
class PlannedEntry:
    """A line that can be entered; ``fields`` are the columns of ``Activity`` in ``ENTRY``."""

    number: int
    state: str
    fields: dict
    people: dict[int, int]  # by the id of their target group, without zeros
    topics: list[Topic]
    external_id: str
    stored: Stored | None
    is_double: bool = False
    is_suspicious: bool = False  # its note looks like a case

    @property
    def has_other_counts(self) -> bool:
        return self.people != self.stored.counts

    @property
    def has_other_topics(self) -> bool:
        return {topic.pk for topic in self.topics} != self.stored.topics


@dataclass
class Month:
    """What the lines of a month add up to."""

    entries: int = 0
    minutes: int = 0
    people: Counter = field(default_factory=Counter)  # by the id of their target group

    def add(self, entry: PlannedEntry) -> None:
        self.entries += 1
        self.minutes += entry.fields["minutes"]
        for group, number in entry.people.items():
            self.people[group] += number


@dataclass
class Plan:
    unread: list[str]
    words: Words
    entries: list[PlannedEntry] = field(default_factory=list)  # new and changed ones
    counts: Counter = field(default_factory=Counter)  # lines by what becomes of them
    mistakes: list[Mistake] = field(default_factory=list)
    wrong: int = 0  # mistakes, those that are not kept too
    refused: int = 0  # lines
    months: dict[date, Month] = field(default_factory=dict)
    minutes: Counter = field(default_factory=Counter)  # by worker and day
    crowds: int = 0
    moved: int = 0
    fingerprint: str = ""

    @property
    def doubles(self) -> list[PlannedEntry]:
        """Lines without a number of their own that are probably entered already."""
        return [entry for entry in self.entries if entry.is_double]

    @property
    def suspicious(self) -> list[PlannedEntry]:
        return [entry for entry in self.entries if entry.is_suspicious]

    @property
    def long_days(self) -> int:
        return sum(minutes > hints.LONG_DAY for minutes in self.minutes.values())

    @property
    def total(self) -> Month:
        total = Month()
        for month in self.months.values():
            total.entries += month.entries
            total.minutes += month.minutes
            total.people.update(month.people)
        return total


def planned(agency: Agency, content: bytes) -> Plan:
    """What the kept ``content`` of a file would do now."""
    steps = planning(agency, opened(content))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def planning(agency: Agency, table: Table) -> Generator[int, None, Plan]:
    """The same in steps: yields how many lines have been looked at."""
    planner = _Planner(agency, table)
    for place, line in enumerate(lines(table, planner.words.group_names)):
        if place % STEP == 0:
            yield place
        planner.take(line)
    planner.plan.fingerprint = planner.effects.hexdigest()
    return planner.plan


class _Planner:
    def __init__(self, agency: Agency, table: Table):
        self.agency, self.columns = agency, set(table.columns)
        self.words = Words(agency, table)
        self.plan = Plan(table.unread, self.words)
        self.places = {}  # number -> line it stands in
        self.effects = blake2s(digest_size=16)

    def take(self, line: Line) -> None:
        plan = self.plan
        mistakes = [*line.mistakes, *self._number_again(line)]
        entry = self._entry(line, mistakes)
        if entry and entry.state != UNCHANGED:
            mistakes += self._refusals(line, entry)
        if mistakes:
            plan.refused += 1
            plan.wrong += len(mistakes)
            plan.mistakes += mistakes[: max(0, MOST_MISTAKES - len(plan.mistakes))]
            self.effects.update(repr((line.number, "refused")).encode())
            return
        plan.counts[entry.state] += 1
        fields = entry.fields
        plan.months.setdefault(fields["day"].replace(day=1), Month()).add(entry)
        plan.minutes[fields["worker"].pk, fields["day"]] += fields["minutes"]
        people = self.words.sums(entry.people)
        plan.crowds += people["refugees"] + people["others"] > hints.MANY
        if entry.state == UNCHANGED:
            return
        if entry.state == NEW:
            entry.is_double = self.words.is_there(entry.external_id, fields, people)
        else:
            plan.moved += entry.stored.fields["day"] != fields["day"]
        entry.is_suspicious = self._is_suspicious(entry)
        plan.entries.append(entry)
        self.effects.update(repr(_effect(entry)).encode())

    def _number_again(self, line: Line):
        number = line.values.get("external_id")
        if not number:
            return
        earlier = self.places.setdefault(number, line.number)
        if earlier != line.number:
            text = _("This number stands in line %(line)d as well. Each entry has its own.")
            yield Mistake(line.number, NAMES["external_id"], number[:60], text % {"line": earlier})

    def _entry(self, line: Line, mistakes: list[Mistake]) -> PlannedEntry | None:
        """What the line says; None if it has mistakes, which are added."""
        external_id = line.values.get("external_id") or ""
        stored = self.words.stored.get(external_id) if external_id else None
        values, found = dict(line.values), {}
        wrong = {mistake.column for mistake in mistakes}
        for name in ("agency", "worker", "district", "kind", "format", "topics", "offer"):
            if NAMES[name] in wrong:
                continue
            try:
                found[name] = self.words.meant(name, values, stored)
            except ValidationError as error:
                text, told = " ".join(error.messages), shown(line.found.get(name, ""))
                mistakes.append(Mistake(line.number, NAMES[name], told, text))
        if mistakes:
            return None
        del found["agency"]
        topics = found.pop("topics")
        fields = {name: found[name] if name in found else values.get(name) for name in ENTRY}
        counts = {pk: people for pk in self.words.groups if (people := values.get(pk))}
        if stored:
            self._fill(fields, counts, stored)
            if "topics" not in self.columns:
                topics = [self.words.topics[pk] for pk in stored.topics]
        fields["note"] = fields["note"] or ""
        fields["has_interpreter"] = bool(fields["has_interpreter"])
        entry = PlannedEntry(line.number, NEW, fields, counts, topics, external_id, stored)
        if stored:
            entry.state = CHANGED if _differs(entry) else UNCHANGED
        return entry

    def _fill(self, fields: dict, counts: dict, stored: Stored) -> None:
        """What the file has no column for stays as it is."""
        for name in ENTRY:
            if name not in self.columns and name != "worker":
                fields[name] = self.words.row(name, stored.fields[name])
        for pk, people in stored.counts.items():
            if pk not in self.columns:
                counts[pk] = people

    def _refusals(self, line: Line, entry: PlannedEntry):
        """What stands against entering the line, under the columns of the file."""
        stored, fields, was, errors = entry.stored, entry.fields, None, {}
        if stored:
            was = {
                name: self.words.row(name, stored.fields[name])
                for name in ("worker", "kind", "format", "offer", "day")
            }
            was["counts"] = [self.words.groups[pk] for pk in stored.counts]
            was["topics"] = [self.words.topics[pk] for pk in stored.topics]
        # A model's instance takes longer than everything that is checked about it.
        said = SimpleNamespace(agency=self.agency, agency_id=self.agency.pk, **fields)
        counts = {self.words.groups[pk]: people for pk, people in entry.people.items()}
        try:
            activities.check(said, counts=counts, topics=entry.topics, was=was)
        except ValidationError as error:
            errors = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        days = {fields["day"], stored.fields["day"]} if stored else {fields["day"]}
        for day in sorted(days):
            if period := self.words.closed(day):
                errors["day"] = activities.closed_text(period)
        by_group = errors.pop("counts", None) is not None
        for name, text in errors.items():
            told = shown(fields["day"]) if name == "day" else shown(line.found.get(name, ""))
            yield Mistake(line.number, NAMES[name], told, text)
        for group, people in counts.items() if by_group else ():
            if not group.is_on(fields["day"]):
                text = activities.not_valid(group, fields["day"])
                yield Mistake(line.number, group.name, str(people), text)

    def _is_suspicious(self, entry: PlannedEntry) -> bool:
        note, stored = entry.fields["note"], entry.stored
        if not stored and " " in entry.external_id and privacy.findings(entry.external_id):
            return True
        if not note or stored and stored.is_insisted and stored.fields["note"] == note:
            return False
        return bool(privacy.findings(note))


def _ids(fields: dict) -> dict:
    return {name: getattr(value, "pk", value) for name, value in fields.items()}


def _differs(entry: PlannedEntry) -> bool:
    return (
        _ids(entry.fields) != entry.stored.fields
        or entry.has_other_counts
        or entry.has_other_topics
    )


def _effect(entry: PlannedEntry) -> tuple:
    """The same as long as entering the line would do the same."""
    return (
        entry.number,
        entry.stored
        and (entry.stored.pk, entry.stored.fields, sorted(entry.stored.counts.items())),
        entry.external_id,
        _ids(entry.fields),
        sorted(entry.people.items()),
        sorted(topic.pk for topic in entry.topics),
        entry.is_double,
        entry.is_suspicious,
    )


@dataclass(frozen=True)
class Change:
    """A line that changes an entry, in words."""

    number: int
    external_id: str
    fields: list[tuple[str, str, str]]  # name, before, after


def changes(plan: Plan) -> list[Change]:
    """The first lines that change an entry, with what was and what will be."""
    changed = (entry for entry in plan.entries if entry.state == CHANGED)
    return [
        Change(entry.number, entry.external_id, _differences(entry, plan.words))
        for entry in islice(changed, MOST_CHANGES)
    ]


def _differences(entry: PlannedEntry, words: Words) -> list[tuple[str, str, str]]:
    stored, after = entry.stored, _ids(entry.fields)
    found = [
        (NAMES[name], _shown(words.row(name, stored.fields[name])), _shown(entry.fields[name]))
        for name in ENTRY
        if stored.fields[name] != after[name]
    ]
    people = entry.people
    for pk, name in words.group_names.items():
        before = stored.counts.get(pk, 0)
        if before != people.get(pk, 0):
            found.append((name, str(before), str(people.get(pk, 0))))
    if entry.has_other_topics:
        before, now = (
            ", ".join(topic.name for pk, topic in words.topics.items() if pk in pks) or "–"
            for pks in (stored.topics, {topic.pk for topic in entry.topics})
        )
        found.append((NAMES["topics"], before, now))
    return found


def _shown(value) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return show_day(value) if isinstance(value, date) else str(value or "–")
