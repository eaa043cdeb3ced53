from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from coordination.access.permissions import Perm, require
from coordination.budget import expense_files, expense_imports
from coordination.budget.forms.expenses import ExpenseImportForm
from coordination.budget.models import Agreement, AgreementShare, CostKind, ExpenseUpload
from coordination.budget.views.expenses import listed
from coordination.exports import named

MOST_SHOWN = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@require(Perm.DECLARE_USE)
def expense_import(request, pk):
    agreement = get_object_or_404(
        Agreement.objects.within(request.scope).select_related("agency"), pk=pk
    )
    shares = AgreementShare.objects.within(request.scope).filter(agreement=agreement, amount__gt=0)
    there = set(shares.values_list("cost_kind", flat=True))
    kinds = [kind for kind in CostKind if kind in there]
    if request.method == "GET" and request.GET.get("format") == "xlsx":
        response = HttpResponse(expense_files.template(kinds), content_type=XLSX)
        return named(response, request, f"vorlage-{agreement.reference}", "xlsx")
    form = ExpenseImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            upload = expense_imports.keep(agreement, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error("file", ValidationError(error.messages))
        else:
            return redirect(_preview(request, upload))
    return render(
        request,
        "budget/expense_import.html",
        {
            "agreement": agreement,
            "form": form,
            "columns": expense_files.NAMES.values(),
            "kinds": [kind.label for kind in kinds],
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.DECLARE_USE)
def expense_preview(request, pk):
    """Only whoever uploaded a file looks through it, as long as they may declare for the agency."""
    uploads = ExpenseUpload.objects.within(request.scope).kept().filter(user=request.user)
    upload = get_object_or_404(uploads.select_related("agreement__agency"), pk=pk)
    if upload.applied_at:
        messages.info(request, _("This file has been entered already."))
        return redirect(listed(request, upload.agreement_id))
    if request.method == "POST":
        return _confirm(request, upload)
    plan = expense_imports.planned(upload)
    return render(
        request,
        "budget/expense_preview.html",
        {
            "upload": upload,
            "plan": plan,
            "entries": plan.entries[:MOST_SHOWN],
            "entries_left": max(0, len(plan.entries) - MOST_SHOWN),
            "mistakes": plan.mistakes[:MOST_SHOWN],
            "mistakes_left": max(0, len(plan.mistakes) - MOST_SHOWN),
        },
    )


def _confirm(request, upload):
    try:
        plan = expense_imports.confirm(
            upload,
            expected=request.POST.get("plan", ""),
            repeated_too="repeated_too" in request.POST,
            by=request.user,
        )
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect(_preview(request, upload))
    if plan is None:
        messages.info(request, _("This file has been entered already."))
    else:
        count = len(plan.entries)
        text = ngettext("%(count)s expense was entered.", "%(count)s expenses were entered.", count)
        messages.success(request, text % {"count": count})
    return redirect(listed(request, upload.agreement_id))


def _preview(request, upload) -> str:
    return reverse("budget:expense_preview", args=[upload.pk]) + request.as_of_query
