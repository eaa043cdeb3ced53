"""Applying the retention rules: count what is due, delete it in pieces, note how much it was."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.cache import caches
from django.db import connection, transaction
from django.db.models import Count, Value
from django.utils import timezone

from coordination.access.models import User
from coordination.retention.models import RetentionRun
from coordination.retention.rules import RULES, RetentionRule

logger = logging.getLogger(__name__)
PIECE = 200  # rows of a rule that go in one transaction
WHOLE = "all"  # a run that got through all rules


@dataclass(frozen=True)
class Result:
    rule: RetentionRule
    count: int
    is_failed: bool = False


def due(day: date, rules: Iterable[RetentionRule] = RULES) -> dict[str, int]:
    """How many rows each rule reaches on ``day``, all counted in one query."""
    first, *others = [_counted(rule, day) for rule in rules]
    found = dict(first.union(*others, all=True))
    return {rule.code: found.get(rule.code, 0) for rule in rules}


def _counted(rule: RetentionRule, day: date):
    rows = rule.on(day).order_by().annotate(code=Value(rule.code)).values("code")
    return rows.annotate(rows=Count("pk")).values_list("code", "rows")


def apply(
    day: date, *, by: User | None = None, rules: Iterable[RetentionRule] = RULES
) -> list[Result]:
    """Apply every rule. One that fails undoes its last piece and stops no other."""
    results = [_applied(rule, day, by) for rule in rules]
    forget_counters()
    if not any(result.is_failed for result in results):
        count = sum(result.count for result in results)
        RetentionRun.objects.create(rule=WHOLE, count=count, by=by)
    return results


def forget_counters() -> None:
    """What counted attempts and counts no longer; some of it is named after a network address.

    The cache itself deletes what has expired only when it is full.
    """
    table = connection.ops.quote_name(caches["default"]._table)
    now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])


def _applied(rule: RetentionRule, day: date, by: User | None) -> Result:
    count = 0
    try:
        while settled := _piece(rule, day, by):
            count += settled
    except Exception as error:  # whatever it is: the other rules do not wait for it
        # By its class only: the text of a database error may quote the row.
        logger.error("Retention rule %s failed: %s", rule.code, type(error).__name__)
        return Result(rule, count, is_failed=True)
    return Result(rule, count)


@transaction.atomic
def _piece(rule: RetentionRule, day: date, by: User | None) -> int:
    """Settle some rows of a rule and note how many, all or nothing."""
    rows = rule.on(day).select_for_update(of=("self",), no_key=True).order_by("pk")
    # Locked first: who has come back in this moment is no longer due.
    chosen = list(rows.values_list("pk", flat=True)[:PIECE])
    if not chosen:
        return 0
    rule.act(rows.model._base_manager.filter(pk__in=chosen))
    if rule.on(day).filter(pk__in=chosen).exists():
        raise RuntimeError(f"{rule.code} left what it had to settle")  # else it would never end
    RetentionRun.objects.create(rule=rule.code, count=len(chosen), by=by)
    return len(chosen)
