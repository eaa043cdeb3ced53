from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.activity.models import ReportingPeriod


class MailKind(models.TextChoices):
    """Mails somebody can do without."""

    DUE = "due", _("reminders of reports that are due")
    DIGEST = "digest", _("weekly digest")


class Reminder(models.Model):
    """A mail about a report that was sent: each stage goes to each person once."""

    class Stage(models.TextChoices):
        BEFORE = "before", _("before the due date")
        ON = "on", _("on the due date")
        LEAD = "lead", _("overdue: to the agency's lead")
        COORDINATION = "coordination", _("overdue: to the coordination")

    period = models.ForeignKey(ReportingPeriod, models.CASCADE, related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    # The day the stage counts from: an extension, or a report sent back, starts the stages anew.
    due_on = models.DateField(_("due on"))
    sent_at = models.DateTimeField(_("sent at"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                name="reminder_once", fields=["period", "user", "stage", "due_on"]
            ),
        ]

    def __str__(self):
        return f"{self.period}: {self.stage}"


class Digest(models.Model):
    """Somebody's week was dealt with: a digest was sent, or there was nothing to say.

    ``week`` is its Monday.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    week = models.DateField(_("week"))
    sent_at = models.DateTimeField(_("sent at"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        constraints = [models.UniqueConstraint(name="digest_once", fields=["user", "week"])]

    def __str__(self):
        return f"{self.week}"


class OptOut(models.Model):
    """A kind of mail that somebody does not want."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=MailKind)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("unwanted mail")
        verbose_name_plural = _("unwanted mails")
        constraints = [models.UniqueConstraint(name="optout_once", fields=["user", "kind"])]

    def __str__(self):
        return self.kind
