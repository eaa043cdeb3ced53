from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.budget.models.agreement import Agreement
from coordination.budget.models.expense import Expense


class DocumentQuerySet(models.QuerySet):
    def within(self, scope):
        if scope.citywide:
            return self.all()
        return self.filter(
            Q(agreement__agency__in=scope.agencies)
            | Q(expense__share__agreement__agency__in=scope.agencies)
        )

    def listed(self):
        """Without the contents, which lists do not need."""
        return self.defer("content")


class Document(models.Model):
    """A file that proves an agreement or an expense.

    It lies in the database: under its protection, in its backup, and written in the same
    transaction as what it belongs to.
    """

    name = models.CharField(_("file"), max_length=200)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, related_name="documents"
    )
    expense = models.ForeignKey(
        Expense, models.PROTECT, null=True, blank=True, related_name="documents"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                name="document_proves_one_thing",
                condition=Q(agreement__isnull=False, expense=None)
                | Q(agreement=None, expense__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name
