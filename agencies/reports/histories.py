"""What happened to a reporting period, in the order in which it did, as people tell it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from agencies.activity.models import ReportingPeriod
from coordination.access.permissions import Scope
from coordination.audit import wording
from coordination.audit.models import Entry

Verb = Entry.Verb


@dataclass(frozen=True)
class Step:
    """Something somebody did."""

    at: datetime
    person: str
    what: str
    why: str = ""


def steps(period: ReportingPeriod, scope: Scope) -> list[Step]:
    """The newest first, of what the log tells within ``scope`` (of VIEW_LOG)."""
    words = wording.Wording()
    entries = Entry.objects.within(scope).about(period).select_related("by")
    found = [
        Step(_moment(entry), str(entry.by or _("System")), _what(entry, words), entry.reason)
        for entry in entries
    ]
    return sorted(found, key=lambda step: step.at, reverse=True)


def _moment(entry: Entry) -> datetime:
    """When it happened, which may be before it was entered."""
    happened = entry.after.get("happened_at")
    return parse_datetime(happened) if happened else entry.at


def _what(entry: Entry, words: wording.Wording) -> str:
    told = {
        Verb.CREATED: _("Reporting period created"),
        Verb.SUBMITTED: _("Report submitted"),
        Verb.SENT_BACK: _("Report sent back"),
        Verb.ACCEPTED: _("Report accepted"),
        Verb.LOCKED: _("Period locked"),
        Verb.UNLOCKED: _("Period opened again"),
    }
    if entry.verb in told:
        return told[entry.verb]
    changes = {
        change.label: f"{change.before} → {change.after}"
        for change in words.changes(entry)
        if change.before is not None and change.after is not None
    }
    listed = ", ".join(f"{label}: {change}" for label, change in changes.items())
    if entry.verb == Verb.EXTENDED:
        return _("Due date extended (%(change)s)") % {"change": ", ".join(changes.values())}
    return listed or words.verbs.get(entry.verb, entry.verb)
