from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies import occupancies, positions
from agencies.filters import PositionFilter
from agencies.forms import (
    OccupancyEndForm,
    OccupancyForm,
    OccupancyWithdrawForm,
    PositionEditForm,
    PositionForm,
    SuccessionForm,
)
from agencies.models import Assignment, Occupancy, Position
from agencies.vacancies import row_on, vacancies, with_occupancies
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.exports import download, in_words
from coordination.paging import page

COLUMNS = [
    (gettext_lazy("Agency"), lambda row: row.position.agency.short_name),
    (gettext_lazy("Position"), lambda row: row.position.title),
    (gettext_lazy("FTE"), lambda row: row.position.fte),
    (gettext_lazy("Qualification"), lambda row: row.position.qualification),
    (gettext_lazy("Funded from"), lambda row: row.position.starts_on),
    (gettext_lazy("Funded until"), lambda row: row.position.ends_on),
    (gettext_lazy("Held by"), lambda row: row.names),
    (gettext_lazy("Vacant FTE"), lambda row: row.vacancy.missing),
    (gettext_lazy("Vacant since"), lambda row: row.vacancy.since),
    (gettext_lazy("Vacant days"), lambda row: row.vacancy.days),
    (gettext_lazy("Vacant days in all"), lambda row: row.vacancy.days_in_all),
]


@require_safe
@require(Perm.VIEW_STAFFING)
def position_list(request):
    rows = Position.objects.within(request.scope).select_related("agency")
    found = PositionFilter(request.GET, rows, scope=request.scope, day=request.as_of)
    listed = with_occupancies(found.qs)
    note = f"{_('Positions')} · {in_words(found)}"
    if answer := download(request, "stellen", COLUMNS, _rows(listed, request.as_of), note=note):
        return answer
    paged = page(request, listed)
    return render(
        request,
        "agencies/position_list.html",
        {"filter": found, "page": paged, "rows": list(_rows(paged.rows, request.as_of))},
    )


@require_safe
@require(Perm.VIEW_STAFFING)
def position_detail(request, pk):
    position = get_object_or_404(
        with_occupancies(Position.objects.within(request.scope).select_related("agency")), pk=pk
    )
    day = request.as_of
    assignments = list(Assignment.objects.on(day).filter(position=position).with_names())
    held = position.occupancies.select_related("worker").order_by("-starts_on", "-pk")
    return render(
        request,
        "agencies/position_detail.html",
        {
            "position": position,
            "row": row_on(position, day),
            "stretches": vacancies(position, day),
            "occupancies": held,
            "assignments": assignments,
            "share": sum(row.share for row in assignments),
            "may_fill": request.actor.scope(Perm.MANAGE_WORKERS).covers(position.agency_id),
            "sees_log": request.actor.scope(Perm.VIEW_LOG).covers(position.agency_id),
            "real_today": today(),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_POSITIONS)
def position_create(request):
    form = PositionForm(
        request.POST or None, scope=request.scope, initial={"agency": request.GET.get("verband")}
    )
    if form.is_valid():
        try:
            position = positions.create(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(row)s was created.") % {"row": position})
            return redirect(_address(request, position))
    return render(request, "agencies/position_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_POSITIONS)
def position_edit(request, pk):
    position = get_object_or_404(
        Position.objects.within(request.scope).select_related("agency"), pk=pk
    )
    name = str(position)
    form = PositionEditForm(request.POST or None, instance=position)
    if form.is_valid():
        try:
            position = positions.change(position, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(row)s was saved.") % {"row": position})
            return redirect(_address(request, position))
    return render(
        request,
        "agencies/position_edit.html",
        {"position": position, "name": name, "form": form},
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_WORKERS)
def occupancy_create(request, pk):
    position = get_object_or_404(
        with_occupancies(Position.objects.within(request.scope).select_related("agency")), pk=pk
    )
    row = row_on(position, request.as_of)
    form = OccupancyForm(
        request.POST or None,
        position=position,
        initial={
            "worker": request.GET.get("fachkraft"),
            "fte": row.vacancy.missing or position.fte,
            "starts_on": max(request.as_of, position.starts_on),
        },
    )
    if form.is_valid():
        try:
            occupancy = occupancies.hold(position, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("%(worker)s now holds %(position)s.")
            names = {"worker": occupancy.worker, "position": position}
            messages.success(request, text % names)
            return redirect(_address(request, position))
    return render(
        request,
        "agencies/occupancy_create.html",
        {"position": position, "row": row, "form": form},
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_WORKERS)
def occupancy_end(request, pk):
    occupancy = _standing(request, pk)
    last = occupancy.ends_on
    form = OccupancyEndForm(
        request.POST or None,
        instance=occupancy,
        initial={"ends_on": max(request.as_of, occupancy.starts_on)},
    )
    if form.is_valid():
        typed = form.cleaned_data
        try:
            occupancy = occupancies.end(occupancy, **typed, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _say_what_stays(request, occupancy)
            return redirect(_address(request, occupancy.position))
    return render(
        request,
        "agencies/occupancy_end.html",
        {"occupancy": occupancy, "last": last, "form": form},
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_WORKERS)
def occupancy_succeed(request, pk):
    occupancy = _standing(request, pk)
    form = SuccessionForm(
        request.POST or None, instance=occupancy, initial={"starts_on": request.as_of}
    )
    if form.is_valid():
        try:
            successor = occupancies.succeed(occupancy, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("%(worker)s now holds %(position)s.")
            names = {"worker": successor.worker, "position": successor.position}
            messages.success(request, text % names)
            return redirect(_address(request, successor.position))
    return render(
        request, "agencies/occupancy_succeed.html", {"occupancy": occupancy, "form": form}
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_WORKERS)
def occupancy_withdraw(request, pk):
    occupancy = _standing(request, pk)
    form = OccupancyWithdrawForm(request.POST or None)
    if form.is_valid():
        try:
            occupancies.withdraw(occupancy, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The occupancy was withdrawn."))
            return redirect(_address(request, occupancy.position))
    return render(
        request, "agencies/occupancy_withdraw.html", {"occupancy": occupancy, "form": form}
    )


def _rows(positions, day):
    """Lazy: a page that is no export must not read every position."""
    for position in positions:
        yield row_on(position, day)


def _address(request, position) -> str:
    return reverse("agencies:position_detail", args=[position.pk]) + request.as_of_query


def _standing(request, pk):
    rows = Occupancy.objects.within(request.scope).standing()
    return get_object_or_404(rows.select_related("worker", "position__agency"), pk=pk)


def _say_what_stays(request, occupancy):
    """Districts stay with the position, held or not; whoever ends an occupancy should know."""
    messages.success(request, _("The occupancy was ended."))
    left = Assignment.objects.filter(position=occupancy.position_id).overlapping(
        occupancy.ends_on, None
    )
    if count := left.exclude(ends_on=occupancy.ends_on).count():
        messages.warning(
            request,
            ngettext(
                "%(count)s responsibility stays with the position “%(position)s”. "
                "As long as nobody holds it, the district has no contact person.",
                "%(count)s responsibilities stay with the position “%(position)s”. "
                "As long as nobody holds it, these districts have no contact person.",
                count,
            )
            % {"count": count, "position": occupancy.position},
        )
