"""Writing the change log. Operations call ``record`` inside their own transaction."""

from collections.abc import Iterable

from django.db import models

from coordination.access.models import User
from coordination.audit.models import Entry
from coordination.text import fold

Verb = Entry.Verb


def values(row: models.Model, *names: str) -> dict:
    """The named fields of a row as the log keeps them: related rows by name, the rest as is."""
    found = {}
    for name in names:
        value = getattr(row, name)
        if isinstance(value, models.Manager):
            value = [str(item) for item in value.all()]
        elif isinstance(value, models.Model):
            value = str(value)
        found[name] = value
    return found


def record(verb: Verb, target: models.Model, **what) -> Entry:
    """Add a line to the log, inside the transaction that did the thing; see ``line``."""
    entry = line(verb, target, **what)
    entry.save(force_insert=True)
    return entry


def record_all(lines: Iterable[Entry]) -> None:
    """Add many lines at once."""
    Entry.objects.bulk_create(lines)


def line(
    verb: Verb,
    target: models.Model,
    *,
    by: User | None,
    agency_id: int | None = None,
    district_id: int | None = None,
    before: dict | None = None,
    after: dict | None = None,
    reason: str = "",
) -> Entry:
    """A line of the log, not written yet.

    ``agency_id`` decides which agency may read the line (None: the city only). ``by`` None is the
    system itself, as in a management command. Of a change only the fields that differ are kept.
    """
    before, after = before or {}, after or {}
    if before and after:
        same = {name for name in before if name in after and before[name] == after[name]}
        before = {name: value for name, value in before.items() if name not in same}
        after = {name: value for name, value in after.items() if name not in same}
    label = str(target)[:300]
    return Entry(
        by=by,
        verb=verb,
        target_model=target._meta.label_lower,
        target_id=target.pk,
        target_label=label,
        target_key=fold(label)[:300],
        agency_id=agency_id,
        district_id=district_id,
        before=before,
        after=after,
        reason=reason,
    )
