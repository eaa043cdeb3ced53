"""One round of everything that happens to reports by itself, as often as it is called."""

from datetime import date

from django.conf import settings
from django.utils import translation

from agencies.reports import digests, reminders, schedules
from agencies.reports.mails import Outbox
from coordination.holidays import is_working_day

FIRST_HOUR = 6  # no mails at night


def is_time(day: date, hour: int) -> bool:
    """Whether mails go out now: on working days from six o'clock. What waits is not lost."""
    return is_working_day(day) and hour >= FIRST_HOUR


def go(day: date, hour: int, *, is_trial: bool = False) -> Outbox:
    """Make the coming periods, then send what is due on ``day`` and was not sent yet."""
    outbox = Outbox(is_trial)
    if not is_trial:
        schedules.top_up(day)
    if is_trial or is_time(day, hour):
        # Nobody's language is known here: mails speak the portal's own.
        with translation.override(settings.LANGUAGE_CODE):
            reminders.send(day, outbox)
            digests.send(day, outbox)
        outbox.close()
    return outbox
