from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.activity.models import ReportingPeriod, Rhythm
from agencies.models import Agency
from coordination.periods import Period, PeriodQuerySet


class ScheduleQuerySet(PeriodQuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)


class Schedule(Period):
    """How often an agency reports, and when a report is due. Makes the reporting periods."""

    class Anchor(models.TextChoices):
        PERIOD_END = "period_end", _("last day of the period")
        NEXT_MONTH_END = "next_month_end", _("last day of the month after the period")

    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("agency"), related_name="schedules"
    )
    rhythm = models.CharField(
        _("reports every"), max_length=10, choices=Rhythm, default=Rhythm.QUARTER
    )
    anchor = models.CharField(
        _("due date counts from"), max_length=20, choices=Anchor, default=Anchor.PERIOD_END
    )
    offset_days = models.PositiveSmallIntegerField(
        _("days later"),
        default=14,
        validators=[MaxValueValidator(366)],
        help_text=_(
            "On a Saturday, a Sunday or a public holiday the next working day counts (§ 193 BGB)."
        ),
    )

    objects = ScheduleQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["agency__short_name", "-starts_on", "pk"]
        verbose_name = _("reporting schedule")
        verbose_name_plural = _("reporting schedules")

    def __str__(self):
        return f"{self.agency}: {self.get_rhythm_display()}"


class AboutPeriodQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(period__agency__in=scope.agencies)


class Narrative(models.Model):
    """The text of a report while it is written, in blocks that may hold figures like {stunden}."""

    BLOCKS = ("overview", "focus", "volunteers", "needs", "outlook")

    period = models.OneToOneField(
        ReportingPeriod,
        models.CASCADE,
        verbose_name=_("reporting period"),
        related_name="narrative",
    )
    overview = models.TextField(_("Overview"), max_length=4_000, blank=True)
    focus = models.TextField(_("Focus of the work"), max_length=4_000, blank=True)
    volunteers = models.TextField(_("Work with volunteers"), max_length=4_000, blank=True)
    needs = models.TextField(_("Needs and obstacles"), max_length=4_000, blank=True)
    outlook = models.TextField(_("Outlook"), max_length=4_000, blank=True)
    updated_at = models.DateTimeField(_("saved at"), auto_now=True)

    objects = AboutPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("narrative")
        verbose_name_plural = _("narratives")

    def __str__(self):
        return f"{self.period}"


class Submission(models.Model):
    """A version of a report as it was handed in: its text and its figures, never changed."""

    period = models.ForeignKey(
        ReportingPeriod,
        models.PROTECT,
        verbose_name=_("reporting period"),
        related_name="submissions",
    )
    number = models.PositiveSmallIntegerField(_("version"))
    is_nil = models.BooleanField(_("nil report"), default=False)
    blocks = models.JSONField(_("text"), default=dict)  # block: text, its figures filled in
    figures = models.JSONField(_("figures"), default=dict)  # name: number, as on that moment
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("submitted by"),
        related_name="+",
    )
    at = models.DateTimeField(_("submitted at"))

    objects = AboutPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-number", "pk"]
        verbose_name = _("version of a report")
        verbose_name_plural = _("versions of reports")
        constraints = [
            models.UniqueConstraint(name="submission_number_once", fields=["period", "number"]),
        ]

    def __str__(self):
        return f"{self.period}, {self.number}"


class CommentQuerySet(AboutPeriodQuerySet):
    def readable(self, checks):
        """Internal ones only for whoever reads reports of the whole city."""
        return self.all() if checks.citywide else self.filter(is_internal=False)


class Comment(models.Model):
    """Something said about a report; ``is_internal`` is for the city's eyes only."""

    period = models.ForeignKey(
        ReportingPeriod,
        models.PROTECT,
        verbose_name=_("reporting period"),
        related_name="comments",
    )
    text = models.CharField(_("comment"), max_length=1_000)
    is_internal = models.BooleanField(_("internal"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("by"),
        related_name="+",
    )
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")

    def __str__(self):
        return f"{self.period}"


class Extension(models.Model):
    """A later due date, granted by somebody for a reason."""

    period = models.ForeignKey(
        ReportingPeriod,
        models.PROTECT,
        verbose_name=_("reporting period"),
        related_name="extensions",
    )
    was_due_on = models.DateField(_("was due on"))
    due_on = models.DateField(_("now due on"))
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("by"),
        related_name="+",
    )
    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)

    objects = AboutPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")

    def __str__(self):
        return f"{self.period}"
