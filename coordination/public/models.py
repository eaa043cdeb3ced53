from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LegalText(models.Model):
    """A legal page as the city has written it. Without a row the marked template is shown."""

    class Page(models.TextChoices):
        IMPRINT = "impressum", _("imprint")
        PRIVACY = "datenschutz", _("data protection")
        ACCESSIBILITY = "barrierefreiheit", _("accessibility")

    page = models.CharField(_("page"), max_length=20, choices=Page)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    text = models.TextField(_("text"), max_length=50_000)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        ordering = ["page", "language", "pk"]
        verbose_name = _("legal page")
        verbose_name_plural = _("legal pages")
        constraints = [
            models.UniqueConstraint(name="legaltext_once", fields=["page", "language"]),
        ]

    def __str__(self):
        return f"{self.get_page_display()} ({self.get_language_display()})"


class Feedback(models.Model):
    """Somebody met a barrier in the portal and says so (§ 12b BGG, § 10b BGG NRW)."""

    text = models.TextField(_("message"), max_length=2_000)
    page = models.CharField(_("page"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    created_at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)
    done_at = models.DateTimeField(_("done at"), null=True, editable=False)
    # Of the form it was typed into: the same form sent twice is one report.
    form_id = models.UUIDField(null=True, editable=False, unique=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("report of a barrier")
        verbose_name_plural = _("reports of barriers")

    def __str__(self):
        return str(_("Report %(number)d") % {"number": self.pk or 0})
