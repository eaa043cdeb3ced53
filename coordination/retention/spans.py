"""How long something is kept: days or months, and what has run out on a day."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.periods import ONE_DAY


@dataclass(frozen=True)
class Span:
    months: int = 0
    days: int = 0  # only without months

    def __str__(self):
        if self.months and self.months % 12 == 0 and self.months > 24:
            years = self.months // 12
            return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
        if self.months:
            text = ngettext("%(count)d month", "%(count)d months", self.months)
            return text % {"count": self.months}
        if self.days:
            return ngettext("%(count)d day", "%(count)d days", self.days) % {"count": self.days}
        return _("at once")

    def last_before(self, day: date) -> date:
        """The last day that lies the whole span before ``day``.

        A month without that day ends it early (§ 188 Abs. 3 BGB): what ended on 30 November has
        been over for three months on the last of February.
        """
        if not self.months:
            return day - timedelta(days=self.days)
        year, month = divmod(day.year * 12 + day.month - 1 - self.months, 12)
        longest = monthrange(year, month + 1)[1]
        is_last = day.day == monthrange(day.year, day.month)[1]
        return date(year, month + 1, longest if is_last else min(day.day, longest))


@dataclass(frozen=True)
class Cut:
    """What has run out on a day: days up to ``on``, moments ``before``.

    What ended on a day is due when the span is over. What has a moment is kept the whole span and
    goes in the night after, so nothing goes minutes too early.
    """

    on: date
    before: datetime


def cut(span: Span, day: date) -> Cut:
    first_kept = span.last_before(day - ONE_DAY) + ONE_DAY
    return Cut(
        on=span.last_before(day),
        before=timezone.make_aware(datetime.combine(first_kept, time.min)),
    )
