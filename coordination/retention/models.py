from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RetentionRun(models.Model):
    """What was deleted or made anonymous, by rule, and how much. Never who."""

    at = models.DateTimeField(_("at"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("by"), related_name="+"
    )  # none: the command that runs by itself
    rule = models.CharField(_("rule"), max_length=40)
    count = models.PositiveIntegerField(_("rows"))

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("deletion run")
        verbose_name_plural = _("deletion runs")

    def __str__(self):
        return f"{self.rule}: {self.count}"
