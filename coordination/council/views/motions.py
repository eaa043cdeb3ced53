from functools import partial

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access.permissions import Perm, require
from coordination.council import motions
from coordination.council.filters.motions import MotionFilter
from coordination.council.forms.motions import (
    EndForm,
    MotionEditForm,
    MotionForm,
    PaperEditForm,
    ReferForm,
    ScheduleForm,
    TakeBackForm,
)
from coordination.council.histories import TaskRow, events, motion_rows
from coordination.council.links import links
from coordination.council.models import CouncilPaper, Motion, Resolution, ResolutionTask
from coordination.council.views.acts import act, act_on_motion, to
from coordination.exports import MOST_ROWS, download, in_words
from coordination.paging import page

COLUMNS = [
    (gettext_lazy("Reference number"), lambda row: row.motion.number),
    (gettext_lazy("Title"), lambda row: row.motion.title),
    (
        gettext_lazy("Submitted by"),
        lambda row: ", ".join(group.short_name for group in row.motion.groups.all()),
    ),
    (gettext_lazy("Submitted on"), lambda row: row.motion.submitted_on),
    (pgettext_lazy("motion", "State"), lambda row: row.state),
    (gettext_lazy("Since"), lambda row: row.motion.since),
    (
        gettext_lazy("Resolutions"),
        lambda row: "; ".join(
            f"{one.day:%d.%m.%Y} {one.committee}: {one.get_result_display()}"
            for one in row.resolutions
        ),
    ),
    (gettext_lazy("Open tasks"), lambda row: row.open),
    (gettext_lazy("Overdue tasks"), lambda row: row.overdue),
    (gettext_lazy("Page in the council information system"), lambda row: row.motion.url),
    (gettext_lazy("OParl address"), lambda row: row.motion.oparl_id),
]


@require_safe
@require(Perm.VIEW_COUNCIL)
def motion_list(request):
    rows = Motion.objects.within(request.scope).on(request.as_of)
    found = MotionFilter(request.GET, rows, day=request.as_of)
    note = f"{_('Motions')} · {in_words(found)}"
    if answer := download(request, "antraege", COLUMNS, _lines(request, found), note=note):
        return answer
    paged = page(request, found.qs.with_groups())
    return render(
        request,
        "council/motion_list.html",
        {
            "filter": found,
            "page": paged,
            "rows": motion_rows(paged.rows, request.as_of, request.scope),
        },
    )


def _lines(request, found):
    """Reads nothing before a file asks for its first line."""
    rows = found.qs.with_groups()[: MOST_ROWS + 1]
    yield from motion_rows(list(rows), request.as_of, request.scope)


@require_safe
@require(Perm.VIEW_COUNCIL)
def motion_detail(request, pk):
    motion = get_object_or_404(Motion.objects.within(request.scope).with_groups(), pk=pk)
    day = request.as_of
    then = Motion.objects.within(request.scope).on(day).filter(pk=pk)
    resolutions = Resolution.objects.within(request.scope).on(day).filter(motion=motion)
    tasks = ResolutionTask.objects.within(request.scope).on(day).with_names()
    last = motions.last_step(motion)
    return render(
        request,
        "council/motion_detail.html",
        {
            "motion": motion,
            "row": next(iter(motion_rows(list(then), day, request.scope)), None),
            "events": events(motion, day),
            "papers": motion.papers.select_related("committee"),
            "resolutions": resolutions.with_names(),
            "tasks": [TaskRow(task, day) for task in tasks.filter(resolution__motion=motion)],
            "links": links(motion, request.actor),
            "is_pending": last.state in Motion.PENDING,
            "may_take_back": last.place > 1 and not hasattr(last, "resolution"),
            "sees_people": request.actor.may(Perm.VIEW_DRAFTS),
            "sees_log": request.actor.may(Perm.VIEW_LOG),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def motion_create(request):
    return act(
        request,
        MotionForm(request.POST or None),
        motions.submit,
        template="motion_create",
        context={},
        done=_("The motion was entered."),
        address=lambda motion: to(request, "motion_detail", motion.pk),
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def motion_edit(request, pk):
    motion = _found(request, pk)
    name = str(motion)
    return act(
        request,
        MotionEditForm(request.POST or None, instance=motion),
        partial(motions.change, motion),
        template="motion_edit",
        context={"motion": motion, "name": name},
        done=_("The motion was saved."),
        address=lambda _row: to(request, "motion_detail", pk),
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def motion_refer(request, pk):
    done = _("The motion was referred.")
    return _act(request, pk, ReferForm, motions.refer, "motion_refer", done)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def motion_schedule(request, pk):
    done = _("The paper was entered.")
    return _act(request, pk, ScheduleForm, motions.schedule, "motion_schedule", done)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def motion_withdraw(request, pk):
    done = _("The motion is withdrawn.")
    return _act(request, pk, EndForm, motions.withdraw, "motion_withdraw", done)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def motion_settle(request, pk):
    done = _("The motion is settled without a resolution.")
    return _act(request, pk, EndForm, motions.settle, "motion_settle", done)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def motion_take_back(request, pk):
    done = _("The last step was taken back.")
    return _act(
        request,
        pk,
        TakeBackForm,
        motions.take_back,
        "motion_take_back",
        done,
        refuse=motions.refuse_fixed,
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def paper_edit(request, pk):
    rows = CouncilPaper.objects.within(request.scope)
    paper = get_object_or_404(rows.select_related("motion", "committee"), pk=pk)
    name, motion = str(paper), paper.motion
    resolution = paper.resolutions.first()
    page, row = ("motion_detail", motion) if motion else ("resolution_detail", resolution)
    back = to(request, page, row.pk)
    return act(
        request,
        PaperEditForm(request.POST or None, instance=paper),
        partial(motions.change_paper, paper),
        template="paper_edit",
        context={"paper": paper, "name": name, "origin": row, "back": back},
        done=_("The paper was saved."),
        address=lambda _row: back,
    )


def _act(request, pk, form_class, operation, template, done, *, refuse=motions.refuse_settled):
    motion = _found(request, pk)
    last = motions.last_step(motion)
    return act_on_motion(
        request,
        motion,
        last,
        form_class(request.POST or None, step=last.pk),
        partial(operation, motion),
        refuse=refuse,
        template=template,
        done=done,
        address=lambda _row: to(request, "motion_detail", pk),
    )


def _found(request, pk) -> Motion:
    return get_object_or_404(Motion.objects.within(request.scope), pk=pk)
