from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from coordination.access.permissions import Perm, require
from coordination.context import day
from districts import districts, imports
from districts.forms import DistrictForm, ImportForm
from districts.imports import Change, Plan
from districts.models import District, DistrictUpload

MOST_SHOWN = 500
VERBS = {
    "created": (gettext_lazy("new"), "success"),
    "changed": (gettext_lazy("changes"), "info"),
    "ended": (gettext_lazy("ends"), "warning"),
    "unchanged": (gettext_lazy("stays"), "info"),
}


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_DISTRICTS)
def district_edit(request, pk):
    district = get_object_or_404(District.objects.without_shapes(), pk=pk)
    name = district.name  # validation writes what was typed into the row
    form = DistrictForm(request.POST or None, instance=district)
    if form.is_valid():
        try:
            districts.change(district, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The district was saved."))
            return redirect(reverse("agencies:district_detail", args=[pk]) + request.as_of_query)
    return render(
        request, "districts/district_edit.html", {"district": district, "name": name, "form": form}
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_DISTRICTS)
def district_import(request):
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        upload, options = form.cleaned_data["file"], form.options()
        try:
            imports.compare(imports.read(upload, options), options)
        except ValidationError as error:
            form.add_error("file", ValidationError(error.messages))
        else:
            kept = imports.keep(upload, options, by=request.user)
            return redirect("districts:import_preview", kept.pk)
    return render(request, "districts/district_import.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_DISTRICTS)
def import_preview(request, pk):
    upload = get_object_or_404(DistrictUpload.objects.kept().filter(user=request.user), pk=pk)
    if request.method == "POST":
        return _confirm(request, upload)
    if upload.applied_at:
        messages.info(request, _("This file has already been imported."))
        return redirect("agencies:district_list")
    plan, errors = None, []
    try:
        plan = imports.planned(upload)
    except ValidationError as error:  # what the file refers to has changed since the upload
        errors = error.messages
    return render(
        request,
        "districts/import_preview.html",
        {"upload": upload, "errors": errors, "plan": plan, **(_shown(plan) if plan else {})},
    )


def _confirm(request, upload: DistrictUpload):
    try:
        is_open = upload.applied_at is None and "end_missing" not in request.POST
        if is_open and imports.planned(upload).counts["ended"]:
            raise ValidationError(
                _("Nothing was imported: please confirm that the missing districts end.")
            )
        plan = imports.confirm(upload, expected=request.POST.get("plan", ""), by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect("districts:import_preview", upload.pk)
    if plan is None:
        messages.info(request, _("This file has already been imported."))
    else:
        messages.success(
            request,
            _("Imported: %(created)d new, %(changed)d changed, %(ended)d ended.") % plan.counts,
        )
    return redirect("agencies:district_list")


def _shown(plan: Plan) -> dict:
    effects = plan.effects
    return {
        "counts": [(VERBS[verb][0], number) for verb, number in plan.counts.items()],
        "effects": [
            {"change": change, "word": word, "kind": kind, "lines": _lines(change)}
            for change in effects[:MOST_SHOWN]
            for word, kind in [VERBS[change.verb]]
        ],
        "left": max(0, len(effects) - MOST_SHOWN),
    }


def _lines(change: Change) -> list[tuple]:
    """Field, before, after: in words."""
    return [
        (
            District._meta.get_field(name).verbose_name,
            _word(name, change.before.get(name)),
            _word(name, value),
        )
        for name, value in change.after.items()
        if value is not None
    ]


def _word(name: str, value) -> str:
    if name == "geometry":
        return _("changed") if value else ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return day(value)
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)
