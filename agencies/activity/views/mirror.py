from urllib.parse import urlencode

from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from agencies.activity import activities, charts, mirror, spans
from agencies.activity.forms.mirror import RHYTHMS, MirrorForm
from agencies.activity.models import Rhythm
from agencies.filters import alphabetical
from agencies.lists.models import TargetGroup
from agencies.models import Agency
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.context import SORT
from coordination.exports import SUM, download
from coordination.periods import show_day
from districts.maps import Paint, draw
from districts.models import District

COLUMNS = [
    (gettext_lazy("Key"), lambda row: row.district.key),
    (gettext_lazy("District"), lambda row: row.district.name),
    (gettext_lazy("Borough"), lambda row: row.district.parent),
    (gettext_lazy("Entries"), lambda row: row.now.entries, SUM),
    (gettext_lazy("Participants"), lambda row: row.now.participants, SUM),
    (gettext_lazy("of them without refugee background"), lambda row: row.now.others, SUM),
    (gettext_lazy("Share without refugee background in %"), lambda row: row.without),
    (gettext_lazy("Change in percentage points"), lambda row: row.trend and row.trend.points),
    (gettext_lazy("Gatherings"), lambda row: row.now.gatherings, SUM),
    (gettext_lazy("of them mixed"), lambda row: row.now.mixed, SUM),
    (gettext_lazy("Share of mixed gatherings in %"), lambda row: row.mixed),
    (gettext_lazy("Offers"), lambda row: row.offers, SUM),
    (gettext_lazy("of them open to all"), lambda row: row.open_offers, SUM),
    (gettext_lazy("Share of offers open to all in %"), lambda row: row.open),
]
SORTS = {
    "stadtteil": lambda row: alphabetical(row.district.name),
    "eintraege": lambda row: row.now.entries or None,
    "teilnehmende": lambda row: row.now.participants or None,
    "ohne": lambda row: row.without,
    "gemischt": lambda row: row.mixed,
    "offen": lambda row: row.open,
}


@require_safe
@require(Perm.VIEW_ACTIVITY)
def quarter_mirror(request):
    agencies = list(Agency.objects.within(request.scope))
    form = MirrorForm(request.GET, agencies=agencies, day=request.as_of)
    rhythm, span = form.shown
    whose = _whose(request, form, agencies)
    found = mirror.of(request.scope, span, agency_id=form.agency and form.agency.pk)
    wanted = request.GET.get(SORT, "")
    rows = _sorted(found.rows, wanted)
    name = charts.name_of(span, rhythm)
    note = " · ".join([_("Quarter mirror"), name, whose])
    if answer := download(request, "quartiersspiegel", COLUMNS, rows, note=note):
        return answer
    chosen = request.GET.get("mass", "")
    chosen = chosen if chosen in mirror.MEASURES else next(iter(mirror.MEASURES))
    measure = mirror.MEASURES[chosen]
    kinds = mirror.kinds(found.rows, measure)
    entries = _entry_list(span, form.agency)
    return render(
        request,
        "activity/quarter_mirror.html",
        {
            "form": form,
            "name": name,
            "whose": whose,
            "mirror": found,
            "is_running": span[0] <= today() < span[1],
            "rhythms": _rhythms(rhythm, span),
            "rhythm": rhythm,
            "previous": _stepped(rhythm, spans.before(span)),
            "next": _stepped(rhythm, spans.after(span)),
            "parts": [] if wanted.removeprefix("-") in SORTS else _linked_parts(found, entries),
            "rows": [(row, _entries_of(row, entries)) for row in rows],
            "chart": charts.shares(found, rhythm),
            "periods": [(charts.name_of(period, rhythm), part) for period, part in found.periods],
            "measures": [(key, row.label, key == chosen) for key, row in mirror.MEASURES.items()],
            "measure": measure,
            "kinds": kinds,
            "entries": entries,
            "drawing": _drawing(kinds, measure, request.as_of_query),
            "target_groups": TargetGroup.objects.in_order(),
        },
    )


def _whose(request: HttpRequest, form: MirrorForm, agencies: list[Agency]) -> str:
    """Whose work the figures are of, so that nobody takes an agency's for the city's."""
    if form.agency is None and request.scope.citywide:
        return _("Activities and offers of all agencies.")
    shown = [form.agency] if form.agency else agencies
    names = ", ".join(agency.short_name for agency in shown)
    return _("Only activities and offers of: %(agencies)s.") % {"agencies": names}


def _sorted(rows: list[mirror.Row], wanted: str) -> list[mirror.Row]:
    """The quarters by a column; what has no value there comes last in both directions."""
    value = SORTS.get(wanted.removeprefix("-"))
    if value is None:
        return rows
    known = [row for row in rows if value(row) is not None]
    known.sort(key=value, reverse=wanted.startswith("-"))
    return known + [row for row in rows if value(row) is None]


def _rhythms(current: Rhythm, span: spans.Span) -> list[tuple]:
    """What the tabs lead to: address parameters, label, whether it is shown."""
    return [
        (
            key,
            *((show_day(day) if rhythm == Rhythm.OWN else None) for day in span),
            rhythm.label,
            rhythm == current,
        )
        for key, rhythm in RHYTHMS.items()
    ]


def _stepped(rhythm: Rhythm, span: spans.Span) -> dict | None:
    """Another span as name and address parameters, or None before and after all entries."""
    first, last = span
    if last < activities.EARLIEST or first > today():
        return None
    is_own = rhythm == Rhythm.OWN
    return {
        "name": charts.name_of(span, rhythm),
        "key": next(key for key, each in RHYTHMS.items() if each == rhythm),
        "first": show_day(first) if is_own else None,
        "last": show_day(last) if is_own else None,
        # Where today lies in it, today: the page is then the one that opens by itself.
        "day": None if is_own else min(last, max(today(), first)).isoformat(),
    }


def _entry_list(span: spans.Span, agency: Agency | None) -> str:
    """The address of the entries behind the figures, in the list's own parameters."""
    query = {"von": show_day(span[0]), "bis": show_day(span[1])}
    if agency:
        query["verband"] = agency.pk
    return f"{reverse('activity:activity_list')}?{urlencode(query)}"


def _entries_of(row: mirror.Row, entries: str) -> str:
    return f"{entries}&ort={row.district.pk}" if row.district else ""


def _linked_parts(found: mirror.Mirror, entries: str) -> list[tuple]:
    """Each borough and its quarters, with the addresses of their entries."""
    return [
        (
            part.total,
            _entries_of(part.total, entries),
            [(row, _entries_of(row, entries)) for row in part.rows],
        )
        for part in found.parts
    ]


def _drawing(kinds: list[mirror.Kind], measure: mirror.Measure, query: str):
    kind_of = {row.district.pk: (kind, row) for kind in kinds for row in kind.rows}

    def paint(district: District) -> Paint:
        kind, row = kind_of[district.pk]
        share = measure.share(row)
        value = kind.label if share is None else f"{share} %".replace(".", ",")
        return Paint(
            shade=kind.shade,
            mark=kind.mark,
            title=f"{district.name}: {value}",
            url=reverse("agencies:district_detail", args=[district.pk]) + query,
        )

    return draw([row.district for _kind, row in kind_of.values()], paint)
