"""Composing, previewing and releasing: the pages of what the council does not see yet."""

from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from coordination import typed
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.council.summary import drafts, origins, releases, reports, sections
from coordination.council.summary.content import Content
from coordination.council.summary.forms import ReleaseForm, ReportEditForm, ReportForm
from coordination.council.summary.models import CouncilReport, Release
from coordination.exports import download
from coordination.paging import page
from coordination.pdf import pdf


def _number(row):
    return row.release.number if hasattr(row, "release") else None


COLUMNS = [
    (gettext_lazy("Title"), lambda row: row.title),
    (gettext_lazy("As of"), lambda row: row.as_of),
    (gettext_lazy("Period from"), lambda row: row.starts_on),
    (gettext_lazy("Period until"), lambda row: row.ends_on),
    (gettext_lazy("State"), lambda row: _("released") if _number(row) else _("draft")),
    (gettext_lazy("Number"), _number),
    (
        gettext_lazy("Released at"),
        lambda row: row.release.released_at if _number(row) else None,
    ),
    (gettext_lazy("Composed by"), lambda row: str(row.created_by)),
]


@require_safe
@require(Perm.VIEW_DRAFTS)
def report_list(request):
    rows = CouncilReport.objects.within(request.scope)
    rows = rows.select_related("created_by", "release__released_by").defer("release__content")
    if answer := download(
        request, "ratsberichte", COLUMNS, rows, note=_("Council reports, drafts included")
    ):
        return answer
    opened = list(rows.drafts())
    paged = page(request, rows.exclude(release=None))
    return render(
        request,
        "summary/report_list.html",
        {"drafts": [(row, releases.why_not_yet(row)) for row in opened], "page": paged},
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
@typed.keeps_typed
def report_create(request):
    form = ReportForm(request.POST or None, initial=reports.defaults(today()))
    if form.is_valid():
        try:
            report = reports.create(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("The draft was saved. This is how the council would see it.")
            )
            return redirect(_preview(request, report))
    proposed = [form.initial[name] for name in ("starts_on", "ends_on")]
    already = reports.released_over(*proposed).last()
    return render(request, "summary/report_create.html", {"form": form, "already": already})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
@typed.keeps_typed
def report_edit(request, pk):
    report = _found(request, pk)
    if released := _released(request, report):
        return released
    form = ReportEditForm(request.POST or None, instance=report)
    if form.is_valid():
        try:
            reports.change(report, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            if error_code(error) in ("released", "gone"):
                return _released(request, report) or _told(request, error)
            form.add_error(None, error)
        else:
            messages.success(request, _("The draft was saved."))
            return redirect(_preview(request, report))
    return render(request, "summary/report_edit.html", {"form": form, "report": report})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def report_discard(request, pk):
    report = _found(request, pk)
    if released := _released(request, report):
        return released
    if request.method == "POST":
        try:
            reports.discard(report, by=request.user)
        except ValidationError as error:
            return _released(request, report) or _told(request, error)
        messages.success(request, _("The draft “%(title)s” was discarded.") % {"title": report})
        return redirect(_drafts(request))
    return render(request, "summary/report_discard.html", {"report": report})


@require_safe
@require(Perm.VIEW_DRAFTS)
def report_preview(request, pk):
    report = _found(request, pk)
    if released := _released(request, report):
        return released
    draft = drafts.compose(report, on=today())
    content = Content(draft.content)
    borough = request.GET.get("bezirk") or None
    if borough and not sections.borough_of(content, borough):
        raise Http404
    return render(
        request,
        "summary/report_preview.html",
        {
            "draft": report,
            "notes": draft.notes,
            "why_not": releases.why_not_yet(report),
            "corrections": len(content.list("corrections")),
            "boroughs": sections.boroughs(content),
            "borough": borough,
            "report": sections.report(content, origin=_origin(report), borough=borough),
        },
    )


@require_safe
@require(Perm.VIEW_DRAFTS)
def report_preview_pdf(request, pk):
    report = _found(request, pk)
    if released := _released(request, report):
        return released
    content = Content(drafts.compose(report, on=today()).content)
    context = {
        "draft": report,
        "report": sections.report(content, origin=lambda name: "", is_paper=True),
    }
    name = "ratsbericht-entwurf"
    return pdf(request, "summary/report_preview_pdf.html", context, name=name, most_pages=2)


@require_safe
@require(Perm.VIEW_DRAFTS)
def report_figure(request, pk, key):
    report = _found(request, pk)
    if released := _released(request, report):
        return released
    content = Content(drafts.compose(report, on=today()).content)
    origin = origins.of(content, key)
    if origin is None:
        raise Http404
    return render(request, "summary/report_figure.html", {"draft": report, "origin": origin})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_COUNCIL)
def report_release(request, pk):
    report = _found(request, pk)
    if released := _released(request, report):
        return released
    why_not = releases.why_not_yet(report)
    draft = drafts.compose(report, on=today())
    form = ReleaseForm(request.POST or None, draft=draft)
    if form.is_valid() and not why_not:
        try:
            release = releases.release(report, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            if error_code(error) in ("released", "gone"):
                return _released(request, report) or _told(request, error)
            if error_code(error) == "changed":
                draft = drafts.compose(report, on=today())
                form = ReleaseForm(request.POST, draft=draft)
                form.renew(draft.seen)
                form.is_valid()
                form.errors.pop("confirmed", None)
            form.add_error(None, error)
        else:
            text = _("Report no. %(number)d is released. The council can read it now.")
            messages.success(request, text % {"number": release.number})
            return redirect(_address(request, release))
    content = Content(draft.content)
    return render(
        request,
        "summary/report_release.html",
        {
            "draft": report,
            "form": form,
            "notes": draft.notes,
            "why_not": why_not,
            "corrections": content.list("corrections"),
            "hidden": len(content.hidden),
            "number": releases.next_number(),
            "report": sections.report(content, origin=_origin(report)),
        },
    )


def error_code(error: ValidationError) -> str:
    return getattr(error, "code", None) or ""


def _found(request, pk) -> CouncilReport:
    rows = CouncilReport.objects.within(request.scope).select_related("created_by")
    return get_object_or_404(rows, pk=pk)


def _released(request, report):
    """To the released report, if the draft is one by now; of two clicks the second ends there."""
    rows = Release.objects.within(request.scope).without_content()
    release = rows.filter(report=report).first()
    if release is None:
        return None
    text = _("This report was released as no. %(number)d.") % {"number": release.number}
    messages.info(request, text)
    return redirect(_address(request, release))


def _told(request, error):
    messages.warning(request, error.message)
    return redirect(_drafts(request))


def _origin(report):
    """The address of a figure's origin; reversing each of a thousand would take its time."""
    before = reverse("summary:report_figure", args=[report.pk, "-"]).removesuffix("-/")
    return lambda name: f"{before}{quote(name, safe='@')}/"


def _address(request, release) -> str:
    return reverse("summary:release_detail", args=[release.pk]) + request.as_of_query


def _preview(request, report) -> str:
    return reverse("summary:report_preview", args=[report.pk]) + request.as_of_query


def _drafts(request) -> str:
    return reverse("summary:report_list") + request.as_of_query
