"""One page for each act on a payout: what it is about, the form, the act."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coordination.access.permissions import Perm, require
from coordination.budget import payouts
from coordination.budget.forms.payouts import (
    CalculationCheckForm,
    CancelForm,
    ContentCheckForm,
    PayForm,
    RequestForm,
    ReverseForm,
    SendBackForm,
)
from coordination.budget.models import Payment, Payout
from coordination.budget.views.payouts import found_payout, side_of, sums_of
from coordination.money import euro

Status = Payout.Status


@require_http_methods(["GET", "POST"])
@require(Perm.REQUEST_PAYOUTS)
def payout_request(request, pk):
    payout = found_payout(request, pk)
    commitment = sums_of(request.scope, payout.commitment_id)
    most = min(payout.planned, commitment.drawable)
    form = RequestForm(request.POST or None, initial={"amount": most if most > 0 else None})
    done = _("The payout was requested. The city checks it now.")
    return _act(request, payout, form, payouts.request, [Status.PLANNED], "payout_request", done)


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_PAYOUTS)
def payout_check_content(request, pk):
    payout = found_payout(request, pk)
    form = ContentCheckForm(request.POST or None, payout=payout)
    done = _("The content is checked. Somebody else checks the calculation.")
    return _act(
        request,
        payout,
        form,
        payouts.check_content,
        [Status.REQUESTED],
        "payout_check_content",
        done,
    )


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_PAYOUTS)
def payout_check_calculation(request, pk):
    payout = found_payout(request, pk)
    form = CalculationCheckForm(request.POST or None)
    done = _("The calculation is checked. The treasury can pay %(amount)s.") % {
        "amount": euro(payout.granted)
    }
    return _act(
        request,
        payout,
        form,
        payouts.check_calculation,
        [Status.CONTENT_CHECKED],
        "payout_check_calculation",
        done,
    )


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_PAYOUTS)
def payout_send_back(request, pk):
    payout = found_payout(request, pk)
    form = SendBackForm(request.POST or None)
    done = _("The request was sent back to the agency.")
    return _act(
        request, payout, form, payouts.send_back, payouts.UNDER_WAY, "payout_send_back", done
    )


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_PAYOUTS)
def payout_pay(request, pk):
    payout = found_payout(request, pk)
    form = PayForm(request.POST or None, payout=payout)
    done = _("The payment of %(amount)s was booked.") % {"amount": euro(payout.granted)}
    return _act(request, payout, form, payouts.pay, [Status.GRANTED], "payout_pay", done)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def payout_cancel(request, pk):
    payout = found_payout(request, pk)
    form = CancelForm(request.POST or None)
    done = _("The instalment was cancelled. Its amount can be planned anew.")
    return _act(request, payout, form, payouts.cancel, [Status.PLANNED], "payout_cancel", done)


@require_http_methods(["GET", "POST"])
@require(Perm.CHECK_PAYOUTS)
def payment_reverse(request, pk):
    payment = get_object_or_404(
        Payment.objects.within(request.scope).filter(reverses=None).select_related("by"), pk=pk
    )
    payout = found_payout(request, payment.payout_id)
    form = ReverseForm(request.POST or None, year=payout.commitment.line.year)
    done = _("The payment was reversed. Its amount can be planned anew.")

    def act(_payout, **typed):
        return payouts.reverse(payment, **typed)

    return _act(request, payout, form, act, [Status.PAID], "payment_reverse", done, payment)


def _act(request, payout, form, act, expected, page, done, payment=None):
    """Show the form of an act; when it comes back filled in, do it and return to the payout.

    Whom a check is not allowed to (four eyes), and who comes too late, reads so there.
    """
    word = payout.word(side_of(request.actor))
    if request.method == "GET" and (why := _why_not(request, payout, expected, page, word)):
        messages.info(request, why)
        return redirect(_address(request, payout))
    if form.is_valid():
        try:
            act(payout, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            if getattr(error, "code", "") == "done":  # the second of two clicks
                messages.info(request, error.message)
                return redirect(_address(request, payout))
            form.add_error(None, error)
        else:
            messages.success(request, done)
            return redirect(_address(request, payout))
    return render(
        request,
        f"budget/{page}.html",
        {
            "payout": payout,
            "commitment": sums_of(request.scope, payout.commitment_id),
            "payment": payment,
            "form": form,
            "word": word,
        },
    )


def _why_not(request, payout, expected, page, word) -> str:
    if payout.status not in expected:
        return _("This payout is “%(status)s” by now.") % {"status": word}
    return payouts.obstacle(payout, request.user) if "_check_" in page else ""


def _address(request, payout) -> str:
    return reverse("budget:payout_detail", args=[payout.pk]) + request.as_of_query
