"""Tasks of resolutions: who does what until when, and what came of it.

Every act locks the resolution, then reads the task's last step. ``step`` is the last step that
whoever acts has seen.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.access.permissions import Role
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.council import resolutions, steps
from coordination.council.models import Resolution, ResolutionTask, TaskStep
from coordination.editing import refuse_if_changed
from coordination.periods import show_day
from coordination.text import refuse_bank_data

State = ResolutionTask.State
WATCHED = ("text", "owner", "responsible")


@transaction.atomic
def give(
    resolution: Resolution,
    *,
    text: str,
    owner: str,
    due_on: date,
    responsible: User | None = None,
    given_on: date | None = None,
    by: User | None,
) -> ResolutionTask:
    """What an office has to do about the resolution; ``given_on`` is the day it was resolved."""
    resolution = resolutions.locked(resolution)
    _refuse_not_carried(resolution)
    task = ResolutionTask(
        resolution=resolution,
        text=text,
        owner=owner,
        responsible=responsible,
        given_on=given_on or resolution.day,
    )
    _check(task)
    if task.given_on > today():
        raise ValidationError({"given_on": _("This day lies in the future.")})
    if task.given_on < resolution.day:
        text = _("It was resolved on %(day)s; the task cannot be older.")
        raise ValidationError({"given_on": text % {"day": show_day(resolution.day)}})
    _refuse_due(task, due_on, task.given_on)
    task.save()
    step = TaskStep(task=task, place=1, state=State.OPEN, day=task.given_on, due_on=due_on, by=by)
    step.save()
    after = values(task, "resolution", "given_on", *WATCHED) | values(step, "due_on")
    record(Verb.CREATED, task, by=by, after=after)
    return task


@transaction.atomic
def change(
    task: ResolutionTask, *, seen: str | None = None, by: User | None, **fields
) -> ResolutionTask:
    """Set the given ``WATCHED``; due date and state have acts of their own."""
    task = locked(task)
    refuse_if_changed(task, seen, WATCHED)
    before = values(task, *WATCHED)
    for name, value in fields.items():
        setattr(task, name, value)
    _check(task)
    task.save()
    after = values(task, *WATCHED)
    if before != after:
        record(Verb.CHANGED, task, by=by, before=before, after=after)
    return task


@transaction.atomic
def postpone(
    task: ResolutionTask,
    *,
    due_on: date,
    reason: str,
    day: date | None = None,
    step: int | None = None,
    by: User | None,
) -> TaskStep:
    """Another due date, earlier or later, for a reason."""
    task, last, day = locked(task), last_step(task), day or today()
    steps.refuse_unseen(last, step, by=by, state=State.OPEN, day=day)
    _refuse_unless_open(last)
    _refuse_due(task, due_on, task.given_on)
    if due_on == last.due_on:
        text = _("It is due on %(day)s already.")
        raise ValidationError({"due_on": text % {"day": show_day(due_on)}})
    return _move(task, last, State.OPEN, day, due_on, reason, field="reason", by=by)


@transaction.atomic
def finish(
    task: ResolutionTask, *, day: date, report: str, step: int | None = None, by: User | None
) -> TaskStep:
    """The task was done on ``day``; ``report`` tells the council how."""
    task, last = locked(task), last_step(task)
    steps.refuse_unseen(last, step, by=by, state=State.DONE, day=day)
    _refuse_unless_open(last)
    return _move(task, last, State.DONE, day, last.due_on, report, field="report", by=by)


@transaction.atomic
def drop(
    task: ResolutionTask, *, day: date, reason: str, step: int | None = None, by: User | None
) -> TaskStep:
    """The task will not be done, for a reason the council reads."""
    task, last = locked(task), last_step(task)
    steps.refuse_unseen(last, step, by=by, state=State.DROPPED, day=day)
    _refuse_unless_open(last)
    return _move(task, last, State.DROPPED, day, last.due_on, reason, field="reason", by=by)


@transaction.atomic
def reopen(
    task: ResolutionTask,
    *,
    due_on: date,
    reason: str,
    day: date | None = None,
    step: int | None = None,
    by: User | None,
) -> TaskStep:
    """A task that was done or dropped is open again, from today on."""
    task, last, day = locked(task), last_step(task), day or today()
    steps.refuse_unseen(last, step, by=by, state=State.OPEN, day=day)
    if last.state == State.OPEN:
        raise ValidationError(_("This task is open."))
    _refuse_not_carried(task.resolution)
    _refuse_due(task, due_on, day)
    return _move(task, last, State.OPEN, day, due_on, reason, field="reason", by=by)


def locked(task: ResolutionTask) -> ResolutionTask:
    """The task as it is now that nobody else moves it."""
    resolutions.locked(task.resolution)
    return ResolutionTask.objects.with_names().get(pk=task.pk)


def last_step(task: ResolutionTask) -> TaskStep:
    return task.steps.select_related("by").latest("place")


def _move(task, last, state, day, due_on, note, *, field, by) -> TaskStep:
    if not note.strip():
        text = _("Say what was done.") if state == State.DONE else _("Say why.")
        raise ValidationError({field: text})
    refuse_bank_data(field, note)
    # Where the form shows no day, it can only be told of the whole form.
    steps.refuse_day(day, last, field="day" if state != State.OPEN else "__all__")
    added = TaskStep(
        task=task, place=last.place + 1, state=state, day=day, due_on=due_on, note=note, by=by
    )
    steps.tidy(added, ["note"])
    added.full_clean(exclude=["task", "by"])
    added.save()
    _log(task, last, added, by=by)
    return added


def _check(task: ResolutionTask) -> None:
    steps.tidy(task, ["text", "owner"])
    task.full_clean(exclude=["responsible"])
    person = task.responsible
    if person and not may_be_responsible().filter(pk=person.pk).exists():
        text = _("%(person)s has no active account in city hall.")
        raise ValidationError({"responsible": text % {"person": person}})


def may_be_responsible():
    """Accounts of the coordination: whoever tracks a task must see it."""
    people = User.objects.filter(is_active=True, roles__role=Role.COORDINATION)
    return people.distinct().order_by("name", "pk")


def _refuse_unless_open(last: TaskStep) -> None:
    if last.state == State.OPEN:
        return
    text = _("This task is settled: %(state)s on %(day)s.")
    names = {"state": last.get_state_display(), "day": show_day(last.day)}
    raise ValidationError(text % names)


def _refuse_not_carried(resolution: Resolution) -> None:
    if not resolution.is_carried:
        text = _("Only what was adopted has tasks; the result was: %(result)s.")
        raise ValidationError(text % {"result": resolution.get_result_display()})


def _refuse_due(task: ResolutionTask, due_on: date, earliest: date) -> None:
    if due_on < earliest:
        text = _("The due date lies before %(day)s.")
        raise ValidationError({"due_on": text % {"day": show_day(earliest)}})


def _log(task, last, added, *, by) -> None:
    verb = {State.DONE: Verb.CLOSED, State.DROPPED: Verb.CANCELLED}.get(added.state)
    if verb is None:
        verb = Verb.EXTENDED if last.state == State.OPEN else Verb.REOPENED

    def told(step):
        return {**steps.in_the_log(step, "state"), **values(step, "day", "due_on")}

    reason = added.note if len(added.note) <= 500 else f"{added.note[:499]}…"
    record(verb, task, by=by, before=told(last), after=told(added), reason=reason)
