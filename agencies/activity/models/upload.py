from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency


class ActivityUploadQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)

    def kept(self):
        """Files that have been entered, or may still be."""
        return self.filter(Q(applied_at__isnull=False) | Q(created_at__gte=self._oldest()))

    def expired(self):
        return self.filter(applied_at=None, created_at__lt=self._oldest())

    @staticmethod
    def _oldest():
        return timezone.now() - ActivityUpload.KEPT


class ActivityUpload(models.Model):
    """A file of entries from an agency's own system, kept until its uploader has looked through it.

    ``content`` is what ``entry_files.packed`` keeps of it. Once it is entered, only the row stays,
    so that the same file is noticed again.
    """

    KEPT = timedelta(days=1)

    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("agency"), related_name="activity_uploads"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+"
    )
    name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("entered at"), null=True, editable=False)

    objects = ActivityUploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("file of activities")
        verbose_name_plural = _("files of activities")

    def __str__(self):
        return self.name
