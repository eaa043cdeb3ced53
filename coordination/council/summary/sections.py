"""A council report as its page shows it: key figures, tables, drawings, lists. Asks no database."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.council.summary import charts, tables
from coordination.council.summary.content import BOROUGH, CITY, LINE, Content, Place
from coordination.council.summary.tables import Cell, Source, Table


@dataclass(frozen=True)
class Note:
    """A figure beside the main one of a tile: what it is, and the figure."""

    label: Promise
    cell: Cell


@dataclass(frozen=True)
class Tile:
    label: Promise
    cell: Cell
    notes: list[Note]
    change: Cell | None = None
    place: str = ""  # named where it is not the one the report is read for

    @property
    def has_hidden(self) -> bool:
        return any(cell.is_hidden for cell in [self.cell, *(note.cell for note in self.notes)])

    @property
    def arrow(self) -> str:
        value = self.change.figure.value
        return "↑" if value > 0 else "↓" if value < 0 else "→"


# The tables of figures on the two sheets.
PRINTED = ["stellen", "zustaendigkeit", "haushalt", "taetigkeit", "zielgruppen", "verbaende"]
# The figures that answer most questions of a meeting: label, measure, whether a borough has its
# own, the measure of its change, and what stands beside it: label, measure, periods ago.
TILES = [
    (
        _("FTE filled"),
        "vze_besetzt",
        False,
        "",
        [(_("FTE funded"), "vze_gefoerdert", 0), (_("vacant"), "vze_unbesetzt", 0)],
    ),
    (
        _("Districts without lead"),
        "ohne_federfuehrung",
        True,
        "",
        [(_("of all districts"), "stadtteile", 0)],
    ),
    (_("Free in the budget"), "frei", False, "", [(_("available"), "verfuegbar", 0)]),
    (
        _("Participants"),
        "teilnehmende",
        True,
        "veraenderung_teilnehmende",
        [(_("before"), "teilnehmende", 1)],
    ),
    (
        _("Share without refugee background"),
        "anteil_ohne",
        True,
        "",
        [(_("before"), "anteil_ohne", 1)],
    ),
    (
        _("Volunteers"),
        "ehrenamtliche",
        False,
        "",
        [
            (pgettext_lazy("volunteers", "Groups"), "initiativen", 0),
            (_("without contact person"), "ohne_ansprechperson", 0),
        ],
    ),
    (
        _("Hours to the first answer"),
        "antwort_median",
        False,
        "",
        [(_("nine of ten within"), "antwort_p90", 0), (_("questions"), "fragen", 0)],
    ),
    (
        _("Open tasks"),
        "aufgaben_offen",
        False,
        "",
        [(_("overdue"), "aufgaben_ueberfaellig", 0)],
    ),
]


@dataclass(frozen=True)
class Report:
    borough: Place | None
    tiles: list[Tile]
    paragraphs: list[str]
    staff: Table
    coverage: Table
    without_lead: list[str]
    map: charts.Map | None
    money: Table
    money_year: int | None
    bars: list[charts.MoneyBar]
    agreed: Table
    activity: Table
    mirror: Table
    groups: Table
    agencies: Table
    volunteers: Table
    course: Table
    chart: charts.Chart | None
    districts: Table
    tasks: Table
    motions: Table
    changes: Table
    endings: Table
    corrections: Table
    corrected: list[tuple[str, bool]]  # the same in sentences, and which are on paper
    notes: list[str]
    since: date | None
    as_of: date
    period: str
    before: str
    small_base: list[tuple[str, bool]]  # the places of small bases, and which are on paper
    has_hidden: bool
    has_hidden_on_paper: bool
    is_paper: bool
    protection_rule: int

    @property
    def has_small_base_on_paper(self) -> bool:
        return any(is_on_paper for _text, is_on_paper in self.small_base)


def boroughs(content: Content) -> list[Place]:
    """What a report can be read for beside the whole city."""
    return [row for row in content.places(BOROUGH) if not row.name.endswith("-0")]


def borough_of(content: Content, name: str) -> Place | None:
    return next((row for row in boroughs(content) if row.name == name), None)


def report(
    content: Content,
    *,
    origin: Callable[[str], str],
    borough: str | None = None,
    table_url: Callable[[str], str] | None = None,
    is_paper: bool = False,
) -> Report:
    """What is shown of a report, for the whole city or one of its boroughs.

    ``origin`` gives for a figure's key the address where it says where it comes from, or "" where
    there is none, as on paper. ``table_url`` gives for a table's slug its own address.
    ``is_paper`` leaves out what the two sheets of the standard report have no room for.
    """
    chosen = borough_of(content, borough) if borough else None
    source = Source(content, origin, chosen)
    made = {}
    for slug, make in tables.TABLES.items():
        table = replace(make(source), url=table_url(slug) if table_url else "")
        made[slug] = table.on_paper if is_paper else table
    lines = content.places(LINE)
    as_of = content.day("as_of")
    tiles = _tiles(source)
    printed = [made[slug].on_paper for slug in PRINTED]
    small = frozenset().union(*(table.small for table in printed))
    hides = any(tile.has_hidden for tile in tiles)
    return Report(
        borough=chosen,
        tiles=tiles,
        paragraphs=[part for part in re.split(r"\n\s*\n", content.kept["text"].strip()) if part],
        staff=made["stellen"],
        coverage=made["zustaendigkeit"],
        without_lead=[str(row) for row in source.quarters if row["gap"] == "no_lead"],
        map=charts.districts_map(source.quarters, table_url("stadtteile") if table_url else ""),
        money=made["haushalt"],
        money_year=as_of.year,
        bars=charts.money(content, lines),
        agreed=made["vereinbarungen"],
        activity=made["taetigkeit"],
        mirror=made["quartiersspiegel"],
        groups=made["zielgruppen"],
        agencies=made["verbaende"],
        volunteers=made["ehrenamt"],
        course=made["verlauf"],
        chart=charts.course(content),
        districts=made["stadtteile"],
        tasks=made["beschluesse"],
        motions=made["antraege"],
        changes=made["veraenderungen"],
        endings=made["endet"],
        corrections=made["korrekturen"],
        corrected=[
            (line["text"], number < tables.CORRECTIONS)
            for number, line in enumerate(source.lines("corrections"))
        ],
        notes=[line["text"] for line in source.lines("notes")],
        since=content.day("since"),
        as_of=as_of,
        period=charts.long_name((content.day("starts_on"), content.day("ends_on"))),
        before=_before(content),
        small_base=[(line["text"], line["place"] in small) for line in source.lines("small_base")],
        has_hidden=hides or any(table.has_hidden for table in made.values()),
        has_hidden_on_paper=hides or any(table.has_hidden for table in printed),
        is_paper=is_paper,
        protection_rule=content.kept["rules"]["geheimhaltung"],
    )


def _before(content: Content) -> str:
    periods = content.list("periods")
    return charts.long_name(charts.span_of(periods[1])) if len(periods) > 1 else ""


def _tiles(source: Source) -> list[Tile]:
    """Those of ``TILES`` the report has figures for."""
    found = []
    for label, measure, is_local, change, beside in TILES:
        where = source.whole if is_local else CITY
        cell = source.cell(measure, where)
        if not cell.exists:
            continue
        notes = [Note(words, source.cell(name, where, ago=ago)) for words, name, ago in beside]
        changed = source.cell(change, where) if change else None
        found.append(
            Tile(
                label,
                cell,
                [note for note in notes if note.cell.exists],
                changed if changed and changed.exists else None,
                now("Whole city") if source.borough and not is_local else "",
            )
        )
    return found
