from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.money import MoneyField


def booked_until(day: date | None) -> dict:
    """Filters of the bookings up to the end of a day; None: of all, whatever their day."""
    return {} if day is None else {"booked_on__lte": day}


class BookingQuerySet(models.QuerySet):
    def standing(self):
        """Bookings that were not reversed and reverse none."""
        return self.filter(reverses=None, reversed_by=None)

    def mark(self) -> str:
        """What a form that books here has seen: the number of the newest booking, or nothing."""
        newest = self.order_by("-pk").values_list("pk", flat=True).first()
        return "" if newest is None else str(newest)

    def update(self, **kwargs):
        raise TypeError("Bookings are append-only.")

    def delete(self):
        raise TypeError("Bookings are append-only.")


class Booking(models.Model):
    """A line of a ledger: never changed, never deleted. What was wrong is reversed by another.

    Its table is append-only in the database itself (``coordination/audit/triggers.py``).
    """

    amount = MoneyField(_("amount"))
    booked_on = models.DateField(_("date"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("reversal of"),
        related_name="reversed_by",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("by"),
        related_name="+",
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["booked_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_is_not_nothing",
                condition=~Q(amount=0),
                violation_error_message=_("A booking has an amount other than 0."),
            ),
        ]

    @property
    def is_reversed(self) -> bool:
        return hasattr(self, "reversed_by")
