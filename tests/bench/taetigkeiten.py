"""How long pages take with 10,000 and with 1,000,000 entries of ten years, and what writing costs.

    .venv/bin/python -m tests.bench.taetigkeiten
    .venv/bin/python -m tests.postgresql .venv/bin/python -m tests.bench.taetigkeiten
    .venv/bin/python -m tests.bench.taetigkeiten --many 200000    (a quick look)

Makes a database of its own: the sample city and as many entries more. Prints the median of 21 in
milliseconds for both and their ratio, and the same for the processor's time, the database server's
included, which other work on the machine does not lengthen. Exits with 1 if, by both, a page takes
more than twice as long with many entries, or writing an entry more than 1.3 times as long with its
sums as without.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

REPEATS = 21
BUILT, TODAY = date(2016, 12, 1), date(2019, 11, 4)  # ten years after the boroughs were made
MOST, MOST_FOR_WRITING = 2.0, 1.3
WRITES = 150  # in each of the rounds that are compared
ROUNDS = 7


def grow(count: int) -> None:
    """Enter as many entries as are missing to ``count``."""
    from django.db import connection

    from agencies.activity.models import Activity
    from coordination.demo import activities

    there, start = Activity.objects.count(), perf_counter()
    activities.fill(count - there)
    seconds = perf_counter() - start
    print(f"{count - there:,} entries entered in {seconds:.1f} s", flush=True)
    if connection.vendor == "postgresql":
        # In use the server does this by itself, some time after so many new rows.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


@dataclass(frozen=True)
class Cost:
    """Milliseconds of a run: the median of the clock, and the processor's on average."""

    clock: float
    processor: float


def timed(act: Callable, repeats: int = REPEATS) -> Cost:
    """What so many runs cost, after two that do not count."""
    act()
    act()
    times, before = [], processor()
    for _run in range(repeats):
        start = perf_counter()
        act()
        times.append((perf_counter() - start) * 1000)
    return Cost(median(times), (processor() - before) / repeats)


def processor() -> float:
    """Milliseconds the processor has worked for us and, on Linux, for the database server."""
    from django.db import connection

    ticks = 0
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
            for (pid,) in cursor.fetchall():
                path = Path(f"/proc/{pid}/stat")
                if path.exists():
                    ticks += sum(map(int, path.read_text().rpartition(")")[2].split()[11:13]))
    return (process_time() + ticks / os.sysconf("SC_CLK_TCK")) * 1000


def pages() -> dict[str, Callable]:
    """What is measured: pages as the coordination and as an agency get them, and the raw sums."""
    from django.db.models import Sum
    from django.test import Client

    from agencies.activity.models import MonthlySum
    from agencies.activity.summaries import people_series
    from agencies.models import Agency
    from coordination.access.permissions import Scope
    from districts.models import District
    from tests import make

    awo = Agency.objects.get(short_name="AWO")
    city, agency = Client(), Client()
    city.force_login(make.user("coordination"))
    agency.force_login(make.membership("lead", agency=awo).user)

    def page(client, address):
        def get():
            response = client.get(address)
            assert response.status_code == 200, response

        return get

    district = District.objects.quarters().order_by("key").first()
    year = date(TODAY.year - 1, 1, 1), date(TODAY.year - 1, 12, 31)

    def summary():
        keys = ("month", "district", "agency")
        rows = MonthlySum.objects.filter(month__gte=year[0], month__lte=year[1]).order_by()
        rows = rows.values(*keys).annotate(all_entries=Sum("entries"), all_minutes=Sum("minutes"))
        assert list(rows)

    def people():
        halves = [(date(2018, 1, 1), date(2018, 6, 30)), (date(2017, 7, 1), date(2017, 12, 31))]
        assert people_series(Scope(citywide=True), halves, "target_group", "district")

    # Ten years of ten thousand have fewer pairs of month and district than a year of a million.
    own = "zeitraum=eigen&von=10.02.2018&bis=20.05.2018"
    return {
        "list, first page": page(city, "/taetigkeiten/"),
        "list of a district": page(city, f"/taetigkeiten/?ort={district.pk}"),
        "list of an agency": page(city, f"/taetigkeiten/?verband={awo.pk}"),
        "list as an agency": page(agency, "/taetigkeiten/"),
        "mirror of a quarter": page(city, "/quartiersspiegel/?stichtag=2018-08-01"),
        "mirror of a year": page(city, "/quartiersspiegel/?zeitraum=jahr&stichtag=2018-08-01"),
        "mirror of a year as an agency": page(
            agency, "/quartiersspiegel/?zeitraum=jahr&stichtag=2018-08-01"
        ),
        "mirror of own days *": page(city, f"/quartiersspiegel/?{own}"),
        "board": page(city, "/berichte/"),
        "year by month × district × agency *": summary,
        "people of two half-years by district *": people,
    }


def writing() -> tuple[Cost, Cost]:
    """What entering an entry costs without the triggers and with them.

    Rounds take turns, so that what else the machine does weighs on both alike; all is undone.
    """
    from django.db import connection, transaction

    from agencies.activity import activities, rollup
    from agencies.lists.models import Format, Kind, TargetGroup
    from agencies.models import Worker
    from districts.models import District

    workers = list(Worker.objects.select_related("agency").order_by("pk"))
    districts = list(District.objects.quarters().without_shapes().order_by("key"))
    kind, form = Kind.objects.on(TODAY).first(), Format.objects.on(TODAY).first()
    groups = list(TargetGroup.objects.all())

    def write(number):
        activities.log(
            worker=workers[number % len(workers)],
            day=TODAY - timedelta(days=number % 1_000 + 1),
            district=districts[number % len(districts)],
            kind=kind,
            format=form,
            minutes=30 + number % 60,
            counts={group: number % 5 for group in groups},
            by=None,
        )

    def round_():
        with transaction.atomic():
            numbers = iter(range(WRITES + 2))
            cost = timed(lambda: write(next(numbers) * 7), WRITES)
            transaction.set_rollback(True)
        return cost

    with_sums, without = [], []
    for _round in range(ROUNDS):
        with_sums.append(round_())
        with transaction.atomic():
            rollup.remove(connection)
            without.append(round_())
            transaction.set_rollback(True)
    return tuple(
        Cost(median(cost.clock for cost in costs), median(cost.processor for cost in costs))
        for costs in (without, with_sums)
    )


def set_up() -> None:
    if "DATABASE_URL" not in os.environ:
        folder = tempfile.mkdtemp()
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    from coordination.demo import city

    settings.PORTAL_DAY = BUILT
    city.build("quartier-demo")
    settings.PORTAL_DAY = TODAY


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    sizes = parser.parse_args()
    set_up()
    from django.db import connection

    print(f"{connection.vendor}, {os.cpu_count()} cores")
    found, missed = [], False
    for count in (sizes.few, sizes.many):
        grow(count)
        found.append({name: timed(act) for name, act in pages().items()})
    head = f"{'clock':>8} {'':>8}   ratio {'processor':>10} {'':>8}   ratio"
    print(f"\n{'milliseconds':38} {head}\n{'':38} {sizes.few:>8,} {sizes.many:>9,}")
    for name, few in found[0].items():
        missed |= tell(name, few, found[1][name], MOST)
    print("* not judged: days within a month are added up one by one; a year has more rows to show")
    print(f"\n{'':38} {'bare':>8} {'with sums':>9}")
    missed |= tell("writing an entry", *writing(), MOST_FOR_WRITING)
    return int(missed)


def tell(name: str, before: Cost, after: Cost, most: float) -> bool:
    """Print a line of the table; whether the ratio is too high."""
    ratios, line = [], f"{name:38}"
    for kind in ("clock", "processor"):
        one, other = getattr(before, kind), getattr(after, kind)
        ratios.append(other / one)
        line += f" {one:9.2f} {other:9.2f} {other / one:6.2f}"
    is_missed = min(ratios) > most and not name.endswith("*")
    print(line + ("  !" if is_missed else ""), flush=True)
    return is_missed


if __name__ == "__main__":
    sys.exit(main())
