"""The log refuses every change: in the ORM, in bulk and, at the bottom, in the database itself."""

import pytest
from django.db import DatabaseError, connection, transaction

from coordination.audit import triggers
from coordination.audit.log import Verb, record
from coordination.audit.models import Entry
from tests import make

pytestmark = pytest.mark.django_db

RAW = [
    "UPDATE audit_entry SET reason = 'anders'",
    "UPDATE audit_entry SET reason = 'anders' WHERE id IN (SELECT id FROM audit_entry)",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE reason = 'wahr'",
]


@pytest.fixture
def entry():
    return record(Verb.CREATED, make.agency(), by=None, reason="wahr")


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def is_untouched():
    return list(Entry.objects.values_list("reason", flat=True)) == ["wahr"]


@pytest.mark.parametrize("statement", RAW)
def test_raw_sql_is_refused(entry, statement):
    with pytest.raises(DatabaseError, match="append-only"):
        run(statement)
    assert is_untouched()


def test_a_row_put_in_the_place_of_another_is_refused(entry):
    """INSERT OR REPLACE deletes on SQLite; PostgreSQL knows ON CONFLICT DO UPDATE."""
    columns = ", ".join(field.column for field in Entry._meta.concrete_fields)
    if connection.vendor == "sqlite":
        statement = (
            f"INSERT OR REPLACE INTO audit_entry ({columns}) SELECT {columns} FROM audit_entry"
        )
    else:
        statement = (
            f"INSERT INTO audit_entry ({columns}) SELECT {columns} FROM audit_entry "
            "ON CONFLICT (id) DO UPDATE SET reason = 'anders'"
        )
    with pytest.raises(DatabaseError, match="append-only"):
        run(statement)
    assert is_untouched()


def test_emptying_the_table_is_refused(entry):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE; its DELETE is tried above")
    with pytest.raises(DatabaseError, match="append-only"):
        run("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE audit_entry CASCADE")
    assert is_untouched()


def test_saving_and_deleting_an_entry_is_refused(entry):
    entry.reason = "anders"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.delete()
    assert is_untouched()


@pytest.mark.parametrize(
    "act",
    [
        lambda rows: rows.update(reason="anders"),
        lambda rows: rows.delete(),
        lambda rows: rows.bulk_update(list(rows), ["reason"]),
        lambda rows: rows.filter(reason="wahr").update(reason="anders"),
    ],
)
def test_acts_on_many_entries_are_refused(entry, act):
    with pytest.raises((TypeError, DatabaseError), match="append-only"), transaction.atomic():
        act(Entry.objects.all())
    assert is_untouched()


@pytest.mark.parametrize("statement", RAW)
def test_without_its_triggers_the_database_would_let_it_pass(entry, statement):
    """The red control: it is the trigger that refuses, nothing else."""
    triggers.remove(connection, "audit_entry")
    try:
        run(statement)
        assert not is_untouched()
    finally:
        triggers.install(connection, "audit_entry")


def test_the_triggers_refuse_again_once_they_are_back(entry):
    triggers.remove(connection, "audit_entry")
    triggers.install(connection, "audit_entry")
    with pytest.raises(DatabaseError, match="append-only"):
        run(RAW[0])
