from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from agencies import coverage, responsibility
from agencies.filters import DistrictFilter, alphabetical
from agencies.measures import MEASURES, grouped
from coordination.access.permissions import Perm, require
from coordination.exports import download, in_words
from districts.maps import Paint, draw
from districts.models import District


def _agencies(posts):
    return ", ".join(str(post.assignment.position.agency) for post in posts)


def _names(posts):
    return ", ".join(post.names for post in posts if post.names)


def _codes(district):
    return ", ".join(code.code for code in district.postal_codes.all())


DISTRICT_COLUMNS = [
    (gettext_lazy("Key"), lambda row: row.district.key),
    (gettext_lazy("District"), lambda row: row.district.name),
    (gettext_lazy("Borough"), lambda row: row.district.parent),
    (gettext_lazy("Lead"), lambda row: _agencies(row.leads)),
    (gettext_lazy("Contact person"), lambda row: _names(row.leads)),
    (gettext_lazy("Divided"), lambda row: "; ".join(p.assignment.area for p in row.leads)),
    (gettext_lazy("Deputy"), lambda row: _agencies(row.deputies)),
    (gettext_lazy("Contact person of the deputy"), lambda row: _names(row.deputies)),
    (gettext_lazy("Open points"), lambda row: ", ".join(str(gap.label) for gap in row.gaps)),
    (gettext_lazy("Postal codes"), lambda row: _codes(row.district)),
    (gettext_lazy("Population"), lambda row: row.district.population),
    (gettext_lazy("Year"), lambda row: row.district.population_year),
    (gettext_lazy("Area in km²"), lambda row: row.district.area_km2),
]
SORTS = {
    "key": lambda row: row.district.key,
    "name": lambda row: alphabetical(row.district.name),
    "borough": lambda row: alphabetical(str(row.district.parent or "")) or None,
    "lead": lambda row: alphabetical(_agencies(row.leads)) or None,
    "population": lambda row: row.district.population,
    "area": lambda row: row.district.area_km2,
}


def _sorted(covers, wanted: str):
    """The rows by a column; what has no value there comes last in both directions."""
    value = SORTS.get(wanted.removeprefix("-"))
    if value is None:
        return covers
    known = [row for row in covers if value(row) is not None]
    known.sort(key=value, reverse=wanted.startswith("-"))
    return known + [row for row in covers if value(row) is None]


@require_safe
@require(Perm.VIEW_DIRECTORY)
def district_list(request):
    board = coverage.board_on(request.as_of, request.actor.scope(Perm.VIEW_STAFFING))
    quarters = District.objects.quarters().on(request.as_of)
    found = DistrictFilter(request.GET, queryset=quarters, covers=board.covers)
    rows = _sorted(found.found, request.GET.get("sortierung", ""))
    if answer := download(
        request,
        "stadtteile",
        DISTRICT_COLUMNS,
        rows,
        note=" · ".join(filter(None, [_("Districts"), in_words(found)])),
    ):
        return answer
    return render(
        request,
        "agencies/district_list.html",
        {
            "filter": found,
            "rows": [(row, grouped(row.district.population), _codes(row.district)) for row in rows],
            "is_empty": not board.covers,
        },
    )


@require_safe
@require(Perm.VIEW_DIRECTORY)
def district_detail(request, pk):
    district = get_object_or_404(
        District.objects.select_related("parent")
        .defer("geometry", "parent__geometry", "parent__outline")
        .prefetch_related("postal_codes"),
        pk=pk,
    )
    is_borough = district.level == District.Level.BOROUGH
    around = district.quarters if is_borough else district.neighbours
    related = list(
        around.filter(level=District.Level.QUARTER)
        .on(request.as_of)
        .defer("geometry")
        .prefetch_related("postal_codes")
    )
    found = responsibility.of(
        district,
        related,
        day=request.as_of,
        scope=request.actor.scope(Perm.VIEW_STAFFING),
    )
    shown = related if is_borough else [district, *related]
    gap = not found.cover.leads and not is_borough
    return render(
        request,
        "agencies/district_detail.html",
        {
            "district": district,
            "is_borough": is_borough,
            "exists": district.is_on(request.as_of),
            "cover": found.cover,
            "related": found.related,
            "history": found.history,
            "population": grouped(district.population),
            "city": responsibility.coordination() if gap else None,
            "drawing": draw(shown, lambda row: _neighbour(row, district, request.as_of_query)),
        },
    )


def _neighbour(row: District, district: District, query: str) -> Paint:
    is_here = row.pk == district.pk
    return Paint(
        shade="current" if is_here else "plain",
        mark="●" if is_here else "",
        title=row.name,
        url=reverse("agencies:district_detail", args=[row.pk]) + query,
    )


@require_safe
@require(Perm.VIEW_DIRECTORY)
def district_map(request):
    board = coverage.board_on(request.as_of, request.actor.scope(Perm.VIEW_STAFFING))
    chosen = request.GET.get("mass", "")
    chosen = chosen if chosen in MEASURES else next(iter(MEASURES))
    measure = MEASURES[chosen]
    kinds = measure.sort(board.covers)
    kind_of = {cover.district.pk: kind for kind in kinds for cover in kind.covers}
    values = {cover.district.pk: measure.value(cover) for cover in board.covers}
    shapes = District.objects.filter(pk__in=values).only("name", "outline", "is_schematic")

    def paint(row):
        return Paint(
            shade=kind_of[row.pk].shade,
            mark=kind_of[row.pk].mark,
            title=f"{row.name}: {values[row.pk]}",
            url=reverse("agencies:district_detail", args=[row.pk]) + request.as_of_query,
        )

    return render(
        request,
        "agencies/district_map.html",
        {
            "measures": [(name, item.label, name == chosen) for name, item in MEASURES.items()],
            "measure": measure,
            "note": measure.note(board.covers),
            "kinds": kinds,
            "rows": [
                (cover.district, kind_of[cover.district.pk], values[cover.district.pk])
                for cover in board.covers
            ],
            "drawing": draw(shapes, paint),
        },
    )
