"""The rollup of entries by month, district and agency, and its only writer: database triggers.

A year's summary read from the rollup costs the same with 10,000 and with 1,000,000 entries. The
triggers run within the statement that changes an entry, so no way of writing forgets them.
"""

from django.db import connection

from agencies.activity.models import Activity, MonthlySum

ENTRIES, SUMS = Activity._meta.db_table, MonthlySum._meta.db_table
KEYS = ["month", "district_id", "agency_id"]
MEASURES = ["entries", "minutes", "refugees", "others", "helpers", "gatherings", "mixed"]
MONTH = {
    "sqlite": "date({row}day, 'start of month')",
    "postgresql": "date_trunc('month', {row}day)::date",
}
# What one entry adds to each measure.
WORTH = [
    "1",
    "{row}minutes",
    "{row}refugees",
    "{row}others",
    "{row}helpers",
    "CASE WHEN {row}refugees + {row}others >= 2 THEN 1 ELSE 0 END",
    "CASE WHEN {row}refugees > 0 AND {row}others > 0 THEN 1 ELSE 0 END",
]
ADDED = ", ".join(f"{name} = {SUMS}.{name} + excluded.{name}" for name in MEASURES)
UPSERT = f"""INSERT INTO {SUMS} ({", ".join(KEYS + MEASURES)}) {{select}}
    ON CONFLICT ({", ".join(KEYS)}) DO UPDATE SET {ADDED}"""
# act: which rows it takes away (-1) and which it adds (+1)
ACTS = {"insert": [("new", 1)], "delete": [("old", -1)], "update": [("old", -1), ("new", 1)]}


def _keys(vendor: str, row: str) -> list[str]:
    return [MONTH[vendor].format(row=row), f"{row}district_id", f"{row}agency_id"]


def _sqlite() -> list[str]:
    """One trigger for each act, run for each row."""
    statements = []
    for act, sides in ACTS.items():
        body = ""
        for side, sign in sides:
            row = f"{side}."
            worth = [f"{sign} * ({part.format(row=row)})" for part in WORTH]
            # SQLite needs WHERE to tell the upsert's ON from that of a join.
            select = f"SELECT {', '.join(_keys('sqlite', row) + worth)} WHERE true"
            body += UPSERT.format(select=select) + ";\n"
        statements.append(f"CREATE TRIGGER {SUMS}_{act} AFTER {act} ON {ENTRIES} BEGIN {body} END")
    return statements


def _postgresql() -> list[str]:
    """One trigger for each act, run once for all rows of the statement."""
    statements = []
    for act, sides in ACTS.items():
        body, tables = "", ""
        for side, sign in sides:
            keys = _keys("postgresql", "")
            worth = [f"{sign} * SUM({part.format(row='')})" for part in WORTH]
            # In one order, so that two statements never wait for each other.
            select = (
                f"SELECT {', '.join(keys + worth)} FROM {side}_rows "
                f"GROUP BY {', '.join(keys)} ORDER BY {', '.join(keys)}"
            )
            body += UPSERT.format(select=select) + ";\n"
            tables += f" {side.upper()} TABLE AS {side}_rows"
        statements += [
            f"""CREATE OR REPLACE FUNCTION {SUMS}_{act}() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN {body} RETURN NULL; END $$""",
            f"""CREATE TRIGGER {SUMS}_{act} AFTER {act} ON {ENTRIES} REFERENCING{tables}
            FOR EACH STATEMENT EXECUTE FUNCTION {SUMS}_{act}()""",
        ]
    return statements


def install(connection) -> None:
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection) -> None:
    on = f" ON {ENTRIES}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for act in ACTS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {SUMS}_{act}{on}")
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP FUNCTION IF EXISTS {SUMS}_{act}()")


def differences() -> list[tuple]:
    """Where the rollup and the entries differ: month, district, agency, then pairs (is, should).

    The database adds all entries up anew; a sum of nothing and no row are the same. It is one
    statement, so that entries may be written meanwhile, and only what differs is fetched.
    """
    keys, nothing = ", ".join(KEYS), ["0"] * len(MEASURES)
    worth = [f"SUM({part.format(row='')})" for part in WORTH]
    columns = [f"{side}_{name}" for side in ("kept", "rebuilt") for name in MEASURES]
    named = [f"{part} AS {name}" for part, name in zip(MEASURES + nothing, columns, strict=True)]
    by_key = ", ".join(_keys(connection.vendor, ""))
    differs = " OR ".join(f"SUM(kept_{name}) <> SUM(rebuilt_{name})" for name in MEASURES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {keys}, {", ".join(f"SUM({name})" for name in columns)} FROM (
            SELECT {keys}, {", ".join(named)} FROM {SUMS}
            UNION ALL
            SELECT {by_key}, {", ".join(nothing + worth)} FROM {ENTRIES} GROUP BY {by_key}
            ) AS both_sides GROUP BY {keys} HAVING {differs} ORDER BY {keys}"""
        )
        rows = cursor.fetchall()
    month, count = MonthlySum._meta.get_field("month"), len(MEASURES)
    found = []
    for row in rows:
        sums = [int(value) for value in row[len(KEYS) :]]
        pairs = zip(sums[:count], sums[count:], strict=True)
        found.append((month.to_python(row[0]), *row[1:3], *pairs))
    return found
