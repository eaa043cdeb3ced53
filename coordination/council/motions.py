"""Motions: submitted, referred, laid before a committee with a paper, withdrawn or settled.

Every act locks the motion, then reads its last step: of two who act in the same moment the second
sees what the first did. ``step`` is the last step that whoever acts has seen.
"""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.council import steps
from coordination.council.models import (
    LINKED,
    Committee,
    CouncilPaper,
    Group,
    Motion,
    MotionStep,
)
from coordination.editing import refuse_if_changed
from coordination.periods import show_day
from coordination.text import refuse_bank_data

State = Motion.State
FIELDS = ("number", "title", "text", "submitted_on", "url", "oparl_id")
WATCHED = (*FIELDS, "groups", *LINKED)
PAPER_FIELDS = ("number", "title", "committee", "day", "url", "oparl_id")


@transaction.atomic
def submit(
    *,
    number: str,
    title: str,
    submitted_on: date,
    groups: Iterable[Group] = (),
    text: str = "",
    url: str = "",
    oparl_id: str = "",
    by: User | None,
    **links,
) -> Motion:
    """Enter a motion that groups have submitted; ``links`` are lists under ``LINKED``."""
    motion = Motion(
        number=number,
        title=title,
        text=text,
        submitted_on=submitted_on,
        url=url,
        oparl_id=oparl_id,
    )
    groups = list(groups)
    _check(motion, groups)
    steps.save_once(motion, "number")
    motion.groups.set(groups)
    steps.set_links(motion, links)
    step = MotionStep(motion=motion, place=1, state=State.SUBMITTED, day=submitted_on, by=by)
    step.save()
    record(Verb.SUBMITTED, motion, by=by, after=values(motion, *WATCHED))
    return motion


@transaction.atomic
def change(motion: Motion, *, seen: str | None = None, by: User | None, **fields) -> Motion:
    """Set the given ``WATCHED``. Another day of submission corrects the first step."""
    motion = locked(motion)
    refuse_if_changed(motion, seen, WATCHED)
    before, first = values(motion, *WATCHED), motion.steps.standing().earliest("place")
    groups = list(fields.pop("groups", motion.groups.all()))
    links = {name: list(fields.pop(name)) for name in LINKED if name in fields}
    for name, value in fields.items():
        setattr(motion, name, value)
    _check(motion, groups)
    if motion.submitted_on != first.day:
        replace(first, state=first.state, day=motion.submitted_on, field="submitted_on", by=by)
    motion.save()
    motion.groups.set(groups)
    steps.set_links(motion, links)
    after = values(Motion.objects.get(pk=motion.pk), *WATCHED)
    if before != after:
        record(Verb.CHANGED, motion, by=by, before=before, after=after)
    return motion


@transaction.atomic
def refer(
    motion: Motion,
    *,
    committee: Committee,
    day: date,
    note: str = "",
    step: int | None = None,
    by: User | None,
) -> MotionStep:
    """Send the motion to a committee."""
    motion = locked(motion)
    return move(motion, State.REFERRED, day=day, committee=committee, note=note, step=step, by=by)


@transaction.atomic
def schedule(
    motion: Motion,
    *,
    number: str,
    title: str,
    committee: Committee,
    day: date,
    laid_on: date,
    url: str = "",
    oparl_id: str = "",
    step: int | None = None,
    by: User | None,
) -> CouncilPaper:
    """Lay a paper about the motion before the ``committee``'s meeting on ``day``."""
    motion = locked(motion)
    steps.refuse_unseen(last_step(motion), step, by=by, state=State.SCHEDULED, day=laid_on)
    if day < laid_on:
        text = _("The paper was laid on %(day)s; the meeting cannot lie before.")
        raise ValidationError({"day": text % {"day": show_day(laid_on)}})
    paper = CouncilPaper(
        number=number,
        title=title,
        motion=motion,
        committee=committee,
        day=day,
        url=url,
        oparl_id=oparl_id,
    )
    add_paper(paper, by=by)
    move(
        motion,
        State.SCHEDULED,
        day=laid_on,
        committee=committee,
        note=paper.number,
        field="laid_on",
        by=by,
    )
    return paper


@transaction.atomic
def withdraw(
    motion: Motion, *, day: date, note: str, step: int | None = None, by: User | None
) -> MotionStep:
    """The groups take their motion back."""
    return move(locked(motion), State.WITHDRAWN, day=day, note=note, step=step, by=by)


@transaction.atomic
def settle(
    motion: Motion, *, day: date, note: str, step: int | None = None, by: User | None
) -> MotionStep:
    """Nothing will be resolved any more, for a reason: the term ended, or it was done anyway."""
    return move(locked(motion), State.LAPSED, day=day, note=note, step=step, by=by)


@transaction.atomic
def take_back(
    motion: Motion, *, reason: str, step: int | None = None, by: User | None
) -> MotionStep:
    """The last step was entered wrongly: the motion stands where it stood before.

    What a resolution did is corrected in the resolution.
    """
    motion = locked(motion)
    last = last_step(motion)
    steps.refuse_unseen(last, step, by=by, state=last.state, day=last.day)
    refuse_fixed(last)
    before = motion.steps.standing().filter(place__lt=last.place).latest("place")
    again = MotionStep(
        motion=motion,
        place=last.place,
        state=before.state,
        day=before.day,
        committee=before.committee,
        note=reason,
        replaces=last,
        by=by,
    )
    again.save()
    _log(motion, last, again, by=by, reason=reason)
    return again


def locked(motion: Motion) -> Motion:
    """The motion as it is now that nobody else moves it."""
    Motion.objects.select_for_update(no_key=True).get(pk=motion.pk)
    return Motion.objects.get(pk=motion.pk)


def last_step(motion: Motion) -> MotionStep:
    return motion.steps.standing().select_related("committee", "by").latest("place")


def move(
    motion: Motion,
    state: str,
    *,
    day: date,
    committee: Committee | None = None,
    note: str = "",
    step: int | None = None,
    field: str = "day",
    by: User | None,
) -> MotionStep:
    """Add a step to the locked motion; ``field`` is where a wrong day is told."""
    last = last_step(motion)
    steps.refuse_unseen(last, step, by=by, state=state, day=day)
    refuse_settled(last)
    steps.refuse_day(day, last, field=field)
    if committee:
        steps.refuse_body(committee, day, field="committee")
    added = MotionStep(
        motion=motion,
        place=last.place + 1,
        state=state,
        day=day,
        committee=committee,
        note=note,
        by=by,
    )
    steps.tidy(added, ["note"])
    added.full_clean(exclude=["motion", "by", "committee"])
    added.save()
    _log(motion, last, added, by=by, reason=added.note)
    return added


def refuse_settled(last: MotionStep) -> None:
    """Of a motion whose ``last`` step settled it nothing more is entered."""
    if last.state not in Motion.PENDING:
        text = _("The motion is settled: %(state)s on %(day)s.")
        names = {"state": last.get_state_display(), "day": show_day(last.day)}
        raise ValidationError(text % names)


def refuse_fixed(last: MotionStep) -> None:
    """The submission is not taken back, nor what a resolution did."""
    if last.place == 1:
        raise ValidationError(_("The motion has only been submitted; there is nothing to undo."))
    if hasattr(last, "resolution"):
        text = _("This step belongs to the resolution “%(title)s”. Correct it there.")
        raise ValidationError(text % {"title": last.resolution})


def replace(
    step: MotionStep,
    *,
    state: str,
    day: date,
    committee: Committee | None = None,
    note: str = "",
    field: str = "day",
    by: User | None,
) -> MotionStep:
    """Put a corrected step in the place of one of a locked motion."""
    others = step.motion.steps.standing().exclude(pk=step.pk)
    after = others.filter(place__gt=step.place).order_by("place").first()
    before = others.filter(place__lt=step.place).order_by("-place").first()
    if before:
        steps.refuse_day(day, before, field=field)
    if after and day > after.day:
        text = _("The step after it was on %(day)s; this one cannot lie later.")
        raise ValidationError({field: text % {"day": show_day(after.day)}})
    if after and state not in Motion.PENDING:
        text = _("The motion went on afterwards: %(state)s on %(day)s.")
        names = {"state": after.get_state_display(), "day": show_day(after.day)}
        raise ValidationError({"result": text % names})
    added = MotionStep(
        motion=step.motion,
        place=step.place,
        state=state,
        day=day,
        committee=committee or step.committee,
        note=note or step.note,
        replaces=step,
        by=by,
    )
    added.save()
    return added


def add_paper(paper: CouncilPaper, *, by: User | None) -> None:
    steps.tidy(paper, ["number", "title"])
    paper.full_clean(exclude=["motion", "committee"])
    steps.refuse_body(paper.committee, paper.day, field="committee")
    steps.save_once(paper, "number")
    record(Verb.CREATED, paper, by=by, after=values(paper, "motion", *PAPER_FIELDS))


@transaction.atomic
def change_paper(
    paper: CouncilPaper, *, seen: str | None = None, by: User | None, **fields
) -> CouncilPaper:
    """Correct what is said of a paper."""
    CouncilPaper.objects.select_for_update(no_key=True).get(pk=paper.pk)
    paper = CouncilPaper.objects.select_related("committee", "motion").get(pk=paper.pk)
    refuse_if_changed(paper, seen, PAPER_FIELDS)
    before = values(paper, *PAPER_FIELDS)
    for name, value in fields.items():
        setattr(paper, name, value)
    steps.tidy(paper, ["number", "title"])
    paper.full_clean()
    steps.refuse_body(paper.committee, paper.day, field="committee")
    if paper.motion and paper.day < paper.motion.submitted_on:
        text = _("The motion was submitted on %(day)s; the meeting cannot lie before.")
        raise ValidationError({"day": text % {"day": show_day(paper.motion.submitted_on)}})
    paper.save()
    after = values(paper, *PAPER_FIELDS)
    if before != after:
        record(Verb.CHANGED, paper, by=by, before=before, after=after)
    return paper


def _check(motion: Motion, groups: list[Group]) -> None:
    steps.tidy(motion, ["number", "title"])
    refuse_bank_data("text", motion.text)
    if motion.submitted_on > today():
        raise ValidationError({"submitted_on": _("This day lies in the future.")})
    motion.full_clean()
    for group in groups:
        steps.refuse_body(group, motion.submitted_on, field="groups")


def _log(motion, last, added, *, by, reason):
    def told(step):
        return {**steps.in_the_log(step, "state"), **values(step, "day", "committee")}

    verb = Verb.WITHDRAWN if added.state == State.WITHDRAWN else Verb.CHANGED
    record(verb, motion, by=by, before=told(last), after=told(added), reason=reason)
