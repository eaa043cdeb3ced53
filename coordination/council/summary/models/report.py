from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CouncilReportQuerySet(models.QuerySet):
    def within(self, scope):
        """Drafts are the city's: whoever may see some may see all."""
        return self.all() if scope.citywide else self.none()

    def drafts(self):
        return self.filter(release=None)


class CouncilReport(models.Model):
    """A report being composed: the day and the period it speaks of, and the administration's text.

    Its figures are computed anew each time it is looked at, until it is released.
    """

    title = models.CharField(_("title"), max_length=120)
    as_of = models.DateField(
        _("as of"), help_text=_("Positions, responsibilities and money as they stand on this day.")
    )
    starts_on = models.DateField(_("period from"), help_text=_("Of the activities reported."))
    ends_on = models.DateField(_("period until"), help_text=_("The last day is included."))
    since = models.DateField(
        _("last meeting on"),
        null=True,
        blank=True,
        help_text=_("What has changed since then is listed. Empty: no such list."),
    )
    text = models.TextField(
        _("text of the administration"),
        max_length=1_500,
        blank=True,
        help_text=_("What the figures do not say themselves. An empty line starts a paragraph."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("created by"), related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = CouncilReportQuerySet.as_manager()

    class Meta:
        ordering = ["-as_of", "-pk"]
        verbose_name = _("council report")
        verbose_name_plural = _("council reports")
        constraints = [
            models.CheckConstraint(
                name="councilreport_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self):
        return self.title


class ReleaseQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.none()

    def without_content(self):
        """Leave the figures in the database: they are about a hundred kilobytes each."""
        return self.defer("content")


class Release(models.Model):
    """A released report as it was: a snapshot that nobody changes, kept so by the database.

    ``content`` is what ``coordination.council.summary.content`` reads. Small counts are not in
    it: what is hidden was never kept.
    """

    report = models.OneToOneField(
        CouncilReport, models.PROTECT, verbose_name=_("council report"), related_name="release"
    )
    number = models.PositiveIntegerField(_("number"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    as_of = models.DateField(_("as of"))
    starts_on = models.DateField(_("period from"))
    ends_on = models.DateField(_("period until"))
    content = models.JSONField(_("figures"))
    digest = models.CharField(_("checksum (SHA-256)"), max_length=64)
    released_at = models.DateTimeField(_("released at"), default=timezone.now, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("released by"), related_name="+"
    )

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("released council report")
        verbose_name_plural = _("released council reports")

    def __str__(self):
        return f"{self.title} (Nr. {self.number})"
