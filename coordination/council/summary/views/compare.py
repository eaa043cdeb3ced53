"""Two released reports side by side."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from coordination.access.permissions import Perm, require
from coordination.council.summary.comparing import FIRST, Comparison
from coordination.council.summary.content import Content
from coordination.council.summary.forms import CompareForm
from coordination.council.summary.models import Release
from coordination.disclosure import SIGN
from coordination.exports import download
from coordination.periods import show_day

MOST = 100  # releases to choose from


@require_safe
@require(Perm.VIEW_COUNCIL)
def release_compare(request):
    """Without a choice the latest report stands beside the one before."""
    rows = Release.objects.within(request.scope)
    offered = list(rows.without_content()[:MOST])
    if len(offered) < 2:
        return render(request, "summary/release_compare.html", {"count": len(offered)})
    right = _chosen(offered, request.GET.get("rechts"), offered[0])
    left = _chosen(offered, request.GET.get("links"), _beside(offered, right))
    contents = dict(rows.filter(pk__in={left.pk, right.pk}).values_list("pk", "content"))
    found = Comparison(Content(contents[left.pk]), Content(contents[right.pk]))
    if answer := download(
        request,
        f"vergleich {left.number} {right.number}",
        _columns(left, right),
        found.lines,
        note=_note(left, right),
    ):
        return answer
    names = dict(found.measures)
    measure = request.GET.get("kennzahl", "")
    if measure not in names:
        measure = FIRST if FIRST in names else next(iter(names), "")
    chosen = {"links": left.pk, "rechts": right.pk, "kennzahl": measure}
    return render(
        request,
        "summary/release_compare.html",
        {
            "count": len(offered),
            "form": CompareForm(initial=chosen, releases=offered, measures=found.measures),
            "left": left,
            "right": right,
            "is_same": left.pk == right.pk,
            "warnings": found.warnings,
            "corrected": found.corrections(left.number),
            "city": found.city,
            "measure": names.get(measure, ""),
            "tables": found.by_place(measure),
            "sign": SIGN,
        },
    )


def _chosen(offered: list[Release], typed: str | None, otherwise: Release) -> Release:
    """The report of that number in the address; of what is none, the usual one."""
    return next((row for row in offered if str(row.pk) == typed), otherwise)


def _beside(offered: list[Release], right: Release) -> Release:
    """The report before this one, or after it if it is the first."""
    place = offered.index(right)
    return offered[place + 1] if place + 1 < len(offered) else offered[place - 1]


def _columns(left: Release, right: Release) -> list:
    return [
        (pgettext_lazy("of a figure", "Place"), lambda line: line.place),
        (gettext_lazy("Figure"), lambda line: line.label),
        (_("No. %(number)d") % {"number": left.number}, lambda line: _value(line.left)),
        (_("No. %(number)d") % {"number": right.number}, lambda line: _value(line.right)),
        (gettext_lazy("Difference"), lambda line: line.difference),
        (gettext_lazy("Note"), lambda line: line.why_none),
    ]


def _value(figure):
    return SIGN if figure.is_hidden else figure.value


def _note(left: Release, right: Release) -> str:
    heads = [
        f"Nr. {row.number}: {row.title}, {show_day(row.starts_on)}–{show_day(row.ends_on)}"
        for row in (left, right)
    ]
    parts = [_("Comparison of released council reports"), *heads]
    return " · ".join([*parts, _("%(sign)s = small count, protected") % {"sign": SIGN}])
