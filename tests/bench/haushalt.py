"""How long /haushalt/ takes, for the sample city and for 50 agencies × 10 years.

    .venv/bin/python -m tests.bench.haushalt
    .venv/bin/python -m tests.postgresql .venv/bin/python -m tests.bench.haushalt

Makes a database of its own, prints queries and the median of 20 requests in milliseconds, and both
as a ratio to the smallest city. Exits with 1 if the page takes more queries for the large one.
"""

import os
import sys
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter

AGENCIES, YEARS = 50, range(2011, 2021)
POSITIONS, PAYOUTS, EXPENSES = 2, 4, 24  # for an agency and year


def fill(agencies, years):
    """Past the operations, in bulk: only the amount of rows matters here."""
    from coordination.budget import models as budget
    from tests import make

    coordination, checker, lead = (make.user() for _ in range(3))
    lines = {}
    for number in years:
        year = make.year(number)
        lines[number] = [make.line(1_000_000, year=year) for _ in range(10)]
        make.allocation(20_000_000, year=year, issued_on=date(number, 2, 1))
    term = {"starts_on": date(min(years), 1, 1), "ends_on": date(max(years), 12, 31)}
    shares, expenses, payouts = [], [], []
    for _ in range(agencies):
        agency = make.agency()
        agreement = make.agreement(parts=dict.fromkeys(years, 60_000), agency=agency)
        for _ in range(POSITIONS):
            position = make.position(agency=agency, **term)
            agreement.positions.add(position)
            make.occupancy(
                position=position, starts_on=term["starts_on"], ends_on=date(max(years), 6, 1)
            )
        shares += agreement.shares.select_related("year")
    for place, share in enumerate(shares):
        line = lines[share.year.year][place % 10]
        commitment = make.commitment(60_000, share=share, line=line)
        amount = Decimal("12000.00")
        payouts += [
            budget.Payout(
                commitment=commitment,
                due_on=date(share.year.year, 2 + 3 * number, 15),
                planned=amount,
                requested=amount,
                granted=amount,
                status="paid",
                requested_by=lead,
                content_checked_by=coordination,
                calculation_checked_by=checker,
            )
            for number in range(PAYOUTS)
        ]
        expenses += [
            budget.Expense(
                share=share,
                booked_on=date(share.year.year, 1 + number % 12, 20),
                payee="Gehalt",
                amount=Decimal("2000.01"),
            )
            for number in range(EXPENSES)
        ]
    budget.Expense.objects.bulk_create(expenses, batch_size=500)
    budget.Payout.objects.bulk_create(payouts, batch_size=500)
    budget.Payment.objects.bulk_create(
        [
            budget.Payment(
                payout=payout, amount=payout.granted, booked_on=payout.due_on, cash_reference="K"
            )
            for payout in budget.Payout.objects.filter(payments=None)
        ],
        batch_size=500,
    )


def measure(address):
    """(queries, median milliseconds) of the page as the coordination gets it."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tests import make

    client = Client()
    client.force_login(make.user("coordination"))
    times = []
    for _ in range(20):
        start = perf_counter()
        response = client.get(address)
        times.append((perf_counter() - start) * 1000)
        assert response.status_code == 200, response
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries), median(times)


def main():
    if "DATABASE_URL" not in os.environ:
        folder = tempfile.mkdtemp()
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    found, year = [], YEARS[-1]
    for name, agencies, years in (
        ("1 agency × 1 year", 1, [year + 1]),
        (f"{AGENCIES} agencies × {len(YEARS)} years", AGENCIES, YEARS),
    ):
        fill(agencies, years)
        queries, milliseconds = measure(f"/haushalt/?jahr={years[-1]}")
        found.append((queries, milliseconds))
        ratio = milliseconds / found[0][1]
        print(f"{name:28} {queries:3} queries  {milliseconds:7.1f} ms  × {ratio:.1f}")
    return int(found[0][0] != found[-1][0])


if __name__ == "__main__":
    sys.exit(main())
