"""Protection of small counts: which cells of a report to hide so that none of them can be derived.

Cell suppression. A count of 1 or 2 is hidden (primary suppression); nought is shown, for nobody is
nobody. Then more cells are hidden (secondary suppression) until an attacker who knows every shown
cell, every sum and every bound, and that what is hidden is not nought, is left with at least three
possible whole numbers for each hidden cell. The attacker's problem is solved by linear, where
needed by integer programming; so is the choice of what else to hide: the cheapest cells that give
the attacked one room. What proves needless in the end is shown again.

Sources: M. Fischetti, J. J. Salazar-González, Models and Algorithms for Optimizing Cell Suppression
in Tabular Data with Linear Constraints, Journal of the American Statistical Association 95 (2000),
and Solving the Cell Suppression Problem on Tabular Data with Linear Constraints, Management Science
47 (2001); the choice by linear programming: L. Zayatz, Using Linear Programming Methodology for
Disclosure Avoidance Purposes, U.S. Bureau of the Census RR-92/02 (1992); A. Hundepool et al.,
Statistical Disclosure Control, Wiley 2012, chapters 4 and 5. At least three cases is the standard
of the Statistik der Bundesagentur für Arbeit, Regeln der statistischen Geheimhaltung (§ 16 BStatG).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import inf

SIGN = "*"  # stands for a hidden value
THRESHOLD = 3  # a count below it is small, unless it is nought
POSSIBLE = 3  # so many values of a hidden cell must stay possible


@dataclass(frozen=True)
class Relation:
    """``total`` is the sum of ``parts`` (names of cells)."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Bound:
    """``factor`` × ``smaller`` is never more than ``larger``."""

    smaller: str
    larger: str
    factor: int = 1


@dataclass(frozen=True)
class Row:
    """A weighted sum of cells that is nought or, if ``open``, at least nought."""

    weights: Mapping[str, int]
    open: bool = False

    def sum(self, values: Mapping[str, int]) -> int:
        return sum(weight * values.get(name, 0) for name, weight in self.weights.items())

    def allows(self, sum: int) -> bool:
        return sum == 0 or (self.open and sum > 0)


Move = dict[str, float]  # by how much other figures differ from the true ones; only what differs


def hidden(
    values: Mapping[str, int],
    relations: Iterable[Relation],
    bounds: Iterable[Bound] = (),
    *,
    always: Collection[str] = (),
    unsaid: Collection[str] = (),
) -> frozenset[str]:
    """The names of the cells to hide: small ones, ``always``, and what would give them away.

    ``always`` are cells that an earlier report hid, whatever their value now. ``unsaid`` are cells
    nobody is ever shown, which hold others together: what a reader knows of how the counts come
    about. Any that fit will do, those there are stay at least one, and they need no protection
    themselves.

    ValueError if a relation or bound does not hold or names no cell: totals are computed before
    anything is hidden.
    """
    relations = list(relations)
    sums = Counter(relation.total for relation in relations)  # a reader misses totals most
    first = {name for name, value in values.items() if 0 < value < THRESHOLD or name in always}
    first = first & values.keys() - set(unsaid)
    found = set(first)
    # What does not hang together is hidden by itself: the solver's time grows with the table.
    for rows in _parts(_rows(values, relations, bounds)):
        names = {name for row in rows for name in row.weights}
        if names & first:
            table = Table(
                {name: values[name] for name in names}, rows, frozenset(names & set(unsaid))
            )
            price = {name: (1 + 100 * sums[name]) * values[name] for name in names}
            found |= _hidden(table, names & first, price)
    return frozenset(found)


def _hidden(table: "Table", first: set[str], price: Mapping[str, int]) -> set[str]:
    """The cells of one table to hide; ``first`` are those that have to be."""
    free = {name: price[name] for name in price if price[name]} | dict.fromkeys(table.unsaid, 0)
    search = Moves(table, free)
    queue = []

    def hide(names):
        for name in sorted(names):
            table.hide(name)
            search.free(name, 0)
            queue.append(name)

    hide(first)
    for name in queue:  # grows on the way
        while not table.is_safe(name):
            move = search.move(name, POSSIBLE - 1, whole=False)
            more = (move.keys() - table.hidden - table.unsaid) or table.nearest(name)
            if not more:
                raise ValueError(f"The relations alone tell the value of {name}.")
            hide(more)
    for name in sorted(table.hidden - first, key=lambda name: (-price[name], name)):
        table.show_if_safe(name)
    return table.hidden


def shown(values: Mapping[str, int], hidden: Collection[str]) -> dict[str, int]:
    return {name: value for name, value in values.items() if name not in hidden}


def _parts(rows: list[Row]) -> Iterable[list[Row]]:
    """The rows in groups that share no cell."""
    group = {}
    for row in rows:
        together = {}
        for name in row.weights:
            one = group.get(name)
            if one is not None:
                together[id(one)] = one
        merged = max(together.values(), key=len, default=[])
        for other in together.values():
            if other is not merged:
                merged += other
                group |= {name: merged for part in other for name in part.weights}
        merged.append(row)
        group |= dict.fromkeys(row.weights, merged)
    return {id(part): part for part in group.values()}.values()


def _rows(values, relations, bounds) -> list[Row]:
    if any(value < 0 or value != int(value) for value in values.values()):
        raise ValueError("Counts are whole numbers from nought.")
    rows = []
    for relation in relations:
        weights = Counter(relation.parts)
        weights[relation.total] -= 1
        rows.append(Row(weights))
    for bound in bounds:
        rows.append(Row({bound.larger: 1, bound.smaller: -bound.factor}, open=True))
    for row in rows:
        if unknown := row.weights.keys() - values.keys():
            raise ValueError(f"No such cells: {', '.join(sorted(unknown))}.")
        if not row.allows(row.sum(values)):
            raise ValueError(f"Does not hold: {dict(row.weights)} yields {row.sum(values)}.")
    return sorted(rows, key=lambda row: (row.open, sorted(row.weights.items())))


class Table:
    """What is hidden so far, and which other figures an attacker must hold for possible."""

    def __init__(self, values, rows, unsaid):
        self.values = values
        self.rows = rows
        self.unsaid = unsaid
        self.rows_of = {name: [] for name in values}
        for row in rows:
            for name in row.weights:
                self.rows_of[name].append(row)
        self.hidden = set()
        self.attack = Moves(self)
        for name in unsaid:
            self.attack.free(name, 1)
        self._start([])

    def hide(self, name: str) -> None:
        self.hidden.add(name)
        self.attack.free(name, 1)

    def is_safe(self, name: str) -> bool:
        """Whether the attacker is left with enough possible values; the true one is one of them.

        Some cells to hide are always enough: if all that hangs together is hidden, twice and three
        times the true figures fit as well.
        """
        value = self.values[name]
        for direction in (1, -1):
            for step in sorted({1, 2, value, 2 * value} - {0}):
                if len(self.possible[name]) >= POSSIBLE:
                    return True
                move = self.attack.move(name, direction * step)
                if not move:
                    break  # then further is impossible, too
                self._keep(move, name)
        return len(self.possible[name]) >= POSSIBLE

    def nearest(self, name: str) -> set[str]:
        """Shown cells in line with hidden ones around this one; noughts if there are no others."""
        around = self._linked(name, self.hidden | self.unsaid)
        near = {cell for other in around for row in self.rows_of[other] for cell in row.weights}
        near -= self.hidden | self.unsaid
        return {cell for cell in near if self.values[cell]} or near

    def show_if_safe(self, name: str) -> None:
        """Show a cell again, unless that makes others unsafe."""
        before = self.moves, self.possible
        others = self._linked(name, self.hidden | self.unsaid) - self.unsaid - {name}
        self.hidden.remove(name)
        self.attack.fix(name)
        self._start([move for move in self.moves if name not in move])
        if not all(self.is_safe(other) for other in sorted(others)):
            self.hide(name)
            self.moves, self.possible = before

    def _start(self, moves: list[Move]) -> None:
        self.moves = moves
        self.possible = {name: {0} for name in self.values}
        for move in moves:
            self._count(move)

    def _count(self, move: Move) -> None:
        for name, step in move.items():
            self.possible[name].add(step)

    def _keep(self, move: Move, name: str) -> None:
        """Keep the part of the move around the cell, if it fits exactly in whole numbers."""
        part = {other: round(move[other]) for other in self._linked(name, move.keys())}
        rows = (row for other in part for row in self.rows_of[other])
        if all(row.allows(row.sum(self.values) + row.sum(part)) for row in rows):
            self.moves.append(part)
            self._count(part)

    def _linked(self, name: str, cells: Collection[str]) -> set[str]:
        """The cell, and those of ``cells`` that hang together with it."""
        linked, queue = {name}, [name]
        while queue:
            for row in self.rows_of[queue.pop()]:
                new = (row.weights.keys() & cells) - linked
                linked |= new
                queue += new
        return linked


class Moves:
    """The linear program: each cell can be more or less (a column each), or is fixed."""

    def __init__(self, table: Table, prices: Mapping[str, int] | None = None):
        import highspy  # here: only who composes a report needs the memory

        self.highspy = highspy
        self.values = table.values
        self.names = sorted(table.values)
        self.column = {name: 2 * number for number, name in enumerate(self.names)}
        self.most = 10 * max(table.values.values(), default=0) + 100  # far off, yet finite
        self.solver = highspy.Highs()
        self.solver.silent()
        self.solver.setOptionValue("threads", 1)
        for _ in range(2 * len(self.names)):
            self.solver.addVar(0, 0)
        for row in table.rows:
            columns, weights = [], []
            for name, weight in sorted(row.weights.items()):
                if weight:
                    columns += [self.column[name], self.column[name] + 1]
                    weights += [weight, -weight]
            most = inf if row.open else 0
            self.solver.addRow(-row.sum(table.values), most, len(columns), columns, weights)
        for name, price in (prices or {}).items():
            self.free(name, price)

    def free(self, name: str, price: int) -> None:
        """Let the cell differ, at a price for each step; down to one, for nought is shown."""
        self._limit(name, (0, self.most), (0, max(self.values[name] - 1, 0)))
        self.solver.changeColCost(self.column[name], price)
        self.solver.changeColCost(self.column[name] + 1, price)

    def fix(self, name: str) -> None:
        self._limit(name, (0, 0), (0, 0))

    def move(self, name: str, step: int, *, whole: bool = True) -> Move:
        """The cheapest move that takes the free cell just this step; empty if there is none.

        In whole numbers, if asked for and possible: linear programming finds them nearly always.
        """
        more, less = max(step, 0), max(-step, 0)
        most_less = max(self.values[name] - 1, 0)
        if less > most_less:
            return {}
        self._limit(name, (more, more), (less, less))
        move = self._solve()
        if whole and any(abs(step - round(step)) > 1e-6 for step in move.values()):
            self._integrality(self.highspy.HighsVarType.kInteger)
            move = self._solve() or move
            self._integrality(self.highspy.HighsVarType.kContinuous)
        self._limit(name, (0, self.most), (0, most_less))
        return move

    def _solve(self) -> Move:
        self.solver.run()
        if self.solver.getModelStatus() != self.highspy.HighsModelStatus.kOptimal:
            return {}
        steps = self.solver.getSolution().col_value
        pairs = zip(self.names, steps[::2], steps[1::2], strict=True)
        return {name: step for name, more, less in pairs if abs(step := more - less) > 1e-6}

    def _limit(self, name, more, less) -> None:
        self.solver.changeColBounds(self.column[name], *more)
        self.solver.changeColBounds(self.column[name] + 1, *less)

    def _integrality(self, kind) -> None:
        columns = list(range(2 * len(self.names)))
        self.solver.changeColsIntegrality(len(columns), columns, [kind] * len(columns))
