"""What the map can show: each measure sorts the districts of a day into a few classes."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.coverage import Cover

KINDS = 8  # colours for agencies; beyond, only the mark tells them apart
STEPS = 5  # classes of a figure


@dataclass
class Kind:
    """A class of the legend. ``shade`` names a colour or pattern in static/css/map.css."""

    mark: str
    label: str
    shade: str
    covers: list[Cover] = field(default_factory=list)

    @property
    def is_hatched(self) -> bool:
        return self.shade in ("gap", "missing")


@dataclass(frozen=True)
class Measure:
    label: str
    sort: Callable[[list[Cover]], list[Kind]]
    value: Callable[[Cover], str]  # what the table says of a district
    note: Callable[[list[Cover]], str] = lambda covers: ""


def by_lead(covers: list[Cover]) -> list[Kind]:
    """A class for each agency that leads alone, one for several, one for nobody."""
    found, several, nobody = {}, [], []
    for cover in covers:
        agencies = {post.assignment.position.agency for post in cover.leads}
        if not agencies:
            nobody.append(cover)
        elif len(agencies) > 1:
            several.append(cover)
        else:
            found.setdefault(agencies.pop(), []).append(cover)
    kinds = [
        Kind(_letter(number), agency.short_name, f"kind-{number % KINDS + 1}", found[agency])
        for number, agency in enumerate(sorted(found, key=lambda row: row.short_name))
    ]
    kinds.append(Kind("+", _("several agencies"), "several", several))
    kinds.append(Kind("!", _("without lead"), "gap", nobody))
    return [kind for kind in kinds if kind.covers]


def by_deputy(covers: list[Cover]) -> list[Kind]:
    kinds = [
        Kind("V", _("with deputy"), "kind-1", [cover for cover in covers if cover.deputies]),
        Kind("!", _("without deputy"), "gap", [cover for cover in covers if not cover.deputies]),
    ]
    return [kind for kind in kinds if kind.covers]


def population(cover: Cover) -> int | None:
    return cover.district.population


def density(cover: Cover) -> Decimal | None:
    """Residents per square kilometre, or None if one of the two figures is missing."""
    row = cover.district
    if row.population is None or not row.area_km2:
        return None
    return round(row.population / row.area_km2)


def by_figure(figure: Callable) -> Callable[[list[Cover]], list[Kind]]:
    def sort(covers: list[Cover]) -> list[Kind]:
        known = [cover for cover in covers if figure(cover) is not None]
        kinds = [
            Kind(str(number), _span(group, figure), f"step-{number}", group)
            for number, group in enumerate(quantiles(known, figure), 1)
        ]
        missing = [cover for cover in covers if figure(cover) is None]
        return kinds + ([Kind("?", _("no figure"), "missing", missing)] if missing else [])

    return sort


def quantiles(rows: Iterable, figure: Callable, most: int = STEPS) -> list[list]:
    """At most ``most`` groups of about the same size; equal figures stay together."""
    rows = sorted(rows, key=figure)
    firsts = {}
    for rank, row in enumerate(rows):
        firsts.setdefault(figure(row), rank)
    groups = defaultdict(list)
    for row in rows:
        first = firsts[figure(row)]
        groups[first if len(firsts) <= most else first * most // len(rows)].append(row)
    return [groups[number] for number in sorted(groups)]


def years(covers: list[Cover]) -> str:
    """Figures of different years lie side by side, but must not be added up."""
    found = sorted({row.district.population_year for row in covers} - {None})
    if len(found) < 2:
        return _("Figures of %(year)s.") % {"year": found[0]} if found else ""
    return _(
        "The figures are of different years (%(years)s). They can be compared only roughly "
        "and must not be added up."
    ) % {"years": ", ".join(map(str, found))}


def grouped(number: int | None) -> str:
    """12.345, as German offices write it."""
    return "" if number is None else f"{number:,}".replace(",", ".")


def _span(group: list[Cover], figure: Callable) -> str:
    """The lowest and the highest figure that really occur in the class."""
    low, high = figure(group[0]), figure(group[-1])
    return grouped(low) if low == high else f"{grouped(low)} – {grouped(high)}"


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _lead_of(cover: Cover) -> str:
    if not cover.leads:
        return _("without lead")
    return ", ".join(
        f"{post.assignment.position.agency} ({post.names or _('vacant')})" for post in cover.leads
    )


def _deputy_of(cover: Cover) -> str:
    if not cover.deputies:
        return _("without deputy")
    return ", ".join(
        f"{post.assignment.position.agency} ({post.names or _('vacant')})"
        for post in cover.deputies
    )


def _population_of(cover: Cover) -> str:
    row = cover.district
    if row.population is None:
        return _("no figure")
    return f"{grouped(row.population)} ({row.population_year})"


def _density_of(cover: Cover) -> str:
    found = density(cover)
    if found is None:
        return _("no figure")
    return _("%(number)s per km² (%(year)s)") % {
        "number": grouped(found),
        "year": cover.district.population_year,
    }


MEASURES = {
    "lead": Measure(gettext_lazy("Lead"), by_lead, _lead_of),
    "vertretung": Measure(gettext_lazy("Deputy"), by_deputy, _deputy_of),
    "bevoelkerung": Measure(
        gettext_lazy("Population"), by_figure(population), _population_of, years
    ),
    "dichte": Measure(gettext_lazy("Residents per km²"), by_figure(density), _density_of, years),
}
