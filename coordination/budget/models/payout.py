from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.budget.models.agreement import UNDER_WAY, Commitment
from coordination.budget.models.booking import Booking, BookingQuerySet
from coordination.money import MoneyField, total

SOON = timedelta(days=30)  # from here on an instalment can be requested


class PayoutQuerySet(models.QuerySet):
    def within(self, scope):
        if scope.citywide:
            return self.all()
        return self.filter(commitment__share__agreement__agency__in=scope.agencies)

    def under_way(self):
        """Requested, but neither paid nor sent back."""
        return self.filter(status__in=UNDER_WAY)

    def waiting_for(self, checker):
        """What this person of the city can do next: a check that is theirs to make, or pay."""
        check_content = Q(status="requested") & ~Q(requested_by=checker)
        check_calculation = (
            Q(status="content_checked") & ~Q(requested_by=checker) & ~Q(content_checked_by=checker)
        )
        return self.filter(check_content | check_calculation | Q(status="granted"))

    def to_request(self, day: date):
        """Instalments an agency can request: due ``SOON``, and their commitment has money left."""
        with_money = Commitment.objects.with_sums().filter(drawable__gt=0)
        return self.filter(
            status="planned",
            due_on__lte=day + SOON,
            commitment__in=with_money.order_by().values("pk"),
            commitment__line__year__closed_at=None,
        )

    def overdue(self, day: date):
        """Due before the day, and neither paid nor given up."""
        return self.filter(status__in=["planned", *UNDER_WAY], due_on__lt=day)

    def with_sums(self):
        """With ``paid``: what was paid and not reversed."""
        return self.annotate(paid=total("budget.Payment", "payout"))

    def with_names(self):
        """With everything their names and addresses are made of."""
        return self.select_related(
            "commitment__line__year",
            "commitment__share__year",
            "commitment__share__agreement__agency",
        )


def person(label, **kwargs):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=label,
        related_name="+",
        **kwargs,
    )


class Payout(models.Model):
    """An instalment of a commitment: planned, requested, checked twice, paid.

    The content check says how much is granted and why not all of it; the calculation check is
    made by somebody else, and neither by who requested it (four eyes).
    """

    class Status(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("payout", "planned")
        REQUESTED = "requested", pgettext_lazy("payout", "requested")
        CONTENT_CHECKED = "content_checked", _("content checked")
        GRANTED = "granted", pgettext_lazy("payout", "granted")
        PAID = "paid", _("paid")
        REVERSED = "reversed", pgettext_lazy("payout", "reversed")
        CANCELLED = "cancelled", pgettext_lazy("payout", "cancelled")

    # Each side reads its own word.
    WORDS = {
        "city": {
            Status.PLANNED: pgettext_lazy("payout", "planned"),
            Status.REQUESTED: _("content check due"),
            Status.CONTENT_CHECKED: _("calculation check due"),
            Status.GRANTED: _("to be paid"),
            Status.PAID: _("paid"),
            Status.REVERSED: pgettext_lazy("payout", "reversed"),
            Status.CANCELLED: pgettext_lazy("payout", "cancelled"),
        },
        "agency": {
            Status.PLANNED: _("can be requested"),
            Status.REQUESTED: _("submitted"),
            Status.CONTENT_CHECKED: _("being checked"),
            Status.GRANTED: _("granted, payment follows"),
            Status.PAID: _("paid out"),
            Status.REVERSED: _("paid back"),
            Status.CANCELLED: pgettext_lazy("payout", "cancelled"),
        },
    }

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, verbose_name=_("commitment"), related_name="payouts"
    )
    due_on = models.DateField(_("due on"))
    planned = MoneyField(pgettext_lazy("payout", "planned"))
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.PLANNED, editable=False
    )
    requested = MoneyField(
        pgettext_lazy("payout", "requested"), null=True, blank=True, editable=False
    )
    request_note = models.CharField(_("note on the request"), max_length=500, blank=True)
    requested_by = person(_("requested by"), editable=False)
    requested_at = models.DateTimeField(_("requested at"), null=True, editable=False)
    granted = MoneyField(pgettext_lazy("payout", "granted"), null=True, blank=True, editable=False)
    grant_reason = models.CharField(_("why not all of it"), max_length=500, blank=True)
    content_checked_by = person(_("content check by"), editable=False)
    content_checked_at = models.DateTimeField(_("content check at"), null=True, editable=False)
    calculation_checked_by = person(_("calculation check by"), editable=False)
    calculation_checked_at = models.DateTimeField(
        _("calculation check at"), null=True, editable=False
    )

    objects = PayoutQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        indexes = [models.Index(name="payout_by_status", fields=["status", "due_on"])]
        constraints = [
            models.CheckConstraint(
                name="payout_amounts_in_order",
                condition=Q(planned__gt=0)
                & (Q(requested=None) | Q(requested__gt=0))
                & (Q(granted=None) | Q(granted__gt=0, granted__lte=F("requested"))),
                violation_error_message=_("At most the requested amount can be granted."),
            ),
            models.CheckConstraint(
                name="payout_four_eyes",
                condition=(
                    Q(content_checked_by=None)
                    | Q(requested_by__isnull=False) & ~Q(content_checked_by=F("requested_by"))
                )
                & (
                    Q(calculation_checked_by=None)
                    | Q(content_checked_by__isnull=False)
                    & ~Q(calculation_checked_by=F("content_checked_by"))
                    & ~Q(calculation_checked_by=F("requested_by"))
                ),
                violation_error_message=_(
                    "Request, content check and calculation check are by three different people."
                ),
            ),
            models.CheckConstraint(
                name="payout_status_is_earned",
                condition=Q(status__in=["planned", "cancelled"], requested_by=None)
                | Q(status="requested", requested__isnull=False, content_checked_by=None)
                | Q(
                    status="content_checked",
                    granted__isnull=False,
                    content_checked_by__isnull=False,
                    calculation_checked_by=None,
                )
                | Q(
                    status__in=["granted", "paid", "reversed"],
                    granted__isnull=False,
                    calculation_checked_by__isnull=False,
                ),
            ),
        ]

    def __str__(self):
        return f"{self.commitment.share} · {self.due_on:%d.%m.%Y}"

    @property
    def agency_id(self) -> int:
        return self.commitment.share.agreement.agency_id

    def word(self, side: str) -> str:
        """The status as ``city`` or ``agency`` reads it."""
        return self.WORDS[side][self.status]


class PaymentQuerySet(BookingQuerySet):
    def within(self, scope):
        if scope.citywide:
            return self.all()
        return self.filter(payout__commitment__share__agreement__agency__in=scope.agencies)


class Payment(Booking):
    """Money that went to the agency; no bank data, only how the treasury calls it."""

    payout = models.ForeignKey(
        Payout, models.PROTECT, verbose_name=_("payout"), related_name="payments"
    )
    cash_reference = models.CharField(_("cash reference"), max_length=60)

    objects = PaymentQuerySet.as_manager()

    class Meta(Booking.Meta):
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            *Booking.Meta.constraints,
            models.UniqueConstraint(
                name="payout_is_paid_once",
                fields=["payout"],
                condition=Q(reverses=None),
                violation_error_message=_("This payout has been paid already."),
            ),
        ]

    def __str__(self):
        return f"{self.payout} · {self.cash_reference}"
