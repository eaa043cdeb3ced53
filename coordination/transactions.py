"""Reading many tables as they stood in one moment."""

from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_state():
    """Let everything read inside be of one state of the database, while others go on writing.

    Inside a transaction that has already begun it is that transaction's state that counts.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with _deferred(), transaction.atomic():
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


@contextmanager
def _deferred():
    # A transaction that begins as a reader's holds nobody up; in WAL mode it sees one state.
    connection.ensure_connection()  # which sets the usual mode
    usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        connection.transaction_mode = usual
