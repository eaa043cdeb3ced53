"""What happened to a volunteer or group, from the change log: who, when, what; no values."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

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
        Happened(entry.at, str(entry.by or ""), *_told(entry, wording), entry.reason)
        for entry in entries
    ]


def _told(entry: Entry, wording: Wording) -> tuple[str, str]:
    """What was done, and to which fields; a new row and a membership need none."""
    if {"member", "group"} & entry.after.keys():
        return _membership(entry), ""
    verb = wording.verbs[entry.verb]
    if entry.verb == Entry.Verb.CREATED:
        return verb, ""
    return verb, ", ".join(change.label for change in wording.changes(entry))


def _membership(entry: Entry) -> str:
    """Of an entry by ``groups.join``, which knows no state before, or by ``groups.leave``."""
    if entry.before:
        return _("end of a membership set")
    return _("member entered") if "member" in entry.after else _("entered in a group")
