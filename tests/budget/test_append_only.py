"""Bookings refuse every change: in the ORM, in bulk and, at the bottom, in the database itself."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from coordination.audit import triggers
from coordination.budget.models.booking import Booking
from tests import make
from tests.conftest import APPEND_ONLY

pytestmark = pytest.mark.django_db

MODELS = [model for model in apps.get_models() if issubclass(model, Booking)]
MAKE = {
    "linebooking": make.line_booking,
    "funding": make.funding,
    "commitmentbooking": make.commitment,
    "payment": make.payment,
    "expense": make.expense,
}
RAW = [
    "UPDATE {table} SET reason = 'anders'",
    "UPDATE {table} SET amount = amount + 1 WHERE id IN (SELECT id FROM {table})",
    "DELETE FROM {table}",
    "DELETE FROM {table} WHERE amount > 0",
]


def test_every_table_of_bookings_is_tried():
    tables = {model._meta.db_table for model in MODELS}
    assert tables == {table for table in APPEND_ONLY if table.startswith("budget_")}
    assert {model._meta.model_name for model in MODELS} == set(MAKE)


@pytest.fixture(params=MODELS, ids=lambda model: model._meta.model_name)
def model(request):
    MAKE[request.param._meta.model_name]()
    return request.param


def rows(model):
    return list(model.objects.order_by("pk").values())


def run(statement, model):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=model._meta.db_table))


@pytest.mark.parametrize("statement", RAW)
def test_raw_sql_is_refused(model, statement):
    before = rows(model)
    with pytest.raises(DatabaseError, match="append-only"):
        run(statement, model)
    assert rows(model) == before


def test_a_row_put_in_the_place_of_another_is_refused(model):
    """INSERT OR REPLACE deletes on SQLite; PostgreSQL knows ON CONFLICT DO UPDATE."""
    before = rows(model)
    columns = ", ".join(field.column for field in model._meta.concrete_fields)
    if connection.vendor == "sqlite":
        statement = f"INSERT OR REPLACE INTO {{table}} ({columns}) SELECT {columns} FROM {{table}}"
    else:
        statement = (
            f"INSERT INTO {{table}} ({columns}) SELECT {columns} FROM {{table}} "
            "ON CONFLICT (id) DO UPDATE SET reason = 'anders'"
        )
    with pytest.raises(DatabaseError, match="append-only"):
        run(statement, model)
    assert rows(model) == before


def test_emptying_the_table_is_refused(model):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE; its DELETE is tried above")
    before = rows(model)
    with pytest.raises(DatabaseError, match="append-only"):
        run("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE", model)
    assert rows(model) == before


def test_saving_and_deleting_a_booking_is_refused(model):
    before, booking = rows(model), model.objects.first()
    booking.amount *= 2
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        booking.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        booking.delete()
    assert rows(model) == before


def doubled(found):
    found = list(found)
    for row in found:
        row.amount *= 2
    return found


@pytest.mark.parametrize(
    "act",
    [
        lambda found: found.update(reason="anders"),
        lambda found: found.filter(amount__gt=0).update(amount=1),
        lambda found: found.delete(),
        lambda found: found.bulk_update(doubled(found), ["amount"]),
        lambda found: found.bulk_create(
            doubled(found), update_conflicts=True, update_fields=["amount"], unique_fields=["id"]
        ),
        lambda found: found.update_or_create(pk=found[0].pk, defaults={"reason": "anders"}),
    ],
    ids=["update", "filtered", "delete", "bulk_update", "upsert", "update_or_create"],
)
def test_acts_on_many_bookings_are_refused(model, act):
    before = rows(model)
    with pytest.raises((TypeError, DatabaseError), match="append-only"), transaction.atomic():
        act(model.objects.all())
    assert rows(model) == before


def test_the_base_manager_is_refused_by_the_database(model):
    """Django's own manager knows nothing of the rule; the triggers do."""
    before, everything = rows(model), model._base_manager.all()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        everything.update(reason="anders")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        everything.delete()
    assert rows(model) == before


@pytest.mark.parametrize("statement", RAW)
def test_without_its_triggers_the_database_would_let_it_pass(model, statement):
    """The red control: it is the trigger that refuses, nothing else."""
    before, table = rows(model), model._meta.db_table
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE", model)
    triggers.remove(connection, table)
    try:
        run(statement, model)
        assert rows(model) != before
    finally:
        if connection.vendor == "postgresql":
            run("SET CONSTRAINTS ALL IMMEDIATE", model)
        triggers.install(connection, table)
    MAKE[model._meta.model_name]()
    with pytest.raises(DatabaseError, match="append-only"):
        run(RAW[0], model)
