from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, UniqueConstraint
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coordination.budget.models.booking import Booking, BookingQuerySet
from coordination.budget.models.line import BudgetLine, BudgetYear, CitywideQuerySet
from coordination.money import MoneyField, summed_up, total
from coordination.periods import Period, PeriodQuerySet, show_day


class SocialShareQuerySet(CitywideQuerySet, PeriodQuerySet):
    pass


class SocialShare(Period):
    """Which part of an allocation is meant for social care, from a day on.

    For refugees in North Rhine-Westphalia § 4 FlüAG says so: 3.83 % in 2016.
    """

    percent = models.DecimalField(
        _("share in percent"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal("100.00"))],
    )
    legal_basis = models.CharField(_("legal basis"), max_length=200)

    objects = SocialShareQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["-starts_on", "-pk"]
        verbose_name = _("share for social care")
        verbose_name_plural = _("shares for social care")
        constraints = [
            *Period.Meta.constraints,
            UniqueConstraint(
                name="one_social_share_from_a_day",
                fields=["starts_on"],
                violation_error_code="unique",
                violation_error_message=_("Another share holds from this day already."),
            ),
        ]

    @property
    def shown_percent(self) -> str:
        return f"{number_format(self.percent, 2)}\N{NO-BREAK SPACE}%"

    def __str__(self):
        return gettext("%(percent)s from %(day)s (%(basis)s)") % {
            "percent": self.shown_percent,
            "day": show_day(self.starts_on),
            "basis": self.legal_basis,
        }


class StateAllocationQuerySet(CitywideQuerySet):
    def with_sums(self):
        """With how much of the earmarked amount is ``distributed`` to lines, and what is not."""
        return self.annotate(distributed=total("budget.Funding", "allocation")).annotate(
            undistributed=F("earmarked") - F("distributed")
        )

    def sums(self) -> dict:
        """The sums over all these notices."""
        names = ("amount", "earmarked", "distributed", "undistributed")
        return summed_up(self.with_sums(), names)


class StateAllocation(models.Model):
    """A notice by which the Land gives the city money for a year (Zuweisungsbescheid).

    ``earmarked`` is the amount times the share that held on the day of the notice.
    """

    year = models.ForeignKey(
        BudgetYear, models.PROTECT, verbose_name=_("budget year"), related_name="allocations"
    )
    reference = models.CharField(_("reference number"), max_length=60, unique=True)
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    issued_on = models.DateField(_("date of the notice"))
    amount = MoneyField(_("amount"))
    share = models.ForeignKey(
        SocialShare, models.PROTECT, verbose_name=_("share for social care"), related_name="+"
    )
    earmarked = MoneyField(_("earmarked for social care"))

    objects = StateAllocationQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-pk"]
        verbose_name = _("state allocation")
        verbose_name_plural = _("state allocations")
        constraints = [
            models.CheckConstraint(
                name="allocation_earmarks_at_most_itself",
                condition=Q(amount__gt=0, earmarked__gte=0, earmarked__lte=F("amount")),
                violation_error_message=_("An allocation has a positive amount."),
            ),
        ]

    def __str__(self):
        return self.reference


class AllocationInstalment(models.Model):
    """A day on which the Land pays a part of the allocation."""

    allocation = models.ForeignKey(StateAllocation, models.PROTECT, related_name="instalments")
    due_on = models.DateField(_("due on"))
    amount = MoneyField(_("amount"))

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("instalment of an allocation")
        verbose_name_plural = _("instalments of an allocation")
        constraints = [
            UniqueConstraint(name="one_instalment_a_day", fields=["allocation", "due_on"]),
        ]

    def __str__(self):
        return show_day(self.due_on)


class FundingQuerySet(CitywideQuerySet, BookingQuerySet):
    pass


class Funding(Booking):
    """So much of an allocation's earmarked amount pays for a budget line."""

    allocation = models.ForeignKey(
        StateAllocation,
        models.PROTECT,
        verbose_name=_("state allocation"),
        related_name="fundings",
    )
    line = models.ForeignKey(
        BudgetLine, models.PROTECT, verbose_name=_("budget line"), related_name="fundings"
    )

    objects = FundingQuerySet.as_manager()

    class Meta(Booking.Meta):
        verbose_name = _("distribution of an allocation")
        verbose_name_plural = _("distributions of allocations")

    def __str__(self):
        return f"{self.allocation} → {self.line}"
