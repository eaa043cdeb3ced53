"""What resolutions asked for and what is still open on the day, and motions under way."""

from coordination.council.models import Motion, Resolution, ResolutionTask
from coordination.council.summary.content import QUARTER, key, place
from coordination.council.summary.figures import Frame, Ground, Part, bounded, line


def collect(frame: Frame, ground: Ground) -> Part:
    part, day = Part(), frame.as_of
    tasks = list(_tasks(frame))
    motions = list(Motion.objects.pending(day).with_groups().prefetch_related("districts"))
    overdue = [row for row in tasks if row.due_on < day]
    part.figures |= {
        key("aufgaben_offen"): len(tasks),
        key("aufgaben_ueberfaellig"): len(overdue),
        key("antraege_offen"): len(motions),
    }
    part.lists["tasks"] = bounded([_task(row, row.due_on < day) for row in tasks])
    part.lists["motions"] = bounded([_motion(row) for row in motions])
    return part


def _tasks(frame: Frame):
    """The longest due first."""
    rows = ResolutionTask.objects.open_on(frame.as_of)
    rows = rows.select_related("resolution__motion", "resolution__paper")
    return rows.prefetch_related("resolution__districts").order_by("due_on", "pk")


def _task(row: ResolutionTask, is_overdue: bool) -> dict:
    found = line(
        ResolutionTask._meta.verbose_name, row.text, row.due_on, places=_places(row.resolution)
    )
    state = dict(ResolutionTask.State.choices)[row.state]
    return {
        **found,
        "owner": row.owner,
        "state": str(state),
        "is_overdue": is_overdue,
        "resolution": _reference(row.resolution),
    }


def _motion(row: Motion) -> dict:
    found = line(Motion._meta.verbose_name, str(row), row.submitted_on, places=_places(row))
    groups = ", ".join(group.short_name for group in row.groups.all())
    return {**found, "state": str(Motion.State(row.state).label), "groups": groups}


def _places(row: Motion | Resolution) -> list[str]:
    return [place(QUARTER, district.pk) for district in row.districts.all()]


def _reference(row: Resolution) -> str:
    """The number under which the council knows it, or its title."""
    filed = row.motion or row.paper
    return filed.number if filed else row.title
