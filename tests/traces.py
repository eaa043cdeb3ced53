"""Looking for traces: where in the whole database, whatever table, a word still stands."""

import json
import zlib
from contextlib import suppress

from django.contrib.sessions.models import Session
from django.db import connection


def database():
    """(table.column, text) of every value of every table, by SQL and past every model."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT * FROM {quoted}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    if value is not None:
                        yield f"{table}.{name}", _text(value)
    for session in Session.objects.all():
        yield "django_session.session_data", json.dumps(session.get_decoded(), ensure_ascii=False)


def _text(value) -> str:
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(value, bytes):
        with suppress(zlib.error):
            value = zlib.decompress(value)
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def traces(words) -> set[tuple[str, str]]:
    """(table.column, word) for each of the words that stands anywhere, whatever its case."""
    wanted = [word.casefold() for word in words]
    return {
        (place, word) for place, text in database() for word in wanted if word in text.casefold()
    }
