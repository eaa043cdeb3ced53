"""What happened to a volunteer or group, from the change log: who, when, what; no values."""

from dataclasses import dataclass
from datetime import datetime

from coordination.access.permissions import Scope
from coordination.audit.models import Entry
from coordination.audit.wording import Wording

SHOWN = 20


@dataclass(frozen=True)
class Happened:
    at: datetime
    by: str
    verb: str
    fields: str
    reason: str


def of(party, scope: Scope) -> list[Happened]:
    """The newest first; ``scope`` is that of VIEW_LOG."""
    wording = Wording()
    entries = Entry.objects.within(scope).about(party).select_related("by")[:SHOWN]
    return [
        Happened(
            at=entry.at,
            by=str(entry.by or ""),
            verb=wording.verbs[entry.verb],
            fields=""
            if entry.verb == Entry.Verb.CREATED
            else ", ".join(change.label for change in wording.changes(entry)),
            reason=entry.reason,
        )
        for entry in entries
    ]
