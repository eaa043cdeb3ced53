from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access.permissions import Perm, require
from coordination.budget import years
from coordination.budget.forms.years import (
    YearCloseForm,
    YearEditForm,
    YearForm,
    YearReopenForm,
)
from coordination.budget.models import BudgetLine, BudgetYear
from coordination.exports import SUM, download

COLUMNS = [
    (gettext_lazy("Budget year"), lambda row: str(row)),
    (gettext_lazy("Status"), lambda row: _("closed") if row.is_closed else _("open")),
    (gettext_lazy("Last day of payment"), lambda row: row.last_payment_on),
    (gettext_lazy("Available"), lambda row: row.available, SUM),
    (gettext_lazy("Committed"), lambda row: row.committed, SUM),
    (gettext_lazy("Paid"), lambda row: row.paid, SUM),
    (gettext_lazy("Free"), lambda row: row.free, SUM),
    (gettext_lazy("State allocations"), lambda row: row.allocated, SUM),
    (gettext_lazy("Earmarked for social care"), lambda row: row.earmarked, SUM),
    (gettext_lazy("Distributed to lines"), lambda row: row.distributed, SUM),
    (gettext_lazy("Still to distribute"), lambda row: row.undistributed, SUM),
    (gettext_lazy("Passed on"), lambda row: row.passed_on, SUM),
    (gettext_lazy("Not passed on yet"), lambda row: row.not_passed_on, SUM),
]


@require_safe
@require(Perm.VIEW_BUDGET)
def year_list(request):
    rows = BudgetYear.objects.within(request.scope).with_sums()
    if answer := download(request, "haushaltsjahre", COLUMNS, rows, note=_("Budget years")):
        return answer
    return render(request, "budget/year_list.html", {"years": list(rows)})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def year_create(request):
    latest = BudgetYear.objects.within(request.scope).first()
    initial = {"year": latest.year + 1 if latest else request.as_of.year}
    form = YearForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            year = years.create(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The budget year %(year)s was created.") % {"year": year})
            return redirect(_address(request))
    return render(request, "budget/year_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def year_edit(request, pk):
    year = get_object_or_404(BudgetYear.objects.within(request.scope), pk=pk)
    form = YearEditForm(request.POST or None, instance=year)
    if form.is_valid():
        try:
            years.change(year, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The budget year %(year)s was saved.") % {"year": year})
            return redirect(_address(request))
    return render(request, "budget/year_edit.html", {"year": year, "form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def year_close(request, pk):
    year = get_object_or_404(BudgetYear.objects.within(request.scope), pk=pk)
    lines = list(BudgetLine.objects.within(request.scope).filter(year=year).with_sums())
    # Without a line the form is empty, and still a click on the button closes the year.
    form = YearCloseForm(request.POST if request.method == "POST" else None, lines=lines)
    if form.is_valid():
        try:
            years.close(year, carry_over=form.carry_over, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The budget year %(year)s is closed now.") % {"year": year})
            return redirect(_address(request))
    return render(
        request,
        "budget/year_close.html",
        {
            "year": year,
            "next_year": year.year + 1,
            "form": form,
            "payouts": years.open_payouts(year),
            "commitments": years.unpaid_commitments(year),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def year_reopen(request, pk):
    year = get_object_or_404(BudgetYear.objects.within(request.scope), pk=pk)
    form = YearReopenForm(request.POST or None)
    if form.is_valid():
        try:
            years.reopen(year, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The budget year %(year)s is open again.") % {"year": year})
            return redirect(_address(request))
    return render(request, "budget/year_reopen.html", {"year": year, "form": form})


def _address(request) -> str:
    return reverse("budget:year_list") + request.as_of_query
