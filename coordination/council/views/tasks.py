from functools import partial

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from coordination import pdf
from coordination.access.permissions import Perm, require
from coordination.council import half_years, tasks
from coordination.council.filters.tasks import TaskFilter
from coordination.council.forms.tasks import (
    DropForm,
    FinishForm,
    PostponeForm,
    ReopenForm,
    TaskEditForm,
    TaskForm,
)
from coordination.council.histories import TaskRow
from coordination.council.models import Resolution, ResolutionTask
from coordination.council.views.acts import act, to
from coordination.exports import MOST_ROWS, download, in_words
from coordination.paging import page
from coordination.periods import show_day

COLUMNS = [
    (gettext_lazy("Task"), lambda row: row.task.text),
    (gettext_lazy("Office in charge"), lambda row: row.task.owner),
    (gettext_lazy("Resolution"), lambda row: row.task.resolution.title),
    (gettext_lazy("Resolved on"), lambda row: row.task.resolution.day),
    (gettext_lazy("Resolved by"), lambda row: row.task.resolution.committee),
    (
        gettext_lazy("Motion"),
        lambda row: row.task.resolution.motion.number if row.task.resolution.motion else "",
    ),
    (gettext_lazy("Given on"), lambda row: row.task.given_on),
    (gettext_lazy("Due on"), lambda row: row.task.due_on),
    (pgettext_lazy("motion", "State"), lambda row: row.state),
    (gettext_lazy("Days overdue"), lambda row: row.days_late if row.is_overdue else None),
    (gettext_lazy("Age in days"), lambda row: row.age),
    (gettext_lazy("Settled on"), lambda row: None if row.is_open else row.task.since),
    (gettext_lazy("Report or reason"), lambda row: row.task.note),
]
PERSON = (gettext_lazy("Person responsible"), lambda row: row.task.responsible)


def _columns(request) -> list:
    """The council reads the office; the person is for city hall and its auditors."""
    return [*COLUMNS, PERSON] if request.actor.may(Perm.VIEW_DRAFTS) else COLUMNS


@require_safe
@require(Perm.VIEW_COUNCIL)
def task_list(request):
    day = request.as_of
    rows = ResolutionTask.objects.within(request.scope).on(day).with_names()
    found = TaskFilter(request.GET, rows, day=day)
    note = f"{_('Tasks of resolutions')} · {in_words(found)}"
    if answer := download(request, "aufgaben", _columns(request), _lines(found), note=note):
        return answer
    paged = page(request, found.qs)
    return render(
        request,
        "council/task_list.html",
        {
            "filter": found,
            "page": paged,
            "rows": [TaskRow(task, day) for task in paged.rows],
            "sees_people": request.actor.may(Perm.VIEW_DRAFTS),
        },
    )


def _lines(found):
    """Reads nothing before a file asks for its first line."""
    for task in found.qs[: MOST_ROWS + 1]:
        yield TaskRow(task, found.day)


@require_safe
@require(Perm.VIEW_COUNCIL)
def task_half_year(request):
    """The twice-yearly list, to be looked at before it is printed or sent."""
    listing = _listing(request)
    note = f"{_('Tasks of resolutions')} · {listing.half_year}"
    lines = (TaskRow(task, listing.day) for task in listing.rows)
    name = f"beschlusskontrolle-{listing.half_year.key}"
    if answer := download(request, name, _columns(request), lines, note=note):
        return answer
    before, after = half_years.neighbours(listing.half_year)
    return render(
        request,
        "council/task_half_year.html",
        {**_parts(listing), "before": before, "after": after},
    )


@require_safe
@require(Perm.VIEW_COUNCIL)
def task_pdf(request):
    listing = _listing(request)
    name = f"beschlusskontrolle-{listing.half_year.key}"
    return pdf.pdf(request, "council/task_pdf.html", _parts(listing), name=name)


def _listing(request) -> half_years.Listing:
    current = half_years.of(request.as_of)
    half_year = half_years.read(request.GET.get("halbjahr", ""), current)
    rows = ResolutionTask.objects.within(request.scope)
    return half_years.listing(half_year, rows, day=request.as_of)


def _parts(listing) -> dict:
    def rows(tasks):
        return [TaskRow(task, listing.day) for task in tasks]

    opened = rows(listing.open)
    return {
        "half_year": listing.half_year,
        "day": listing.day,
        "open": opened,
        "overdue": sum(row.is_overdue for row in opened),
        "done": rows(listing.done),
        "dropped": rows(listing.dropped),
        "name": _("Tasks of resolutions, %(half_year)s") % {"half_year": listing.half_year},
    }


@require_safe
@require(Perm.VIEW_COUNCIL)
def task_detail(request, pk):
    task = _found(request, pk)
    then = ResolutionTask.objects.within(request.scope).on(request.as_of).filter(pk=pk).first()
    last = tasks.last_step(task)
    return render(
        request,
        "council/task_detail.html",
        {
            "task": task,
            "row": then and TaskRow(then, request.as_of),
            "steps": task.steps.filter(day__lte=request.as_of).select_related("by"),
            "is_open": last.state == ResolutionTask.State.OPEN,
            "sees_people": request.actor.may(Perm.VIEW_DRAFTS),
            "sees_log": request.actor.may(Perm.VIEW_LOG),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def task_create(request, pk):
    rows = Resolution.objects.within(request.scope).with_names()
    resolution = get_object_or_404(rows, pk=pk)
    return act(
        request,
        TaskForm(request.POST or None),
        partial(tasks.give, resolution),
        template="task_create",
        context={"resolution": resolution},
        done=_("The task was entered."),
        address=lambda _row: to(request, "resolution_detail", pk),
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def task_edit(request, pk):
    task = _found(request, pk)
    name = str(task)
    return act(
        request,
        TaskEditForm(request.POST or None, instance=task),
        partial(tasks.change, task),
        template="task_edit",
        context={"task": task, "name": name},
        done=_("The task was saved."),
        address=lambda _row: to(request, "task_detail", pk),
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def task_postpone(request, pk):
    done = _("The due date was changed.")
    return _act(request, pk, PostponeForm, tasks.postpone, "task_postpone", done)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def task_finish(request, pk):
    done = _("The task is done.")
    return _act(request, pk, FinishForm, tasks.finish, "task_finish", done)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def task_drop(request, pk):
    done = _("The task was dropped.")
    return _act(request, pk, DropForm, tasks.drop, "task_drop", done)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def task_reopen(request, pk):
    done = _("The task is open again.")
    return _act(request, pk, ReopenForm, tasks.reopen, "task_reopen", done)


def _act(request, pk, form_class, operation, template, done):
    task = _found(request, pk)
    last = tasks.last_step(task)
    return act(
        request,
        form_class(request.POST or None, step=last.pk),
        partial(operation, task),
        template=template,
        context={"task": task, "last": last, "due": show_day(last.due_on)},
        done=done,
        address=lambda _row: to(request, "task_detail", pk),
    )


def _found(request, pk) -> ResolutionTask:
    return get_object_or_404(ResolutionTask.objects.within(request.scope).with_names(), pk=pk)
