from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.budget import lines
from coordination.budget.forms.lines import LineEditForm, LineForm, MoveForm, SupplementForm
from coordination.budget.models import BudgetLine, BudgetYear, Commitment
from coordination.money import euro, summed


@require_safe
@require(Perm.VIEW_BUDGET)
def line_detail(request, pk):
    line = _line(request, pk)
    commitments = Commitment.objects.within(request.scope).filter(line=line).with_sums()
    fundings = line.fundings.select_related("allocation", "reversed_by", "by")
    return render(
        request,
        "budget/line_detail.html",
        {
            "line": line,
            "bookings": line.bookings.select_related("partner__year", "by"),
            "commitments": commitments.select_related("share__agreement__agency"),
            "fundings": fundings,
            "funded": summed(line.fundings.all()),
            "may_reverse": _may_book(request, line.year),
            "sees_log": bool(request.actor.scope(Perm.VIEW_LOG)),
        },
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def line_create(request):
    open_years = BudgetYear.objects.within(request.scope).open()
    wanted = _chosen_year(request, open_years)
    form = LineForm(request.POST or None, years=open_years, initial={"year": wanted})
    if form.is_valid():
        try:
            line = lines.create(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The budget line %(line)s was created.") % {"line": line})
            return redirect(_address(request, line))
    return render(request, "budget/line_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def line_edit(request, pk):
    line = _line(request, pk)
    name = str(line)
    form = LineEditForm(request.POST or None, instance=line)
    if form.is_valid():
        try:
            line = lines.change(line, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(row)s was saved.") % {"row": line})
            return redirect(_address(request, line))
    return render(request, "budget/line_edit.html", {"line": line, "name": name, "form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def line_supplement(request, pk):
    line = _line(request, pk)
    form = SupplementForm(
        request.POST or None,
        bookings=line.bookings.all(),
        initial={"booked_on": line.year.nearest_day(today())},
    )
    if form.is_valid():
        try:
            booking = lines.supplement(line, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("%(amount)s were booked as supplement.")
            messages.success(request, text % {"amount": euro(booking.amount)})
            return redirect(_address(request, line))
    return render(request, "budget/line_supplement.html", {"line": line, "form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_BUDGET)
def line_move(request, pk):
    line = _line(request, pk)
    targets = BudgetLine.objects.within(request.scope).filter(year=line.year_id)
    form = MoveForm(
        request.POST or None,
        bookings=line.bookings.all(),
        targets=targets.exclude(pk=line.pk),
        initial={"booked_on": line.year.nearest_day(today())},
    )
    if form.is_valid():
        typed = form.cleaned_data
        try:
            lines.move(line, **typed, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("%(amount)s were moved to %(line)s.")
            messages.success(request, text % {"amount": euro(typed["amount"]), "line": typed["to"]})
            return redirect(_address(request, line))
    return render(request, "budget/line_move.html", {"line": line, "form": form})


def _may_book(request, year) -> bool:
    return bool(request.actor.scope(Perm.MANAGE_BUDGET)) and not year.is_closed


def _line(request, pk) -> BudgetLine:
    rows = BudgetLine.objects.within(request.scope).with_sums().select_related("year")
    return get_object_or_404(rows, pk=pk)


def _chosen_year(request, rows):
    """The year named in the address (``?jahr=2016``), else the one of the day shown."""
    wanted = request.GET.get("jahr") or str(request.as_of.year)
    return next((year for year in rows if str(year.year) == wanted), None)


def _address(request, line) -> str:
    return reverse("budget:line_detail", args=[line.pk]) + request.as_of_query
