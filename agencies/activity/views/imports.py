import logging
from collections.abc import Iterator
from contextlib import closing

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.activity import entry_files, entry_imports, entry_plans, entry_templates
from agencies.activity.forms.imports import ActivityImportForm
from agencies.activity.models import ActivityUpload
from agencies.models import Agency
from coordination import exports, privacy
from coordination.access.permissions import Perm, require
from coordination.as_of import today

MOST_NOTES = 50  # that are shown because they look like a case
STEPS = "<!-- steps -->"  # where the progress goes in the page that shows it
log = logging.getLogger(__name__)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_ACTIVITY)
def activity_import(request):
    agencies = list(Agency.objects.within(request.scope).active())
    form = ActivityImportForm(request.POST or None, request.FILES or None, agencies=agencies)
    if form.is_valid():
        try:
            upload = entry_imports.keep(
                form.cleaned_data["agency"], file=form.cleaned_data["file"], by=request.user
            )
        except ValidationError as error:
            form.add_error("file", ValidationError(error.messages))
        else:
            return redirect(_preview(request, upload))
    return render(
        request,
        "activity/activity_import.html",
        {
            "form": form,
            "agencies": agencies if len(agencies) > 1 else [],
            "required": [entry_files.NAMES[name] for name in entry_files.REQUIRED],
            "others": [
                name
                for key, name in entry_files.NAMES.items()
                if key not in (*entry_files.REQUIRED, "agency")
            ],
        },
    )


@require_safe
@require(Perm.MANAGE_ACTIVITY)
def import_template(request):
    agencies = {str(row.pk): row for row in Agency.objects.within(request.scope).active()}
    chosen = request.GET.get("verband", "")
    if chosen and chosen not in agencies:
        raise Http404
    agency = agencies[chosen] if chosen else None
    if len(agencies) == 1:
        (agency,) = agencies.values()
    content = entry_templates.template(agency, today())
    response = HttpResponse(content, content_type=exports.XLSX)
    name = f"vorlage-taetigkeiten-{agency.short_name if agency else ''}"
    return exports.named(response, request, name, "xlsx")


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_ACTIVITY)
def import_preview(request, pk):
    """Only whoever uploaded a file looks through it, as long as they manage the agency's entries.

    Entering it answers with a page that is sent bit by bit, see ``_progress``.
    """
    uploads = ActivityUpload.objects.within(request.scope).kept().filter(user=request.user)
    upload = get_object_or_404(uploads.select_related("agency"), pk=pk)
    if upload.applied_at:
        messages.info(request, _("This file has been entered already."))
        return redirect(reverse("activity:activity_list") + request.as_of_query)
    if request.method == "POST":
        return _progress(request, upload)
    plan = entry_plans.planned(upload.agency, bytes(upload.content))
    suspicious = plan.suspicious
    return render(
        request,
        "activity/import_preview.html",
        {
            "upload": upload,
            "plan": plan,
            "earlier": entry_imports.entered_before(upload),
            "counts": _counts(plan),
            "mistakes_left": plan.wrong - len(plan.mistakes),
            "groups": _groups(plan),
            "months": _months(plan),
            "changes": entry_plans.changes(plan),
            "changes_left": max(0, plan.counts[entry_plans.CHANGED] - entry_plans.MOST_CHANGES),
            "doubles": plan.doubles[:MOST_NOTES],
            "doubles_count": len(plan.doubles),
            "doubles_left": max(0, len(plan.doubles) - MOST_NOTES),
            "notes": [
                (entry.number, entry.fields["note"], ", ".join(privacy.kinds(entry.fields["note"])))
                for entry in suspicious[:MOST_NOTES]
            ],
            "notes_count": len(suspicious),
            "notes_left": max(0, len(suspicious) - MOST_NOTES),
            "can_enter": not plan.refused and bool(plan.entries),
            "to_enter": _number(len(plan.entries)),
        },
    )


def _counts(plan) -> list[tuple[str, str]]:
    return [
        (_("new"), _number(plan.counts[entry_plans.NEW])),
        (_("changed"), _number(plan.counts[entry_plans.CHANGED])),
        (_("unchanged"), _number(plan.counts[entry_plans.UNCHANGED])),
        (_("refused"), _number(plan.refused)),
    ]


def _groups(plan) -> list:
    """The target groups that the lines count somebody of, in their order."""
    counted = plan.total.people
    return [group for pk, group in plan.words.groups.items() if counted[pk]]


def _months(plan) -> list[tuple[str, list[str]]]:
    """Each month, and the sum at the end, with its figures as they are shown."""
    groups = _groups(plan)
    found = [(date_format(day, "F Y"), month) for day, month in sorted(plan.months.items())]
    found.append((_("Sum"), plan.total))
    return [
        (
            label,
            [
                _number(month.entries),
                number_format(month.minutes / 60, 1, use_l10n=True, force_grouping=True),
                *(_number(month.people[group.pk]) for group in groups),
            ],
        )
        for label, month in found
    ]


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def _progress(request, upload):
    """The page that shows how far the import is, sent as it goes on.

    It needs no script: every step is one more element, and the style sheet shows the last one.
    """
    # Compressed, the steps would wait for each other; the proxy must not collect them either.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    frame = render_to_string("activity/import_progress.html", {"upload": upload}, request)
    head, _marker, foot = frame.partition(STEPS)
    steps = entry_imports.confirm(
        upload,
        expected=request.POST.get("plan", ""),
        doubles=request.POST.get("doubles", ""),
        notes_too="notes_too" in request.POST,
        by=request.user,
    )
    response = StreamingHttpResponse(_told(request, upload, steps, head, foot))
    response["X-Accel-Buffering"] = "no"
    return response


def _told(request, upload, steps, head: str, foot: str) -> Iterator[str]:
    """The page in pieces. If its reader goes away, ``steps`` is closed and takes everything back.

    What goes wrong from here on can only be said in the page: its head is on its way.
    """
    yield head
    try:
        with closing(steps):
            done = yield from _shown(steps)
    except ValidationError as error:
        result = {"refused": " ".join(error.messages)}
    except DatabaseError:
        log.exception("An import was stopped by the database.")
        result = {"is_busy": True}
    except Exception:
        log.exception("An import failed.")
        result = {"is_failed": True}
    else:
        result = {"done": done, "counts": _done(done)}
    yield render_to_string(
        "activity/_import_result.html",
        {
            "done": None, "counts": [], "refused": "", "is_busy": False, "is_failed": False,
            **result,
            "listed": reverse("activity:activity_list") + request.as_of_query,
            "preview": _preview(request, upload),
            "another": reverse("activity:activity_import") + request.as_of_query,
        },
    )  # fmt: skip
    yield foot


def _shown(steps) -> Iterator[str]:
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value
        context = {"step": step, "done": _number(step.done), "total": _number(step.total)}
        yield render_to_string("activity/_import_step.html", context)


def _done(done: entry_imports.Done) -> list[tuple[str, str]]:
    found = [
        (_("new"), done.new),
        (_("changed"), done.changed),
        (_("unchanged"), done.unchanged),
        (_("left out"), done.left_out),
    ]
    return [(label, _number(count)) for label, count in found]


def _preview(request, upload) -> str:
    return reverse("activity:import_preview", args=[upload.pk]) + request.as_of_query
