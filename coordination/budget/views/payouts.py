from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access.models import User
from coordination.access.permissions import Actor, Perm, Scope, require
from coordination.as_of import today
from coordination.audit.models import Entry
from coordination.budget import payouts
from coordination.budget.filters.payouts import PayoutFilter
from coordination.budget.forms.payouts import PlanForm
from coordination.budget.models import Agreement, BudgetYear, Commitment, Payout
from coordination.budget.stages import NEXT, Row, steps
from coordination.exports import SUM, download, in_words
from coordination.money import ZERO, summed_up
from coordination.paging import page

Status = Payout.Status
MEASURES = ("planned", "requested", "granted", "paid")
SHOWN_FIRST = 5  # of what waits for the visitor


def side_of(actor: Actor) -> str:
    """Each side reads its own words for a status."""
    return "city" if actor.scope(Perm.VIEW_FUNDING).citywide else "agency"


def waiting_for(actor: Actor, person: User, rows):
    """The payouts that wait for this person: to be checked or paid, or to be requested."""
    if actor.scope(Perm.CHECK_PAYOUTS):
        return rows.waiting_for(person)
    scope = actor.scope(Perm.REQUEST_PAYOUTS)
    return rows.within(scope).to_request(today()) if scope else rows.none()


def columns(side: str):
    return [
        (_("Agency"), lambda row: row.commitment.share.agreement.agency.short_name),
        (_("Agreement"), lambda row: row.commitment.share.agreement.reference),
        (_("Budget year"), lambda row: str(row.commitment.line.year)),
        (_("Kind of cost"), lambda row: row.commitment.share.get_cost_kind_display()),
        (_("Budget line"), lambda row: row.commitment.line.code),
        (_("Due on"), lambda row: row.due_on),
        (_("Status"), lambda row: row.word(side)),
        (_("Planned (amount)"), lambda row: row.planned, SUM),
        (_("Requested (amount)"), lambda row: row.requested, SUM),
        (_("Granted (amount)"), lambda row: row.granted, SUM),
        (_("Paid (amount)"), lambda row: row.paid, SUM),
        (_("Reason for less"), lambda row: row.grant_reason),
    ]


@require_safe
@require(Perm.VIEW_FUNDING)
def payout_list(request):
    side, scope = side_of(request.actor), request.scope
    rows = Payout.objects.within(scope).with_names().with_sums()
    mine = waiting_for(request.actor, request.user, rows)
    has_part = side == "agency" or bool(request.actor.scope(Perm.CHECK_PAYOUTS))
    found = PayoutFilter(
        request.GET,
        rows,
        side=side,
        day=today(),
        years=list(BudgetYear.objects.within(scope).values_list("year", flat=True)),
        agreements=list(Agreement.objects.within(scope).select_related("agency")),
        mine=mine if has_part else None,
    )
    listed = found.qs
    note = f"{_('Payouts')} · {in_words(found)}"
    if answer := download(request, "auszahlungen", columns(side), listed, note=note):
        return answer
    paged = page(request, listed)
    waiting = list(mine[: SHOWN_FIRST + 1])
    return render(
        request,
        "budget/payout_list.html",
        {
            "filter": found,
            "page": paged,
            "rows": [Row(payout, side, today()) for payout in paged.rows],
            "sums": summed_up(listed, MEASURES),
            "waiting": [Row(payout, side, today()) for payout in waiting[:SHOWN_FIRST]],
            "more_wait": len(waiting) > SHOWN_FIRST,
            "has_part": has_part,
            "side": side,
        },
    )


def found_payout(request, pk) -> Payout:
    """The payout with everything that is told about it, within reach or 404."""
    rows = Payout.objects.within(request.scope).with_names()
    return get_object_or_404(
        rows.select_related("requested_by", "content_checked_by", "calculation_checked_by"), pk=pk
    )


def sums_of(scope: Scope, commitment_id: int) -> Commitment:
    return Commitment.objects.within(scope).with_sums().get(pk=commitment_id)


@require_safe
@require(Perm.VIEW_FUNDING)
def payout_detail(request, pk):
    payout = found_payout(request, pk)
    commitment = sums_of(request.scope, payout.commitment_id)
    side, actor = side_of(request.actor), request.actor
    payments = list(payout.payments.select_related("by", "reversed_by", "reverses"))
    told = [Entry.Verb.CREATED, Entry.Verb.SENT_BACK, Entry.Verb.CANCELLED]
    scope = actor.scope(Perm.VIEW_LOG)
    entries = Entry.objects.within(scope).about(payout).filter(verb__in=told)
    # The newest of each comes last and stays.
    by_verb = {entry.verb: entry for entry in entries.select_related("by").reverse()}
    row = Row(payout, side, today())
    is_open = not payout.commitment.line.year.is_closed
    perm = NEXT.get(payout.status, [None])[0]
    obstacle = payouts.obstacle(payout, request.user) if perm == Perm.CHECK_PAYOUTS else ""
    may_do_next = bool(perm) and is_open and actor.scope(perm).covers(row.agreement.agency_id)
    if payout.status == Status.PLANNED and commitment.drawable <= 0:
        may_do_next = False
    may_manage = bool(actor.scope(Perm.MANAGE_BUDGET)) and is_open
    may_check = bool(actor.scope(Perm.CHECK_PAYOUTS)) and is_open
    return render(
        request,
        "budget/payout_detail.html",
        {
            "payout": payout,
            "row": row,
            "commitment": commitment,
            "drawable": max(min(payout.planned, commitment.drawable), ZERO),
            "positions": list(row.agreement.positions.all()),
            "payments": payments,
            "steps": steps(payout, payments, by_verb),
            "sent_back": by_verb.get(Entry.Verb.SENT_BACK),
            "cancelled": by_verb.get(Entry.Verb.CANCELLED),
            "side": side,
            "act": row.act if may_do_next and not obstacle else None,
            "obstacle": obstacle if may_do_next else "",
            "is_under_way": payout.status in payouts.UNDER_WAY,
            "may_send_back": may_check and payout.status in payouts.UNDER_WAY,
            "may_cancel": may_manage and payout.status == Status.PLANNED,
            "may_reverse": may_check and payout.status == Status.PAID,
            "is_open": is_open,
            "sees_log": scope.covers(row.agreement.agency_id),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def payout_plan(request, pk):
    rows = Commitment.objects.within(request.scope).with_sums()
    commitment = get_object_or_404(
        rows.select_related("line__year", "share__year", "share__agreement__agency"), pk=pk
    )
    form = PlanForm(request.POST or None, commitment=commitment)
    if form.is_valid():
        try:
            made = payouts.plan(commitment, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_refusal(error)
        else:
            text = ngettext(
                "%(count)s instalment was planned.",
                "%(count)s instalments were planned.",
                len(made),
            )
            messages.success(request, text % {"count": len(made)})
            query = f"?jahr={commitment.line.year}&vereinbarung={commitment.share.agreement_id}"
            return redirect(reverse("budget:payout_list") + query)
    planned = Payout.objects.within(request.scope).filter(commitment=commitment)
    return render(
        request,
        "budget/payout_plan.html",
        {
            "commitment": commitment,
            "taken": commitment.paid + commitment.requested,
            "form": form,
            "planned": [Row(payout, "city", today()) for payout in planned],
        },
    )
