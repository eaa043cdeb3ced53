from functools import partial

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access.permissions import Perm, require
from coordination.council import motions, resolutions
from coordination.council.filters.motions import ResolutionFilter
from coordination.council.forms.resolutions import (
    ResolutionEditForm,
    ResolutionForm,
    ResolveForm,
)
from coordination.council.histories import TaskRow
from coordination.council.links import links
from coordination.council.models import Motion, Resolution, ResolutionTask
from coordination.council.views.acts import act, act_on_motion, to
from coordination.exports import download, in_words
from coordination.paging import page

COLUMNS = [
    (gettext_lazy("Resolved on"), lambda row: row.day),
    (gettext_lazy("Resolved by"), lambda row: row.committee),
    (gettext_lazy("Title"), lambda row: row.title),
    (gettext_lazy("Motion"), lambda row: row.motion.number if row.motion else ""),
    (gettext_lazy("Paper"), lambda row: row.paper.number if row.paper else ""),
    (gettext_lazy("Result"), lambda row: row.get_result_display()),
    (gettext_lazy("Votes"), lambda row: row.votes),
    (gettext_lazy("Wording"), lambda row: row.text),
    (gettext_lazy("Page in the council information system"), lambda row: row.url),
    (gettext_lazy("OParl address"), lambda row: row.oparl_id),
]


@require_safe
@require(Perm.VIEW_COUNCIL)
def resolution_list(request):
    rows = Resolution.objects.within(request.scope).on(request.as_of).with_names()
    found = ResolutionFilter(request.GET, rows, day=request.as_of)
    note = f"{_('Resolutions')} · {in_words(found)}"
    if answer := download(request, "beschluesse", COLUMNS, found.qs, note=note):
        return answer
    paged = page(request, found.qs)
    return render(
        request,
        "council/resolution_list.html",
        {"filter": found, "page": paged, "rows": _with_tasks(request, paged.rows)},
    )


def _with_tasks(request, rows):
    """(resolution, its open tasks, how many of them are overdue) on the day."""
    tasks = ResolutionTask.objects.within(request.scope).open_on(request.as_of)
    counts = {row.pk: [0, 0] for row in rows}
    for resolution_id, due_on in tasks.filter(resolution__in=rows).values_list(
        "resolution", "due_on"
    ):
        counts[resolution_id][0] += 1
        counts[resolution_id][1] += due_on < request.as_of
    return [(row, *counts[row.pk]) for row in rows]


@require_safe
@require(Perm.VIEW_COUNCIL)
def resolution_detail(request, pk):
    resolution = _found(request, pk)
    tasks = ResolutionTask.objects.within(request.scope).on(request.as_of).with_names()
    return render(
        request,
        "council/resolution_detail.html",
        {
            "resolution": resolution,
            "tasks": [TaskRow(row, request.as_of) for row in tasks.filter(resolution=resolution)],
            "links": links(resolution, request.actor),
            "sees_people": request.actor.may(Perm.VIEW_DRAFTS),
            "sees_log": request.actor.may(Perm.VIEW_LOG),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def resolution_create(request):
    """What was resolved without a motion."""
    return act(
        request,
        ResolutionForm(request.POST or None),
        resolutions.resolve,
        template="resolution_create",
        context={},
        done=_("The resolution was entered."),
        address=lambda row: to(request, "resolution_detail", row.pk),
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def motion_resolve(request, pk):
    motion = get_object_or_404(Motion.objects.within(request.scope), pk=pk)
    last = motions.last_step(motion)
    return act_on_motion(
        request,
        motion,
        last,
        ResolveForm(request.POST or None, motion=motion, step=last.pk),
        partial(resolutions.resolve, motion),
        refuse=motions.refuse_settled,
        template="motion_resolve",
        done=_("The resolution was entered."),
        address=lambda row: (
            to(request, "resolution_detail", row.pk) if row else to(request, "motion_detail", pk)
        ),
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def resolution_edit(request, pk):
    resolution = _found(request, pk)
    name = str(resolution)
    return act(
        request,
        ResolutionEditForm(request.POST or None, instance=resolution),
        partial(resolutions.change, resolution),
        template="resolution_edit",
        context={"resolution": resolution, "name": name},
        done=_("The resolution was saved."),
        address=lambda _row: to(request, "resolution_detail", pk),
    )


def _found(request, pk) -> Resolution:
    return get_object_or_404(Resolution.objects.within(request.scope).with_names(), pk=pk)
