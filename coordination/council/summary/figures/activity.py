"""What was done: by place and by agency, in the period and the one before; the city's course."""

from collections import defaultdict

from agencies.activity import spans
from agencies.activity.mirror import last_periods
from agencies.activity.summaries import Sums, percent, series
from coordination.council.summary.content import (
    AGENCY,
    BOROUGH,
    CITY,
    QUARTER,
    Content,
    Number,
    key,
    place,
)
from coordination.council.summary.figures import EVERYTHING, Frame, Ground, Part, entries
from coordination.disclosure import Bound, Relation

# Measure: its name in ``Sums``.
COUNTS = {
    "taetigkeiten": "entries",
    "teilnehmende": "participants",
    "mit_flucht": "refugees",
    "ohne_flucht": "others",
    "helfende": "helpers",
    "treffen": "gatherings",
    "gemischt": "mixed",
}
COMPARED = (0, 1)  # the period and the one before


def collect(frame: Frame, ground: Ground) -> Part:
    part = Part()
    found = series(EVERYTHING, [frame.span, spans.before(frame.span)], "district", "agency")
    by_place, by_agency = defaultdict(Sums), defaultdict(Sums)
    for (ago, district, agency), sums in found.items():
        by_place[ago, district] += sums
        by_agency[ago, agency] += sums
    agencies = [row.pk for row in ground.agencies]
    for ago in COMPARED:
        _by_place(part, ground, {pk: by_place[ago, pk] for _ago, pk in list(by_place)}, ago)
        for pk in agencies:
            _count(part, place(AGENCY, pk), by_agency[ago, pk], ago)
            entries.tie(part, place(AGENCY, pk), by_agency[ago, pk], ago)
        _total(part, CITY, [place(AGENCY, pk) for pk in agencies], [*COUNTS, "minuten"], ago)
    _course(part, frame)
    return part


def _by_place(part: Part, ground: Ground, sums: dict[int, Sums], ago: int) -> None:
    boroughs = []
    for parent, quarters in ground.boroughs.items():
        borough, whole = place(BOROUGH, parent), Sums()
        for row in quarters:
            one = sums.get(row.pk, Sums())
            _count(part, place(QUARTER, row.pk), one, ago)
            entries.tie(part, place(QUARTER, row.pk), one, ago)
            whole += one
        _count(part, borough, whole, ago)
        _total(part, borough, [place(QUARTER, row.pk) for row in quarters], COUNTS, ago)
        boroughs.append(borough)
    _count(part, CITY, sum(sums.values(), Sums()), ago)
    _total(part, CITY, boroughs, COUNTS, ago)


def _count(part: Part, where: str, sums: Sums, ago: int) -> None:
    """The counts of one place, how they hang together, and the minutes where these are shown."""
    for measure, name in COUNTS.items():
        part.counts[key(measure, where, ago=ago)] = getattr(sums, name)

    def cell(measure):
        return key(measure, where, ago=ago)

    part.relations.append(Relation(cell("teilnehmende"), (cell("mit_flucht"), cell("ohne_flucht"))))
    part.bounds += [
        Bound(cell("gemischt"), cell("treffen")),
        Bound(cell("treffen"), cell("taetigkeiten")),
        Bound(cell("treffen"), cell("teilnehmende"), factor=2),
        Bound(cell("gemischt"), cell("mit_flucht")),
        Bound(cell("gemischt"), cell("ohne_flucht")),
    ]
    if where == CITY or where.startswith(AGENCY):
        part.counts[cell("minuten")] = sums.minutes
        part.tied[cell("minuten")] = cell("taetigkeiten")


def _total(part: Part, whole: str, parts: list[str], measures, ago: int) -> None:
    for measure in measures:
        cells = tuple(key(measure, where, ago=ago) for where in parts)
        part.relations.append(Relation(key(measure, whole, ago=ago), cells))


def _course(part: Part, frame: Frame) -> None:
    """The whole city over the last periods; the newest two are counted already."""
    periods = last_periods(frame.span)[::-1]
    found = series(EVERYTHING, periods)
    part.lists["periods"] = [
        {"ago": ago, "starts_on": first.isoformat(), "ends_on": last.isoformat()}
        for ago, (first, last) in enumerate(periods)
    ]
    for ago in range(len(COMPARED), len(periods)):
        _count(part, CITY, found.get((ago,), Sums()), ago)
        entries.tie(part, CITY, found.get((ago,), Sums()), ago)


def derive(content: Content, frame: Frame) -> dict[str, Number]:
    """Shares, hours and changes."""
    found = {}
    places = [
        CITY,
        *(row.name for kind in (BOROUGH, QUARTER, AGENCY) for row in content.places(kind)),
    ]
    for where in places:
        for ago in range(len(content.list("periods")) if where == CITY else len(COMPARED)):
            found |= _shares(content, where, ago)
        for measure in ("teilnehmende", "taetigkeiten"):
            now = content.number(key(measure, where))
            before = content.number(key(measure, where, ago=1))
            if now is not None and before is not None:
                found[key(f"veraenderung_{measure}", where)] = now - before
    return found


def _shares(content: Content, where: str, ago: int) -> dict[str, Number]:
    def number(measure):
        return content.number(key(measure, where, ago=ago))

    found = {}
    for share, part, whole in (
        ("anteil_ohne", "ohne_flucht", "teilnehmende"),
        ("anteil_gemischt", "gemischt", "treffen"),
    ):
        if number(part) is not None and number(whole):
            found[key(share, where, ago=ago)] = percent(number(part), number(whole))
    if number("minuten") is not None:
        found[key("stunden", where, ago=ago)] = Sums(minutes=number("minuten")).hours
    return found
