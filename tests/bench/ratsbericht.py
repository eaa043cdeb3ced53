"""How long it takes to compose a council report with 10,000 and with 1,000,000 entries.

    .venv/bin/python -m tests.bench.ratsbericht
    .venv/bin/python -m tests.postgresql .venv/bin/python -m tests.bench.ratsbericht
    .venv/bin/python -m tests.bench.ratsbericht --many 200000    (a quick look)

Makes a database of its own: the sample city and as many entries more. Prints queries, and the
median of 21 in milliseconds for both and their ratio; the same for the processor's time. Exits with
1 if, by both, composing takes more than twice as long with many entries, or more queries.
"""

import argparse
import os
import sys
from datetime import date

from tests.bench.taetigkeiten import grow, set_up, tell, timed

MOST = 2.0


def acts():
    """What is measured. Own days are added up one by one, so they are not judged."""
    from coordination.council.summary import compose
    from coordination.council.summary.figures import Frame

    # In spring 2018 all positions end: the lists are as long as they get.
    quarter = Frame(date(2018, 3, 1), date(2017, 10, 1), date(2017, 12, 31), date(2017, 9, 1))
    year = Frame(date(2018, 3, 1), date(2017, 1, 1), date(2017, 12, 31), date(2017, 3, 1))
    days = Frame(date(2018, 3, 1), date(2017, 10, 10), date(2018, 1, 9), date(2017, 9, 1))
    return {
        "figures of a quarter": lambda: compose.collected(quarter),
        "report of a quarter": lambda: compose.compose(quarter),
        "report of a year": lambda: compose.compose(year),
        "report of own days *": lambda: compose.compose(days),
    }


def queries(act) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as taken:
        act()
    return len(taken)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    sizes = parser.parse_args()
    set_up()
    from django.db import connection

    print(f"{connection.vendor}, {os.cpu_count()} cores")
    found, taken = [], []
    for count in (sizes.few, sizes.many):
        grow(count)
        taken.append({name: queries(act) for name, act in acts().items()})
        found.append({name: timed(act) for name, act in acts().items()})
    head = f"{'clock':>8} {'':>8}   ratio {'processor':>10} {'':>8}   ratio"
    print(f"\n{'milliseconds':38} {head}\n{'':38} {sizes.few:>8,} {sizes.many:>9,}")
    missed = taken[0] != taken[1]
    for name, few in found[0].items():
        missed |= tell(name, few, found[1][name], MOST)
    print("* not judged: days within a month are added up one by one")
    for name, number in taken[0].items():
        print(f"{name:38} {number:8} {taken[1][name]:9} queries")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
