from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access.permissions import Perm, require
from coordination.budget import agreements, documents
from coordination.budget.filters.agreements import AgreementFilter
from coordination.budget.forms.agreements import (
    AgreementEditForm,
    AgreementForm,
    DocumentForm,
    ResplitForm,
    part_rows,
)
from coordination.budget.models import Agreement
from coordination.exports import SUM, download, in_words
from coordination.money import summed_up
from coordination.paging import page

MEASURES = ("agreed", "committed", "requested", "paid", "declared")
COLUMNS = [
    (gettext_lazy("Reference number"), lambda row: row.reference),
    (gettext_lazy("Agency"), lambda row: row.agency.short_name),
    (gettext_lazy("Kind"), lambda row: row.get_kind_display()),
    (gettext_lazy("Subject"), lambda row: row.subject),
    (gettext_lazy("From"), lambda row: row.starts_on),
    (gettext_lazy("Until"), lambda row: row.ends_on),
    (gettext_lazy("Signed on"), lambda row: row.signed_on),
    (gettext_lazy("Amount"), lambda row: row.agreed, SUM),
    (gettext_lazy("Committed"), lambda row: row.committed, SUM),
    (gettext_lazy("Under way"), lambda row: row.requested, SUM),
    (gettext_lazy("Paid"), lambda row: row.paid, SUM),
    (gettext_lazy("Declared"), lambda row: row.declared, SUM),
]
PROPOSE = "vorschlagen"


@require_safe
@require(Perm.VIEW_FUNDING)
def agreement_list(request):
    rows = Agreement.objects.within(request.scope).select_related("agency")
    found = AgreementFilter(request.GET, rows, scope=request.scope, day=request.as_of)
    note = f"{_('Agreements')} · {in_words(found)}"
    if answer := download(request, "vereinbarungen", COLUMNS, found.qs, note=note):
        return answer
    return render(
        request,
        "budget/agreement_list.html",
        {
            "filter": found,
            "page": page(request, found.qs),
            "sums": summed_up(found.qs, MEASURES),
        },
    )


@require_safe
@require(Perm.VIEW_FUNDING)
def agreement_detail(request, pk):
    agreement = _found(request, pk)
    shares = agreement.shares.with_sums().select_related("year", "commitment__line")
    measures = ("amount", *MEASURES[1:], "drawable")
    may = request.actor.scope
    return render(
        request,
        "budget/agreement_detail.html",
        {
            "agreement": agreement,
            "successor": getattr(agreement, "successor", None),
            "positions": agreement.positions.select_related("agency"),
            "documents": agreement.documents.listed(),
            "shares": [(row, getattr(row, "commitment", None)) for row in shares],
            "sums": summed_up(shares, measures),
            "may_declare": may(Perm.DECLARE_USE).covers(agreement.agency_id),
            "may_request": may(Perm.REQUEST_PAYOUTS).covers(agreement.agency_id),
            "sees_positions": may(Perm.VIEW_STAFFING).covers(agreement.agency_id),
            "sees_log": may(Perm.VIEW_LOG).covers(agreement.agency_id),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def agreement_create(request):
    data = request.POST or None
    form = AgreementForm(data, scope=request.scope, initial=_initial(request))
    has_rows = "anteile-TOTAL_FORMS" in request.POST
    rows = part_rows(data) if has_rows else None
    if form.is_valid() and (rows is None or PROPOSE in request.POST):
        fields = ("kind", "starts_on", "ends_on", "amount")
        rows = part_rows(parts=agreements.propose(*(form.cleaned_data[name] for name in fields)))
    elif data and rows and _may_be_saved(form, rows):
        try:
            agreement = agreements.create(**form.cleaned_data, parts=rows.parts(), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("%(row)s was created. Next, bind its yearly shares on budget lines.")
            messages.success(request, text % {"row": agreement})
            return redirect(_address(request, agreement))
    return render(request, "budget/agreement_create.html", {"form": form, "rows": rows})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def agreement_edit(request, pk):
    agreement = _found(request, pk)
    name = str(agreement)
    form = AgreementEditForm(request.POST or None, instance=agreement)
    if form.is_valid():
        try:
            agreement = agreements.change(agreement, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(row)s was saved.") % {"row": agreement})
            return redirect(_address(request, agreement))
    return render(
        request,
        "budget/agreement_edit.html",
        {"agreement": agreement, "name": name, "form": form},
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def agreement_resplit(request, pk):
    agreement = _found(request, pk)
    shares = agreement.shares.with_sums().select_related("year")
    form = ResplitForm(request.POST or None, agreement=agreement)
    rows = (
        part_rows(request.POST) if request.POST else part_rows(parts=agreements.parts_of(agreement))
    )
    if request.POST and _may_be_saved(form, rows):
        try:
            agreements.resplit(agreement, **form.cleaned_data, parts=rows.parts(), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
            form.show_anew(agreement)
        else:
            messages.success(request, _("%(row)s was saved.") % {"row": agreement})
            return redirect(_address(request, agreement))
    return render(
        request,
        "budget/agreement_resplit.html",
        {"agreement": agreement, "shares": shares, "form": form, "rows": rows},
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def agreement_document(request, pk):
    agreement = _found(request, pk)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            document = documents.add(
                form.cleaned_data["file"], agreement=agreement, by=request.user
            )
        except ValidationError as error:
            form.add_error("file", ValidationError(error.messages))
        else:
            messages.success(request, _("“%(name)s” was added.") % {"name": document.name})
            return redirect(_address(request, agreement))
    return render(request, "budget/agreement_document.html", {"agreement": agreement, "form": form})


def _found(request, pk) -> Agreement:
    rows = Agreement.objects.within(request.scope)
    return get_object_or_404(
        rows.select_related("agency", "predecessor__agency", "successor__agency"), pk=pk
    )


def _address(request, agreement) -> str:
    return reverse("budget:agreement_detail", args=[agreement.pk]) + request.as_of_query


def _may_be_saved(form, rows) -> bool:
    """Both are looked at, so that all that is wrong is said at once."""
    if rows.is_valid() and form.is_valid():
        return True
    rows.add_errors_to(form)
    return False


def _initial(request) -> dict:
    """What an extension takes over from the agreement that it continues."""
    typed = request.GET.get("vorgaenger", "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 16):
        return {"agency": request.GET.get("verband")}
    rows = Agreement.objects.within(request.scope).filter(successor=None)
    earlier = get_object_or_404(rows, pk=int(typed))
    starts_on = earlier.ends_on + timedelta(days=1)
    return {
        "agency": earlier.agency_id,
        "kind": earlier.kind,
        "subject": earlier.subject,
        "starts_on": starts_on,
        "predecessor": earlier.pk,
        "positions": list(earlier.positions.overlapping(starts_on, None)),
    }
