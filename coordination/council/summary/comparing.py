"""Two released reports side by side, figure by figure. Asks no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _

from coordination.council.summary.content import (
    AGENCY,
    BOROUGH,
    CITY,
    GROUP,
    LINE,
    QUARTER,
    Content,
    Number,
    Shown,
    ago_of,
    measure_of,
    places_of,
    written,
)
from coordination.council.summary.measures import MEASURES
from coordination.money import euro
from coordination.periods import show_day

KINDS = [CITY, BOROUGH, QUARTER, AGENCY, GROUP, LINE]
FIRST = "teilnehmende"  # the measure shown by place unless another is asked for
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Line:
    """One figure in both reports."""

    measure: str
    label: str  # of the measure
    place: str
    left: Shown
    right: Shown
    is_in_left: bool
    is_in_right: bool
    is_same_rule: bool

    @property
    def difference(self) -> Number:
        """Right less left, where both are shown and counted alike."""
        left, right = self.left.value, self.right.value
        if left is None or right is None or not self.is_same_rule:
            return None
        return right - left

    @property
    def change(self) -> str:
        return signed(self.difference, self.right.unit)

    @property
    def why_none(self) -> str:
        """Why there is no difference, in words."""
        if self.difference is not None:
            return ""
        if not self.is_in_left or not self.is_in_right:
            return _("only in one of them")
        if self.left.is_hidden or self.right.is_hidden:
            return _("protected")
        if not self.is_same_rule:
            return _("counted otherwise")
        return ""


@dataclass(frozen=True)
class Table:
    """The figures of one kind of place."""

    kind: str
    title: str
    lines: list[Line]


class Comparison:
    def __init__(self, left: Content, right: Content):
        self.left, self.right = left, right

    @cached_property
    def lines(self) -> list[Line]:
        """Every figure of the reported periods: by kind of place, then as the reports have them."""
        names = dict.fromkeys([*self._names(self.right), *self._names(self.left)])
        lines = [self._line(name) for name in names]
        return [line for kind in KINDS for line in lines if kind_of(line) == kind]

    @cached_property
    def city(self) -> list[Line]:
        return [line for line in self.lines if kind_of(line) == CITY]

    @cached_property
    def measures(self) -> list[tuple[str, str]]:
        """The measures that are there by place, to choose from."""
        found = {line.measure: line.label for line in self.lines if kind_of(line) != CITY}
        return sorted(found.items(), key=lambda pair: pair[1].casefold())

    def by_place(self, measure: str) -> list[Table]:
        titles = {
            BOROUGH: _("By borough"),
            QUARTER: _("By district"),
            AGENCY: _("By agency"),
            GROUP: _("By target group"),
            LINE: _("By budget line"),
        }
        found = {kind: [] for kind in titles}
        for line in self.lines:
            if line.measure == measure and kind_of(line) in found:
                found[kind_of(line)].append(line)
        return [Table(kind, titles[kind], lines) for kind, lines in found.items() if lines]

    def corrections(self, number: int) -> int:
        """How many figures of the left report, of this number, the right one corrects."""
        lines = self.right.list("corrections")
        return sum(line.get("report") == number for line in lines)

    @cached_property
    def warnings(self) -> list[str]:
        """What makes the two hard to compare, in words."""
        found = [*self._lengths(), *self._rules(), *self._moved(), *self._missing()]
        if self.left.kept["rules"] != self.right.kept["rules"]:
            found.append(_("Small counts are protected by another method in each of the two."))
        return found

    def _names(self, content: Content) -> Iterable[str]:
        """The figures of the period itself, by place, then in the order of the measures.

        Not those that are differences already: two of them less one another say nothing.
        """
        places = content.kept["places"]
        kept = {name for name, one in content.kept["measures"].items() if one["unit"] != "change"}
        measures = {name: number for number, name in enumerate(MEASURES)}

        def order(name: str) -> tuple:
            where = [places.get(place, {}).get("order", -1) for place in places_of(name)]
            return where, measures.get(measure_of(name), len(measures)), name

        names = [*content.kept["figures"], *content.hidden]
        return sorted((n for n in names if not ago_of(n) and measure_of(n) in kept), key=order)

    def _line(self, name: str) -> Line:
        left, right = self.left, self.right
        words = [content.kept["measures"].get(measure_of(name), {}) for content in (right, left)]
        label = next(found["label"] for found in words if found)
        return Line(
            name.partition(".")[0],
            label,
            " · ".join(self._label(place) for place in places_of(name)),
            left.shown(name),
            right.shown(name),
            name in left,
            name in right,
            not all(words) or _rule(words[0]) == _rule(words[1]),
        )

    def _label(self, name: str) -> str:
        found = self.right.place(name) or self.left.place(name)
        if name == CITY:
            return _("Whole city")
        return str(found) if found else name

    def _lengths(self) -> Iterable[str]:
        days = [
            (content.day("ends_on") - content.day("starts_on")).days + 1
            for content in (self.left, self.right)
        ]
        # Quarters have 90 to 92 days.
        if abs(days[0] - days[1]) > 3:
            text = _(
                "The periods are of different length: %(left)d and %(right)d days. "
                "Compare shares and rates rather than counts."
            )
            yield text % {"left": days[0], "right": days[1]}

    def _rules(self) -> Iterable[str]:
        both = [content.kept["measures"] for content in (self.left, self.right)]
        names = [
            both[1][name]["label"]
            for name in both[1]
            if name in both[0] and _rule(both[0][name]) != _rule(both[1][name])
        ]
        if names:
            yield _("Counted by another rule in each of the two: %(names)s.") % {
                "names": ", ".join(names)
            }

    def _moved(self) -> Iterable[str]:
        for row in self.right.places(QUARTER):
            before = self.left.place(row.name)
            if before and before["borough"] != row["borough"]:
                text = _(
                    "%(district)s belongs to %(after)s on the right and to %(before)s on the "
                    "left; the figures of both boroughs speak of different areas."
                )
                yield text % {
                    "district": row,
                    "after": self.right.place(row["borough"]) or row["borough"],
                    "before": self.left.place(before["borough"]) or before["borough"],
                }

    def _missing(self) -> Iterable[str]:
        for content, other, text in (
            (self.left, self.right, _("Only on the left: %(names)s.")),
            (self.right, self.left, _("Only on the right: %(names)s.")),
        ):
            names = [
                str(row)
                for kind in (BOROUGH, QUARTER, AGENCY)
                for row in content.places(kind)
                if other.place(row.name) is None
            ]
            if names:
                yield text % {"names": ", ".join(names)}


def kind_of(line: Line) -> str:
    """The kind of the figure's first place."""
    return places_of(line.right.key)[0].partition("-")[0]


def signed(value: Number, unit: str) -> str:
    """+12 · −1.250,00 € · +3,2 percentage points; empty for None."""
    if value is None:
        return ""
    if unit == "euro":
        sign = "+" if value > 0 else MINUS if value < 0 else "±"
        return f"{sign}{euro(abs(value))}"
    text = written(Decimal(value) if unit != "count" else value, "change")
    return f"{text} {_('points')}" if unit == "percent" else text


def span_in_words(content: Content) -> str:
    return f"{show_day(content.day('starts_on'))}–{show_day(content.day('ends_on'))}"


def _rule(words: dict) -> tuple:
    return words.get("rule"), words.get("unit")
