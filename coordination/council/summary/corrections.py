"""What released reports said that is counted differently now, and what they hid.

A figure is the same figure in two reports if measure, place and days are the same: the period
before of one report may be the reported one of another. What a report hid stays hidden in every
later one, or its sums would tell it after all; so does what is hidden here while counting again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from agencies.activity import spans
from agencies.activity.mirror import PERIODS_SHOWN
from agencies.activity.spans import Span
from coordination.council.summary.compose import DATED, collected, compose
from coordination.council.summary.content import (
    AGENCY,
    BOROUGH,
    CITY,
    QUARTER,
    Content,
    Number,
    ago_of,
    measure_of,
    place,
    places_of,
    written,
)
from coordination.council.summary.figures import Frame
from coordination.council.summary.measures import MEASURES
from coordination.council.summary.models import Release
from coordination.periods import show_day
from districts.models import District

LATEST = 4  # releases whose figures are counted again
MOST = 60  # lines; the rest is counted
KINDS = [CITY, BOROUGH, AGENCY, QUARTER]  # the order of the lines
REACH = PERIODS_SHOWN  # how many periods a report speaks of at most, its own included

# The key of a figure without its period, and the days it speaks of.
Identity = tuple[str, Span]


@dataclass
class Earlier:
    """A released report, and what of it cannot be compared any more."""

    number: int
    frame: Frame
    content: Content
    boroughs: dict[str, str]  # of each quarter now

    @cached_property
    def moved(self) -> dict[str, tuple[str, str]]:
        """Quarters that have another borough now: the one they had, the one they have."""
        return {
            row.name: (row["borough"], self.boroughs[row.name])
            for row in self.content.places(QUARTER)
            if self.boroughs.get(row.name, row["borough"]) != row["borough"]
        }

    @cached_property
    def affected(self) -> frozenset[str]:
        """Boroughs that are not what they were when the report was released."""
        return frozenset(borough for pair in self.moved.values() for borough in pair)

    def identities(self, names: Iterable[str]) -> Iterator[Identity]:
        return (identity(self.frame, name) for name in names)

    def hidden(self) -> Iterator[Identity]:
        """What it hid, and what would be told by comparing it with boroughs of another shape."""
        yield from self.identities(self.content.hidden)
        if not self.affected:
            return
        told = [*self.content.kept["figures"], *self.content.hidden]
        for name, span in self.identities(filter(_is_protected, told)):
            places = name.split(".")
            for old in self.affected.intersection(places):
                for new in self.affected:
                    yield ".".join(new if part == old else part for part in places), span


@dataclass(frozen=True)
class Told:
    """What was said of a figure last: by which report, under which key."""

    value: Number
    key: str
    earlier: Earlier


@dataclass
class Past:
    """The released reports that matter for a report of this frame, the oldest first."""

    frame: Frame
    releases: list[Earlier]
    hidden: set[Identity] = field(default_factory=set)

    def always(self, frame: Frame) -> frozenset[str]:
        """The keys a report of this frame hides because they were hidden before.

        For the same days, and for days that overlap: of two periods, one within the other, the
        difference would tell what the smaller one hides.
        """
        periods = [span_of(frame, ago) for ago in range(REACH)]
        return frozenset(
            f"{name}@{ago}" if ago else name
            for name, (first, last) in self.hidden
            for ago, (starts_on, ends_on) in enumerate(periods)
            if starts_on <= last and first <= ends_on
        )

    def hide(self, frame: Frame, content: dict) -> None:
        for name in content["hidden"]:
            self.hidden.add(identity(frame, name))


def identity(frame: Frame, name: str) -> Identity:
    """Some figures speak of the days of their period, the others of the day of the report."""
    measure = MEASURES.get(measure_of(name))
    if measure and measure.is_of_period:
        return name.partition("@")[0], span_of(frame, ago_of(name))
    return name, (frame.as_of, frame.as_of)


def span_of(frame: Frame, ago: int) -> Span:
    """The days of the period that many periods before the reported one."""
    span = frame.span
    for _period in range(ago):
        span = spans.before(span)
    return span


def past(frame: Frame) -> Past:
    """Two queries: the releases, and where each quarter lies now."""
    first = span_of(frame, 2 * REACH)[0]  # the earlier reports look back as well
    boroughs = {
        place(QUARTER, pk): place(BOROUGH, parent)
        for pk, parent in District.objects.quarters().values_list("pk", "parent_id")
    }
    releases = [
        Earlier(
            row.number,
            Frame(row.as_of, row.starts_on, row.ends_on),
            Content(row.content),
            boroughs,
        )
        for row in Release.objects.filter(ends_on__gte=first).order_by("number")
    ]
    found = Past(frame, releases)
    for earlier in releases:
        found.hidden.update(earlier.hidden())
    return found


def recounted(known: Past) -> dict[Identity, Number]:
    """The figures of the latest releases as they are counted now, where anything differs.

    ``known`` learns what has to be hidden meanwhile.
    """
    found, latest = {}, known.releases[-LATEST:]
    told = _told(latest)
    for earlier in latest:
        if not _differs(earlier, told):
            continue
        content = compose(earlier.frame, always=known.always(earlier.frame))
        known.hide(earlier.frame, content)
        now = Content(content)
        found.update(
            (identity(earlier.frame, name), now.number(name)) for name in content["figures"]
        )
    return found


def _differs(earlier: Earlier, told: dict[Identity, Told]) -> bool:
    """Whether a count is not what was said of it last."""
    whole = collected(earlier.frame, DATED)
    for name, value in [*whole.counts.items(), *whole.figures.items()]:
        last = told.get(identity(earlier.frame, name))
        if last is not None and last.value != value:
            return True
    return False


def lines(known: Past, again: dict[Identity, Number], content: dict, on: date) -> list[dict]:
    """What the report of this content corrects: one line a figure, the whole city first.

    Listed is only what is shown now and was shown then, in every table it stands in. ``on`` is
    the day of the correction: that of the report which says so.
    """
    known.hide(known.frame, content)
    now = Content(content)
    again = again | {identity(known.frame, name): now.number(name) for name in content["figures"]}
    # Hours are computed from what may be hidden in another table than theirs.
    covered = {(tuple(places_of(name)), span) for name, span in known.hidden}
    found = []
    for same, told in _told(known.releases[-LATEST:]).items():
        name, span = same
        value = again.get(same)
        if value is None or value == told.value or not _is_listed(name):
            continue
        if not _is_comparable(name, told.earlier):
            continue
        is_open = _is_protected(name) or (tuple(places_of(name)), span) not in covered
        if same not in known.hidden and is_open:
            found.append((same, told, value))
    found.sort(key=lambda line: _order(line[0], line[1]))
    listed = [_line(told, value, same[1], on) for same, told, value in found[:MOST]]
    if (more := len(found) - MOST) > 0:
        word = "weitere Korrektur" if more == 1 else "weitere Korrekturen"
        listed.append({"kind": "more", "text": f"und {more} {word}", "number": more})
    return listed


def _told(releases: list[Earlier]) -> dict[Identity, Told]:
    """What was said last of each figure that can be counted again, corrections included."""
    found = {}
    for earlier in releases:
        for name in earlier.content.kept["figures"]:
            if not _is_dated(name) or earlier.content.number(name) is None:
                continue
            found[identity(earlier.frame, name)] = Told(earlier.content.number(name), name, earlier)
        by_number = {row.number: row for row in releases}
        for line in earlier.content.list("corrections"):
            if line.get("kind") == "more" or line["report"] not in by_number:
                continue
            source = by_number[line["report"]]
            value = Decimal(line["value"]) if isinstance(line["value"], str) else line["value"]
            same = identity(source.frame, line["key"])
            if same in found:
                found[same] = Told(value, line["key"], source)
    return found


def _is_listed(name: str) -> bool:
    """What can be counted again; shares, rates and changes follow from it, minutes are hours."""
    measure = MEASURES.get(measure_of(name))
    return (
        measure is not None
        and measure.is_dated
        and measure.unit in ("count", "fte", "hours")
        and measure.name != "minuten"
    )


def _is_dated(name: str) -> bool:
    measure = MEASURES.get(measure_of(name))
    return measure is not None and measure.is_dated


def _is_protected(name: str) -> bool:
    measure = MEASURES.get(measure_of(name))
    return measure is not None and measure.is_protected


def _is_comparable(name: str, earlier: Earlier) -> bool:
    """Counted by the same rule then, in a place that is still the same."""
    words = earlier.content.kept["measures"].get(measure_of(name), {})
    same_rule = words.get("rule") == MEASURES[measure_of(name)].rule
    return same_rule and not earlier.affected.intersection(places_of(name))


def _order(identity: Identity, told: Told):
    name, span = identity
    places = places_of(name)
    kinds = [KINDS.index(kind) if (kind := p.partition("-")[0]) in KINDS else 9 for p in places]
    order = list(MEASURES).index(measure_of(name))
    return max(kinds), -span[1].toordinal(), order, told.key


def _line(told: Told, value: Number, span: Span, on: date) -> dict:
    content = told.earlier.content
    words = content.kept["measures"][measure_of(told.key)]
    places = places_of(told.key)
    label = ", ".join(label_of(content, name) for name in places)
    was, now = written(told.value, words["unit"]), written(value, words["unit"])
    period = show_day(span[0]) if span[0] == span[1] else in_words(span)
    return {
        "key": told.key,
        "report": told.earlier.number,
        "label": words["label"],
        "place": label,
        "places": places,
        "period": period,
        "was": was,
        "now": now,
        "value": value if value is None or isinstance(value, int) else str(value),
        "day": on.isoformat(),
        "text": f"{words['label']}, {label}, {period}: korrigiert am {show_day(on)} "
        f"von {was} auf {now} (Ratsbericht Nr. {told.earlier.number})",
    }


def label_of(content: Content, name: str) -> str:
    if found := content.place(name):
        return found.label
    return "Gesamtstadt" if name == CITY else name


def in_words(span: Span) -> str:
    """3. Quartal 2016; other spans by their days."""
    starts_on, ends_on = span
    months = spans.whole_months(span)
    if months == 3 and starts_on.month % 3 == 1:
        return f"{(starts_on.month + 2) // 3}. Quartal {starts_on.year}"
    if months == 6 and starts_on.month in (1, 7):
        return f"{(starts_on.month + 5) // 6}. Halbjahr {starts_on.year}"
    if months == 12 and starts_on.month == 1:
        return f"Jahr {starts_on.year}"
    return f"{show_day(starts_on)}–{show_day(ends_on)}"
