"""Entering a file of activities: look through it first, then enter all of it or nothing.

``keep`` stores the file, ``planned`` (in ``entry_plans``) says what it would do, ``confirm`` does
just that, in one transaction, and tells how far it is.
"""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.activity import activities
from agencies.activity.entry_files import MOST_BYTES, Table, opened, packed
from agencies.activity.entry_plans import CHANGED, NEW, UNCHANGED, Plan, PlannedEntry, planning
from agencies.activity.entry_words import ENTRY, SUMS, Words
from agencies.activity.models import Activity, ActivityUpload, Headcount
from agencies.lists.models import TargetGroup
from agencies.models import Agency
from coordination.access.models import User
from coordination.audit.log import Entry, Verb, line, record, record_all
from coordination.periods import show_day
from coordination.tables import refuse_size

BATCH = 500
INSERTED = 300  # rows in one statement: SQLite takes at least 999 parameters
LEAVE, ENTER = "leave", "enter"  # what becomes of lines that are probably there already
CHANGEABLE = [*ENTRY, "is_note_insisted", *SUMS]
CHANGED_MEANWHILE = gettext_lazy(
    "Nothing was entered: something has changed meanwhile. Look through the file again."
)
TopicLink = Activity.topics.through


@dataclass(frozen=True)
class Step:
    """How far an import is: lines that have been checked, or entries that have been written."""

    done: int
    total: int
    is_writing: bool


@dataclass(frozen=True)
class Done:
    """What an import has done; all zeros and ``is_again`` if it had been done before."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0
    is_again: bool = False


def keep(agency: Agency, *, file: File, by: User) -> ActivityUpload:
    """Store what stands in a file until its uploader has looked through it.

    The same file again leads to the same upload as long as that has not been entered.
    """
    refuse_size(file.size, MOST_BYTES)
    file.seek(0)
    content = file.read()
    digest = sha256(content).hexdigest()
    kept = packed(content, TargetGroup.objects.in_order())
    ActivityUpload.objects.expired().delete()
    uploads = ActivityUpload.objects.kept().filter(applied_at=None)
    same = uploads.filter(agency=agency, user=by, sha256=digest).first()
    name = "".join(letter for letter in file.name or "" if letter.isprintable())[-200:].strip()
    return same or ActivityUpload.objects.create(
        agency=agency, user=by, name=name or "–", sha256=digest, content=kept
    )


def entered_before(upload: ActivityUpload) -> ActivityUpload | None:
    """When the very same file was entered last."""
    same = ActivityUpload.objects.filter(agency=upload.agency_id, sha256=upload.sha256)
    entered = same.exclude(pk=upload.pk).filter(applied_at__isnull=False)
    return entered.select_related("user").order_by("-applied_at").first()


def confirm(
    upload: ActivityUpload, *, expected: str, doubles: str, notes_too: bool, by: User
) -> Generator[Step, None, Done]:
    """Enter all lines of a kept file if they are what was shown (``expected``), or nothing.

    ``doubles`` is ``LEAVE`` or ``ENTER`` where lines are probably there already; ``notes_too``
    says that notes which look like a case are meant. Everything is written in one transaction:
    whoever stops asking for steps undoes all of it. Raises a ValidationError if something has
    changed since, or is missing.
    """
    if not upload.content:
        return Done(is_again=True)
    table = opened(bytes(upload.content))
    # Looking through all lines takes as long as writing them, so it is done before the lock.
    plan = yield from _planned(upload.agency, table)
    with transaction.atomic():
        agency = activities.lock(upload.agency_id)
        upload = ActivityUpload.objects.get(pk=upload.pk)
        if upload.applied_at:
            return Done(is_again=True)
        if Words(agency, table).basis() != plan.words.basis():
            raise ValidationError(CHANGED_MEANWHILE)
        _check(plan, expected, doubles, notes_too)
        leaves = doubles == LEAVE
        entries = [entry for entry in plan.entries if not (leaves and entry.is_double)]
        for done in _written(entries, agency, plan.words, by):
            yield Step(done, len(entries), is_writing=True)
        upload.applied_at, upload.content = timezone.now(), b""
        upload.save(update_fields=["applied_at", "content"])
        done = _done(plan, entries)
        _log(upload, entries, done, by)
    return done


def _planned(agency: Agency, table: Table) -> Generator[Step, None, Plan]:
    steps = planning(agency, table)
    while True:
        try:
            yield Step(next(steps), len(table.rows), is_writing=False)
        except StopIteration as end:
            return end.value


def _check(plan: Plan, expected: str, doubles: str, notes_too: bool) -> None:
    if plan.refused:
        raise ValidationError(_("Nothing was entered: the file has lines that cannot be entered."))
    if plan.fingerprint != expected:
        raise ValidationError(CHANGED_MEANWHILE)
    if plan.doubles and doubles not in (LEAVE, ENTER):
        raise ValidationError(
            _("Nothing was entered: please say what becomes of the lines that are probably there.")
        )
    if plan.suspicious and not notes_too:
        raise ValidationError(
            _("Nothing was entered: please tick that the notes name nobody, or mend them.")
        )


def _done(plan: Plan, entries: list[PlannedEntry]) -> Done:
    states = Counter(entry.state for entry in entries)
    left_out = len(plan.entries) - len(entries)
    return Done(states[NEW], states[CHANGED], plan.counts[UNCHANGED], left_out)


def _written(entries: list[PlannedEntry], agency: Agency, words: Words, by: User) -> Iterator[int]:
    """Write the entries, batch by batch; yields how many are written."""
    done = 0
    for state in (NEW, CHANGED):
        wanted = [entry for entry in entries if entry.state == state]
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            rows = [_row(entry, agency, words, by) for entry in batch]
            if state == NEW:
                _add(batch, rows)
            else:
                _change(batch, rows, words, by)
            done += len(batch)
            yield done


def _row(entry: PlannedEntry, agency: Agency, words: Words, by: User) -> Activity:
    stored = entry.stored
    row = Activity(
        agency=agency,
        external_id=entry.external_id,
        form_id=None,
        is_note_insisted=entry.is_suspicious,
        **entry.fields,
        **words.sums(entry.people),
    )
    if stored:
        row.pk = stored.pk
        row.is_note_insisted |= stored.is_insisted and stored.fields["note"] == row.note
    else:
        row.created_by = by
    return row


def _add(batch: list[PlannedEntry], rows: list[Activity]) -> None:
    Activity.objects.bulk_create(rows, BATCH)
    _write_counts(batch, rows)
    _write_topics(batch, rows)


def _change(batch: list[PlannedEntry], rows: list[Activity], words: Words, by: User) -> None:
    # One statement for all rows; each of them is there, so none is added.
    Activity.objects.bulk_create(
        rows, BATCH, update_conflicts=True, unique_fields=["id"], update_fields=CHANGEABLE
    )
    pairs = list(zip(batch, rows, strict=True))
    for model, write, changed in (
        (Headcount, _write_counts, [pair for pair in pairs if pair[0].has_other_counts]),
        (TopicLink, _write_topics, [pair for pair in pairs if pair[0].has_other_topics]),
    ):
        model.objects.filter(activity__in=[row.pk for _entry, row in changed]).delete()
        if changed:
            write(*zip(*changed, strict=True))
    record_all(filter(None, (_logged(entry, row, words, by) for entry, row in pairs)))


def _write_counts(batch: Iterable[PlannedEntry], rows: Iterable[Activity]) -> None:
    _insert(
        Headcount,
        ("activity_id", "target_group_id", "people"),
        [
            (row.pk, group, people)
            for entry, row in zip(batch, rows, strict=True)
            for group, people in entry.people.items()
        ],
    )


def _write_topics(batch: Iterable[PlannedEntry], rows: Iterable[Activity]) -> None:
    _insert(
        TopicLink,
        ("activity_id", "topic_id"),
        [
            (row.pk, topic.pk)
            for entry, row in zip(batch, rows, strict=True)
            for topic in entry.topics
        ],
    )


def _insert(model: type[Model], columns: tuple[str, ...], rows: list[tuple[int, ...]]) -> None:
    """Rows of nothing but whole numbers; ``bulk_create`` takes ten times as long to prepare them.

    Every entry has some six of them, and the agency is locked until the last one is written.
    """
    values = f"({', '.join(['%s'] * len(columns))})"
    start = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES "
    with connection.cursor() as cursor:
        for first in range(0, len(rows), INSERTED):
            some = rows[first : first + INSERTED]
            cursor.execute(start + ", ".join([values] * len(some)), [*chain(*some)])


def _logged(entry: PlannedEntry, row: Activity, words: Words, by: User) -> Entry | None:
    """The line of the log a change by hand would leave; none if it would leave none."""
    stored = entry.stored
    sums = words.sums(stored.counts)
    before, after = {}, {}
    for name in activities.LOGGED:
        old = sums[name] if name in sums else words.row(name, stored.fields[name])
        new = getattr(row, name)
        if old != new:
            before[name], after[name] = (
                str(value) if isinstance(value, Model) else value for value in (old, new)
            )
    if stored.fields["note"] != row.note:
        before["note"], after["note"] = _("as it was"), _("changed")
    if not before:
        return None
    return line(
        Verb.CHANGED,
        row,
        by=by,
        agency_id=row.agency_id,
        district_id=row.district_id,
        before=before,
        after=after,
    )


def _log(upload: ActivityUpload, entries: list[PlannedEntry], done: Done, by: User) -> None:
    days = [entry.fields["day"] for entry in entries]
    record(
        Verb.IMPORTED,
        upload,
        by=by,
        agency_id=upload.agency_id,
        after={
            "file": upload.name,
            "new": done.new,
            "changed": done.changed,
            "unchanged": done.unchanged,
            "left_out": done.left_out,
            "notes_insisted": sum(entry.is_suspicious for entry in entries),
            "period": f"{show_day(min(days))}–{show_day(max(days))}" if days else "",
        },
    )
