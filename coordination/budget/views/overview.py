from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from agencies.models import Assignment, Position
from coordination.access.permissions import Perm, require
from coordination.budget import charts, overview
from coordination.budget.models import Agreement
from coordination.exports import SUM, download
from coordination.pdf import pdf

LINE_COLUMNS = [
    (gettext_lazy("Code"), lambda row: row.line.code),
    (gettext_lazy("Purpose"), lambda row: row.line.title),
    (gettext_lazy("Planned"), lambda row: row.line.planned, SUM),
    (gettext_lazy("Supplements"), lambda row: row.line.supplements, SUM),
    (gettext_lazy("Moved"), lambda row: row.line.moved, SUM),
    (gettext_lazy("Carried in"), lambda row: row.line.carried_in, SUM),
    (gettext_lazy("Carried out"), lambda row: row.line.carried_out, SUM),
    (gettext_lazy("Available"), lambda row: row.line.available, SUM),
    (gettext_lazy("Committed"), lambda row: row.line.committed, SUM),
    (gettext_lazy("Paid"), lambda row: row.line.paid, SUM),
    (gettext_lazy("Declared"), lambda row: row.line.declared, SUM),
    (gettext_lazy("Free"), lambda row: row.line.free, SUM),
    (gettext_lazy("Freed by vacancy until the end of the year"), lambda row: row.savings, SUM),
    (gettext_lazy("Expected at the end of the year"), lambda row: row.expected, SUM),
    (gettext_lazy("Paid the year before"), lambda row: row.previous and row.previous.paid, SUM),
    (gettext_lazy("Assessment"), lambda row: row.word),
    (gettext_lazy("Why"), lambda row: " ".join(row.reasons)),
]
AGENCY_COLUMNS = [
    (gettext_lazy("Agency"), lambda row: row.short_name),
    (gettext_lazy("Agreed"), lambda row: row.agreed, SUM),
    (gettext_lazy("Committed"), lambda row: row.committed, SUM),
    (gettext_lazy("Under way"), lambda row: row.requested, SUM),
    (gettext_lazy("Paid"), lambda row: row.paid, SUM),
    (gettext_lazy("Declared"), lambda row: row.declared, SUM),
    (gettext_lazy("Still to draw"), lambda row: row.drawable, SUM),
    (gettext_lazy("Paid minus declared"), lambda row: row.unproven, SUM),
]


@require_safe
@require(Perm.VIEW_FUNDING)
def year_overview(request):
    rows, year, previous = _chosen(request)
    if year is None:
        return render(request, "budget/year_overview.html", {"years": [], "money": None})
    money = overview.money_of(year, previous, request.as_of, request.scope)
    by_line = request.scope.citywide and request.GET.get("nach") != "verband"
    file = download(
        request,
        _("Budget %(year)s") % {"year": year},
        LINE_COLUMNS if by_line else AGENCY_COLUMNS,
        money.standings if by_line else money.agencies,
        note=_("Budget year %(year)s, all bookings") % {"year": year},
    )
    if file:
        return file
    months = overview.months(year, previous, request.as_of, request.scope)
    context = {"years": rows, "money": money, "months": months, "chart": charts.lines(months)}
    return render(request, "budget/year_overview.html", context)


@require_safe
@require(Perm.VIEW_FUNDING)
def year_pdf(request):
    _rows, year, previous = _chosen(request)
    money = year and overview.money_of(year, previous, request.as_of, request.scope)
    name = _("Budget %(year)s") % {"year": year or ""}
    return pdf(request, "budget/year_pdf.html", {"money": money, "name": name}, name=name)


@require_safe
@require(Perm.VIEW_FUNDING)
def position_money(request, pk):
    position = get_object_or_404(
        Position.objects.within(request.scope).select_related("agency"), pk=pk
    )
    agreements = Agreement.objects.within(request.scope).filter(positions=position).with_sums()
    assignments = Assignment.objects.on(request.as_of).filter(position=position)
    return render(
        request,
        "budget/position_money.html",
        {
            "position": position,
            "agreements": agreements.select_related("agency"),
            "assignments": assignments.with_names(),
        },
    )


def _chosen(request):
    """All years, the one the address or the Stichtag asks for, and the one before it."""
    rows = list(overview.years(request.scope))
    by_number = {str(row.year): row for row in rows}
    wanted = by_number.get(request.GET.get("jahr", ""))
    year = wanted or by_number.get(str(request.as_of.year)) or (rows[0] if rows else None)
    return rows, year, year and by_number.get(str(year.year - 1))
