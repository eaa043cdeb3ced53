"""What the pages show of a motion: its way through the council until a day."""

from dataclasses import dataclass, field
from datetime import date

from coordination.council.models import Motion, MotionStep, Resolution, ResolutionTask

# How a badge of each state looks; the word says it as well.
KINDS = {
    Motion.State.ADOPTED: "success",
    Motion.State.AMENDED: "success",
    Motion.State.REJECTED: "danger",
    Motion.State.DEFERRED: "warning",
}


@dataclass(frozen=True)
class Event:
    """One step, as whoever reads the page may see it."""

    step: MotionStep
    is_corrected: bool
    resolution: Resolution | None

    @property
    def state(self) -> str:
        return self.step.get_state_display()


def events(motion: Motion, day: date) -> list[Event]:
    """The steps until ``day`` in their order; a corrected one stays before the one in its place."""
    rows = motion.steps.filter(day__lte=day).with_names().select_related("replaced_by")
    resolved = {row.step_id: row for row in motion.resolutions.all() if row.step_id}
    return [
        Event(row, getattr(row, "replaced_by", None) is not None, resolved.get(row.pk))
        for row in rows
    ]


@dataclass
class MotionRow:
    """A line of the list: a motion as it stood on a day, and how much is to be done about it."""

    motion: Motion
    resolutions: list = field(default_factory=list)
    open: int = 0
    overdue: int = 0

    @property
    def state(self) -> str:
        return str(Motion.State(self.motion.state).label)

    @property
    def kind(self) -> str:
        return KINDS.get(self.motion.state, "info")


def motion_rows(motions: list[Motion], day: date, scope) -> list[MotionRow]:
    """One query for the resolutions and one for the tasks of all of them."""
    rows = {motion.pk: MotionRow(motion) for motion in motions}
    resolutions = Resolution.objects.within(scope).on(day).filter(motion__in=rows)
    for resolution in resolutions.select_related("committee"):
        rows[resolution.motion_id].resolutions.append(resolution)
    tasks = ResolutionTask.objects.within(scope).open_on(day)
    found = tasks.filter(resolution__motion__in=rows).values_list("resolution__motion", "due_on")
    for motion_id, due_on in found:
        rows[motion_id].open += 1
        rows[motion_id].overdue += due_on < day
    return list(rows.values())


@dataclass(frozen=True)
class TaskRow:
    """A task as it stood on ``day``."""

    task: ResolutionTask
    day: date

    @property
    def is_open(self) -> bool:
        return self.task.state == ResolutionTask.State.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.task.due_on < self.day

    @property
    def days_late(self) -> int:
        return (self.day - self.task.due_on).days

    @property
    def age(self) -> int:
        """Days since it was given; of a settled one until it was settled."""
        return ((self.day if self.is_open else self.task.since) - self.task.given_on).days

    @property
    def state(self) -> str:
        return str(ResolutionTask.State(self.task.state).label)

    @property
    def kind(self) -> str:
        if self.task.state == ResolutionTask.State.DONE:
            return "success"
        return "danger" if self.is_overdue else "info"
