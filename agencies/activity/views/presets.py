"""What the quick entry begins with: the last entry, another one, or what was not saved."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Value
from django.http import QueryDict
from django.utils import timezone

from agencies.activity import drafts
from agencies.activity.models import Activity
from agencies.lists.models import Format, Kind, TargetGroup, Topic
from coordination import as_of, typed
from coordination.access.permissions import Perm

RECENT = 200  # entries among which the last one of whoever enters for others is looked for


@dataclass
class Preset:
    initial: dict
    last: Activity | None
    is_asked_for: bool = False  # whether the address asks for something particular
    is_missing: bool = False  # ... which is not there


@dataclass(frozen=True)
class Unsaved:
    """What was typed earlier and never saved."""

    fields: QueryDict
    at: datetime

    @property
    def since(self) -> str:
        at = timezone.localtime(self.at)
        is_today = at.date() == timezone.localdate()
        return f"{at:%H:%M}" if is_today else f"{at:%d.%m.%Y, %H:%M}"


def of(request, choices) -> Preset:
    copied = _copied(request)
    last = copied or _last(request, choices)
    preset = Preset({"day": as_of.today(), **_usual(last)}, None if copied else last)
    preset.is_missing = "kopie" in request.GET and copied is None
    if copied or last and request.GET.get("wie") == "letztes":
        _take(preset, **everything(last) | {"day": as_of.today()})
    if day := as_of.read(request.GET.get("datum", "")):
        _take(preset, day=day)
    if district := _number(request.GET.get("stadtteil", "")):
        _take(preset, district=district)
    number = _number(request.GET.get("angebot", ""))
    for offer in choices.offers:
        if offer.pk == number:
            _take(preset, offer=offer.pk, district=offer.district_id)
    _leave_out_what_is_over(preset.initial, choices)
    return preset


def _copied(request) -> Activity | None:
    number = _number(request.GET.get("kopie", ""))
    if number is None:
        return None
    entry = Activity.objects.within(request.scope).filter(pk=number).first()
    reads = request.actor.scope(Perm.VIEW_ACTIVITY)
    return entry if entry and reads.covers(entry.agency_id) else None


def _take(preset, **values):
    preset.initial |= values
    preset.is_asked_for = True


def _leave_out_what_is_over(initial, choices):
    """A copy brings along no word, district or offer that has ended since."""
    day = initial["day"]
    rows = {"district": choices.districts, "offer": choices.offers}
    rows |= {"kind": choices.terms[Kind], "format": choices.terms[Format]}
    for name, offered in rows.items():
        if initial.get(name) not in {row.pk for row in offered if row.is_on(day)}:
            initial[name] = None
    topics = {row.pk for row in choices.terms[Topic] if row.is_on(day)}
    initial["topics"] = [pk for pk in initial.get("topics", []) if pk in topics]
    for group in choices.terms[TargetGroup]:
        if not group.is_on(day):
            initial.pop(f"count_{group.pk}", None)


def _last(request, choices) -> Activity | None:
    """The entry just saved, else the newest of one's own, else one entered for somebody."""
    rows = Activity.objects.within(request.scope)
    saved = _number(request.GET.get("nach", ""))
    if saved and (entry := rows.filter(pk=saved).first()):
        return entry
    own = [worker for worker in choices.workers if worker.user_id == request.user.pk]
    if own and (entry := rows.filter(worker=own[0]).first()):
        return entry
    if not choices.chooses_worker:
        return None
    newest = rows.values("pk")[:RECENT]  # no index leads to who entered something
    return rows.filter(pk__in=newest, created_by=request.user).first()


def _usual(entry) -> dict:
    if entry is None:
        return {}
    return {
        "worker": entry.worker_id,
        "district": entry.district_id,
        "kind": entry.kind_id,
        "format": entry.format_id,
    }


def everything(entry) -> dict:
    """What the entry says, as the form's initial values."""
    # One query for both: a topic has no people, a headcount at least one.
    counts = entry.headcounts.order_by().values_list("target_group", "people")
    topics = entry.topics.order_by().values_list("pk", Value(0))
    rows = list(counts.union(topics, all=True))
    counts = {pk: people for pk, people in rows if people}
    return said(entry, counts, [pk for pk, people in rows if not people])


def said(entry, counts: dict[int, int], topics: list[int]) -> dict:
    return {
        **_usual(entry),
        "day": entry.day,
        "minutes": entry.minutes,
        "has_interpreter": entry.has_interpreter,
        "offer": entry.offer_id,
        "note": entry.note,
        "topics": topics,
        **{f"count_{pk}": people for pk, people in counts.items()},
    }


def unsaved(request, entry=None) -> Unsaved | None:
    """What was typed before signing in again; of the quick entry also what its script kept."""
    if kept := typed.kept(request):
        return None if drafts.is_saved(kept.fields) else Unsaved(kept.fields, kept.at)
    draft = None if entry else drafts.of(request.user)
    return draft and Unsaved(QueryDict(draft.typed), draft.updated_at)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 18 else None
