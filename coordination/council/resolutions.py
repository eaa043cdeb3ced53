"""Resolutions: what a committee or the council decided, and what that did to the motion."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.council import motions, steps
from coordination.council.models import (
    LINKED,
    Committee,
    CouncilPaper,
    Motion,
    Resolution,
    ResolutionTask,
)
from coordination.editing import refuse_if_changed
from coordination.periods import show_day
from coordination.text import refuse_bank_data

Result = Resolution.Result
FIELDS = ("title", "committee", "day", "result", "text", "votes", "url", "oparl_id")
WATCHED = (*FIELDS, *LINKED)
DECISIVE = ("committee", "day", "result")  # what a correction needs a reason for


@transaction.atomic
def resolve(
    motion: Motion | None = None,
    *,
    title: str,
    committee: Committee,
    day: date,
    result: str,
    paper: CouncilPaper | None = None,
    paper_number: str = "",
    paper_title: str = "",
    text: str = "",
    votes: str = "",
    url: str = "",
    oparl_id: str = "",
    step: int | None = None,
    by: User | None,
    **links,
) -> Resolution:
    """Enter what was decided, on a motion or without one.

    With ``paper_number`` the paper it came from is entered too. ``step`` is the motion's last
    step that was seen.
    """
    moved = None
    if motion:
        motion = motions.locked(motion)
        state = Motion.State(result)
        moved = motions.move(motion, state, day=day, committee=committee, step=step, by=by)
    resolution = Resolution(
        motion=motion,
        paper=paper,
        step=moved,
        title=title,
        committee=committee,
        day=day,
        result=result,
        text=text,
        votes=votes,
        url=url,
        oparl_id=oparl_id,
    )
    # Two who enter the same in one moment meet here; on a motion they have met already.
    Committee.objects.select_for_update(no_key=True).get(pk=committee.pk)
    _check(resolution)
    if paper_number.strip():
        resolution.paper = CouncilPaper(
            number=paper_number, title=paper_title or title, committee=committee, day=day
        )
        try:
            motions.add_paper(resolution.paper, by=by)
        except ValidationError as error:
            raise ValidationError({"paper_number": error.messages}) from error
    resolution.save()
    steps.set_links(resolution, links)
    after = values(resolution, "motion", "paper", *WATCHED) | _told(resolution)
    record(Verb.CREATED, resolution, by=by, after=after)
    return resolution


@transaction.atomic
def change(
    resolution: Resolution,
    *,
    reason: str = "",
    seen: str | None = None,
    by: User | None,
    **fields,
) -> Resolution:
    """Correct a resolution; day, committee and result only with a ``reason``.

    What it did to its motion is corrected with it, and the wrong step stays visible.
    """
    resolution = locked(resolution)
    refuse_if_changed(resolution, seen, WATCHED)
    before = values(resolution, *WATCHED) | _told(resolution)
    old = [getattr(resolution, name) for name in DECISIVE]
    links = {name: list(fields.pop(name)) for name in LINKED if name in fields}
    for name, value in fields.items():
        setattr(resolution, name, value)
    _check(resolution)
    if old != [getattr(resolution, name) for name in DECISIVE]:
        if not reason.strip():
            text = _("Say why the day, the committee or the result was wrong.")
            raise ValidationError({"reason": text})
        _check_tasks(resolution)
        if resolution.motion:
            resolution.step = motions.replace(
                resolution.step,
                state=Motion.State(resolution.result),
                day=resolution.day,
                committee=resolution.committee,
                note=reason,
                by=by,
            )
    resolution.save()
    steps.set_links(resolution, links)
    after = values(Resolution.objects.get(pk=resolution.pk), *WATCHED) | _told(resolution)
    if before != after:
        record(Verb.CHANGED, resolution, by=by, before=before, after=after, reason=reason)
    return resolution


def locked(resolution: Resolution) -> Resolution:
    """The resolution as it is now that it, its motion and its tasks stay as they are."""
    if resolution.motion_id:
        Motion.objects.select_for_update(no_key=True).get(pk=resolution.motion_id)
    Resolution.objects.select_for_update(no_key=True).get(pk=resolution.pk)
    return Resolution.objects.with_names().select_related("step__motion").get(pk=resolution.pk)


def _check(resolution: Resolution) -> None:
    steps.tidy(resolution, ["title", "votes"])
    refuse_bank_data("text", resolution.text)
    if resolution.day > today():
        raise ValidationError({"day": _("This day lies in the future.")})
    resolution.full_clean(exclude=["motion", "paper", "step"])
    steps.refuse_body(resolution.committee, resolution.day, field="committee")


def _check_tasks(resolution: Resolution) -> None:
    tasks = resolution.tasks.all()
    if not resolution.is_carried and ResolutionTask.objects.open_on(today()).filter(pk__in=tasks):
        text = _("It has open tasks. Finish them or drop them first.")
        raise ValidationError({"result": text})
    early = tasks.filter(given_on__lt=resolution.day).order_by("given_on").first()
    if early:
        text = _("A task was given on %(day)s; the resolution cannot be later.")
        raise ValidationError({"day": text % {"day": show_day(early.given_on)}})


def _told(resolution: Resolution) -> dict:
    return steps.in_the_log(resolution, "result")
