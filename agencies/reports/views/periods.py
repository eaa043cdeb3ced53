from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Min, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies.activity.models import ReportingPeriod
from agencies.models import Agency
from agencies.reports import board, figures, histories, narratives, periods
from agencies.reports.filters.periods import ALL, MISSING, OVERDUE, PeriodFilter
from agencies.reports.forms.periods import CommentForm, PeriodForm, internal_readers, readers
from agencies.reports.models import Comment, Extension, Submission
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.exports import download, in_words
from coordination.paging import page

State = ReportingPeriod.State
COLUMNS = [
    (gettext_lazy("Agency"), lambda row: row.period.agency.short_name),
    (gettext_lazy("Reporting period"), lambda row: row.period.name),
    (gettext_lazy("From"), lambda row: row.period.starts_on),
    (gettext_lazy("Until"), lambda row: row.period.ends_on),
    (gettext_lazy("Due on"), lambda row: row.period.due_on),
    (gettext_lazy("State"), lambda row: row.word),
    (gettext_lazy("Age"), lambda row: row.age),
    (gettext_lazy("Age in days"), lambda row: row.days),
    (gettext_lazy("Nil report"), lambda row: row.period.is_nil),
    (gettext_lazy("First submitted at"), lambda row: row.period.first_submitted_at),
    (gettext_lazy("Who writes the report"), lambda row: str(row.period.responsible or "")),
]


@require_safe
@require(Perm.VIEW_REPORTS)
def period_board(request):
    side, day = board.side_of(request.actor), today()
    rows = ReportingPeriod.objects.within(request.scope)
    counts = _counts(rows, day)
    first = (counts["first"] or day).year
    years = list(range(max((counts["last"] or day).year, day.year), min(first, day.year) - 1, -1))
    agencies = list(Agency.objects.within(request.scope))
    found = PeriodFilter(
        request.GET,
        rows.select_related("agency", "responsible"),
        side=side,
        day=day,
        years=years,
        agencies=[row for row in agencies if row.is_active or row.kind == Agency.Kind.ASSOCIATION],
    )
    listed = found.qs.order_by("due_on", "agency__short_name") if found.is_list else found.qs
    note = f"{_('Reporting periods')} · {in_words(found)}"
    exported = board.rows(listed, side=side, day=day)
    if answer := download(request, "berichte", COLUMNS, exported, note=note):
        return answer
    paged = page(request, listed) if found.is_list else None
    shown = [] if found.is_list else list(listed)
    chosen = found.form.cleaned_data.get("verband") if found.form.is_valid() else None
    lines = board.lines(
        [row for row in agencies if not chosen or str(row.pk) == chosen],
        shown,
        found.year or day.year,
        side=side,
        day=day,
    )
    return render(
        request,
        "reports/period_board.html",
        {
            "filter": found,
            "year": found.year,
            "years": years,
            "counts": counts,
            "lines": lines,
            "page": paged,
            "rows": list(board.rows(paged.rows, side=side, day=day)) if paged else [],
            "number": paged.count if paged else len(shown),
            "quarters": board.COLUMNS,
            "side": side,
            "all": ALL,
            "overdue": OVERDUE,
            "missing": MISSING,
        },
    )


def _counts(rows, day) -> dict:
    """What waits, over all years: what was left undone in the old year is not over with it."""
    missing = ReportingPeriod.missing_on(day)
    return rows.order_by().aggregate(
        to_check=Count("pk", filter=Q(state=State.SUBMITTED)),
        sent_back=Count("pk", filter=Q(state=State.SENT_BACK)),
        missing=Count("pk", filter=missing),
        overdue=Count("pk", filter=missing & Q(due_on__lt=day)),
        first=Min("starts_on"),
        last=Max("ends_on"),
    )


def found_period(request, pk) -> ReportingPeriod:
    """The period within reach of the view's permission, or 404."""
    rows = ReportingPeriod.objects.within(request.scope)
    return get_object_or_404(rows.select_related("agency", "responsible"), pk=pk)


@require_safe
@require(Perm.VIEW_REPORTS)
def period_detail(request, pk):
    period = found_period(request, pk)
    actor, side = request.actor, board.side_of(request.actor)
    of_period = {"period": period}
    versions = list(
        Submission.objects.within(request.scope).filter(**of_period).select_related("by")
    )
    comments = Comment.objects.within(request.scope).readable(request.scope).filter(**of_period)
    extensions = Extension.objects.within(request.scope).filter(**of_period).select_related("by")
    counted = figures.of(period)
    writes = actor.scope(Perm.WRITE_REPORTS).covers(period.agency_id)
    # A text that is being written is shown to its agency; the city reads what was handed in.
    drafts = writes and side == "agency" and period.is_writable
    blocks = narratives.blocks(narratives.of(period), counted) if drafts else []
    return render(
        request,
        "reports/period_detail.html",
        {
            "period": period,
            "row": board.Row(period, side, today()),
            "side": side,
            "figures": counted.whole,
            "blocks": blocks,
            "drafts": drafts,
            "has_draft": any(block.text for block in blocks),
            "version": versions[0] if versions else None,
            "texts": _texts(versions[0]) if versions else [],
            "versions": versions,
            "extensions": list(extensions),
            "comments": list(comments.select_related("by")),
            "readers": readers(period.agency),
            "internal_readers": internal_readers(),
            "comment_form": _comment_form(request, period) if writes else None,
            "history": histories.steps(period, actor.scope(Perm.VIEW_LOG)),
            "may": _may(request, period),
            "may_submit": actor.scope(Perm.SUBMIT_REPORTS).covers(period.agency_id)
            and period.is_writable
            and period.ends_on <= today()
            and side == "agency",
        },
    )


def _texts(version: Submission) -> list[tuple[str, str]]:
    """Heading and text of each block that has one."""
    return [
        (label, version.blocks[name])
        for name, label in narratives.labels()
        if version.blocks.get(name)
    ]


def _comment_form(request, period):
    checks = request.actor.scope(Perm.CHECK_REPORTS)
    return CommentForm(agency=period.agency, may_be_internal=checks.citywide)


def _may(request, period) -> set[str]:
    """The acts this reader can do now, by the name of their page."""
    scope, state = request.actor.scope, period.state
    found = set()
    if scope(Perm.SUBMIT_REPORTS).covers(period.agency_id) and state not in ("accepted", "locked"):
        found.add("period_responsible")
    if scope(Perm.CHECK_REPORTS).covers(period.agency_id):
        pages = {
            "period_send_back": State.SENT_BACK,
            "period_accept": State.ACCEPTED,
            "period_lock": State.LOCKED,
            "period_unlock": State.OPEN,
        }
        found |= {name for name, target in pages.items() if target in periods.ALLOWED[state]}
        if period.is_writable:
            found.add("period_extend")
    return found


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_REPORTS)
def period_create(request):
    initial = {"agency": request.GET.get("verband", "")[:10]}
    form = PeriodForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            period = periods.create(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("The reporting period %(period)s was created.")
            messages.success(request, text % {"period": period})
            return redirect(reverse("reports:period_detail", args=[period.pk]))
    return render(request, "reports/period_create.html", {"form": form})
