from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from agencies.activity import weeks
from agencies.activity.forms.weeks import GridForm, Words
from agencies.activity.models import Activity
from agencies.models import Worker
from coordination import as_of
from coordination.access.permissions import Perm, require
from coordination.periods import show_day

MOST_CHOSEN = 500  # entries of one week
THERE_ALREADY = gettext_lazy("This was entered before; nothing is in there twice.")


@dataclass(frozen=True)
class Week:
    """The week and the worker a page is about; ``worker`` None: one is to be chosen first."""

    monday: date
    worker: Worker | None
    workers: list[Worker]
    query: dict
    unreadable: str  # what was asked for and is no week

    @property
    def days(self) -> list[date]:
        return weeks.days_of(self.monday)

    @property
    def name(self) -> str:
        first, last = self.days[0], self.days[-1]
        number = self.monday.isocalendar().week
        days = {"number": number, "first": show_day(first)[:6], "last": show_day(last)}
        return _("Week %(number)d: %(first)s to %(last)s") % days

    def address(self, page: str, monday: date | None = None) -> str:
        """The page for this worker and this week, or another one."""
        year, number, _weekday = (monday or self.monday).isocalendar()
        query = {**self.query, "woche": f"{year}-W{number:02}"}
        if self.worker:
            query["fachkraft"] = self.worker.pk
        return f"{reverse(page)}?{urlencode(query)}"


@dataclass(frozen=True)
class Day:
    """A day as the page shows it."""

    iso: str
    name: str
    short: str
    hours: str
    entries: list[tuple[Activity, str]]
    reason: str  # why nothing can be entered; empty: it can
    lines: list


def _week(request) -> Week:
    typed = request.GET.get("woche", "")
    monday = weeks.monday_of(typed)
    workers = list(_workers(request))
    chosen = request.GET.get("fachkraft")
    if chosen:
        found = [row for row in workers if str(row.pk) == chosen]
    else:
        own = [row for row in workers if row.user_id == request.user.pk]
        found = own or (workers if len(workers) == 1 else [])
    query = {as_of.PARAMETER: request.as_of.isoformat()} if request.as_of_query else {}
    return Week(
        monday=monday
        or weeks.monday_of(request.as_of.isoformat())
        or weeks.monday_of(as_of.today().isoformat()),
        worker=found[0] if found else None,
        workers=workers,
        query=query,
        unreadable=typed[:20] if typed and not monday else "",
    )


def _workers(request):
    """Oneself, and whoever one may enter something for."""
    managed = request.actor.scope(Perm.MANAGE_ACTIVITY)
    rows = Worker.objects.within(request.scope).active().select_related("agency")
    if not managed.citywide:
        rows = rows.filter(Q(agency__in=managed.agencies) | Q(user=request.user))
    return rows.order_by("agency__short_name", "name", "pk")


@require_http_methods(["GET", "POST"])
@require(Perm.LOG_ACTIVITY)
def week_grid(request):
    """The week at a glance, and lines to catch up on what is missing."""
    week = _week(request)
    context = {"week": week, **_around(week, "activity:week_grid")}
    if week.worker is None:
        return render(request, "activity/week_grid.html", {**context, "days": [], "problem": ""})
    reasons = weeks.blocked(week.worker.agency_id, week.days)
    entries = _entries(request, week)
    grid = GridForm(
        request.POST if request.method == "POST" else None,
        days=week.days,
        open_days={day for day in week.days if day not in reasons},
        words=Words.of_week(week.days),
        last=_last(request, week),
    )
    problem = ""
    if grid.is_bound and not grid.asks_for_more:
        problem, logged = _save(grid, week, request.user)
        if not problem:
            text = ngettext("%(count)d entry was saved.", "%(count)d entries were saved.", logged)
            messages.success(request, text % {"count": logged} if logged else THERE_ALREADY)
            return redirect(week.address("activity:week_grid"))
    days = [_day(request, day, entries, reasons, grid.lines[day]) for day in week.days]
    context |= {"days": days, "problem": problem, "hours": _hours(entries)}
    return render(request, "activity/week_grid.html", context)


def _save(grid: GridForm, week: Week, user) -> tuple[str, int]:
    """What is wrong with the whole, or how many entries were saved."""
    filled = grid.filled
    if not grid.is_valid():
        return _("Nothing has been saved yet. Please look at the marked lines."), 0
    if not filled:
        return _("No line is filled in."), 0
    entries = [{"worker": week.worker, "day": day, **line.entry()} for day, line in filled]
    try:
        return "", len(weeks.log(entries, by=user))
    except weeks.Refused as refused:
        for place, error in refused.errors.items():
            filled[place][1].refuse(error)
        return _("Nothing has been saved yet. Please look at the marked lines."), 0


def _entries(request, week: Week) -> list[Activity]:
    rows = Activity.objects.within(request.scope).filter(worker=week.worker)
    rows = rows.between(week.days[0], week.days[-1]).with_names().prefetch_related(None)
    return list(rows.order_by("day", "pk")[:MOST_CHOSEN])


def _last(request, week: Week) -> Activity | None:
    """What the worker entered last; its district, kind and format are preselected."""
    rows = Activity.objects.within(request.scope).filter(worker=week.worker)
    return rows.order_by("-day", "-pk").first()


def _day(request, day: date, entries, reasons, lines) -> Day:
    own = [row for row in entries if row.day == day]
    links = [
        (
            row,
            ""
            if day in reasons
            else reverse("activity:activity_edit", args=[row.pk]) + request.as_of_query,
        )
        for row in own
    ]
    return Day(
        iso=day.isoformat(),
        name=date_format(day, "l, d.m.Y"),
        short=date_format(day, "D d.m."),
        hours=_hours(own),
        entries=links,
        reason=reasons.get(day, ""),
        lines=lines,
    )


def _hours(entries: list[Activity]) -> str:
    minutes = sum(row.minutes for row in entries)
    hours = (Decimal(minutes) / 60).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return number_format(hours, use_l10n=True)


def _around(week: Week, page: str) -> dict:
    return {
        "previous": week.address(page, week.monday - weeks.WEEK),
        "next": week.address(page, week.monday + weeks.WEEK),
        "grid": week.address("activity:week_grid"),
        "copy": week.address("activity:week_copy"),
    }


@require_http_methods(["GET", "POST"])
@require(Perm.LOG_ACTIVITY)
def week_copy(request):
    """Last week's entries, to be taken over to this week."""
    week = _week(request)
    context = {"week": week, **_around(week, "activity:week_copy"), "token": uuid4()}
    found = weeks.copies(week.worker, week.monday) if week.worker else []
    chosen = None
    errors, problem = {}, ""
    if request.method == "POST":
        chosen = set(request.POST.getlist("eintrag")[:MOST_CHOSEN])
        context["token"] = _token(request) or context["token"]
        sources = [row.source for row in found if str(row.source.pk) in chosen]
        problem, errors, copied = _copy(sources, _token(request), request.user)
        if not problem:
            text = ngettext(
                "%(count)d entry was taken over.", "%(count)d entries were taken over.", copied
            )
            messages.success(request, text % {"count": copied} if copied else THERE_ALREADY)
            return redirect(week.address("activity:week_grid"))
    rows = [
        {
            "copy": row,
            "day": date_format(row.day, "D d.m."),
            "is_chosen": str(row.source.pk) in chosen
            if chosen is not None
            else not (row.is_there or row.problem),
            "error": errors.get(row.source.pk, ""),
        }
        for row in found
    ]
    can_copy = any(not row.problem for row in found)
    context |= {"rows": rows, "problem": problem, "can_copy": can_copy}
    return render(request, "activity/week_copy.html", context)


def _copy(sources, token, user) -> tuple[str, dict[int, str], int]:
    if not sources:
        return _("No entry is chosen."), {}, 0
    if token is None:
        return _("Please load the page anew."), {}, 0
    try:
        return "", {}, len(weeks.copy(sources, token=token, by=user))
    except weeks.Refused as refused:
        errors = {
            sources[place].pk: " ".join(error.messages) for place, error in refused.errors.items()
        }
        return _("Nothing has been taken over yet. Please look at the marked entries."), errors, 0


def _token(request) -> UUID | None:
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return None
