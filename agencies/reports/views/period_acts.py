"""One page for each act on a reporting period: what it is about, the form, the act."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.activity.models import ReportingPeriod
from agencies.reports import board, comments, periods
from agencies.reports.forms.periods import (
    AcceptForm,
    CommentForm,
    ExtendForm,
    LockForm,
    ResponsibleForm,
    SendBackForm,
    UnlockForm,
)
from agencies.reports.views.periods import found_period
from coordination.access.permissions import Perm, require
from coordination.as_of import today

State = ReportingPeriod.State


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_REPORTS)
def period_send_back(request, pk):
    period = found_period(request, pk)
    form = SendBackForm(request.POST or None, version=periods.version_of(period))
    done = _("The report was sent back to %(agency)s.") % {"agency": period.agency}
    return _act(request, period, form, periods.send_back, "period_send_back", done)


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_REPORTS)
def period_accept(request, pk):
    period = found_period(request, pk)
    form = AcceptForm(request.POST or None, version=periods.version_of(period))
    done = _("The report was accepted.")
    return _act(request, period, form, periods.accept, "period_accept", done)


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_REPORTS)
def period_lock(request, pk):
    period = found_period(request, pk)
    form = LockForm(request.POST if request.method == "POST" else None)
    done = _("The period was locked.")
    return _act(request, period, form, periods.lock, "period_lock", done)


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_REPORTS)
def period_unlock(request, pk):
    period = found_period(request, pk)
    form = UnlockForm(request.POST or None)
    done = _("The period is open again. %(agency)s can correct entries and text.")
    done %= {"agency": period.agency}
    return _act(request, period, form, periods.unlock, "period_unlock", done)


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_REPORTS)
def period_extend(request, pk):
    period = found_period(request, pk)
    form = ExtendForm(request.POST or None)
    done = _("The due date was extended.")
    return _act(request, period, form, periods.extend, "period_extend", done)


@require_http_methods(["GET", "POST"])
@require(Perm.SUBMIT_REPORTS)
def period_responsible(request, pk):
    period = found_period(request, pk)
    form = ResponsibleForm(request.POST or None, period=period)
    done = _("Who writes the report was saved.")
    return _act(request, period, form, periods.set_responsible, "period_responsible", done)


@require_http_methods(["GET", "POST"])
@require(Perm.WRITE_REPORTS)
def comment_create(request, pk):
    period = found_period(request, pk)
    checks = request.actor.scope(Perm.CHECK_REPORTS)
    form = CommentForm(request.POST or None, agency=period.agency, may_be_internal=checks.citywide)
    done = _("Your comment was saved.")
    return _act(request, period, form, comments.create, "comment_create", done)


# The state that each of the pages leads to; the others do not move the period.
TARGETS = {
    "period_send_back": State.SENT_BACK,
    "period_accept": State.ACCEPTED,
    "period_lock": State.LOCKED,
    "period_unlock": State.OPEN,
}
TOO_LATE = {
    "period_extend": (State.SUBMITTED, State.ACCEPTED, State.LOCKED),
    "period_responsible": (State.ACCEPTED, State.LOCKED),
}


def _act(request, period, form, act, page, done):
    """Show the form of an act; when it comes back filled in, do it and return to the period.

    Whoever comes too late reads there what somebody else did meanwhile.
    """
    if request.method == "GET" and (why := _why_not(period, page)):
        messages.info(request, why)
        return redirect(_address(request, period))
    if form.is_valid():
        try:
            act(period, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            code = getattr(error, "code", "")
            if code in ("done", "too_late"):
                # Of two clicks the second is no error; another person's act is worth a look.
                tell = messages.info if code == "done" else messages.warning
                tell(request, error.message)
                return redirect(_address(request, period))
            if code == "new_version":
                form.renew()
            form.add_error(None, error)
        else:
            messages.success(request, done)
            return redirect(_address(request, period))
    row = board.Row(period, board.side_of(request.actor), today())
    return render(request, f"reports/{page}.html", {"period": period, "row": row, "form": form})


def _why_not(period, page) -> str:
    if period.state in TOO_LATE.get(page, ()):
        return periods.standing(period)
    try:
        if page in TARGETS:
            periods.refuse_unless(period, TARGETS[page])
    except ValidationError as error:
        return error.message
    return ""


def _address(request, period) -> str:
    return reverse("reports:period_detail", args=[period.pk]) + request.as_of_query
