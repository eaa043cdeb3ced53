"""Log lines as JSON that name what went wrong and where, never what somebody typed.

Only the fields below are written. Messages are kept as their template, without the values; an
exception as its class and the lines of code, without its text, which for database and validation
errors quotes the row; an address as its URL pattern, because paths carry tokens and queries names.
"""

import json
import logging
import traceback
from datetime import UTC, datetime


def route(record) -> str | None:
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    return match and match.route


def frames(exception) -> list[str]:
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(exception.__traceback__)
    ]


def chain(exception) -> list[dict]:
    """The exception and what caused it, the last one first."""
    found = []
    while exception is not None and len(found) < 5:
        name = f"{type(exception).__module__}.{type(exception).__qualname__}"
        found.append({"class": name, "at": frames(exception)})
        exception = exception.__cause__ or exception.__context__
    return found


class JsonFormatter(logging.Formatter):
    def format(self, record):
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": str(record.msg) if record.args else record.name,
            "code": f"{record.module}.{record.funcName}:{record.lineno}",
            "status": getattr(record, "status_code", None),
            "method": getattr(getattr(record, "request", None), "method", None),
            "route": route(record),
            "exception": chain(record.exc_info[1]) if record.exc_info else None,
        }
        return json.dumps({name: value for name, value in line.items() if value is not None})
