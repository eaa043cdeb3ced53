from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.activity import activities, listings, spans
from agencies.activity.filters.activities import ActivityFilter, Choices, sums_of
from agencies.activity.forms.activities import DeleteForm
from agencies.activity.models import Activity, ReportingPeriod, Rhythm
from coordination import exports, paging
from coordination.access.permissions import Perm, require

LEAVE_OUT = ("von", "bis", "format", paging.AFTER, paging.BEFORE)


@dataclass(frozen=True)
class Line:
    """An entry as the list shows it, with the addresses its reader may open."""

    activity: Activity
    edit: str = ""
    copy: str = ""
    delete: str = ""
    closed: str = ""  # the period that keeps it as it is


@require_safe
@require(Perm.VIEW_ACTIVITY)
def activity_list(request):
    rows = Activity.objects.within(request.scope)
    choices = Choices.within(request.scope)
    found = ActivityFilter(
        request.GET,
        rows.with_names().prefetch_related(None),
        choices=choices,
        sees_notes_insisted=request.actor.may(Perm.MANAGE_ACTIVITY),
    )
    sums = sums_of(found, request.scope)
    is_shared = "verband" in found.filters
    if answer := exports.download_long(
        request,
        "taetigkeiten",
        listings.columns(choices.target_groups, names_agency=is_shared),
        listings.rows(found.by_day(sums.entries)),
        note=f"{_('Activities')} · {exports.in_words(found)}",
        most=listings.MOST.get(request.GET.get("format"), 0),
    ):
        return answer
    paged = paging.page(request, found.by_day(sums.entries), count=sums.entries)
    words = exports.in_words(found)
    return render(
        request,
        "activity/activity_list.html",
        {
            "filter": found,
            "words": words,
            "spans": _spans(request, found.form.cleaned_data),
            "sums": sums,
            "count": _number(sums.entries),
            "figures": _figures(sums),
            "page": paged,
            "lines": _lines(request, paged.rows),
            "is_shared": is_shared,
            "most": {
                name: _number(most) for name, most in listings.MOST.items() if sums.entries > most
            },
        },
    )


def _figures(sums) -> list[tuple[str, str]]:
    share = sums.share_without_background
    return [
        (_("Hours"), _number(sums.hours)),
        (_("Participants"), _number(sums.participants)),
        (_("with refugee background"), _number(sums.refugees)),
        (_("without refugee background"), _number(sums.others)),
        (_("share without"), "–" if share is None else f"{_number(share)} %"),
        (_("volunteers and professionals"), _number(sums.helpers)),
    ]


def _number(value) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def _spans(request, chosen: dict) -> list[tuple[str, str, bool]]:
    """Stretches of days people ask for: label, address, whether it is the chosen one."""
    day = request.as_of
    monday = day - timedelta(days=day.weekday())
    quarter = spans.around(day, Rhythm.QUARTER)
    offered = [
        (_("This week"), (monday, monday + timedelta(days=6))),
        (_("This month"), spans.around(day, Rhythm.MONTH)),
        (_("This quarter"), quarter),
        (_("Last quarter"), spans.before(quarter)),
        (_("This year"), spans.around(day, Rhythm.YEAR)),
        (_("All"), (None, None)),
    ]
    now = chosen.get("von"), chosen.get("bis")
    query = request.GET.copy()
    for name in LEAVE_OUT:
        query.pop(name, None)
    return [(label, _address(query, *span), span == now) for label, span in offered]


def _address(query, first: date | None, last: date | None) -> str:
    days = {"von": first.isoformat(), "bis": last.isoformat()} if first else {}
    return f"?{'&'.join(filter(None, [query.urlencode(), urlencode(days)]))}"


def _lines(request, rows: list[Activity]) -> list[Line]:
    managed = request.actor.scope(Perm.MANAGE_ACTIVITY)
    closed = _closed(request, rows)
    create = reverse("activity:activity_create")
    as_of_query = request.as_of_query
    copy = f"{create}{as_of_query}{'&' if as_of_query else '?'}kopie="
    lines = []
    for row in rows:
        period = next(
            (
                p
                for p in closed
                if p.agency_id == row.agency_id and p.starts_on <= row.day <= p.ends_on
            ),
            None,
        )
        is_own = row.worker.user_id == request.user.pk or managed.covers(row.agency_id)
        if period:
            lines.append(Line(row, closed=f"{period.name}: {period.get_state_display()}"))
        elif is_own:
            edit = reverse("activity:activity_edit", args=[row.pk]) + as_of_query
            delete = reverse("activity:activity_delete", args=[row.pk]) + as_of_query
            lines.append(Line(row, edit=edit, copy=f"{copy}{row.pk}", delete=delete))
        else:
            lines.append(Line(row))
    return lines


def _closed(request, rows: list[Activity]) -> list[ReportingPeriod]:
    """The periods that have been handed in and hold one of the rows; one query for all."""
    if not rows:
        return []
    days = [row.day for row in rows]
    periods = ReportingPeriod.objects.within(request.scope).closed()
    return list(
        periods.overlapping(min(days), max(days)).filter(agency__in={row.agency_id for row in rows})
    )


@require_http_methods(["GET", "POST"])
@require(Perm.LOG_ACTIVITY)
def activity_delete(request, pk):
    managed = request.actor.scope(Perm.MANAGE_ACTIVITY)
    rows = Activity.objects.within(request.scope).editable(request.user, managed)
    activity = rows.with_names().filter(pk=pk).first()
    if activity is None:
        if request.method == "POST" and activities.was_deleted(pk, by=request.user):
            messages.info(request, _("The entry had been deleted already."))
            return redirect(_list(request))
        raise Http404
    refused = _refusal(activity)
    form = DeleteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            activities.delete(activity, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            refused = " ".join(error.messages)
        else:
            messages.success(request, _("Deleted: %(row)s.") % {"row": activity})
            return redirect(_list(request))
    return render(
        request,
        "activity/activity_delete.html",
        {"activity": activity, "form": form, "refused": refused, "back": _list(request)},
    )


def _refusal(activity: Activity) -> str:
    try:
        activities.refuse_closed(activity.agency, activity.day)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _list(request) -> str:
    return reverse("activity:activity_list") + request.as_of_query
