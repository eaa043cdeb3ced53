"""Released council reports: read from what was kept, never computed anew."""

from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import quote

from django.db.models.fields.json import KeyTransform
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from coordination import paging
from coordination.access.permissions import Perm, require
from coordination.council.summary import origins, renderings, sections
from coordination.council.summary.content import Content, ago_of, measure_of, written
from coordination.council.summary.corrections import REACH, span_of
from coordination.council.summary.figures import Frame
from coordination.council.summary.models import Release
from coordination.council.summary.tables import TABLES, Source, Table
from coordination.disclosure import SIGN
from coordination.exports import download
from coordination.pdf import pdf
from coordination.periods import show_day

BOROUGH = "bezirk"
private = cache_control(private=True, no_cache=True)
OTHERS = 12  # releases whose value of a figure is shown beside it


@require_safe
@require(Perm.VIEW_COUNCIL)
def release_latest(request):
    latest = Release.objects.within(request.scope).without_content().first()
    if latest is None:
        return render(request, "summary/release_latest.html")
    return redirect("summary:release_detail", latest.pk)


@require_safe
@require(Perm.VIEW_COUNCIL)
def release_list(request):
    page = paging.page(request, Release.objects.within(request.scope).without_content())
    return render(request, "summary/release_list.html", {"page": page})


@require_safe
@private
@require(Perm.VIEW_COUNCIL)
def release_detail(request, pk):
    release = _release(request, pk)
    chosen = request.GET.get(BOROUGH, "")

    def fragment():
        content = Content(release.content)
        report = _report(release, content, _borough(content, chosen))
        context = {"report": report, "release": release, "boroughs": sections.boroughs(content)}
        return render_to_string("summary/_release.html", context)

    body = renderings.kept(release, "page", chosen, render=fragment)
    # A chosen borough was found in the content when the page was rendered.
    context = {"release": release, "body": body, "borough": chosen}
    return render(request, "summary/release_detail.html", context)


@require_safe
@private
@require(Perm.VIEW_COUNCIL)
def release_pdf(request, pk):
    """The report on two sheets: without links, for they lead nowhere on paper."""
    release = _release(request, pk)
    content = Content(release.content)
    borough = _borough(content, request.GET.get(BOROUGH, ""))
    report = sections.report(content, origin=lambda key: "", borough=borough, is_paper=True)
    request.as_of = release.as_of
    name = f"{release} {report.borough}" if report.borough else str(release)
    context = {"release": release, "report": report, "name": name}
    return pdf(request, "summary/release_pdf.html", context, name=name, most_pages=2)


@require_safe
@private
@require(Perm.VIEW_COUNCIL)
def release_table(request, pk, table):
    """One table of a report by itself, for reading, printing and as a file."""
    if table not in TABLES:
        raise Http404
    release = _release(request, pk)
    content = Content(release.content)
    borough = _borough(content, request.GET.get(BOROUGH, ""))
    chosen = sections.borough_of(content, borough) if borough else None
    found = TABLES[table](Source(content, _origin(release), chosen))
    request.as_of = release.as_of
    name = f"ratsbericht {release.number} {found.slug} {chosen or ''}"
    if answer := download(
        request, name, _columns(found), found.rows, note=_note(release, found, chosen)
    ):
        return answer
    context = {"release": release, "table": found, "borough": chosen}
    return render(request, "summary/release_table.html", context)


@require_safe
@private
@require(Perm.VIEW_COUNCIL)
def figure_detail(request, pk, key):
    release = _release(request, pk)
    origin = origins.of(Content(release.content), key)
    if origin is None:
        raise Http404
    context = {"release": release, "origin": origin, "others": _others(request, release, key)}
    return render(request, "summary/figure_detail.html", context)


def _release(request, pk) -> Release:
    """Without its content, which is only fetched where nothing rendered is kept."""
    return get_object_or_404(Release.objects.within(request.scope).without_content(), pk=pk)


def _borough(content: Content, name: str) -> str | None:
    if name and sections.borough_of(content, name) is None:
        raise Http404
    return name or None


def _report(release: Release, content: Content, borough: str | None) -> sections.Report:
    query = f"?{BOROUGH}={borough}" if borough else ""

    def table_url(slug):
        return reverse("summary:release_table", args=[release.pk, slug]) + query

    return sections.report(content, origin=_origin(release), borough=borough, table_url=table_url)


def _origin(release: Release):
    """The address of a figure's origin; reversing each of a thousand would take its time."""
    pattern = reverse("summary:figure_detail", args=[release.pk, "-"])
    before = pattern.removesuffix("-/")
    return lambda key: f"{before}{quote(key, safe='@')}/"


def _columns(table: Table) -> list:
    def cell(number):
        return lambda row: row.cells[number].value

    first = [(table.first, lambda row: row.label)]
    return first + [
        (column.name_in_file, cell(number)) for number, column in enumerate(table.columns)
    ]


def _note(release: Release, table: Table, borough) -> str:
    """What a file says of itself, for it may travel alone."""
    parts = [str(release), str(table.title)]
    if borough:
        parts.append(table.place or str(borough))
    parts.append(
        _("period %(first)s–%(last)s")
        % {"first": show_day(release.starts_on), "last": show_day(release.ends_on)}
    )
    if table.has_hidden:
        parts.append(_("%(sign)s = small count, protected") % {"sign": SIGN})
    return " · ".join(parts)


def _others(request, release: Release, key: str) -> list[dict]:
    """What the newest other reports say of this figure: without their other content.

    The reported period has its neighbours in the others; of a period before, which other reports
    call otherwise, the same days are looked for.
    """
    rows = Release.objects.within(request.scope).exclude(pk=release.pk).without_content()
    names = _names_elsewhere(release, key, rows[:OTHERS]) if ago_of(key) else {}
    measures = KeyTransform(measure_of(key), KeyTransform("measures", "content"))
    kept = {
        **{
            f"ago_{ago_of(name)}": KeyTransform(name, KeyTransform("figures", "content"))
            for name in {key.partition("@")[0], *names.values()}
        },
        "hidden": KeyTransform("hidden", "content"),
        "unit": KeyTransform("unit", measures),
    }
    columns = ("pk", "number", "title", "as_of", "starts_on", "ends_on")
    found = []
    rows = rows.filter(pk__in=names) if ago_of(key) else rows
    for row in rows.values(*columns, **kept)[:OTHERS]:
        row["key"] = names.get(row["pk"], key)
        value = row[f"ago_{ago_of(row['key'])}"]
        row["starts_on"], row["ends_on"] = span_of(_frame(row), ago_of(row["key"]))
        is_hidden = row["key"] in (row.pop("hidden") or [])
        if is_hidden or value is not None:
            value = Decimal(value) if isinstance(value, str) else value
            text = SIGN if is_hidden else written(value, row["unit"])
            found.append({**row, "text": text, "is_hidden": is_hidden})
    return found


def _names_elsewhere(release: Release, key: str, others: Iterable[Release]) -> dict[int, str]:
    """What other reports, by their row, call the figure of the same days, where they have it."""
    name, span = key.partition("@")[0], span_of(_frame(vars(release)), ago_of(key))
    found = {}
    for row in others:
        for ago in range(REACH):
            if span_of(_frame(vars(row)), ago) == span:
                found[row.pk] = f"{name}@{ago}" if ago else name
    return found


def _frame(row: dict) -> Frame:
    return Frame(row["as_of"], row["starts_on"], row["ends_on"])
