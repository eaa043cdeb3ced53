from django.shortcuts import render
from django.views.decorators.http import require_safe

from coordination.access.permissions import Perm, require
from coordination.as_of import today
from volunteers.desk import times
from volunteers.desk.models import Question


@require_safe
@require(Perm.VIEW_QUESTIONS)
def time_list(request):
    """The whole city's times by month, and by agency within the scope."""
    agencies = Question.objects.within(request.scope)
    return render(
        request,
        "desk/time_list.html",
        {"report": times.report(today()), "agencies": times.by_agency(agencies, today())},
    )
