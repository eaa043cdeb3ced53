"""How long a file of 20,000 activities takes from upload to the last entry, and in how much memory.

    .venv/bin/python -m tests.bench.dateien
    .venv/bin/python -m tests.postgresql .venv/bin/python -m tests.bench.dateien

Makes a database of its own. Each act prints its seconds on the clock, those the processor worked
for it, and by how much the process had grown at most. "locked" is how long the agency was, at most.
"""

import csv
import gc
import io
import os
import random
import re
import sys
import tempfile
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter, process_time

LINES = 20_000
FIRST = date(2016, 4, 1)
HEADS = ["Nummer", "Datum", "Stadtteil", "Fachkraft", "Art", "Form", "Minuten"]
MORE = ["Themen", "Dolmetschen", "Angebot", "Notiz", "Spalte 17", "Spalte 18", "Spalte 19", "20"]


def city():
    """An agency of ten workers in 44 districts, and lists as long as a real city's."""
    from tests import make

    agency = make.agency()
    words = {
        "workers": [make.worker(agency=agency) for _ in range(10)],
        "districts": [make.district() for _ in range(44)],
        "kinds": [make.kind() for _ in range(15)],
        "formats": [make.format() for _ in range(8)],
        "topics": [make.topic() for _ in range(11)],
        "groups": [
            make.target_group(background)
            for background in ("refugee", "other", "other", "helper", "helper")
        ],
    }
    words["offers"] = [
        make.offer(agency=agency, contact=words["workers"][0], district=district)
        for district in words["districts"][:5]
    ]
    return agency, words


def lines(words, more_minutes=0):
    """Day, number of people and so on by chance, but the same every time."""
    chance = random.Random(5)
    for number in range(LINES):
        yield [
            f"A-{number:06}",
            FIRST + timedelta(days=number % 240),
            chance.choice(words["districts"]).name,
            chance.choice(words["workers"]).name,
            chance.choice(words["kinds"]).name,
            chance.choice(words["formats"]).name,
            chance.choice([15, 30, 45, 60, 90]) + more_minutes,
            *(chance.randrange(6) for _ in words["groups"]),
            ", ".join(topic.name for topic in chance.sample(words["topics"], 2)),
            chance.choice(["ja", "nein", ""]),
            chance.choice(words["offers"]).title if number % 5 == 0 else "",
            f"Treffen {number} mit vielen Fragen zu Wohnung und Schule",
            *("x", "y", 1, 2),
        ]


def as_csv(heads, rows):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerow(heads)
    for row in rows:
        writer.writerow(f"{v:%d.%m.%Y}" if isinstance(v, date) else v for v in row)
    return file.getvalue().encode()


def as_xlsx(heads, rows):
    from openpyxl import Workbook

    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in [heads, *rows]:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def status(name):
    """Megabytes of this process as the system counts them, or 0 where it does not say."""
    try:
        text = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return int(re.search(rf"{name}:\s+(\d+)", text)[1]) / 1000


def measured(name, act, *arguments, **more):
    gc.collect()
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # forget the highest mark so far
    size, clock, worked = status("VmRSS"), perf_counter(), process_time()
    result = act(*arguments, **more)
    clock, worked = perf_counter() - clock, process_time() - worked
    print(f"{name:28}{clock:8.1f}{worked:8.1f}{max(0, status('VmHWM') - size):8.0f}")
    return result


def enter(steps):
    """Go through the steps; what was done, and how long the agency was locked."""
    start = None
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            print(f"{'  locked':28}{perf_counter() - start:8.1f}")
            return end.value
        if not step.is_writing:
            start = perf_counter()


def run():
    from django.core.files.uploadedfile import SimpleUploadedFile

    from agencies.activity import entry_imports, entry_plans, rollup
    from tests import make

    agency, words = city()
    user = make.user()
    heads = [*HEADS, *(group.name for group in words["groups"]), *MORE]
    print(f"{'':28}{'seconds':>8}{'worked':>8}{'+ MB':>8}")
    for name, write, more_minutes in (
        ("CSV, all new", as_csv, 0),
        ("XLSX, all unchanged", as_xlsx, 0),
        ("XLSX, all changed", as_xlsx, 1),
    ):
        content = write(heads, lines(words, more_minutes))
        print(f"{name} ({len(content) // 1000} kB)")
        file = SimpleUploadedFile("datei", content)
        upload = measured("  upload", entry_imports.keep, agency, file=file, by=user)
        plan = measured("  preview", entry_plans.planned, agency, bytes(upload.content))
        assert not plan.refused, plan.mistakes[:3]
        how = {"expected": plan.fingerprint, "doubles": "", "notes_too": True, "by": user}
        del plan, content, file
        done = measured("  confirm", lambda u, h: enter(entry_imports.confirm(u, **h)), upload, how)
        print(f"  {done}")
    return len(rollup.differences())


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        print(connection.vendor)
        differences = run()
        connection.close()
    if differences:
        sys.exit(f"The rollup differs from the entries in {differences} places.")


if __name__ == "__main__":
    main()
