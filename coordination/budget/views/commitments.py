from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access.permissions import Perm, require
from coordination.budget import commitments
from coordination.budget.forms.commitments import CommitmentChangeForm, CommitmentForm
from coordination.budget.models import AgreementShare, BudgetLine, Commitment


@require_safe
@require(Perm.VIEW_FUNDING)
def commitment_detail(request, pk):
    commitment = _found(request, pk)
    side = "city" if request.scope.citywide else "agency"
    payouts = list(commitment.payouts.with_sums())
    may = request.actor.scope
    return render(
        request,
        "budget/commitment_detail.html",
        {
            "commitment": commitment,
            "agreement": commitment.share.agreement,
            "positions": commitment.share.agreement.positions.select_related("agency"),
            "bookings": commitment.bookings.select_related("by"),
            "payouts": [(payout, payout.word(side)) for payout in payouts],
            "sees_positions": may(Perm.VIEW_STAFFING).covers(commitment.share.agreement.agency_id),
            "sees_log": may(Perm.VIEW_LOG).covers(commitment.share.agreement.agency_id),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def commitment_create(request, pk):
    rows = AgreementShare.objects.within(request.scope).with_sums()
    share = get_object_or_404(rows.select_related("agreement__agency", "year", "commitment"), pk=pk)
    if bound := getattr(share, "commitment", None):
        messages.info(request, _("This share is bound already. Raise or lower its commitment."))
        return redirect(_address(request, bound))
    form = CommitmentForm(request.POST or None, share=share)
    if form.is_valid():
        try:
            commitment = commitments.commit(share, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The commitment was booked."))
            return redirect(_address(request, commitment))
    return render(
        request,
        "budget/commitment_create.html",
        {"share": share, "left": share.amount - share.committed, "form": form},
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def commitment_change(request, pk):
    commitment = _found(request, pk)
    form = CommitmentChangeForm(request.POST or None, commitment=commitment)
    if form.is_valid():
        try:
            commitments.change(commitment, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
            form.show_anew(commitment)
        else:
            messages.success(request, _("The commitment was changed."))
            return redirect(_address(request, commitment))
    return render(
        request,
        "budget/commitment_change.html",
        {
            "commitment": commitment,
            "unbound": commitment.share.amount - commitment.committed,
            "line": BudgetLine.objects.within(request.scope).with_sums().get(pk=commitment.line_id),
            "form": form,
        },
    )


def _found(request, pk) -> Commitment:
    rows = Commitment.objects.within(request.scope).with_sums()
    return get_object_or_404(
        rows.select_related("line__year", "share__agreement__agency", "share__year"), pk=pk
    )


def _address(request, commitment) -> str:
    return reverse("budget:commitment_detail", args=[commitment.pk]) + request.as_of_query
