"""Small counts are hidden, and nobody can work them out from what is shown.

The attacker here is written apart from the module: integer programs of SciPy over the whole table.
"""

import itertools
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from coordination import disclosure
from coordination.disclosure import Bound, Relation, hidden, shown

# --- the attacker


def attack(values, names, relations, bounds, always=()):
    """For each hidden cell up to three values that the attacker cannot rule out.

    He knows the shown cells, and that a hidden cell is not nought unless an earlier report hid it.
    """
    place = {name: number for number, name in enumerate(values)}
    rows = np.zeros((len(relations) + len(bounds), len(values)))
    for row, relation in zip(rows, relations, strict=False):
        row[place[relation.total]] += 1
        for part in relation.parts:
            row[place[part]] -= 1
    for row, bound in zip(rows[len(relations) :], bounds, strict=True):
        row[place[bound.larger]] += 1
        row[place[bound.smaller]] -= bound.factor
    most = [0.0] * len(relations) + [np.inf] * len(bounds)
    rules = [LinearConstraint(rows, 0, most)] if len(rows) else []
    low, high = (np.array(list(values.values()), dtype=float) for _ in range(2))
    for name in names:
        low[place[name]] = 0 if name in always or not values[name] else 1
        high[place[name]] = 3 * sum(values.values()) + 10

    def solve(name, sign, least=None, greatest=None):
        goal, lower, upper = np.zeros(len(values)), low.copy(), high.copy()
        goal[place[name]] = sign
        if least is not None:
            lower[place[name]], upper[place[name]] = least, greatest
        found = milp(
            goal, constraints=rules, bounds=Bounds(lower, upper), integrality=np.ones(len(values))
        )
        return None if found.x is None else round(found.x[place[name]])

    candidates = {}
    for name in names:
        least, greatest = solve(name, 1), solve(name, -1)
        candidates[name] = {least, values[name], greatest}
        if len(candidates[name]) < 3 and greatest - least > 1:
            candidates[name] |= {solve(name, 1, least + 1, greatest - 1)} - {None}
    return candidates


def solved(candidates):
    return {name for name, possible in candidates.items() if len(possible) < 3}


def random_table(seed):
    """Districts in boroughs × kinds, agencies × kinds, a part of a kind, and earlier secrets."""
    chance = random.Random(seed)
    values, relations, bounds = {}, [], []

    def total(name, parts):
        values[name] = sum(values[part] for part in parts)
        relations.append(Relation(name, tuple(parts)))

    kinds = [f"kind {number}" for number in range(chance.randint(1, 3))]
    boroughs = {
        f"borough {number}": [f"district {number}.{place}" for place in range(chance.randint(1, 4))]
        for number in range(chance.randint(1, 2))
    }
    agencies = [f"agency {number}" for number in range(chance.choice([0, 2, 3]))]
    factor = chance.choice([0, 0, 1, 2])
    usual = chance.choice([0.5, 1, 2, 4, 8])
    for kind, name in itertools.product(kinds, [*itertools.chain(*boroughs.values()), *agencies]):
        values[f"{name} {kind}"] = 0
    for kind, district in itertools.product(kinds, itertools.chain(*boroughs.values())):
        count = sum(chance.random() < usual / 20 for _ in range(20))
        values[f"{district} {kind}"] = count
        for _ in range(count if agencies else 0):
            values[f"{chance.choice(agencies)} {kind}"] += 1
        if factor and kind == kinds[0]:
            values[f"{district} part"] = chance.randint(0, count // factor)
    parted = [*kinds, "part"] if factor else kinds
    for kind in parted:
        for borough, districts in boroughs.items():
            total(f"{borough} {kind}", [f"{district} {kind}" for district in districts])
        total(f"city {kind}", [f"{borough} {kind}" for borough in boroughs])
    for kind in kinds if agencies else []:
        total(f"city {kind}", [f"{agency} {kind}" for agency in agencies])
    places = [*itertools.chain(*boroughs.values()), *boroughs, *agencies, "city"]
    for place in places if len(kinds) > 1 else []:
        total(f"{place} all", [f"{place} {kind}" for kind in kinds])
    for place in places:
        if factor and f"{place} part" in values:
            bounds.append(Bound(f"{place} part", f"{place} {kinds[0]}", factor))
    always = [name for name in values if chance.random() < 0.05] if seed % 3 == 0 else []
    return values, relations, bounds, always


def attacked(seed):
    values, relations, bounds, always = random_table(seed)
    names = hidden(values, relations, bounds, always=always)
    assert names >= {name for name, value in values.items() if value in (1, 2)} | set(always)
    return attack(values, sorted(names), relations, bounds, always)


@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_an_attacker_solves_no_hidden_cell_of_a_random_table(seed):
    for table in range(seed, seed + 20):
        assert solved(attacked(table)) == set(), f"table {table}"


def test_without_secondary_suppression_the_attacker_solves_cells():
    broken = 0
    for seed in range(20):
        values, relations, bounds, _ = random_table(seed)
        small = [name for name, value in values.items() if value in (1, 2)]
        broken += bool(solved(attack(values, small, relations, bounds)))
    assert broken > 10


def test_with_two_possible_values_left_the_attack_turns_red(monkeypatch):
    monkeypatch.setattr(disclosure, "POSSIBLE", 2)
    assert any(solved(attacked(seed)) for seed in range(20))


@pytest.mark.parametrize("seed", range(30))
def test_writing_down_every_filling_agrees_with_the_attacker(seed):
    chance = random.Random(seed)
    inner = {f"{row}{column}": chance.choice([0, 1, 1, 2, 3]) for row in "ab" for column in "xy"}
    relations = [
        Relation("a", ("ax", "ay")),
        Relation("b", ("bx", "by")),
        Relation("x", ("ax", "bx")),
        Relation("y", ("ay", "by")),
        Relation("all", ("a", "b")),
    ]

    def with_totals(cells):
        cells = dict(cells)
        for relation in relations:
            cells[relation.total] = sum(cells[part] for part in relation.parts)
        return cells

    values = with_totals(inner)
    names = hidden(values, relations)
    ranges = [range(1, 10) if name in names else [inner[name]] for name in inner]
    possible = {name: set() for name in names}
    for cells in itertools.product(*ranges):
        filling = with_totals(zip(inner, cells, strict=True))
        if all(filling[name] == values[name] for name in values.keys() - names):
            for name in names:
                possible[name].add(filling[name])
    for name, candidates in attack(values, sorted(names), relations, []).items():
        assert len(possible[name]) >= 3
        assert min(candidates) == min(possible[name])
        assert {value for value in candidates if value < 10} <= possible[name]


# --- by hand


def table(inner):
    """Two rows × three columns with all totals."""
    values = dict(zip(["a1", "a2", "a3", "b1", "b2", "b3"], inner, strict=True))
    relations = [Relation(row, tuple(f"{row}{column}" for column in "123")) for row in "ab"]
    relations += [Relation(f"t{column}", (f"a{column}", f"b{column}")) for column in "123"]
    relations += [Relation("t", ("a", "b")), Relation("t", ("t1", "t2", "t3"))]
    for relation in relations:
        values[relation.total] = sum(values[part] for part in relation.parts)
    return values, relations


def test_a_table_without_small_counts_is_shown_whole():
    assert hidden(*table([3, 4, 5, 6, 7, 8])) == frozenset()


def test_nought_is_shown():
    assert hidden(*table([0, 4, 5, 6, 0, 8])) == frozenset()
    assert hidden({"a": 0, "b": 0, "all": 0}, [Relation("all", ("a", "b"))]) == frozenset()


def test_nothing_is_hidden_of_nothing():
    assert hidden({}, []) == frozenset()


def test_a_small_count_without_relation_is_hidden_alone():
    assert hidden({"a": 1, "b": 2, "c": 3}, []) == {"a", "b"}


def test_one_small_count_in_a_row_takes_the_least_other_along():
    relations = [Relation("all", ("a", "b", "c"))]
    assert hidden({"a": 1, "b": 9, "c": 5, "all": 15}, relations) == {"a", "c"}


def test_one_small_cell_of_a_table_takes_a_rectangle_along():
    assert hidden(*table([1, 40, 9, 8, 50, 9])) == {"a1", "a3", "b1", "b3"}


def test_two_ones_do_not_protect_each_other():
    """A total of 2 would tell both; a total of 3 leaves each two values only."""
    relations = [Relation("all", ("a", "b", "c"))]
    assert hidden({"a": 1, "b": 1, "c": 6, "all": 8}, relations) == {"a", "b", "c"}
    assert hidden({"a": 1, "b": 2, "c": 6, "all": 9}, relations) == {"a", "b", "c"}


def test_two_twos_protect_each_other():
    relations = [Relation("all", ("a", "b", "c"))]
    assert hidden({"a": 2, "b": 2, "c": 6, "all": 10}, relations) == {"a", "b"}


def test_the_total_is_hidden_if_nothing_else_helps():
    relations = [Relation("all", ("a", "b"))]
    assert hidden({"a": 2, "b": 0, "all": 2}, relations) == {"a", "all"}
    assert hidden({"a": 5, "b": 0, "all": 5}, relations, always={"a"}) == {"a", "all"}


def test_a_small_total_takes_all_its_parts_along():
    relations = [Relation("all", ("a", "b"))]
    assert hidden({"a": 1, "b": 1, "all": 2}, relations) == {"a", "b", "all"}


def test_a_row_of_small_counts_is_hidden_whole():
    names = hidden(*table([1, 2, 1, 9, 9, 9]))
    assert names >= {"a1", "a2", "a3"}
    assert {"b1", "b2", "b3"} & names


def test_one_part_alone_goes_up_the_hierarchy():
    """A borough of one district: with the district go the borough and another of each."""
    values = {"d": 2, "north": 2, "e": 7, "f": 9, "south": 16, "city": 18}
    relations = [
        Relation("north", ("d",)),
        Relation("south", ("e", "f")),
        Relation("city", ("north", "south")),
    ]
    names = hidden(values, relations)
    assert names == {"d", "north", "south", "e"}


def test_two_tables_with_one_margin_are_protected_together():
    """Target groups hide 1 and 4; agencies must not tell the total that was hidden for it."""
    values = {"g1": 1, "g2": 0, "all": 1, "k1": 1, "k2": 0}
    relations = [Relation("all", ("g1", "g2")), Relation("all", ("k1", "k2"))]
    assert hidden(values, relations) == {"g1", "all", "k1"}


def test_a_bound_gives_nothing_away():
    """Two gatherings of at least two participants: three participants would mean one gathering."""
    bounds = [Bound("gatherings", "participants", 2)]
    assert hidden({"gatherings": 1, "participants": 3}, [], bounds) == {
        "gatherings",
        "participants",
    }
    assert hidden({"gatherings": 1, "participants": 6}, [], bounds) == {"gatherings"}
    assert hidden({"mixed": 2, "gatherings": 2}, [], [Bound("mixed", "gatherings")]) == {
        "mixed",
        "gatherings",
    }


def test_what_an_earlier_report_hid_stays_hidden_and_safe():
    values, relations = table([3, 4, 5, 6, 7, 8])
    names = hidden(values, relations, always={"a1"})
    assert "a1" in names
    assert not solved(attack(values, sorted(names), relations, [], {"a1"}))


def test_a_nought_that_was_hidden_takes_its_total_along():
    values = {"a": 0, "b": 0, "all": 0}
    relations = [Relation("all", ("a", "b"))]
    assert hidden(values, relations, always={"a"}) >= {"a", "all"}


def test_a_nought_that_the_relations_alone_tell_is_a_mistake():
    with pytest.raises(ValueError, match="relations alone"):
        hidden({"all": 0}, [Relation("all", ())], always={"all"})


def test_what_an_earlier_report_hid_may_be_gone():
    assert hidden({"a": 5}, [], always={"gone"}) == frozenset()


def test_gaps_between_possible_values_are_seen():
    """Twice a and three times b: of 6 … 14 only 6 and 12 are possible, so the total goes, too."""
    values = {"a": 3, "b": 2, "sum": 6, "rest": 9, "all": 15}
    relations = [Relation("sum", ("a", "a")), Relation("sum", ("b", "b", "b"))]
    relations += [Relation("all", ("sum", "rest"))]
    assert hidden(values, relations) == {"a", "b", "sum", "all"}


def test_a_cell_that_proves_needless_is_shown_again():
    """b3 was hidden on the way, before t3 was."""
    assert hidden(*table([0, 2, 4, 1, 9, 4])) == {"a2", "a3", "b1", "b2", "t1", "t3"}


# --- what is derived


def test_shares_of_shown_cells_are_the_same_in_every_filling_that_fits():
    """They are functions of shown cells: nothing new. A share of a hidden cell tells it."""
    values, relations = table([1, 40, 9, 8, 50, 9])
    names = hidden(values, relations)
    other = values | {"a1": 3, "a3": 7, "b1": 6, "b3": 11}
    assert all(other[r.total] == sum(other[part] for part in r.parts) for r in relations)
    assert shown(other, names) == shown(values, names)
    told = values["t"] * (values["a1"] / values["t"])
    assert round(told) == values["a1"] != other["a1"]


def test_shown_leaves_out_what_is_hidden():
    assert shown({"a": 1, "b": 5}, {"a"}) == {"b": 5}


# --- same figures, same pattern; mistakes


def test_the_order_of_cells_and_relations_does_not_matter():
    for seed in range(20):
        values, relations, bounds, always = random_table(seed)
        names = hidden(values, relations, bounds, always=always)
        turned = dict(reversed(values.items()))
        assert hidden(turned, relations[::-1], bounds[::-1], always=always[::-1]) == names


def test_every_process_and_thread_hides_the_same():
    code = "from tests.test_disclosure import *\nprint(sorted(hidden(*random_table(4)[:3])))"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for seed in "12"
    }
    with ThreadPoolExecutor(4) as threads:
        told |= set(threads.map(lambda _: str(sorted(hidden(*random_table(4)[:3]))), range(8)))
    assert len(told) == 1


@pytest.mark.parametrize(
    ("values", "relations", "bounds", "message"),
    [
        ({"a": 1, "all": 2}, [Relation("all", ("a",))], [], "Does not hold"),
        ({"a": 3, "b": 2}, [], [Bound("a", "b")], "Does not hold"),
        ({"a": 3, "b": 5}, [], [Bound("a", "b", 2)], "Does not hold"),
        ({"a": 0}, [Relation("all", ("a",))], [], "No such cells: all"),
        ({"a": 0}, [Relation("a", ("b",))], [], "No such cells: b"),
        ({"a": 0}, [], [Bound("a", "b")], "No such cells: b"),
        ({"a": -1}, [], [], "whole numbers"),
        ({"a": 1.5}, [], [], "whole numbers"),
    ],
)
def test_figures_that_do_not_fit_are_a_mistake(values, relations, bounds, message):
    with pytest.raises(ValueError, match=message):
        hidden(values, relations, bounds)
