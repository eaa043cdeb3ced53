"""What has changed since the last meeting, until the day of the report."""

from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agencies.models import Assignment, Occupancy, Position
from coordination.budget.models import Agreement, StateAllocation
from coordination.council.models import Motion, Resolution, ResolutionTask
from coordination.council.summary.figures import Frame, Ground, Part, bounded, line
from coordination.council.summary.figures.turns import (
    fte,
    named,
    of_assignments,
    of_occupancies,
)
from coordination.money import euro
from coordination.periods import show_day


def collect(frame: Frame, ground: Ground) -> Part:
    """The newest first; nothing if the report names no last meeting."""
    part = Part()
    if frame.since is None:
        return part

    def new(rows: QuerySet, column: str = "starts_on") -> QuerySet:
        return rows.filter(**{f"{column}__gt": frame.since, f"{column}__lte": frame.as_of})

    held = Occupancy.objects.standing().select_related("position__agency")
    lines = [
        *of_assignments(*_turned(Assignment.objects.standing().with_names(), frame)),
        *of_occupancies(*_turned(held, frame)),
        *_positions(*_turned(Position.objects.select_related("agency"), frame)),
        *_agreements(frame),
        *_lines(new(StateAllocation.objects.all(), "issued_on"), _allocation, "issued_on"),
        *_lines(new(Motion.objects.with_groups(), "submitted_on"), _motion, "submitted_on"),
        *_lines(new(Resolution.objects.select_related("committee"), "day"), _resolution, "day"),
        *_tasks(frame),
    ]
    lines.sort(key=lambda row: row["day"], reverse=True)
    part.lists["changes"] = bounded(lines)
    return part


def _turned(rows: QuerySet, frame: Frame) -> tuple[list, list]:
    """What holds since a day after the meeting; what held on its day and does so no more."""
    begun = Q(starts_on__gt=frame.since, starts_on__lte=frame.as_of)
    ended = Q(ends_on__gte=frame.since, ends_on__lt=frame.as_of)
    found = list(rows.filter(begun | ended))
    return (
        [row for row in found if frame.since < row.starts_on <= frame.as_of],
        [row for row in found if row.ends_on and frame.since <= row.ends_on < frame.as_of],
    )


def _lines(rows: QuerySet, words: Callable, column: str) -> list[dict]:
    kind = rows.model._meta.verbose_name
    return [line(kind, words(row), getattr(row, column)) for row in rows]


def _positions(begun: list[Position], ended: list[Position]) -> list[dict]:
    kind = Position._meta.verbose_name
    return [
        *(line(kind, _begun(row), row.starts_on) for row in begun),
        *(line(kind, _ended(row), row.ends_on) for row in ended),
    ]


def _begun(row: Position) -> str:
    words = {"position": named(row), "fte": fte(row), "until": show_day(row.ends_on)}
    if row.ends_on:
        return _("%(position)s: funded with %(fte)s FTE until %(until)s") % words
    return _("%(position)s: funded with %(fte)s FTE") % words


def _ended(row: Position) -> str:
    return _("%(position)s: funding of %(fte)s FTE ends") % {
        "position": named(row),
        "fte": fte(row),
    }


def _agreements(frame: Frame) -> list[dict]:
    """By the day they were signed; an agreement without such a day counts from its first."""
    days = {"gt": frame.since, "lte": frame.as_of}
    signed = Q(**{f"signed_on__{lookup}": day for lookup, day in days.items()})
    begun = Q(signed_on=None, **{f"starts_on__{lookup}": day for lookup, day in days.items()})
    rows = Agreement.objects.filter(signed | begun).select_related("agency", "predecessor")
    kind = Agreement._meta.verbose_name
    return [line(kind, _agreed(row), row.signed_on or row.starts_on) for row in rows]


def _agreed(row: Agreement) -> str:
    text = _("%(reference)s with %(agency)s: %(subject)s, %(amount)s, %(from)s to %(until)s")
    text %= {
        "reference": row.reference,
        "agency": row.agency.short_name,
        "subject": row.subject,
        "amount": euro(row.amount),
        "from": show_day(row.starts_on),
        "until": show_day(row.ends_on),
    }
    if row.predecessor:
        text += _("; extends %(reference)s") % {"reference": row.predecessor.reference}
    return text


def _allocation(row: StateAllocation) -> str:
    return _("%(reference)s: %(amount)s, of it %(earmarked)s for social care") % {
        "reference": row.reference,
        "amount": euro(row.amount),
        "earmarked": euro(row.earmarked),
    }


def _motion(row: Motion) -> str:
    groups = ", ".join(group.short_name for group in row.groups.all())
    return f"{row} ({groups})" if groups else str(row)


def _resolution(row: Resolution) -> str:
    return f"{row.title} ({row.committee}): {row.get_result_display()}"


def _tasks(frame: Frame) -> list[dict]:
    """Done or dropped by the day of the report, and open when the council last met."""
    State = ResolutionTask.State
    rows = ResolutionTask.objects.on(frame.as_of).filter(
        state__in=[State.DONE, State.DROPPED], since__gt=frame.since
    )
    kind, words = ResolutionTask._meta.verbose_name, dict(State.choices)
    return [line(kind, f"{row.text} ({row.owner}): {words[row.state]}", row.since) for row in rows]
