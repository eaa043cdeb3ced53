from django.shortcuts import render
from django.views.decorators.http import require_safe

from coordination.access.permissions import Perm, require
from coordination.overview.figures import figures_for
from coordination.overview.overview import overview_for


@require_safe
@require(Perm.VIEW_OVERVIEW)
def start(request):
    found = overview_for(request.actor, request.as_of)
    figures = figures_for(request.actor, request.user, request.as_of)
    return render(request, "overview/start.html", {"overview": found, "figures": figures})
