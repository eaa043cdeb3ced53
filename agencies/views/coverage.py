from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies import assignments, coverage, effects, endings, timelines
from agencies.coverage_forms import (
    AssignmentChangeForm,
    AssignmentEndForm,
    AssignmentForm,
    AssignmentWithdrawForm,
    BoardFilterForm,
    EndingForm,
    HandoverForm,
)
from agencies.models import Assignment, Position
from coordination.access.permissions import Perm, require
from coordination.exports import download
from coordination.periods import show_day

BOARD_COLUMNS = [
    (gettext_lazy("Key"), lambda entry: entry.cover.district.key),
    (gettext_lazy("District"), lambda entry: entry.cover.district.name),
    (gettext_lazy("Borough"), lambda entry: str(entry.cover.district.parent or "")),
    (gettext_lazy("Responsibility"), lambda entry: entry.role),
    (gettext_lazy("Agency"), lambda entry: entry.agency),
    (gettext_lazy("Position"), lambda entry: entry.position),
    (gettext_lazy("Caseworker"), lambda entry: entry.names),
    (gettext_lazy("Share in percent"), lambda entry: entry.share),
    (gettext_lazy("Covers"), lambda entry: entry.area),
    (gettext_lazy("From"), lambda entry: entry.starts_on),
    (gettext_lazy("Until"), lambda entry: entry.ends_on),
    (gettext_lazy("Open points"), lambda entry: ", ".join(str(g.label) for g in entry.cover.gaps)),
]
ENDING_COLUMNS = [
    (gettext_lazy("What ends"), lambda row: row._meta.verbose_name),
    (gettext_lazy("Name"), str),
    (gettext_lazy("From"), lambda row: row.starts_on),
    (gettext_lazy("Last day"), lambda row: row.ends_on),
    (gettext_lazy("Weekly hours"), coverage.hours_of),
]


@require_safe
@require(Perm.VIEW_COVERAGE)
def coverage_board(request):
    board = coverage.board_on(request.as_of, request.actor.scope(Perm.VIEW_STAFFING))
    if answer := download(
        request,
        "einsatzplan",
        BOARD_COLUMNS,
        board.entries,
        note=_("Coverage on %(day)s") % {"day": show_day(board.day)},
    ):
        return answer
    form = BoardFilterForm(request.GET)
    borough = form.cleaned_data.get("bezirk") if form.is_valid() else None
    if borough:
        board = board.only(borough)
    return render(request, "agencies/coverage_board.html", {"board": board, "form": form})


@require_safe
@require(Perm.VIEW_STAFFING)
def position_timeline(request):
    drawing = timelines.timeline(request.scope, request.as_of)
    return render(request, "agencies/position_timeline.html", {"timeline": drawing})


@require_safe
@require(Perm.VIEW_STAFFING)
def ending_list(request):
    first = request.as_of
    proposed = endings.next_end(first, request.scope) or first
    form = EndingForm(request.GET if "bis" in request.GET else None, initial={"bis": proposed})
    last = form.cleaned_data["bis"] if form.is_valid() else proposed
    if last < first:
        form.add_error("bis", _("This day lies before %(day)s.") % {"day": show_day(first)})
        last = proposed
    found = endings.between(first, last, request.scope)
    note = _("What ends from %(first)s to %(last)s") % {
        "first": show_day(first),
        "last": show_day(last),
    }
    if answer := download(request, "was-endet", ENDING_COLUMNS, found.rows, note=note):
        return answer
    return render(request, "agencies/ending_list.html", {"form": form, "endings": found})


@require_http_methods(["GET", "POST"])
@require(Perm.ASSIGN)
def assignment_create(request):
    form = AssignmentForm(
        request.POST or None,
        day=request.as_of,
        initial={
            "district": request.GET.get("stadtteil"),
            "position": request.GET.get("stelle"),
            "role": request.GET.get("rolle", Assignment.Role.LEAD),
            "starts_on": request.as_of,
        },
    )
    effect = None
    if form.is_valid():
        typed = form.cleaned_data
        act = partial(assignments.assign, **typed, by=request.user)
        effect, done = _preview_or_do(request, form, act, [typed["district"]], [typed["position"]])
        if done:
            messages.success(request, _("%(assignment)s is saved.") % {"assignment": done})
            return redirect("agencies:district_detail", done.district_id)
    return _form_page(request, "assignment_create", form, effect)


@require_http_methods(["GET", "POST"])
@require(Perm.ASSIGN)
def assignment_change(request, pk):
    assignment = _running(request, pk)
    form = AssignmentChangeForm(
        request.POST or None,
        assignment=assignment,
        initial={
            "share": assignment.share,
            "starts_on": max(request.as_of, assignment.starts_on),
            "division": assignment.division,
            "topic": assignment.topic,
            "postal_codes": ", ".join(code.code for code in assignment.postal_codes.all()),
        },
    )
    said = _("%(assignment)s is changed.")
    return _act_on(request, "assignment_change", form, assignment, assignments.change, said)


@require_http_methods(["GET", "POST"])
@require(Perm.ASSIGN)
def assignment_end(request, pk):
    assignment = _running(request, pk)
    form = AssignmentEndForm(
        request.POST or None,
        assignment=assignment,
        initial={"ends_on": max(request.as_of, assignment.starts_on)},
    )
    said = _("%(assignment)s is ended.")
    return _act_on(request, "assignment_end", form, assignment, assignments.end, said)


@require_http_methods(["GET", "POST"])
@require(Perm.ASSIGN)
def assignment_withdraw(request, pk):
    assignment = _running(request, pk)
    form = AssignmentWithdrawForm(request.POST or None, assignment=assignment)
    said = _("%(assignment)s is withdrawn.")
    return _act_on(request, "assignment_withdraw", form, assignment, assignments.withdraw, said)


@require_http_methods(["GET", "POST"])
@require(Perm.ASSIGN)
def handover_create(request, pk):
    source = get_object_or_404(Position.objects.within(request.scope), pk=pk)
    form = HandoverForm(
        request.POST or None,
        source=source,
        day=request.as_of,
        initial={"starts_on": request.as_of},
    )
    effect = None
    if form.is_valid():
        typed = form.cleaned_data
        rows = list(typed.pop("assignments"))
        act = partial(assignments.hand_over, rows, **typed, by=request.user)
        effect, done = _preview_or_do(
            request, form, act, [row.district for row in rows], [source, typed["position"]]
        )
        if done:
            text = _("%(number)s responsibilities were handed over to %(position)s.")
            messages.success(request, text % {"number": len(done), "position": typed["position"]})
            return redirect(reverse("agencies:coverage_board") + request.as_of_query)
    return _form_page(request, "handover_create", form, effect, source=source)


def _running(request, pk):
    return get_object_or_404(Assignment.objects.within(request.scope).with_names(), pk=pk)


def _act_on(request, page, form, assignment, operation, said):
    """Preview or do one act on one assignment, then go back to its district and say so."""
    if assignment.is_withdrawn:
        text = _("This responsibility has been withdrawn in the meantime.")
        messages.warning(request, text)
        return redirect("agencies:district_detail", assignment.district_id)
    effect = None
    if form.is_valid():
        act = partial(operation, assignment, **form.cleaned_data, by=request.user)
        effect, done = _preview_or_do(
            request, form, act, [assignment.district], [assignment.position]
        )
        if done:
            messages.success(request, said % {"assignment": done})
            return redirect("agencies:district_detail", done.district_id)
    return _form_page(request, page, form, effect, assignment=assignment)


def _preview_or_do(request, form, act, districts, positions):
    """With the button "preview" show the effect, else act; refusals go to the form's fields."""
    try:
        if "preview" in request.POST:
            return effects.preview(act, districts=districts, positions=positions), None
        return None, act()
    except ValidationError as error:
        form.add_error(None, error)
        return None, None


def _form_page(request, page, form, effect, **context):
    context |= {"form": form, "effect": effect}
    return render(request, f"agencies/{page}.html", context)
