from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from coordination.periods import PeriodQuerySet, show_day


class Rhythm(models.TextChoices):
    """How long the reporting periods of an agency are."""

    MONTH = "month", pgettext_lazy("rhythm", "month")
    QUARTER = "quarter", pgettext_lazy("rhythm", "quarter")
    HALF_YEAR = "half_year", pgettext_lazy("rhythm", "half-year")
    YEAR = "year", pgettext_lazy("rhythm", "year")
    OWN = "own", pgettext_lazy("rhythm", "own dates")


class ReportingPeriodQuerySet(PeriodQuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)

    def closed(self):
        """Periods whose entries do not change: handed in, and not sent back."""
        return self.exclude(state__in=ReportingPeriod.WRITABLE)

    def missing(self, day):
        """Periods that are over by ``day`` and whose report has never come in."""
        return self.filter(ReportingPeriod.missing_on(day))

    def overdue(self, day):
        """Those of the missing ones that should have come in by ``day``."""
        return self.missing(day).filter(due_on__lt=day)


class ReportingPeriod(models.Model):
    """A stretch of days on which an agency reports; each of its days lies in one at most.

    Its state decides whether entries of these days may change. What moves the state stands in
    ``agencies.reports``, above this app; every act locks the agency's row first.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        SUBMITTED = "submitted", _("submitted")
        SENT_BACK = "sent_back", _("sent back")
        ACCEPTED = "accepted", _("accepted")
        LOCKED = "locked", _("locked")

    WRITABLE = [State.OPEN, State.SENT_BACK]
    # Each side reads its own word.
    WORDS = {
        "agency": dict(State.choices),
        "city": {**dict(State.choices), State.SUBMITTED: _("to be checked")},
    }

    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("agency"), related_name="reporting_periods"
    )
    rhythm = models.CharField(_("kind of period"), max_length=10, choices=Rhythm)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), help_text=_("The last day is included."))
    due_on = models.DateField(_("due on"))
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("who writes the report"),
        related_name="+",
        help_text=_("Is reminded first; without a name the agency's leads are."),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.OPEN, editable=False
    )
    is_nil = models.BooleanField(_("nil report"), default=False, editable=False)
    state_since = models.DateTimeField(_("state since"), default=timezone.now, editable=False)
    first_submitted_at = models.DateTimeField(_("first submitted at"), null=True, editable=False)

    objects = ReportingPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "agency__short_name", "pk"]
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        constraints = [
            models.CheckConstraint(
                name="reportingperiod_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="reportingperiod_due_after_its_end",
                condition=Q(due_on__gte=F("ends_on")),
                violation_error_message=_("A report is due after the period has ended."),
            ),
            models.CheckConstraint(
                name="reportingperiod_state_is_known",
                condition=Q(state__in=["open", "submitted", "sent_back", "accepted", "locked"]),
            ),
            models.CheckConstraint(
                name="reportingperiod_submitted_has_its_date",
                condition=~Q(state__in=["submitted", "sent_back", "accepted", "locked"])
                | Q(first_submitted_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="reportingperiod_agency", fields=["agency", "starts_on"])]

    def __str__(self):
        return f"{self.agency} · {self.name}"

    @property
    def is_writable(self) -> bool:
        return self.state in self.WRITABLE

    @classmethod
    def missing_on(cls, day) -> Q:
        return Q(state=cls.State.OPEN, first_submitted_at=None, ends_on__lt=day)

    def is_missing(self, day) -> bool:
        return self.state == self.State.OPEN and not self.first_submitted_at and self.ends_on < day

    def is_overdue(self, day) -> bool:
        return self.is_missing(day) and self.due_on < day

    def word(self, side: str) -> str:
        """The state as ``city`` or ``agency`` reads it."""
        return str(self.WORDS[side][self.state])

    @property
    def name(self) -> str:
        """1. Quartal 2016; own dates are named by their days."""
        start = self.starts_on
        names = {
            Rhythm.MONTH: f"{MONTHS[start.month]} {start.year}",
            Rhythm.QUARTER: gettext("Quarter %(number)d %(year)d")
            % {"number": (start.month + 2) // 3, "year": start.year},
            Rhythm.HALF_YEAR: gettext("Half-year %(number)d %(year)d")
            % {"number": (start.month + 5) // 6, "year": start.year},
            Rhythm.YEAR: gettext("Year %(year)d") % {"year": start.year},
        }
        own = f"{show_day(start)}–{show_day(self.ends_on)}"
        return names.get(self.rhythm, own)
