"""The rollups of entries and headcounts by month and place, and their only writer: triggers.

A year's summary read from a rollup costs the same with 10,000 and with 1,000,000 entries. The
triggers run within the statement that changes a row, so no way of writing forgets them. Where two
tables are counted together, a row counts from the moment both are there until one is gone: it does
not matter which of them is written or deleted first. (One statement of PostgreSQL that writes both,
by WITH, is not followed. No code does that, and ``differences`` would show it.)
"""

from dataclasses import dataclass

from django.db import connection, models

from agencies.activity.models import Activity, Headcount, MonthlyPeople, MonthlySum

TABLES = {"entry": Activity._meta.db_table, "headcount": Headcount._meta.db_table}
# What is read of a row that was written.
COLUMNS = {
    "entry": ["id", "day", "district_id", "agency_id", "minutes", "refugees", "others", "helpers"],
    "headcount": ["activity_id", "target_group_id", "people"],
}
MONTH = {
    "sqlite": "date(entry.day, 'start of month')",
    "postgresql": "date_trunc('month', entry.day)::date",
}
# act: which rows it takes away (-1) and which it adds (+1)
ACTS = {"insert": [("new", 1)], "delete": [("old", -1)], "update": [("old", -1), ("new", 1)]}


@dataclass(frozen=True)
class Rollup:
    """``measures`` added up over ``rows`` for each month, district, agency and one of ``more``."""

    name: str  # its triggers begin with it; PostgreSQL runs them in the order of their names
    model: type[models.Model]
    sources: tuple[str, ...]  # the tables whose rows are counted together
    measures: dict[str, str]
    more: tuple[str, ...] = ()
    tie: str = ""  # which rows of two tables belong together

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def keys(self) -> list[str]:
        return ["month", "district_id", "agency_id", *(name.split(".")[1] for name in self.more)]

    def select(self, vendor: str, sign: int = 1, rows: str = "", **tables: str) -> str:
        """What each row is worth and where it is counted; ``tables`` stand in for whole ones."""
        keys = [MONTH[vendor], "entry.district_id", "entry.agency_id", *self.more]
        values = keys + [f"{sign} * ({part})" for part in self.measures.values()]
        names = [*self.keys, *self.measures]
        columns = [f"{value} AS {name}" for value, name in zip(values, names, strict=True)]
        named = [f"{(TABLES | tables)[source]} AS {source}" for source in self.sources]
        rows = rows or " JOIN ".join(named) + (f" ON {self.tie}" if self.tie else "")
        return f"SELECT {', '.join(columns)} FROM {rows}"

    def add(self, *selected: str) -> str:
        """Add up what was selected, and that to what is there.

        In one order, so that two statements never wait for each other.
        """
        keys, names = ", ".join(self.keys), ", ".join([*self.keys, *self.measures])
        sums = [f"SUM({name})" for name in self.measures]
        added = [f"{name} = {self.table}.{name} + excluded.{name}" for name in self.measures]
        return f"""INSERT INTO {self.table} ({names})
            SELECT {keys}, {", ".join(sums)} FROM ({" UNION ALL ".join(selected)}) AS written
            GROUP BY {keys} HAVING {" OR ".join(f"{part} <> 0" for part in sums)} ORDER BY {keys}
            ON CONFLICT ({keys}) DO UPDATE SET {", ".join(added)};"""


SUMS = Rollup(
    name="activity_monthlysum",
    model=MonthlySum,
    sources=("entry",),
    measures={
        "entries": "1",
        "minutes": "entry.minutes",
        "refugees": "entry.refugees",
        "others": "entry.others",
        "helpers": "entry.helpers",
        "gatherings": "CASE WHEN entry.refugees + entry.others >= 2 THEN 1 ELSE 0 END",
        "mixed": "CASE WHEN entry.refugees > 0 AND entry.others > 0 THEN 1 ELSE 0 END",
    },
)
# Entries are written before their headcounts, so where both rollups change, the sums come first.
PEOPLE = Rollup(
    name="activity_people",
    model=MonthlyPeople,
    sources=("entry", "headcount"),
    tie="headcount.activity_id = entry.id",
    measures={"people": "headcount.people"},
    more=("headcount.target_group_id",),
)
ROLLUPS = (SUMS, PEOPLE)
MEASURES = list(SUMS.measures)


def _triggers(*rollups: Rollup) -> list[tuple[Rollup, str, str, str]]:
    """Rollup, table in short, act, and what its trigger is called."""
    return [
        (rollup, source, act, f"{rollup.name}{'' if source == 'entry' else f'_{source}'}_{act}")
        for rollup in rollups or ROLLUPS
        for source in rollup.sources
        for act in ACTS
    ]


def _sqlite(rollup: Rollup, source: str, act: str, name: str) -> list[str]:
    """A trigger that runs for each row."""
    selected = []
    for side, sign in ACTS[act]:
        columns = ", ".join(f"{side}.{column} AS {column}" for column in COLUMNS[source])
        selected.append(rollup.select("sqlite", sign, **{source: f"(SELECT {columns})"}))
    return [
        f"CREATE TRIGGER {name} AFTER {act} ON {TABLES[source]} BEGIN {rollup.add(*selected)} END"
    ]


def _postgresql(rollup: Rollup, source: str, act: str, name: str) -> list[str]:
    """A trigger that runs once for all rows of the statement."""
    sides = ACTS[act]
    # From the rows that were written to the others, never the other way round: of a table that was
    # empty a moment ago the planner knows nothing.
    others = "".join(
        f""" CROSS JOIN LATERAL
        (SELECT * FROM {TABLES[other]} AS {other} WHERE {rollup.tie} OFFSET 0) AS {other}"""
        for other in rollup.sources
        if other != source
    )
    selected = [
        rollup.select("postgresql", sign, f"{side}_rows AS {source}{others}")
        for side, sign in sides
    ]
    written = " ".join(f"{side.upper()} TABLE AS {side}_rows" for side, _sign in sides)
    lock = ""
    if source == "headcount":
        # Somebody may be moving the entry just now: wait, and count it where it is then.
        ids = " UNION ".join(f"SELECT activity_id FROM {side}_rows" for side, _sign in sides)
        lock = f"""PERFORM id FROM {TABLES["entry"]} WHERE id = ANY (ARRAY({ids}))
            ORDER BY id FOR NO KEY UPDATE;"""
    # The plan is made once for a connection: its tables may grow meanwhile from none to a million.
    settings = " ".join(f"SET enable_{way} = off" for way in ("seqscan", "hashjoin", "mergejoin"))
    return [
        f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {settings} AS
        $$ BEGIN {lock} {rollup.add(*selected)} RETURN NULL; END $$""",
        f"""CREATE TRIGGER {name} AFTER {act} ON {TABLES[source]} REFERENCING {written}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}()""",
    ]


def install(connection, *rollups: Rollup) -> None:
    """Keep these rollups, or all, from now on."""
    statements = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for trigger in _triggers(*rollups):
            for statement in statements(*trigger):
                cursor.execute(statement)


def remove(connection, *rollups: Rollup) -> None:
    with connection.cursor() as cursor:
        for _rollup, source, _act, name in _triggers(*rollups):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {TABLES[source]}")
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def fill(connection, rollup: Rollup) -> None:
    """Count what was there before the triggers; the rollup is empty."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(rollup.add(rollup.select(connection.vendor)))


def differences(*rollups: Rollup) -> list[tuple]:
    """Where these rollups, or all, and the rows they count differ: the keys, then (is, should).

    The database adds all rows up anew; a sum of nothing and no row are the same. It is one
    statement for the months of a year, so that entries may be written meanwhile and none takes too
    long, and only what differs is fetched.
    """
    return [
        row
        for rollup in rollups or ROLLUPS
        for span in _years()
        for row in _differences(rollup, *span)
    ]


def _years() -> list[tuple[str, str]]:
    """The years of the entries, each as its first day and the next one's; the ends are open."""
    with connection.cursor() as cursor:
        days = [f"(SELECT {end}(day) FROM {TABLES['entry']})" for end in ("MIN", "MAX")]
        cursor.execute(f"SELECT {', '.join(days)}")
        first, last = (int(str(day)[:4]) if day else 0 for day in cursor.fetchone())
    starts = [f"{year:04}-01-01" for year in range(first + 1, last + 1)]
    return list(zip(["0001-01-01", *starts], [*starts, "9999-12-31"], strict=True))


def _differences(rollup: Rollup, start: str, end: str) -> list[tuple]:
    keys, measures = ", ".join(rollup.keys), ", ".join(rollup.measures)
    kept = [f"SUM(CASE WHEN is_kept = 1 THEN {name} ELSE 0 END)" for name in rollup.measures]
    rebuilt = [f"SUM(CASE WHEN is_kept = 0 THEN {name} ELSE 0 END)" for name in rollup.measures]
    differs = " OR ".join(f"{a} <> {b}" for a, b in zip(kept, rebuilt, strict=True))
    sums = ", ".join(f"SUM({name}) AS {name}" for name in rollup.measures)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {keys}, {", ".join(kept + rebuilt)} FROM (
            SELECT {keys}, {measures}, 1 AS is_kept FROM {rollup.table}
            WHERE month >= '{start}' AND month < '{end}'
            UNION ALL
            SELECT {keys}, {sums}, 0 FROM ({rollup.select(connection.vendor)}
            WHERE entry.day >= '{start}' AND entry.day < '{end}') AS counted GROUP BY {keys}
            ) AS both_sides GROUP BY {keys} HAVING {differs} ORDER BY {keys}"""
        )
        rows = cursor.fetchall()
    month, count = rollup.model._meta.get_field("month"), len(rollup.keys)
    found = []
    for row in rows:
        sums = [int(value) for value in row[count:]]
        pairs = zip(sums[: len(kept)], sums[len(kept) :], strict=True)
        found.append((month.to_python(row[0]), *row[1:count], *pairs))
    return found
