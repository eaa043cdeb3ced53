from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coordination.access.permissions import Perm, require
from coordination.budget import books


@require_safe
@require(Perm.VIEW_BUDGET)
def book_check(request):
    results = books.run_money()
    return render(
        request,
        "budget/book_check.html",
        {
            "results": results,
            "found": sum(len(result.findings) for result in results),
            "rows": sum(result.count for result in results),
            "at": timezone.now(),
        },
    )
