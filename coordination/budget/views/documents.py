from csp.decorators import csp_update
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from coordination.access.permissions import Perm, require
from coordination.budget.models import Document


@require_safe
@require(Perm.VIEW_FUNDING)
@csp_update({"sandbox": True})
def document_download(request, pk):
    document = get_object_or_404(Document.objects.within(request.scope), pk=pk)
    # A file from outside: saved, not shown; and if shown after all, then without any rights.
    return HttpResponse(
        bytes(document.content),
        content_type=document.media_type,
        headers={
            "Content-Disposition": content_disposition_header(True, document.name),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
