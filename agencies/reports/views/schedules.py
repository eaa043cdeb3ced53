from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from agencies.reports import schedules
from agencies.reports.forms.periods import ScheduleEndForm, ScheduleForm
from agencies.reports.models import Schedule
from coordination.access.permissions import Perm, require
from coordination.as_of import today


@require_safe
@require(Perm.VIEW_REPORTS)
def schedule_list(request):
    rows = list(Schedule.objects.within(request.scope).select_related("agency"))
    day = today()
    return render(
        request,
        "reports/schedule_list.html",
        {
            "running": [row for row in rows if row.ends_on is None or row.ends_on >= day],
            "over": [row for row in rows if row.ends_on and row.ends_on < day],
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_REPORTS)
def schedule_create(request):
    form = ScheduleForm(request.POST or None, initial={"agency": request.GET.get("verband", "")})
    if form.is_valid():
        try:
            made = schedules.create(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = ngettext(
                "The schedule was saved; it has %(count)d reporting period.",
                "The schedule was saved; it has %(count)d reporting periods.",
                len(made),
            )
            messages.success(request, text % {"count": len(made)})
            return redirect("reports:schedule_list")
    return render(request, "reports/schedule_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_REPORTS)
def schedule_end(request, pk):
    rows = Schedule.objects.within(request.scope).select_related("agency")
    schedule = get_object_or_404(rows, pk=pk)
    form = ScheduleEndForm(request.POST or None)
    if form.is_valid():
        try:
            ending = schedules.end(schedule, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            if getattr(error, "code", "") == "done":
                messages.info(request, error.message)
                return redirect("reports:schedule_list")
            form.add_error(None, error)
        else:
            messages.success(request, _told(schedule, ending))
            return redirect(reverse("reports:schedule_list"))
    made = schedules.made_by(schedule)
    begun = set(schedules.begun(made.order_by()).values_list("pk", flat=True))
    return render(
        request,
        "reports/schedule_end.html",
        {
            "schedule": schedule,
            "form": form,
            "untouched": [period for period in made if period.pk not in begun],
        },
    )


def _told(schedule, ending) -> str:
    """What the end did, by name."""
    said = [_("The schedule of %(agency)s was ended.") % {"agency": schedule.agency}]
    for text, found in (
        (_("Taken back: %(periods)s."), ending.removed),
        (_("Now ends earlier: %(periods)s."), ending.cut),
        (_("Begun already, so they stay: %(periods)s."), ending.kept),
    ):
        if found:
            said.append(text % {"periods": ", ".join(period.name for period in found)})
    return " ".join(said)
