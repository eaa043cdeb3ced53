from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies import workers
from agencies.filters import WorkerFilter
from agencies.forms import WorkerEditForm, WorkerForm
from agencies.models import Assignment, Worker
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.exports import download, in_words
from coordination.paging import page

COLUMNS = [
    (gettext_lazy("Name"), lambda worker: worker.name),
    (gettext_lazy("Agency"), lambda worker: worker.agency.short_name),
    (gettext_lazy("Kind"), lambda worker: worker.get_kind_display()),
    (gettext_lazy("Office phone"), lambda worker: worker.phone),
    (gettext_lazy("E-mail"), lambda worker: worker.email),
    (gettext_lazy("Languages"), lambda worker: worker.languages),
    (gettext_lazy("Office hours"), lambda worker: worker.office_hours),
]


@require_safe
@require(Perm.VIEW_COVERAGE)
def worker_list(request):
    found = WorkerFilter(request.GET, _directory(request))
    note = f"{_('Workers')} · {in_words(found)}"
    if answer := download(request, "fachkraefte", COLUMNS, found.qs, note=note):
        return answer
    return render(
        request,
        "agencies/worker_list.html",
        {
            "filter": found,
            "page": page(request, found.qs),
            "sees_all": request.actor.scope(Perm.VIEW_STAFFING).citywide,
        },
    )


@require_safe
@require(Perm.VIEW_COVERAGE)
def worker_detail(request, pk):
    worker = get_object_or_404(_directory(request).select_related("user"), pk=pk)
    day = request.as_of
    sees_staffing = request.actor.scope(Perm.VIEW_STAFFING).covers(worker.agency_id)
    held = list(worker.occupancies.on(day).select_related("position__agency"))
    numbers = [row.position_id for row in held]
    assignments = list(Assignment.objects.on(day).filter(position__in=numbers).with_names())
    # Absences that are over are nobody's business any more.
    absences = worker.absences.filter(ends_on__gte=today()).order_by("starts_on", "pk")
    history = worker.occupancies.select_related("position__agency").order_by("-starts_on", "-pk")
    return render(
        request,
        "agencies/worker_detail.html",
        {
            "worker": worker,
            "held": held,
            "assignments": assignments,
            "sees_staffing": sees_staffing,
            "fte": sum(row.fte for row in held),
            "absences": absences if sees_staffing else [],
            "history": history if sees_staffing else [],
            "sees_log": request.actor.scope(Perm.VIEW_LOG).covers(worker.agency_id),
            "may_edit": request.actor.scope(Perm.MANAGE_WORKERS).covers(worker.agency_id),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_WORKERS)
def worker_create(request):
    form = WorkerForm(
        request.POST or None, scope=request.scope, initial={"agency": request.GET.get("verband")}
    )
    if form.is_valid():
        try:
            worker = workers.create(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(row)s was created.") % {"row": worker})
            return redirect(_address(request, worker))
    return render(request, "agencies/worker_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_WORKERS)
def worker_edit(request, pk):
    worker = get_object_or_404(
        Worker.objects.within(request.scope).select_related("agency", "user"), pk=pk
    )
    name = str(worker)
    form = WorkerEditForm(request.POST or None, instance=worker, scope=request.scope)
    if form.is_valid():
        try:
            worker = workers.change(worker, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(row)s was saved.") % {"row": worker})
            return redirect(_address(request, worker))
    return render(
        request, "agencies/worker_edit.html", {"worker": worker, "name": name, "form": form}
    )


def _directory(request):
    """All of one's own agency; of the others only who is contact person for a district."""
    scope = request.actor.scope(Perm.VIEW_STAFFING)
    rows = Worker.objects.select_related("agency")
    if scope.citywide:
        return rows
    contacts = Worker.objects.active().contact_persons().values("pk")
    return rows.filter(Q(agency__in=scope.agencies) | Q(pk__in=contacts))


def _address(request, worker) -> str:
    return reverse("agencies:worker_detail", args=[worker.pk]) + request.as_of_query
