from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.lists.models import Topic
from agencies.models import Agency
from coordination import exports
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from districts.models import District
from volunteers import imports, volunteer_files
from volunteers.forms.imports import VolunteerImportForm
from volunteers.models import VolunteerUpload

MOST_SHOWN = 200  # lines or mistakes; the others are counted


# Files of volunteers, in as out, are for the city and for who leads an agency.
@require_http_methods(["GET", "POST"])
@require(Perm.EXPORT_VOLUNTEERS)
def volunteer_import(request):
    agencies = list(Agency.objects.within(request.scope).active())
    form = VolunteerImportForm(request.POST or None, request.FILES or None, agencies=agencies)
    if form.is_valid():
        try:
            upload = imports.keep(
                form.cleaned_data["agency"], file=form.cleaned_data["file"], by=request.user
            )
        except ValidationError as error:
            form.add_error("file", ValidationError(error.messages))
        else:
            return redirect(_preview(request, upload))
    names, required = volunteer_files.NAMES, volunteer_files.REQUIRED
    return render(
        request,
        "volunteers/volunteer_import.html",
        {
            "form": form,
            "required": [names[name] for name in required],
            "others": [name for key, name in names.items() if key not in required],
        },
    )


@require_safe
@require(Perm.EXPORT_VOLUNTEERS)
def import_template(request):
    quarters = District.objects.quarters().on(today()).without_shapes().order_by("name", "pk")
    content = volunteer_files.template(
        [row.name for row in quarters], [row.name for row in Topic.objects.on(today()).in_order()]
    )
    response = HttpResponse(content, content_type=exports.XLSX)
    return exports.named(response, request, "vorlage-ehrenamtliche", "xlsx")


@require_http_methods(["GET", "POST"])
@require(Perm.EXPORT_VOLUNTEERS)
def import_preview(request, pk):
    """Only whoever uploaded a file looks through it, as long as they may for its agency."""
    uploads = VolunteerUpload.objects.kept().filter(user=request.user)
    upload = get_object_or_404(uploads, pk=pk)
    if upload.applied_at:
        messages.info(request, _("This file has been entered already."))
        return redirect(_list(request))
    table = volunteer_files.opened(bytes(upload.content))
    agency = get_object_or_404(Agency.objects.within(request.scope), pk=table.agency)
    if request.method == "POST":
        return _confirm(request, upload)
    plan = imports.planned(table, agency=agency, scope=request.scope)
    return render(
        request,
        "volunteers/import_preview.html",
        {
            "upload": upload,
            "agency": agency,
            "plan": plan,
            "doubles_count": len(plan.doubles),
            "new_count": len(plan.entries) - len(plan.doubles),
            "entries": plan.entries[:MOST_SHOWN],
            "entries_left": max(0, len(plan.entries) - MOST_SHOWN),
            "doubles": plan.doubles[:MOST_SHOWN],
            "doubles_left": max(0, len(plan.doubles) - MOST_SHOWN),
            "mistakes": plan.mistakes[:MOST_SHOWN],
            "mistakes_left": max(0, len(plan.mistakes) - MOST_SHOWN),
        },
    )


def _confirm(request, upload):
    try:
        done = imports.confirm(
            upload,
            expected=request.POST.get("plan", ""),
            doubles=request.POST.get("doubles", ""),
            scope=request.scope,
            by=request.user,
        )
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect(_preview(request, upload))
    if done.is_again:
        messages.info(request, _("This file has been entered already."))
    else:
        text = ngettext(
            "%(count)d volunteer was entered.", "%(count)d volunteers were entered.", done.entered
        )
        text %= {"count": done.entered}
        if done.left_out:
            text += " " + _("Left out: %(count)d.") % {"count": done.left_out}
        messages.success(request, text)
    return redirect(_list(request))


def _list(request) -> str:
    return reverse("volunteers:volunteer_list") + request.as_of_query


def _preview(request, upload) -> str:
    return reverse("volunteers:import_preview", args=[upload.pk]) + request.as_of_query
