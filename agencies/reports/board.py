"""Reporting periods as their two sides read them: a word, how long it has been so, what is next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.activity.models import ReportingPeriod
from agencies.models import Agency
from coordination.access.permissions import Actor, Perm
from coordination.periods import show_day

State = ReportingPeriod.State
SOON = 14  # days before the due date from which they are counted
KINDS = {
    State.OPEN: "info",
    State.SUBMITTED: "warning",
    State.SENT_BACK: "warning",
    State.ACCEPTED: "success",
    State.LOCKED: "success",
}
MONTHS_IN_COLUMN = 3
COLUMNS = range(1, 5)  # the quarters of a year


def side_of(actor: Actor) -> str:
    """Each side reads its own words for a state."""
    return "city" if actor.scope(Perm.VIEW_REPORTS).citywide else "agency"


def days_between(moment: datetime, day: date) -> int:
    return max((day - timezone.localdate(moment)).days, 0)


@dataclass(frozen=True)
class Row:
    """A period as one side reads it on a day."""

    period: ReportingPeriod
    side: str
    day: date
    first: int = 1  # the columns of a year's board, both included
    last: int = 1

    @property
    def address(self) -> str:
        return reverse("reports:period_detail", args=[self.period.pk])

    @property
    def word(self) -> str:
        return self.period.word(self.side)

    @property
    def is_overdue(self) -> bool:
        return self.period.is_overdue(self.day)

    @property
    def is_reopened(self) -> bool:
        return self.period.state == State.OPEN and self.period.first_submitted_at is not None

    @property
    def kind(self) -> str:
        if self.is_overdue:
            return "danger"
        if self.is_reopened or self.period.state == State.SUBMITTED and self.side == "agency":
            return "warning" if self.is_reopened else "info"
        return KINDS[self.period.state]

    @property
    def age(self) -> str:
        """How long it has been so; of a report that is not in yet, how it stands to its date."""
        if self.period.state == State.OPEN and not self.is_reopened:
            return self._due()
        days = days_between(self.period.state_since, self.day)
        if self.is_reopened:
            if days == 0:
                return _("opened again today")
            text = ngettext("opened again %(days)d day ago", "opened again %(days)d days ago", days)
        elif days == 0:
            return _("since today")
        else:
            text = ngettext("for %(days)d day", "for %(days)d days", days)
        return text % {"days": days}

    def _due(self) -> str:
        left = (self.period.due_on - self.day).days
        if left < 0:
            text = ngettext("%(days)d day overdue", "%(days)d days overdue", -left)
            return text % {"days": -left}
        if left == 0:
            return _("due today")
        if left <= SOON:
            return ngettext("due in %(days)d day", "due in %(days)d days", left) % {"days": left}
        return _("due on %(day)s") % {"day": show_day(self.period.due_on)}

    @property
    def days(self) -> int:
        """The age as a number, for exports; negative: not due yet."""
        if self.period.state == State.OPEN and not self.is_reopened:
            return (self.day - self.period.due_on).days
        return days_between(self.period.state_since, self.day)

    @property
    def next_step(self) -> str:
        """What has to happen now, and by whom."""
        return _NEXT[self.side][self._stage]() % {
            "agency": self.period.agency,
            "person": self.period.responsible or "",
            "day": show_day(self.period.due_on),
        }

    @property
    def _stage(self) -> str:
        if self.is_reopened:
            return "reopened"
        if self.period.state == State.OPEN:
            if self.period.ends_on >= self.day:
                return "running"
            return "overdue" if self.is_overdue else "due"
        return self.period.state


_NEXT = {
    "agency": {
        "running": lambda: _(
            "The period is still running. Your report is due on %(day)s; "
            "you can begin its text now."
        ),
        "due": lambda: _("The period is over. Submit the report by %(day)s."),
        "overdue": lambda: _(
            "The report was due on %(day)s. Submit it now, or ask the coordination for more time."
        ),
        "reopened": lambda: _(
            "The coordination has opened the period again. "
            "Correct entries and text, and submit the report once more."
        ),
        "submitted": lambda: _("The coordination checks the report. You need not do anything now."),
        "sent_back": lambda: _(
            "The report came back. Read the comment, correct entries and text, and submit it again."
        ),
        "accepted": lambda: _("The report is accepted. You need not do anything."),
        "locked": lambda: _("The period is closed. You need not do anything."),
    },
    "city": {
        "running": lambda: _("The period is still running. %(agency)s reports by %(day)s."),
        "due": lambda: _("The period is over. %(agency)s has until %(day)s to submit the report."),
        "overdue": lambda: _(
            "%(agency)s should have submitted the report by %(day)s. "
            "You can ask in a comment, or extend the due date."
        ),
        "reopened": lambda: _("%(agency)s can correct entries and text, and submits once more."),
        "submitted": lambda: _("Check the report: accept it, or send it back with a comment."),
        "sent_back": lambda: _("%(agency)s corrects the report and submits it again."),
        "accepted": lambda: _(
            "The report is accepted, its entries stay as they are. "
            "Lock the period when nothing about it is open any more."
        ),
        "locked": lambda: _(
            "The period is closed. If something has to be corrected, open it again with a reason."
        ),
    },
}


def rows(periods: Iterable[ReportingPeriod], *, side: str, day: date) -> Iterator[Row]:
    """Lazy: a page that is no export must not read all periods there are."""
    for period in periods:
        yield Row(period, side, day)


@dataclass
class Line:
    """An agency in the board of a year."""

    agency: Agency
    rows: list[Row] = field(default_factory=list)


def lines(
    agencies: list[Agency], periods: list[ReportingPeriod], year: int, *, side: str, day: date
) -> list[Line]:
    """The year's periods by agency: everybody who has one, and every active association."""
    found = {agency.pk: Line(agency) for agency in agencies}
    for period in sorted(periods, key=lambda period: period.starts_on):
        line = found[period.agency_id]
        first, last = columns(period, year)
        line.rows.append(Row(period, side, day, first, last))
    return [
        line
        for line in found.values()
        if line.rows or line.agency.is_active and line.agency.kind == Agency.Kind.ASSOCIATION
    ]


def columns(period: ReportingPeriod, year: int) -> tuple[int, int]:
    """The first and the last quarter of the year in which the period has days."""
    first = period.starts_on.month if period.starts_on.year == year else 1
    last = period.ends_on.month if period.ends_on.year == year else 12
    return (first - 1) // MONTHS_IN_COLUMN + 1, (last - 1) // MONTHS_IN_COLUMN + 1
