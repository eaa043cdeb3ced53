from django.shortcuts import render
from django.views.decorators.http import require_safe

from coordination.access.permissions import Perm, require


@require_safe
@require(Perm.VIEW_OVERVIEW)
def start(request):
    return render(request, "overview/start.html")
