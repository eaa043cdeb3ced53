from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.budget import allocations
from coordination.budget.filters.allocations import AllocationFilter
from coordination.budget.forms.allocations import (
    AllocationForm,
    DistributionForm,
    ReversalForm,
    ShareForm,
)
from coordination.budget.models import (
    BudgetLine,
    BudgetYear,
    Commitment,
    Funding,
    SocialShare,
    StateAllocation,
)
from coordination.exports import SUM, download, in_words
from coordination.money import euro
from coordination.paging import page

COLUMNS = [
    (gettext_lazy("Reference number"), lambda row: row.reference),
    (gettext_lazy("Budget year"), lambda row: str(row.year)),
    (gettext_lazy("Date of the notice"), lambda row: row.issued_on),
    (gettext_lazy("Legal basis"), lambda row: row.legal_basis),
    (gettext_lazy("Amount"), lambda row: row.amount, SUM),
    (gettext_lazy("Share for social care"), lambda row: str(row.share)),
    (gettext_lazy("Earmarked for social care"), lambda row: row.earmarked, SUM),
    (gettext_lazy("Distributed to lines"), lambda row: row.distributed, SUM),
    (gettext_lazy("Still to distribute"), lambda row: row.undistributed, SUM),
]
SHARE_COLUMNS = [
    (gettext_lazy("Share in percent"), lambda row: row.percent),
    (gettext_lazy("From"), lambda row: row.starts_on),
    (gettext_lazy("Until"), lambda row: row.ends_on),
    (gettext_lazy("Legal basis"), lambda row: row.legal_basis),
]


@require_safe
@require(Perm.VIEW_BUDGET)
def allocation_list(request):
    rows = StateAllocation.objects.within(request.scope).select_related("year", "share")
    found = AllocationFilter(request.GET, rows)
    listed = found.qs.with_sums()
    note = f"{_('State allocations')} · {in_words(found)}"
    if answer := download(request, "landeszuweisungen", COLUMNS, listed, note=note):
        return answer
    return render(
        request,
        "budget/allocation_list.html",
        {
            "filter": found,
            "page": page(request, listed),
            "sums": found.qs.sums(),
        },
    )


@require_safe
@require(Perm.VIEW_BUDGET)
def allocation_detail(request, pk):
    allocation = _allocation(request, pk)
    funded = allocation.fundings.standing().values("line")
    commitments = Commitment.objects.within(request.scope).filter(line__in=funded).with_sums()
    return render(
        request,
        "budget/allocation_detail.html",
        {
            "allocation": allocation,
            "instalments": allocation.instalments.all(),
            "fundings": allocation.fundings.select_related("line__year", "reversed_by", "by"),
            "commitments": commitments.select_related(
                "line", "share__agreement__agency"
            ).prefetch_related("share__agreement__positions__agency"),
            "may_book": bool(request.actor.scope(Perm.MANAGE_BUDGET))
            and not allocation.year.is_closed,
            "sees_log": bool(request.actor.scope(Perm.VIEW_LOG)),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def allocation_create(request):
    open_years = BudgetYear.objects.within(request.scope).open()
    wanted = next((year for year in open_years if year.year == request.as_of.year), None)
    form = AllocationForm(request.POST or None, years=open_years, initial={"year": wanted})
    if form.is_valid():
        notice = {name: form.cleaned_data[name] for name in form.Meta.fields}
        try:
            allocation = allocations.create(**notice, instalments=form.instalments, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("The notice was entered; %(amount)s are earmarked for social care.")
            messages.success(request, text % {"amount": euro(allocation.earmarked)})
            return redirect(_address(request, allocation))
    return render(request, "budget/allocation_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def allocation_distribute(request, pk):
    allocation = _allocation(request, pk)
    lines = BudgetLine.objects.within(request.scope).filter(year=allocation.year_id)
    form = DistributionForm(
        request.POST or None,
        bookings=allocation.fundings.all(),
        lines=lines.with_funding(),
        initial={
            "line": request.GET.get("stelle"),
            "amount": allocation.undistributed or None,
            "booked_on": allocation.year.nearest_day(today()),
        },
    )
    if form.is_valid():
        try:
            funding = allocations.distribute(allocation, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("%(amount)s now pay for %(line)s.")
            names = {"amount": euro(funding.amount), "line": funding.line}
            messages.success(request, text % names)
            return redirect(_address(request, allocation))
    return render(
        request, "budget/allocation_distribute.html", {"allocation": allocation, "form": form}
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def funding_reverse(request, pk):
    rows = Funding.objects.within(request.scope).select_related("allocation__year", "line__year")
    funding = get_object_or_404(rows, pk=pk)
    day = funding.allocation.year.nearest_day(today())
    form = ReversalForm(request.POST or None, initial={"booked_on": day})
    if form.is_valid():
        try:
            allocations.reverse(funding, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("%(amount)s are back with the notice and can be distributed again.")
            messages.success(request, text % {"amount": euro(funding.amount)})
            return redirect(_address(request, funding.allocation))
    return render(request, "budget/funding_reverse.html", {"funding": funding, "form": form})


@require_safe
@require(Perm.VIEW_BUDGET)
def share_list(request):
    rows = SocialShare.objects.within(request.scope)
    note = _("Shares for social care")
    if answer := download(request, "anteile", SHARE_COLUMNS, rows, note=note):
        return answer
    return render(request, "budget/share_list.html", {"shares": list(rows)})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def share_create(request):
    form = ShareForm(request.POST or None)
    if form.is_valid():
        try:
            share = allocations.set_share(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("From now on this share holds: %(share)s.")
            messages.success(request, text % {"share": share})
            return redirect(reverse("budget:share_list") + request.as_of_query)
    return render(request, "budget/share_create.html", {"form": form})


def _allocation(request, pk) -> StateAllocation:
    rows = StateAllocation.objects.within(request.scope).with_sums()
    return get_object_or_404(rows.select_related("year", "share"), pk=pk)


def _address(request, allocation) -> str:
    return reverse("budget:allocation_detail", args=[allocation.pk]) + request.as_of_query
