"""How long volunteers wait for a first answer. For everybody, so with the awkward cases said.

Measured is the time from the confirmation of a question to its first answer, in hours of the
calendar: nights and weekends count, for whoever asked waits through them. A period takes the
questions confirmed in it, whenever they were answered. Percentiles are by the nearest rank: of n
times in ascending order the p-th percentile is number ⌈p/100 · n⌉, so it is a time that occurred;
the median is the 50th. Fewer than three answers are not published. Questions without an answer
have no time; they are counted beside, for they are the longest.

Everybody reads neither number where one or two questions are without an answer: a council report
may say how many questions there were, and hide how many of them were answered.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Count, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coordination.disclosure import THRESHOLD
from coordination.periods import ONE_DAY
from volunteers.desk.models import Question

MEDIAN, HIGH = 50, 90
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Times(NamedTuple):
    """``median`` and ``p90`` are None if there are too few answers to say."""

    count: int  # answered
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True)
class Row:
    """The times of a month, or of an agency."""

    name: str | date
    times: Times
    unanswered: int

    @property
    def is_published(self) -> bool:
        return self.times.median is not None

    @property
    def has_few_unanswered(self) -> bool:
        """So few that their number is not for everybody, and none it could be computed from."""
        return 0 < self.unanswered < THRESHOLD

    @property
    def median(self) -> str:
        return in_words(self.times.median) if self.is_published else ""

    @property
    def p90(self) -> str:
        return in_words(self.times.p90) if self.is_published else ""


@dataclass(frozen=True)
class Report:
    starts_on: date
    ends_on: date
    total: Row
    months: list[Row]  # the latest first


def percentile(times: Sequence[timedelta], percent: int) -> timedelta:
    """By the nearest rank; there has to be at least one."""
    return sorted(times)[_rank(len(times), percent) - 1]


def _rank(count: int, percent: int) -> int:
    return max(-(-percent * count // 100), 1)  # rounded up, in whole numbers


def of(times: Sequence[timedelta]) -> Times:
    if len(times) < THRESHOLD:
        return Times(len(times), None, None)
    return Times(len(times), percentile(times, MEDIAN), percentile(times, HIGH))


def answer_times(starts_on: date, ends_on: date) -> Times:
    """Of the whole city's questions confirmed from ``starts_on`` to ``ends_on``."""
    rows = _confirmed(Question.objects.all(), starts_on, ends_on)
    return _times(rows, rows.aggregate(answered=Count("first_answered_at"))["answered"])


def _times(rows: QuerySet, count: int) -> Times:
    """Of the ``count`` that were answered. The database puts them in order and tells two."""
    if count < THRESHOLD:
        return Times(count, None, None)
    waited = F("first_answered_at") - F("confirmed_at")
    rows = rows.filter(first_answered_at__isnull=False).order_by(waited)
    ordered = rows.values_list(waited, flat=True)
    return Times(count, *(ordered[_rank(count, percent) - 1] for percent in (MEDIAN, HIGH)))


def unanswered(starts_on: date, ends_on: date) -> int:
    """Questions confirmed in the period that never got an answer, closed ones too."""
    rows = _confirmed(Question.objects.all(), starts_on, ends_on)
    return rows.filter(first_answered_at=None).count()


def last_year(day: date) -> tuple[date, date]:
    """The twelve months up to and with ``day``'s."""
    return _next_month(date(day.year - 1, day.month, 1)), day


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def published(day: date) -> Row:
    """What stands on the public page: the whole city's last twelve months."""
    rows = _confirmed(Question.objects.all(), *last_year(day))
    counts = rows.aggregate(asked=Count("pk"), answered=Count("first_answered_at"))
    answered = counts["answered"]
    return Row("", _times(rows, answered), counts["asked"] - answered)


def report(day: date) -> Report:
    """The whole city's last twelve months, month by month; one query."""
    starts_on, ends_on = last_year(day)
    values = _values(Question.objects.all(), starts_on, ends_on)
    found = defaultdict(list)
    for value in values:
        found[timezone.localdate(value[0]).replace(day=1)].append(value)
    months, month = [], starts_on
    while month <= ends_on:
        months.append(_row(month, found[month]))
        month = _next_month(month)
    return Report(starts_on, ends_on, _row("", values), months[::-1])


def by_agency(rows: QuerySet, day: date) -> list[Row]:
    """The times of these questions' agencies in the last twelve months; one query."""
    found = defaultdict(list)
    for value in _values(rows, *last_year(day)):
        found[value[2] or str(_("nobody leads there"))].append(value)
    return [_row(name, values) for name, values in sorted(found.items())]


def in_words(waited: timedelta) -> str:
    """“1 day 4 hours”, rounded to whole hours; under an hour in minutes."""
    minutes = round(waited / timedelta(minutes=1))
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = int(waited / HOUR + 0.5)
    days, hours = divmod(hours, 24)
    parts = []
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    return " ".join(parts)


def _row(name, values) -> Row:
    waited = _waited(values)
    return Row(name, of(waited), len(values) - len(waited))


def _waited(values) -> list[timedelta]:
    return [answered - confirmed for confirmed, answered, _agency in values if answered]


def _values(rows, starts_on, ends_on) -> list[tuple]:
    names = ("confirmed_at", "first_answered_at", "agency__short_name")
    return list(_confirmed(rows, starts_on, ends_on).order_by().values_list(*names))


def _confirmed(rows, starts_on, ends_on):
    first, after = _midnight(starts_on), _midnight(ends_on + ONE_DAY)
    return rows.filter(confirmed_at__gte=first, confirmed_at__lt=after)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
