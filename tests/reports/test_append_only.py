"""Versions, comments and extensions refuse every change: what was said stays said."""

import pytest
from django.db import DatabaseError, connection, transaction

from agencies.reports.models import Comment, Extension, Submission
from coordination.audit import triggers
from tests import make
from tests.conftest import APPEND_ONLY

pytestmark = pytest.mark.django_db

MAKE = {Comment: make.comment, Extension: make.extension, Submission: make.submission}
RAW = [
    "UPDATE {table} SET at = at",
    "UPDATE {table} SET by_id = NULL WHERE id IN (SELECT id FROM {table})",
    "DELETE FROM {table}",
]


def test_every_such_table_is_tried():
    tables = {model._meta.db_table for model in MAKE}
    assert tables == {table for table in APPEND_ONLY if table.startswith("reports_")}


@pytest.fixture(params=MAKE, ids=lambda model: model._meta.model_name)
def row(request):
    return MAKE[request.param]()


def run(statement, row):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=row._meta.db_table))


@pytest.mark.parametrize("statement", RAW)
def test_raw_sql_is_refused(row, statement):
    with pytest.raises(DatabaseError, match="append-only"):
        run(statement, row)
    assert type(row).objects.get() == row


@pytest.mark.parametrize(
    "act",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: type(row).objects.update(by=None),
        lambda row: type(row).objects.all().delete(),
        lambda row: type(row).objects.bulk_update([row], ["at"]),
    ],
    ids=["save", "delete", "update", "delete_all", "bulk_update"],
)
def test_the_orm_is_refused(row, act):
    pk = row.pk
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        act(row)
    assert type(row).objects.filter(pk=pk).exists()


@pytest.mark.parametrize("statement", RAW)
def test_without_its_triggers_the_database_would_let_it_pass(row, statement):
    """The red control: it is the trigger that refuses, nothing else."""
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE", row)
    triggers.remove(connection, row._meta.db_table)
    try:
        run(statement, row)
    finally:
        if connection.vendor == "postgresql":
            run("SET CONSTRAINTS ALL IMMEDIATE", row)
        triggers.install(connection, row._meta.db_table)
