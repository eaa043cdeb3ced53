"""What makes an entry unlikely. Whoever enters it is asked once; the entry is not refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2s
from uuid import UUID

from django.utils.translation import gettext as _

from agencies.activity import activities
from agencies.activity.models import Activity, Headcount
from agencies.lists.models import Format, Kind
from agencies.models import Assignment, Worker
from agencies.offers.models import Offer
from coordination.as_of import today
from coordination.periods import show_day
from districts.models import District

MANY = 200  # participants
LONG_DAY = 14 * 60  # minutes of one worker on one day
LONG_AGO = timedelta(days=60)


@dataclass(frozen=True)
class Hint:
    about: frozenset[str]  # the fields it depends on
    text: str


@dataclass(frozen=True)
class Words:
    """What an entry would say."""

    worker: Worker
    day: date
    district: District
    kind: Kind
    format: Format
    minutes: int
    counts: activities.Counts
    offer: Offer | None = None


def found(
    words: Words, *, entry: Activity | None = None, form_id: UUID | None = None
) -> list[Hint]:
    """The hints; of an ``entry`` that is changed only those about what differs now.

    What the same form (``form_id``) has saved before is no second entry.
    """
    others = _others(words, entry, form_id)
    hints = [*_crowd(words), *_long_day(words, others), *_long_ago(words), *_place(words)]
    hints += [*_offer(words), *_double(words, others)]
    if entry is None:
        return hints
    changed = {name for name in vars(words) if name != "counts"}
    changed = {name for name in changed if getattr(entry, name) != getattr(words, name)}
    people = activities.sums(words.counts)
    if any(getattr(entry, name) != number for name, number in people.items()):
        changed.add("counts")
    return [hint for hint in hints if hint.about & changed]


def fingerprint(hints: Iterable[Hint]) -> str:
    """Tells whether what is confirmed is what was asked."""
    texts = "\n".join(sorted(hint.text for hint in hints))
    return blake2s(texts.encode(), digest_size=8).hexdigest() if texts else ""


def _others(words, entry, form_id):
    """What the worker did on that day beside this entry."""
    rows = Activity.objects.filter(worker=words.worker, day=words.day)
    if entry is not None:
        rows = rows.exclude(pk=entry.pk)
    if form_id is not None:
        rows = rows.exclude(form_id=form_id)
    return list(
        rows.values(
            "pk", "minutes", "kind", "district", "offer", "refugees", "others", "helpers"
        ).order_by("pk")
    )


def _crowd(words):
    people = activities.sums(words.counts)
    if (number := people["refugees"] + people["others"]) > MANY:
        text = _("%(number)d participants are unusually many.") % {"number": number}
        yield Hint(frozenset({"counts"}), text)


def _long_day(words, others):
    minutes = words.minutes + sum(row["minutes"] for row in others)
    if minutes > LONG_DAY:
        text = _("With this entry %(worker)s has worked %(hours)s hours on %(day)s.")
        hours = f"{minutes / 60:.1f}".replace(".", ",")
        told = {"worker": words.worker, "hours": hours, "day": show_day(words.day)}
        yield Hint(frozenset({"minutes", "worker", "day"}), text % told)


def _long_ago(words):
    days = today() - words.day
    if days > LONG_AGO:
        text = _("%(day)s lies %(days)d days back.")
        yield Hint(frozenset({"day"}), text % {"day": show_day(words.day), "days": days.days})


def _place(words):
    """Freelancers hold no position, so they have no districts they could leave."""
    if words.worker.kind == Worker.Kind.FREELANCE:
        return
    positions = words.worker.occupancies.on(words.day).values("position")
    rows = Assignment.objects.on(words.day).filter(position__in=positions)
    own = dict(rows.order_by("district__name").values_list("district", "district__name"))
    if own and words.district.pk not in own:
        text = _("On %(day)s %(worker)s was not assigned to %(district)s, but to %(own)s.")
        told = {
            "day": show_day(words.day),
            "worker": words.worker,
            "district": words.district,
            "own": ", ".join(own.values()),
        }
        yield Hint(frozenset({"district", "worker", "day"}), text % told)


def _offer(words):
    offer = words.offer
    if offer and offer.district_id != words.district.pk:
        text = _("“%(offer)s” takes place in %(there)s, not in %(district)s.")
        told = {"offer": offer, "there": offer.district, "district": words.district}
        yield Hint(frozenset({"offer", "district"}), text % told)


def _double(words, others):
    wanted = {
        "minutes": words.minutes,
        "kind": words.kind.pk,
        "district": words.district.pk,
        "offer": words.offer and words.offer.pk,
        **activities.sums(words.counts),
    }
    alike = [row["pk"] for row in others if wanted.items() <= row.items()]
    if not alike:
        return
    counts = {group.pk: people for group, people in words.counts.items() if people}
    rows = Headcount.objects.filter(activity__in=alike)
    people = {pk: {} for pk in alike}
    for activity, group, number in rows.values_list("activity", "target_group", "people"):
        people[activity][group] = number
    if counts in people.values():
        text = _("An entry like this exists already: same worker, day, kind, district and counts.")
        about = {"worker", "day", "kind", "district", "minutes", "counts", "offer"}
        yield Hint(frozenset(about), text)
