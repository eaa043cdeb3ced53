"""The rollups follow whatever is written, however it is written, and in whatever order."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from threading import Event
from time import sleep

import pytest
from django.db import connection, transaction
from django.db.models import F

from agencies.activity import activities, rollup
from agencies.activity.models import Activity, Headcount, MonthlyPeople, MonthlySum
from tests import make
from tests.people.desks import at_once

FIRST = date(2016, 1, 1)
TRIGGERS = [
    ("activity_activity", "activity_monthlysum_insert"),
    ("activity_activity", "activity_monthlysum_update"),
    ("activity_activity", "activity_monthlysum_delete"),
    ("activity_activity", "activity_people_insert"),
    ("activity_activity", "activity_people_update"),
    ("activity_activity", "activity_people_delete"),
    ("activity_headcount", "activity_people_headcount_insert"),
    ("activity_headcount", "activity_people_headcount_update"),
    ("activity_headcount", "activity_people_headcount_delete"),
]


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


class Desk:
    """Writes at random, by the operations, in bulk and past both."""

    def __init__(self, seed):
        self.chance = Random(seed)
        self.words = {"kind": make.kind(), "format": make.format()}
        self.workers = [make.worker(), make.worker()]
        self.districts = [make.district(), make.district(), make.district()]
        self.groups = [make.target_group(name) for name in ("refugee", "other", "helper")]

    def day(self):
        return FIRST + timedelta(days=self.chance.randrange(90))

    def some(self):
        """The number of an entry."""
        return self.chance.choice(list(Activity.objects.values_list("pk", flat=True)) or [0])

    def place(self):
        return {"district": self.chance.choice(self.districts), "day": self.day()}

    def counts(self):
        return {group: self.chance.randrange(5) for group in self.groups}

    def log(self):
        worker = self.chance.choice(self.workers)
        activities.log(
            worker=worker, counts=self.counts(), minutes=30, by=None, **self.place(), **self.words
        )

    def change(self):
        if entry := Activity.objects.filter(pk=self.some()).first():
            activities.change(entry, counts=self.counts(), by=None, **self.place())

    def delete(self):
        if entry := Activity.objects.filter(pk=self.some()).first():
            activities.delete(entry, by=None)

    def write_in_bulk(self):
        worker = self.chance.choice(self.workers)
        entries = Activity.objects.bulk_create(
            Activity(agency=worker.agency, worker=worker, minutes=5, **self.place(), **self.words)
            for _number in range(4)
        )
        Headcount.objects.bulk_create(
            Headcount(activity=entry, target_group=group, people=self.chance.randrange(1, 9))
            for entry in entries
            for group in self.chance.sample(self.groups, 2)
        )

    def move_in_bulk(self):
        worker = self.chance.choice(self.workers)
        Activity.objects.filter(pk__gte=self.some()).update(
            worker=worker, agency=worker.agency_id, **self.place()
        )

    def move_by_a_month(self):
        Activity.objects.filter(pk__lte=self.some()).update(day=F("day") + timedelta(days=31))

    def overwrite_headcounts(self):
        Headcount.objects.bulk_create(
            [
                Headcount(activity_id=pk, target_group=group, people=7)
                for pk in {self.some(), self.some()} - {0}
                for group in self.groups
            ],
            update_conflicts=True,
            unique_fields=["activity", "target_group"],
            update_fields=["people"],
        )

    def recount(self):
        sql("UPDATE activity_headcount SET people = people % 9 + 1")

    def regroup(self):
        one, other = self.chance.sample(self.groups, 2)
        sql(
            f"""UPDATE activity_headcount SET target_group_id = {other.pk}
            WHERE target_group_id = {one.pk} AND activity_id NOT IN (
                SELECT activity_id FROM activity_headcount WHERE target_group_id = {other.pk})"""
        )

    def hand_over_headcounts(self):
        one, other = self.some(), self.some()
        sql(
            f"""UPDATE activity_headcount SET activity_id = {other}
            WHERE activity_id = {one} AND target_group_id NOT IN (
                SELECT target_group_id FROM activity_headcount WHERE activity_id = {other})"""
        )

    def renumber(self):
        entry = self.some()
        sql(f"UPDATE activity_activity SET id = id + 1000000 WHERE id = {entry}")
        self.check()
        sql(
            f"""UPDATE activity_headcount SET activity_id = activity_id + 1000000
            WHERE activity_id = {entry}"""
        )

    def write_headcounts_first(self):
        entry = self.some()
        copy = entry + 2_000_000 + self.chance.randrange(1_000_000)
        for table, number, more in (
            ("activity_headcount", "activity_id", ["target_group_id", "people"]),
            ("activity_activity", "id", [
                "day", "agency_id", "worker_id", "district_id", "kind_id", "format_id", "minutes",
                "has_interpreter", "note", "is_note_insisted", "refugees", "others", "helpers",
                "external_id", "created_at",
            ]),
        ):  # fmt: skip
            columns = ", ".join(more)
            sql(
                f"""INSERT INTO {table} ({number}, {columns})
                SELECT {copy}, {columns} FROM {table} WHERE {number} = {entry}"""
            )
            self.check()

    def delete_the_entry_first(self):
        entry = self.some()
        sql(f"DELETE FROM activity_activity_topics WHERE activity_id = {entry}")
        sql(f"DELETE FROM activity_activity WHERE id = {entry}")
        self.check()
        sql(f"DELETE FROM activity_headcount WHERE activity_id = {entry}")

    def delete_some(self):
        Activity.objects.filter(pk__in=[self.some(), self.some()]).delete()

    def take_back(self):
        with transaction.atomic():
            self.chance.choice([self.log, self.move_in_bulk, self.recount])()
            transaction.set_rollback(True)

    def check(self):
        assert rollup.differences() == []

    @classmethod
    def acts(cls):
        return [getattr(cls, name) for name in vars(cls) if name in ACTS]


ACTS = [
    "log", "change", "delete", "write_in_bulk", "move_in_bulk", "move_by_a_month",
    "overwrite_headcounts", "recount", "regroup", "hand_over_headcounts", "renumber",
    "write_headcounts_first", "delete_the_entry_first", "delete_some", "take_back",
]  # fmt: skip


def counted():
    """Both rollups without the database's help."""
    entries, people = Counter(), Counter()
    for entry in Activity.objects.all():
        key = (entry.day.replace(day=1), entry.district_id, entry.agency_id)
        entries[key] += entry.minutes
        for row in entry.headcounts.all():
            people[*key, row.target_group_id] += row.people
    return entries, people


def kept():
    keys = ("month", "district_id", "agency_id")
    return (
        Counter({tuple(key): n for *key, n in MonthlySum.objects.values_list(*keys, "minutes")}),
        Counter(
            {
                tuple(key): n
                for *key, n in MonthlyPeople.objects.values_list(*keys, "target_group_id", "people")
            }
        ),
    )


@pytest.mark.parametrize("seed", range(6))
def test_no_way_of_writing_makes_the_rollups_drift(db, seed):
    desk = Desk(seed)
    desk.write_in_bulk()
    for _turn in range(40):
        act = desk.chance.choice(Desk.acts())
        act(desk)
        assert rollup.differences() == [], act.__name__
        if Activity.objects.count() < 5:
            desk.write_in_bulk()
    assert kept() == counted()


def test_every_way_of_writing_is_followed(db):
    desk = Desk(0)
    for act in [Desk.write_in_bulk] * 3 + Desk.acts():
        act(desk)
        assert rollup.differences() == [], act.__name__
    assert len(Desk.acts()) == len(ACTS)
    assert kept() == counted()
    assert sum(kept()[1].values())


def installed():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
            )
        return {tuple(row) for row in cursor.fetchall() if row[0] in rollup.TABLES.values()}


def test_every_trigger_is_known(db):
    assert installed() == set(TRIGGERS)
    rollup.remove(connection)
    assert installed() == set()


@pytest.mark.parametrize(("table", "trigger"), TRIGGERS)
def test_without_one_of_the_triggers_the_rollups_drift(db, table, trigger, monkeypatch):
    """The red control."""
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    sql(f"DROP TRIGGER {trigger}{on}")
    monkeypatch.setattr(Desk, "check", lambda desk: None)
    desk, drifted = Desk(1), set()
    for act in [Desk.write_in_bulk, *Desk.acts()]:
        act(desk)
        drifted |= {len(row) for row in rollup.differences()}
    assert drifted == ({5} if "people" in trigger else {10})


@pytest.mark.django_db(transaction=True)
def test_headcounts_of_an_entry_that_is_being_moved_are_counted_where_it_is():
    entry = make.activity(1, 1, 1)
    places = [make.district() for _number in range(8)]
    groups = [make.target_group() for _number in range(8)]

    def move(district):
        Activity.objects.filter(pk=entry.pk).update(district=district)

    def count(group):
        Headcount.objects.create(activity=entry, target_group=group, people=3)

    acts = [lambda place=place: move(place) for place in places]
    acts += [lambda group=group: count(group) for group in groups]
    at_once(acts)
    assert rollup.differences() == []
    assert sum(kept()[1].values()) == 27


def move_while_people_are_entered(entry):
    entered = Event()

    def count():
        with transaction.atomic():
            Headcount.objects.create(activity=entry, target_group=group, people=3)
            entered.set()
            sleep(0.3)

    def move():
        entered.wait(10)
        Activity.objects.filter(pk=entry.pk).update(day=date(2016, 1, 5))

    group = make.target_group()
    at_once([count, move])


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_not_moved_while_its_people_are_entered():
    move_while_people_are_entered(make.activity(1))
    assert rollup.differences() == []


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_people_stay_where_the_entry_was():
    """The red control."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer at a time begin, so it needs no lock of rows")
    entry = make.activity(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('activity_people_headcount_insert'::regproc)")
        (function,) = cursor.fetchone()
        assert "FOR NO KEY UPDATE" in function
        cursor.execute(function.replace("FOR NO KEY UPDATE", ""))
    move_while_people_are_entered(entry)
    assert len(rollup.differences()) == 2


@pytest.mark.parametrize("count", [0, 3])
def test_rows_of_before_are_counted_when_the_triggers_come(db, count):
    rollup.remove(connection)
    for _number in range(count):
        make.activity(2, 1, 4)
    MonthlySum.objects.all().delete()
    rollup.fill(connection, rollup.SUMS)
    rollup.fill(connection, rollup.PEOPLE)
    assert rollup.differences() == []
    assert sum(kept()[1].values()) == count * 7
