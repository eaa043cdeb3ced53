from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.budget.models.agreement import Agreement, AgreementShare
from coordination.budget.models.booking import Booking, BookingQuerySet
from coordination.text import FoldedField


class ExpenseUploadQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agreement__agency__in=scope.agencies)

    def kept(self):
        """Files that have been entered, or may still be."""
        return self.filter(Q(applied_at__isnull=False) | Q(created_at__gte=self._oldest()))

    def expired(self):
        return self.filter(applied_at=None, created_at__lt=self._oldest())

    @staticmethod
    def _oldest():
        return timezone.now() - ExpenseUpload.KEPT


class ExpenseUpload(models.Model):
    """A file of expenses, kept until who uploaded it has looked through what it would enter.

    Once it is entered, only the row stays, so that the same file is noticed again.
    """

    KEPT = timedelta(days=1)

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, verbose_name=_("agreement"), related_name="expense_uploads"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+"
    )
    name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("entered at"), null=True, editable=False)

    objects = ExpenseUploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("file of expenses")
        verbose_name_plural = _("files of expenses")
        constraints = [
            models.UniqueConstraint(
                name="a_file_is_entered_once",
                fields=["agreement", "sha256"],
                condition=Q(applied_at__isnull=False),
                violation_error_message=_("This very file has been entered already."),
            ),
        ]

    def __str__(self):
        return self.name


class ExpenseQuerySet(BookingQuerySet):
    def within(self, scope):
        if scope.citywide:
            return self.all()
        return self.filter(share__agreement__agency__in=scope.agencies)

    def with_names(self):
        """With everything a list says of an expense, its receipts without their contents."""
        receipts = self.model._meta.get_field("documents").related_model.objects.listed()
        return self.select_related(
            "share__agreement__agency", "share__year", "by", "reversed_by__by", "upload"
        ).prefetch_related(Prefetch("documents", receipts))


class Expense(Booking):
    """What an agency spent the money on. ``booked_on`` is the day it was spent."""

    share = models.ForeignKey(
        AgreementShare,
        models.PROTECT,
        verbose_name=_("yearly share of an agreement"),
        related_name="expenses",
    )
    payee = models.CharField(
        _("payee or purpose"),
        max_length=200,
        help_text=_("Never the name of a person who is advised."),
    )
    payee_key = FoldedField(of="payee", max_length=600, default="")
    upload = models.ForeignKey(
        ExpenseUpload, models.PROTECT, null=True, blank=True, related_name="expenses"
    )

    objects = ExpenseQuerySet.as_manager()

    class Meta(Booking.Meta):
        ordering = ["-booked_on", "-pk"]
        verbose_name = _("expense")
        verbose_name_plural = _("expenses")
        indexes = [models.Index(name="expense_newest", fields=["-booked_on", "-id"])]

    def __str__(self):
        return f"{self.booked_on:%d.%m.%Y} {self.payee}"
