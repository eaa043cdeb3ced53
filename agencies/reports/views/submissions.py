from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.activity.models import ReportingPeriod
from agencies.reports import figures as log
from agencies.reports import narratives, preflight, submissions, versions
from agencies.reports.models import Submission
from coordination.access.permissions import Perm, require


@require_http_methods(["GET", "POST"])
@require(Perm.SUBMIT_REPORTS)
def report_submit(request, pk):
    periods = ReportingPeriod.objects.within(request.scope).select_related("agency")
    period = get_object_or_404(periods.annotate(last_version=Max("submissions__number")), pk=pk)
    detail = reverse("reports:period_detail", args=[period.pk]) + request.as_of_query
    if not period.is_writable:
        messages.info(request, _("%(period)s has been submitted.") % {"period": period.name})
        return redirect(detail)
    refused = []
    if request.method == "POST":
        try:
            submission = submissions.submit(
                period,
                is_nil="fehlanzeige" in request.POST,
                seen=request.POST.get("seen", ""),
                by=request.user,
            )
        except ValidationError as error:
            refused = error.messages
        else:
            messages.success(request, _thanks(submission))
            return redirect(_address(request, submission))
    figures = log.of(period)
    blocks = narratives.blocks(narratives.of(period), figures)
    return render(
        request,
        "reports/report_submit.html",
        {
            "period": period,
            "detail": detail,
            "refused": refused,
            "findings": preflight.findings(period, blocks, figures),
            "too_early": _too_early(period),
            "figures": figures,
            "blocks": blocks,
            "has_text": any(block.pieces for block in blocks),
            "seen": submissions.fingerprint(blocks, figures),
        },
    )


@require_safe
@require(Perm.VIEW_REPORTS)
def version_detail(request, pk):
    found = Submission.objects.within(request.scope)
    submission = get_object_or_404(found.select_related("period__agency", "by"), pk=pk)
    period = submission.period
    others = list(found.filter(period=period).select_related("by").order_by("number"))
    before = next((row for row in others if row.number == submission.number - 1), None)
    kept = log.thawed(submission.figures)
    now = {figure.name: figure.value for figure in log.of(period) if figure.name in kept}
    pairs = log.differences(log.thawed(before.figures) if before else kept, kept)
    return render(
        request,
        "reports/version_detail.html",
        {
            "submission": submission,
            "period": period,
            "detail": reverse("reports:period_detail", args=[period.pk]) + request.as_of_query,
            "versions": others,
            "before": before,
            "blocks": versions.compared(submission, before),
            "figures": [pair for pair in pairs if not pair.part or pair.is_change],
            "more_figures": [pair for pair in pairs if pair.part and not pair.is_change],
            "moved": [pair for pair in log.differences(kept, kept | now) if pair.is_change],
        },
    )


def _too_early(period) -> str:
    try:
        submissions.refuse_before_its_end(period)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _thanks(submission: Submission) -> str:
    text = _("%(period)s was submitted as version %(number)s.")
    if submission.is_nil:
        text = _("%(period)s was submitted as a nil report, version %(number)s.")
    return text % {"period": submission.period.name, "number": submission.number}


def _address(request, submission: Submission) -> str:
    return reverse("reports:version_detail", args=[submission.pk]) + request.as_of_query
