"""How long the pages about volunteers take with 100 and with 10,000 of them.

    .venv/bin/python -m tests.bench.ehrenamt
    .venv/bin/python -m tests.postgresql .venv/bin/python -m tests.bench.ehrenamt

Makes a database of its own. Prints the number of queries and the median of 21 in milliseconds for
both. Exits with 1 if a page asks more often with many volunteers than with few, or takes more than
twice as long.
"""

import os
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

FEW, MANY, REPEATS, MOST = 100, 10_000, 21, 2.0
FIRST = ["Anna", "Jürgen", "Ayşe", "Omar", "Svetlana", "Beate", "Zoë", "Karl-Heinz"]
LAST = ["Müller", "Haddad", "Odenthal", "Yıldırım", "Groß", "Petrov", "Weiß", "Coenen"]


def grow(count: int, agencies: list, districts: list) -> None:
    """Enter as many volunteers as are missing to ``count``, with words, keys and districts."""
    from django.db import connection

    from volunteers import duplicates, search
    from volunteers.models import SearchWord, Volunteer

    rows = []
    for number in range(Volunteer.objects.count(), count):
        name = f"{FIRST[number % 8]} {LAST[number // 8 % 8]}{number:x}"
        said = {"name": name, "email": f"p{number}@example.org", "phone": f"02161 {number:06}"}
        rows.append(
            Volunteer(
                **said,
                **duplicates.keys(**said),
                languages="Deutsch, Arabisch" if number % 3 else "Deutsch",
                agency=agencies[number % len(agencies)],
                starts_on=date(2016, 4, 1),
                consent="written",
                consent_on=date(2016, 4, 1),
            )
        )
    Volunteer.objects.bulk_create(rows, batch_size=1_000)
    link = Volunteer.districts.through
    link.objects.bulk_create(
        [
            link(volunteer=row, district=districts[number % len(districts)])
            for number, row in enumerate(rows)
        ],
        batch_size=1_000,
    )
    words = [word for row in rows for word in search.of(row)]
    SearchWord.objects.bulk_create(words, batch_size=1_000)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def measure(get) -> tuple[int, float]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    get()
    with CaptureQueriesContext(connection) as queries:
        get()
    count = len(queries)  # now: the next request empties what the connection remembers
    times = []
    for _run in range(REPEATS):
        start = perf_counter()
        get()
        times.append((perf_counter() - start) * 1_000)
    assert count, "no query was counted"
    return count, median(times)


def main() -> int:
    from django.test import Client

    from tests import make

    agencies = [make.agency() for _ in range(5)]
    districts = [make.district() for _ in range(44)]
    city, agency = Client(), Client()
    city.force_login(make.user("coordination"))
    agency.force_login(make.membership("lead", agency=agencies[0]).user)
    pages = {
        "list": (city, "/ehrenamt/"),
        "list as an agency": (agency, "/ehrenamt/"),
        "list of a district": (city, f"/ehrenamt/?gebiet={districts[0].pk}"),
        "search of a name": (city, "/ehrenamt/?suche=jür+müller1"),
        "search as an agency": (agency, "/ehrenamt/?suche=yild"),
        "list of a language": (city, "/ehrenamt/?sprache=arab"),
        "hint about a double": (agency, "/ehrenamt/aehnliche/?name=muller10&phone=02161000010"),
        "page of somebody": (city, "/ehrenamt/1/"),
    }  # fmt: skip
    costs = {}
    for count in (FEW, MANY):
        grow(count, agencies, districts)
        for name, (client, address) in pages.items():

            def get(client=client, address=address):
                response = client.get(address)
                assert response.status_code == 200, (address, response.status_code)

            costs[name, count] = measure(get)
    slow = False
    print(f"{'':24}{FEW:>10,}{MANY:>18,}")
    for name in pages:
        (few, fast), (many, time) = costs[name, FEW], costs[name, MANY]
        slow |= many > few or time > MOST * fast
        print(f"{name:24}{few:3} × {fast:6.1f} ms{many:6} × {time:6.1f} ms")
    return int(slow)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'ehrenamt.sqlite3'}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.ALLOWED_HOSTS = ["testserver"]
        call_command("migrate", verbosity=0)
        call_command("createcachetable")
        sys.exit(main())
