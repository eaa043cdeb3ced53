"""How long the protection of small counts takes, and whether an attacker solves what it hid.

    .venv/bin/python -m tests.bench.geheimhaltung
    .venv/bin/python -m tests.bench.geheimhaltung --tables 5000

Without an argument: the figures of a council report of a sparse city (44 districts in 4 boroughs,
6 agencies, 6 target groups, two periods); prints cells, hidden cells and seconds of the processor,
and exits with 1 beyond 1.5 of them. With ``--tables`` so many random tables are attacked
(tests/test_disclosure.py); exits with 1 if one hidden cell was solved.
"""

import argparse
import random
import sys
from time import perf_counter, process_time

from coordination.disclosure import THRESHOLD, Bound, Relation, hidden

BOROUGHS, QUARTERS, AGENCIES, GROUPS, PERIODS = 4, 44, 6, 6, 2
MEASURES = ["entries", "participants", "refugees", "others", "helpers", "gatherings", "mixed"]
SECONDS = 1.5


def city(seed: int, entries: float):
    """The cells of a report: ``entries`` is how many a district has on average in a period."""
    chance = random.Random(seed)
    values, relations, bounds = {}, [], []

    def total(name, parts):
        values[name] = sum(values[part] for part in parts)
        relations.append(Relation(name, tuple(parts)))

    def place(name):
        total(f"{name} participants", (f"{name} refugees", f"{name} others"))

    def limits(name):
        bounds.append(Bound(f"{name} mixed", f"{name} gatherings"))
        bounds.append(Bound(f"{name} gatherings", f"{name} participants", 2))

    for period in range(PERIODS):
        quarters = [f"{period} quarter {number}" for number in range(QUARTERS)]
        boroughs = [f"{period} borough {number}" for number in range(BOROUGHS)]
        agencies = [f"{period} agency {number}" for number in range(AGENCIES)]
        whole = f"{period} city"
        counts = {}
        for name in [*quarters, *agencies]:
            values |= {f"{name} {measure}": 0 for measure in MEASURES}
        for group in range(GROUPS):
            values |= {f"{borough} group {group}": 0 for borough in boroughs}
        for number, quarter in enumerate(quarters):
            for _ in range(int(chance.expovariate(1 / entries))):
                agency = agencies[min(int(chance.expovariate(0.6)), AGENCIES - 1)]
                meets = chance.random() < 0.4
                counts = {
                    "entries": 1,
                    "refugees": chance.choice([0, 0, 1, 1, 2, 5]) + 2 * meets,
                    "others": chance.choice([0, 0, 0, 1, 3]),
                    "helpers": chance.choice([0, 0, 1, 2]),
                    "gatherings": int(meets),
                    "mixed": int(meets and chance.random() < 0.5),
                }
                for name in (quarter, agency):
                    for measure, count in counts.items():
                        values[f"{name} {measure}"] += count
                group = int(chance.triangular(0, GROUPS, 1))
                values[f"{boroughs[number % BOROUGHS]} group {group}"] += 1
        for name in [*quarters, *agencies]:
            place(name)
            limits(name)
        for measure in MEASURES:
            for number, borough in enumerate(boroughs):
                total(
                    f"{borough} {measure}",
                    [f"{name} {measure}" for name in quarters[number::BOROUGHS]],
                )
            total(f"{whole} {measure}", [f"{borough} {measure}" for borough in boroughs])
            total(f"{whole} {measure}", [f"{agency} {measure}" for agency in agencies])
        for group in range(GROUPS):
            total(f"{whole} group {group}", [f"{borough} group {group}" for borough in boroughs])
        for name in [*boroughs, whole]:
            place(name)
            limits(name)
            total(f"{name} entries", [f"{name} group {group}" for group in range(GROUPS)])
    return values, relations, bounds


def measure() -> bool:
    slow = False
    for entries in (1, 2, 4, 8, 20):
        values, relations, bounds = city(1, entries)
        small = sum(0 < value < THRESHOLD for value in values.values())
        start, wall = process_time(), perf_counter()
        names = hidden(values, relations, bounds)
        seconds, wall = process_time() - start, perf_counter() - wall
        slow |= seconds > SECONDS
        print(
            f"{entries:3} entries a district: {len(values)} cells, {small} small, "
            f"{len(names)} hidden, {seconds:.2f} s ({wall:.2f} s on the clock)"
        )
    return not slow


def attack(tables: int) -> bool:
    from tests import test_disclosure as attacker

    start, cells, solved = perf_counter(), 0, 0
    for seed in range(tables):
        candidates = attacker.attacked(seed)
        cells += len(candidates)
        solved += len(attacker.solved(candidates))
        if (seed + 1) % 500 == 0 or seed + 1 == tables:
            seconds = perf_counter() - start
            print(f"{seed + 1} tables, {cells} hidden cells, {solved} solved, {seconds:.0f} s")
    return not solved


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", type=int)
    tables = parser.parse_args().tables
    sys.exit(not (attack(tables) if tables else measure()))
