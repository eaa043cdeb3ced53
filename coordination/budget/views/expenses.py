from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from coordination import as_of
from coordination.access.permissions import Perm, require
from coordination.budget import expenses
from coordination.budget.filters.expenses import ExpenseFilter
from coordination.budget.forms.expenses import ExpenseForm, ExpenseReverseForm
from coordination.budget.models import Agreement, AgreementShare, Expense
from coordination.exports import SUM, download, in_words
from coordination.money import ZERO, euro
from coordination.paging import page

MOST_OFFERED = 12  # agreements to enter something for, below a list of all
NEWEST = 5


def _standing(row) -> str:
    if row.reverses_id:
        return _("reversal")
    return _("reversed") if row.is_reversed else ""


COLUMNS = [
    (gettext_lazy("Date"), lambda row: row.booked_on),
    (gettext_lazy("Agency"), lambda row: row.share.agreement.agency.short_name),
    (gettext_lazy("Agreement"), lambda row: row.share.agreement.reference),
    (gettext_lazy("Budget year"), lambda row: str(row.share.year)),
    (gettext_lazy("Kind of cost"), lambda row: row.share.get_cost_kind_display()),
    (gettext_lazy("Payee or purpose"), lambda row: row.payee),
    (gettext_lazy("Amount in euros"), lambda row: row.amount, SUM),
    (gettext_lazy("Status"), _standing),
    (gettext_lazy("Reason"), lambda row: row.reason),
    (gettext_lazy("Receipt"), lambda row: ", ".join(str(file) for file in row.documents.all())),
    (gettext_lazy("File"), lambda row: row.upload),
    (gettext_lazy("Entered by"), lambda row: row.by),
    (gettext_lazy("Entered at"), lambda row: row.at),
]


@require_safe
@require(Perm.VIEW_FUNDING)
def expense_list(request):
    """A reversal and what it reverses are one row; a file has both, so that its sum is right."""
    agreements = list(Agreement.objects.within(request.scope).select_related("agency"))
    rows = Expense.objects.within(request.scope).with_names()
    found = ExpenseFilter(request.GET, rows, agreements=agreements)
    bookings = found.qs
    note = f"{_('Declared use')} · {in_words(found)}"
    if answer := download(request, "ausgaben", COLUMNS, bookings, note=note):
        return answer
    sums = bookings.order_by().aggregate(
        amount=Sum("amount", default=ZERO),
        count=Count("pk", filter=Q(reverses=None, reversed_by=None)),
        reversed=Count("pk", filter=Q(reverses__isnull=False)),
    )
    paged = page(request, bookings.filter(reverses=None))
    declares = request.actor.scope(Perm.DECLARE_USE)
    return render(
        request,
        "budget/expense_list.html",
        {
            "filter": found,
            "page": paged,
            "rows": [(row, _may_reverse(row, declares)) for row in paged.rows],
            "sums": sums,
            "offers": _offers(declares, found.form, agreements),
            "chooses_first": declares.citywide,
        },
    )


def _may_reverse(row, declares) -> bool:
    share = row.share
    is_open = not row.is_reversed and not share.year.is_closed
    return is_open and declares.covers(share.agreement.agency_id)


def _offers(scope, form, agreements):
    """The agreements for which this person may enter something: those of the filter, or the own.

    Whoever sees the whole city chooses an agency or an agreement first.
    """
    chosen = form.cleaned_data if form.is_valid() else {}
    agency, agreement = chosen.get("verband"), chosen.get("vereinbarung")
    if not scope or scope.citywide and not agency and not agreement:
        return []
    wanted = [
        row.pk
        for row in agreements
        if scope.covers(row.agency_id)
        and row.starts_on <= as_of.today()
        and agency in ("", None, str(row.agency_id))
        and agreement in ("", None, str(row.pk))
    ]
    rows = Agreement.objects.within(scope).filter(pk__in=wanted, shares__year__closed_at=None)
    rows = rows.distinct().select_related("agency").with_sums()
    return [(row, expenses.to_prove(row)) for row in rows[:MOST_OFFERED]]


@require_http_methods(["GET", "POST"])
@require(Perm.DECLARE_USE)
def expense_create(request, pk):
    agreement = get_object_or_404(
        Agreement.objects.within(request.scope).select_related("agency"), pk=pk
    )
    shares = list(
        AgreementShare.objects.within(request.scope)
        .filter(agreement=agreement, amount__gt=0)
        .select_related("year")
        .with_sums()
    )
    kinds = {share.cost_kind for share in shares}
    form = ExpenseForm(
        request.POST or None,
        request.FILES or None,
        agreement=agreement,
        kinds=kinds,
        initial=_like_last(request, kinds),
    )
    if form.is_valid():
        try:
            expense = expenses.declare(agreement, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            text = _("Entered: %(day)s %(payee)s, %(amount)s. The next one, please.")
            told = {"day": expense.booked_on.strftime("%d.%m.%Y"), "payee": expense.payee}
            messages.success(request, text % {**told, "amount": euro(expense.amount)})
            return redirect(_next(request, expense))
    newest = Expense.objects.within(request.scope).filter(share__agreement=agreement, reverses=None)
    return render(
        request,
        "budget/expense_create.html",
        {
            "agreement": agreement,
            "shares": [(share, expenses.to_prove(share)) for share in shares],
            "form": form,
            "newest": newest.with_names().order_by("-pk")[:NEWEST],
            "is_to_come": agreement.starts_on > as_of.today(),
        },
    )


def _like_last(request, kinds) -> dict:
    """The day and kind of the entry before, which the address carries."""
    initial = {}
    if day := as_of.read(request.GET.get("datum", "")):
        initial["booked_on"] = day
    if request.GET.get("kostenart") in kinds:
        initial["cost_kind"] = request.GET["kostenart"]
    return initial


def _next(request, expense) -> str:
    page = reverse("budget:expense_create", args=[expense.share.agreement_id])
    like = {"datum": expense.booked_on.isoformat(), "kostenart": expense.share.cost_kind}
    return address(request, page, **like)


def listed(request, agreement_id: int) -> str:
    """The list, narrowed to an agreement."""
    return address(request, reverse("budget:expense_list"), vereinbarung=agreement_id)


def address(request, page: str, **query) -> str:
    if request.as_of_query:
        query[as_of.PARAMETER] = request.as_of.isoformat()
    return f"{page}?{urlencode(query)}"


@require_http_methods(["GET", "POST"])
@require(Perm.DECLARE_USE)
def expense_reverse(request, pk):
    expense = get_object_or_404(
        Expense.objects.within(request.scope).filter(reverses=None).with_names(), pk=pk
    )
    form = ExpenseReverseForm(request.POST or None)
    if form.is_valid():
        try:
            expenses.reverse(expense, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The expense was reversed."))
            return redirect(listed(request, expense.share.agreement_id))
    return render(request, "budget/expense_reverse.html", {"expense": expense, "form": form})
