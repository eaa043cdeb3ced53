"""Effective dating. A row is true from ``starts_on`` to ``ends_on``, both days included."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

ONE_DAY = timedelta(days=1)


def show_day(day: date | None) -> str:
    """31.03.2018; empty for an open end. In templates the filter ``day``."""
    return day.strftime("%d.%m.%Y") if day else ""


class PeriodQuerySet(models.QuerySet):
    def on(self, day: date):
        """Rows that are true on ``day``."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def overlapping(self, starts_on: date, ends_on: date | None):
        """Rows that are true on at least one day of the period; ``None`` means open."""
        rows = self.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
        return rows if ends_on is None else rows.filter(starts_on__lte=ends_on)


class Period(models.Model):
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day is included.")
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def is_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


@dataclass(frozen=True)
class Step:
    """A stretch of days over which a total stays the same. ``ends_on`` None means open."""

    starts_on: date
    ends_on: date | None
    total: Decimal | int

    @property
    def days(self) -> int | None:
        return None if self.ends_on is None else (self.ends_on - self.starts_on).days + 1


def steps(
    rows: Iterable, weight: Callable, starts_on: date, ends_on: date | None, zero=0
) -> list[Step]:
    """How the sum of ``weight(row)`` runs from ``starts_on`` to ``ends_on`` (both included).

    Neighbouring stretches with the same total are one step. Needs no database feature, so the
    rules about overlapping periods hold alike on SQLite and PostgreSQL.
    """
    last = ends_on or date.max
    changes = {starts_on: zero}
    for row in rows:
        first, until = max(row.starts_on, starts_on), min(row.ends_on or date.max, last)
        if first > until:
            continue
        changes[first] = changes.get(first, zero) + weight(row)
        if until < last:
            changes[until + ONE_DAY] = changes.get(until + ONE_DAY, zero) - weight(row)
    result, total = [], zero
    for day in sorted(changes):
        total += changes[day]
        if result and result[-1].total == total:
            continue
        if result:
            result[-1] = Step(result[-1].starts_on, day - ONE_DAY, result[-1].total)
        result.append(Step(day, ends_on, total))
    return result
