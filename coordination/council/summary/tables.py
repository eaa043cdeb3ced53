"""The tables of a council report: the same on the page, on paper and as files.

A cell is a figure, a text of the report or a day. Totals are figures of their own, never added up
from what is shown: of hidden cells nothing may be derived.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from coordination.council.summary.content import (
    AGENCY,
    BOROUGH,
    CITY,
    GROUP,
    LINE,
    QUARTER,
    Content,
    Place,
    Shown,
    key,
    places_of,
)
from coordination.disclosure import SIGN
from coordination.periods import show_day

MOST_ON_PAPER = 5  # lines of a list; the page on the screen has all
CORRECTIONS = 3  # the same of corrections, which are long
SMALL_BASE = "†"
RATES = frozenset({"je_1000", "je_vze", "stunden_je_vze"})  # of these it is told


@dataclass(frozen=True)
class Cell:
    """``figure`` is what the cell shows, or ``text`` if it shows none. ``url``: its origin."""

    figure: Shown | None = None
    text: str = ""
    url: str = ""
    mark: str = ""  # behind the number: it stands on a small base

    @property
    def value(self) -> int | Decimal | str | None:
        """For files: a number, the sign of a hidden one, or nothing."""
        if self.figure is None:
            return self.text
        return SIGN if self.figure.is_hidden else self.figure.value

    @property
    def shown(self) -> str:
        return self.text if self.figure is None else self.figure.text

    @property
    def exists(self) -> bool:
        """Whether the report has the figure, be it hidden."""
        return self.figure is not None and (self.is_hidden or self.figure.value is not None)

    @property
    def is_hidden(self) -> bool:
        return self.figure is not None and self.figure.is_hidden

    @property
    def is_numeric(self) -> bool:
        return self.figure is not None


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[Cell]
    anchor: str = ""
    is_total: bool = False
    is_head: bool = False  # sums up the rows below it
    is_on_paper: bool = True


@dataclass(frozen=True)
class Column:
    heading: Promise | str
    is_numeric: bool = True
    is_on_paper: bool = True
    is_on_screen: bool = True
    unit: str = ""

    @property
    def classes(self) -> str:
        shown = {"numeric": self.is_numeric, "screen-only": not self.is_on_paper}
        return " ".join(
            name for name, on in {**shown, "paper-only": not self.is_on_screen}.items() if on
        )

    @property
    def name_in_file(self) -> str:
        """Cells of a file are bare numbers, so their unit stands here."""
        unit = {"percent": "%", "euro": "€"}.get(self.unit)
        return f"{self.heading} ({unit})" if unit else str(self.heading)


@dataclass(frozen=True)
class Table:
    slug: str
    title: Promise | str
    first: Promise | str  # heading of the column of labels
    columns: list[Column]
    rows: list[Row]
    place: str = ""  # named where it is not the one the report is read for
    url: str = ""  # of the page that shows it by itself, with its files
    left_out: int = 0  # how many of its rows are not on paper

    def __bool__(self):
        return bool(self.rows)

    @property
    def has_hidden(self) -> bool:
        return any(cell.is_hidden for row in self.rows for cell in row.cells)

    @property
    def has_small_base(self) -> bool:
        return bool(self.small)

    @property
    def small(self) -> frozenset[str]:
        """The places whose rates stand on a small base."""
        cells = [cell for row in self.rows for cell in row.cells if cell.mark]
        return frozenset(places_of(cell.figure.key)[0] for cell in cells)

    @property
    def lines(self) -> list[tuple[Row, list[tuple[Cell, Column]]]]:
        return [(row, list(zip(row.cells, self.columns, strict=True))) for row in self.rows]

    @property
    def on_paper(self) -> "Table":
        """Without the columns and rows the standard report has no room for."""
        kept = [number for number, column in enumerate(self.columns) if column.is_on_paper]
        rows = [
            replace(row, cells=[row.cells[number] for number in kept])
            for row in self.rows
            if row.is_on_paper
        ]
        columns = [self.columns[number] for number in kept]
        return replace(self, columns=columns, rows=rows, left_out=self.left_out)


@dataclass(frozen=True)
class Source:
    """What tables are made of: a report, the borough it is read for, where figures come from."""

    content: Content
    origin: Callable[[str], str]
    borough: Place | None = None

    def cell(self, measure: str, *places: str, ago: int = 0) -> Cell:
        name = key(measure, *places, ago=ago)
        url = self.origin(name) if name in self.content else ""
        return Cell(self.content.shown(name), url=url, mark=self._mark(measure, places))

    def _mark(self, measure: str, places) -> str:
        return SMALL_BASE if measure in RATES and self.small.intersection(places) else ""

    @cached_property
    def small(self) -> frozenset[str]:
        return frozenset(line["place"] for line in self.content.list("small_base"))

    def knows(self, measures: Iterable[str]) -> bool:
        """Whether the report says anything of these measures."""
        return any(measure in self.content.kept["measures"] for measure in measures)

    def unit(self, measure: str) -> str:
        return self.content.kept["measures"].get(measure, {}).get("unit", "")

    @property
    def quarters(self) -> list[Place]:
        """Of the borough, or all of them."""
        return [
            row
            for row in self.content.places(QUARTER)
            if self.borough is None or row["borough"] == self.borough.name
        ]

    @property
    def wholes(self) -> list[Place]:
        """Rows of a table by place: the boroughs, or the quarters of the one it is read for."""
        return self.quarters if self.borough else self.content.places(BOROUGH)

    @property
    def whole(self) -> str:
        """The place all rows add up to."""
        return self.borough.name if self.borough else CITY

    @property
    def elsewhere(self) -> str:
        """The place of what is of the whole city, however the report is read."""
        return _("Whole city") if self.borough else ""

    @property
    def whole_label(self) -> str:
        return str(self.borough) if self.borough else _("Whole city")

    def lines(self, name: str) -> list[dict]:
        """A list of the report; for a borough what concerns it or no district in particular."""
        found = self.content.list(name)
        if self.borough is None:
            return found
        here = {self.borough.name, *(row.name for row in self.quarters)}
        return [line for line in found if not line.get("places") or here & set(line["places"])]


def _day(line: dict) -> str:
    first, last = line.get("starts_on"), line.get("ends_on")
    if first and last:
        return f"{_written(first)}–{_written(last)}"
    return _written(line.get("day") or first or last)


def _written(day: str | None) -> str:
    return show_day(date.fromisoformat(day)) if day else ""


# --- Tables of figures ------------------------------------------------------------------------

STAFF = {
    "stellen": gettext_lazy("Positions"),
    "vze_gefoerdert": gettext_lazy("FTE funded"),
    "vze_besetzt": gettext_lazy("filled"),
    "vze_unbesetzt": gettext_lazy("vacant"),
}
COVERAGE = {
    "stadtteile": gettext_lazy("Districts"),
    "mit_federfuehrung": gettext_lazy("with lead"),
    "ohne_federfuehrung": gettext_lazy("without lead"),
    "ohne_vertretung": gettext_lazy("without deputy"),
}
MONEY = {
    "ansatz": gettext_lazy("Planned"),
    "verfuegbar": gettext_lazy("Available"),
    "gebunden": gettext_lazy("Bound"),
    "ausgezahlt": gettext_lazy("Paid"),
    "belegt": gettext_lazy("Declared"),
    "frei": gettext_lazy("Free"),
    "prognose": gettext_lazy("Forecast for the end of the year"),
}
AGREED = {
    "vereinbart": gettext_lazy("Agreed"),
    "gebunden": gettext_lazy("Bound"),
    "ausgezahlt": gettext_lazy("Paid"),
    "belegt": gettext_lazy("Declared"),
}
ACTIVITY = {
    "taetigkeiten": gettext_lazy("Activities"),
    "teilnehmende": gettext_lazy("Participants"),
    "veraenderung_teilnehmende": pgettext_lazy("of a figure against the period before", "Change"),
    "mit_flucht": gettext_lazy("With refugee background"),
    "ohne_flucht": gettext_lazy("Without refugee background"),
    "helfende": gettext_lazy("Volunteers and professionals"),
    "anteil_ohne": gettext_lazy("Share without refugee background"),
    "anteil_gemischt": gettext_lazy("Mixed gatherings"),
    "anteil_offene_angebote": gettext_lazy("Offers open to all"),
    "je_1000": gettext_lazy("per 1,000 residents"),
}
MIRROR = {
    "anteil_ohne": gettext_lazy("Participants without refugee background"),
    "treffen": gettext_lazy("Gatherings"),
    "gemischt": gettext_lazy("of them mixed"),
    "anteil_gemischt": gettext_lazy("Mixed gatherings"),
    "angebote": gettext_lazy("Offers"),
    "angebote_offen": gettext_lazy("of them open to all"),
    "anteil_offene_angebote": gettext_lazy("Offers open to all"),
}
AGENCIES = {
    "taetigkeiten": gettext_lazy("Activities"),
    "teilnehmende": gettext_lazy("Participants"),
    "veraenderung_teilnehmende": pgettext_lazy("of a figure against the period before", "Change"),
    "stunden": gettext_lazy("Hours"),
    "vze_mittel": gettext_lazy("FTE filled on average"),
    "je_vze": gettext_lazy("Activities per FTE"),
    "stunden_je_vze": gettext_lazy("Hours per FTE"),
}
VOLUNTEERS = {
    "ehrenamtliche": gettext_lazy("Volunteers"),
    "ohne_ansprechperson": gettext_lazy("without contact person"),
    "initiativen": pgettext_lazy("volunteers", "Groups"),
}
COURSE = {
    "taetigkeiten": gettext_lazy("Activities"),
    "teilnehmende": gettext_lazy("Participants"),
    "mit_flucht": gettext_lazy("With refugee background"),
    "ohne_flucht": gettext_lazy("Without refugee background"),
    "anteil_ohne": gettext_lazy("Share without refugee background"),
    "anteil_gemischt": gettext_lazy("Share of mixed gatherings"),
}
DISTRICTS = {
    "teilnehmende": gettext_lazy("Participants"),
    "veraenderung_teilnehmende": pgettext_lazy("of a figure against the period before", "Change"),
    "taetigkeiten": gettext_lazy("Activities"),
    "mit_flucht": gettext_lazy("With refugee background"),
    "ohne_flucht": gettext_lazy("Without refugee background"),
    "anteil_ohne": gettext_lazy("Share without"),
    "anteil_gemischt": gettext_lazy("Mixed gatherings"),
    "je_1000": gettext_lazy("per 1,000 residents"),
}
# Told in words of another table on the same sheet, or too much for a paper read in ten minutes.
NOT_ON_PAPER = frozenset({"belegt", "ansatz", "mit_flucht", "ohne_flucht", "helfende"})


def _columns(source: Source, named: dict[str, Promise]) -> list[Column]:
    return [
        Column(heading, is_on_paper=measure not in NOT_ON_PAPER, unit=source.unit(measure))
        for measure, heading in named.items()
        if source.knows([measure])
    ]


def _figures(source: Source, named: dict[str, Promise], where: str, ago: int = 0) -> list[Cell]:
    return [source.cell(measure, where, ago=ago) for measure in named if source.knows([measure])]


def _row(source: Source, named, place: Place, **kind) -> Row:
    return Row(str(place), _figures(source, named, place.name), place.name, **kind)


def _by_place(source: Source, slug: str, title, named) -> Table:
    """The boroughs and the city, or the quarters of a borough and it."""
    first = _("District") if source.borough else _("Borough")
    rows = []
    if source.knows(named):
        rows = [Row(str(row), _figures(source, named, row.name)) for row in source.wholes]
        total = _figures(source, named, source.whole)
        rows.append(Row(source.whole_label, total, is_total=True))
    return Table(slug, title, first, _columns(source, named), rows)


def _by_agency(source: Source, slug: str, title, named) -> Table:
    """Agencies of which the report says something, and all of them together."""
    rows = []
    if source.knows(named):
        for place in source.content.places(AGENCY):
            cells = _figures(source, named, place.name)
            if any(cell.exists for cell in cells):
                rows.append(Row(str(place), cells))
        rows.append(Row(_("Together"), _figures(source, named, CITY), is_total=True))
    columns = _columns(source, named)
    return Table(slug, title, _("Agency"), columns, rows, place=source.elsewhere)


def staff(source: Source) -> Table:
    return _by_agency(source, "stellen", _("Positions by agency"), STAFF)


def coverage(source: Source) -> Table:
    """By borough; for a borough its quarters with who leads there."""
    if source.borough is None:
        return _by_place(source, "zustaendigkeit", _("Lead by borough"), COVERAGE)
    rows = [
        Row(str(row), [Cell(text=lead_of(row))])
        for row in source.quarters
        if row["lead"] is not None
    ]
    columns = [Column(_("Lead"), is_numeric=False)]
    return Table("zustaendigkeit", _("Lead by district"), _("District"), columns, rows)


def lead_of(row: Place) -> str:
    if row["gap"] and row["lead"]:
        return f"{row['lead']} ({row['gap_word']})"
    return row["lead"] or row["gap_word"] or _("without lead")


def money(source: Source) -> Table:
    rows = []
    if source.knows(MONEY):
        rows = [_row(source, MONEY, row) for row in source.content.places(LINE)]
        rows.append(Row(_("Together"), _figures(source, MONEY, CITY), is_total=True))
    columns, first = _columns(source, MONEY), _("Budget line")
    return Table("haushalt", _("Budget lines"), first, columns, rows, place=source.elsewhere)


def agreed(source: Source) -> Table:
    if not source.knows(["vereinbart"]):
        return Table("vereinbarungen", _("Money by agency"), _("Agency"), [], [])
    return _by_agency(source, "vereinbarungen", _("Money by agency"), AGREED)


def activity(source: Source) -> Table:
    """On paper with the shares that have a table of their own on the screen, the quarter mirror."""
    table = _by_place(source, "taetigkeit", _("Activity by district"), ACTIVITY)
    columns = [replace(column, is_on_screen=column.unit != "percent") for column in table.columns]
    return replace(table, columns=columns)


def mirror(source: Source) -> Table:
    return _by_place(source, "quartiersspiegel", _("Quarter mirror"), MIRROR)


def groups(source: Source) -> Table:
    """People by target group: in each borough, in the city, and there in the period before."""
    title = _("People by target group")
    places = [source.borough] if source.borough else source.content.places(BOROUGH)
    columns = [Column(str(place)) for place in places]
    before = _("Whole city, period before") if source.borough else _("Period before")
    columns += [Column(_("Whole city")), Column(before)]
    rows = []
    if source.knows(["personen"]):
        rows = [
            Row(
                str(group),
                [
                    *(source.cell("personen", group.name, place.name) for place in places),
                    source.cell("personen", group.name),
                    source.cell("personen", group.name, ago=1),
                ],
            )
            for group in source.content.places(GROUP)
        ]
    return Table("zielgruppen", title, _("Target group"), columns, rows)


def agencies(source: Source) -> Table:
    return _by_agency(source, "verbaende", _("Activity by agency"), AGENCIES)


def volunteers(source: Source) -> Table:
    """Without a row where the report says nothing of them."""
    return _by_agency(source, "ehrenamt", _("Volunteers by agency"), VOLUNTEERS)


def course(source: Source) -> Table:
    """The city over the last periods, the newest first."""
    rows = [
        Row(_day(line), _figures(source, COURSE, CITY, line["ago"]))
        for line in source.content.list("periods")
    ]
    columns, title = _columns(source, COURSE), _("Course of activities")
    return Table("verlauf", title, _("Period"), columns, rows, place=source.elsewhere)


def districts(source: Source) -> Table:
    """All quarters below their boroughs, with who leads."""
    columns = [Column(_("Lead"), is_numeric=False), *_columns(source, DISTRICTS)]
    rows = []
    for borough in source.content.places(BOROUGH):
        if source.borough and source.borough != borough:
            continue
        head = [Cell(), *_figures(source, DISTRICTS, borough.name)]
        rows.append(Row(str(borough), head, borough.name, is_head=True))
        for row in source.quarters:
            if row["borough"] == borough.name:
                cells = [Cell(text=lead_of(row)), *_figures(source, DISTRICTS, row.name)]
                rows.append(Row(str(row), cells, row.name))
    if not source.borough and rows:
        total = [Cell(), *_figures(source, DISTRICTS, CITY)]
        rows.append(Row(_("Whole city"), total, is_total=True))
    return Table("stadtteile", _("All districts"), _("District"), columns, rows)


# --- Lists ------------------------------------------------------------------------------------


def _list(source, slug, name, title, first, columns: dict, *, most=MOST_ON_PAPER) -> Table:
    """Lines of a list; ``columns`` says of each heading how its text is read from a line."""
    lines = source.lines(name)
    rows = [
        Row(
            _day(line),
            [Cell(text=str(read(line) or "")) for read in columns.values()],
            is_on_paper=number < most,
        )
        for number, line in enumerate(lines)
    ]
    headings = [Column(heading, is_numeric=False) for heading in columns]
    # The last line of a long list tells how many there are besides.
    left_out = sum(line.get("number", 1) for line in lines[most:])
    return Table(slug, title, first, headings, rows, left_out=left_out)


def tasks(source: Source) -> Table:
    columns = {
        _("Task"): lambda line: line["text"],
        _("Owner"): lambda line: line.get("owner"),
        pgettext("motion", "State"): _state,
    }
    title = _("Open tasks from resolutions")
    return _list(source, "beschluesse", "tasks", title, _("Due"), columns)


def _state(line: dict) -> str:
    return ", ".join(filter(None, [line.get("state"), line.get("is_overdue") and _("overdue")]))


def motions(source: Source) -> Table:
    columns = {
        _("Motion"): lambda line: line["text"],
        _("Groups"): lambda line: line.get("groups"),
        pgettext("motion", "State"): lambda line: line.get("state"),
    }
    title = _("Open motions")
    return _list(source, "antraege", "motions", title, _("Submitted"), columns, most=3)


def changes(source: Source) -> Table:
    columns = {_("What has changed"): _sentence}
    title = _("Changed since the last meeting")
    return _list(source, "veraenderungen", "changes", title, _("Day"), columns)


def endings(source: Source) -> Table:
    columns = {_("What ends"): _sentence}
    title = _("Ends within six months")
    return _list(source, "endet", "endings", title, _("Day"), columns)


def _sentence(line: dict) -> str:
    kind = line.get("kind")
    return f"{kind}: {line['text']}" if kind and kind != "more" else line["text"]


def corrections(source: Source) -> Table:
    columns = {
        _("Figure"): lambda line: _corrected(line),
        pgettext_lazy("of a corrected figure", "was"): lambda line: line.get("was"),
        pgettext_lazy("of a corrected figure", "is now"): lambda line: line.get("now"),
    }
    title, first = _("Corrections"), _("Corrected on")
    return _list(source, "korrekturen", "corrections", title, first, columns, most=CORRECTIONS)


def _corrected(line: dict) -> str:
    return ", ".join(filter(None, [line.get("label"), line.get("place")]))


TABLES = {
    "stellen": staff,
    "zustaendigkeit": coverage,
    "haushalt": money,
    "vereinbarungen": agreed,
    "taetigkeit": activity,
    "quartiersspiegel": mirror,
    "zielgruppen": groups,
    "verbaende": agencies,
    "ehrenamt": volunteers,
    "verlauf": course,
    "stadtteile": districts,
    "beschluesse": tasks,
    "antraege": motions,
    "veraenderungen": changes,
    "endet": endings,
    "korrekturen": corrections,
}
