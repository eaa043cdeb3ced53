from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies import absences
from agencies.forms import AbsenceForm
from agencies.models import Absence, Worker
from coordination.access.permissions import Perm, require


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_WORKERS)
def absence_create(request, pk):
    worker = get_object_or_404(Worker.objects.within(request.scope), pk=pk)
    form = AbsenceForm(request.POST or None)
    if form.is_valid():
        try:
            absences.create(worker, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The absence was entered."))
            return redirect(_address(request, worker.pk))
    return render(request, "agencies/absence_create.html", {"worker": worker, "form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_WORKERS)
def absence_delete(request, pk):
    absence = get_object_or_404(
        Absence.objects.within(request.scope).select_related("worker"), pk=pk
    )
    if request.method == "POST":
        absences.delete(absence, by=request.user)
        messages.success(request, _("The absence was deleted."))
        return redirect(_address(request, absence.worker_id))
    return render(request, "agencies/absence_delete.html", {"absence": absence})


def _address(request, pk) -> str:
    return reverse("agencies:worker_detail", args=[pk]) + request.as_of_query
