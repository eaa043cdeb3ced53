from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Position
from coordination.budget.models.booking import Booking, BookingQuerySet
from coordination.budget.models.line import BudgetLine, BudgetYear
from coordination.money import CENT, MoneyField, total
from coordination.periods import Period, PeriodQuerySet


class CostKind(models.TextChoices):
    STAFF = "staff", _("staff costs")
    FEES = "fees", _("fees of freelancers")
    MATERIAL = "material", _("material costs")


class AgreementQuerySet(PeriodQuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)

    def with_sums(self, year: int | None = None):
        """With ``agreed``, ``committed``, ``requested``, ``paid`` and ``declared``.

        Over all years, or of the one budget year.
        """
        only = {} if year is None else {"year__year": year}
        agreed = total("budget.AgreementShare", "agreement", **only)
        return self.annotate(agreed=agreed, **share_sums("share__agreement", year))


class Agreement(Period):
    """What the city agreed with an agency: so much money for this, from then until then.

    Its dates do not change: a longer term is a successor. ``amount`` is the sum of its shares.
    """

    class Kind(models.TextChoices):
        POSITIONS = "positions", _("funding of positions")
        FREELANCERS = "freelancers", _("freelancers")
        MATERIAL = "material", _("material costs")

    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("agency"), related_name="agreements"
    )
    reference = models.CharField(_("reference number"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    subject = models.CharField(_("subject"), max_length=200)
    amount = MoneyField(_("amount"), validators=[MinValueValidator(CENT)])
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    predecessor = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("extension of"),
        related_name="successor",
    )
    positions = models.ManyToManyField(
        Position, blank=True, verbose_name=_("positions"), related_name="agreements"
    )

    objects = AgreementQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["-starts_on", "agency__short_name", "-pk"]
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                name="agreement_has_an_end_and_an_amount",
                condition=Q(ends_on__isnull=False, amount__gt=0),
                violation_error_message=_("An agreement has a last day and an amount."),
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.agency}"


class AgreementShareQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agreement__agency__in=scope.agencies)

    def entered(self, until: date | None):
        """Those of agreements that are not known to be signed after the day; None: all."""
        return self.all() if until is None else self.exclude(agreement__signed_on__gt=until)

    def with_sums(self):
        """With ``committed``, ``requested``, ``paid``, ``declared`` and ``drawable``."""
        return self.annotate(**share_sums("share")).annotate(
            drawable=F("committed") - F("requested") - F("paid")
        )


UNDER_WAY = ["requested", "content_checked", "granted"]  # of a payout, for Payout.Status
STILL_ASKED = Coalesce("granted", "requested")  # what a payout under way will cost


def share_sums(path: str, year: int | None = None) -> dict:
    """The sums of shares as annotations; ``path`` leads from a commitment to the outer row.

    ``requested`` is under way: asked for and not paid yet, after the content check as granted.
    With ``year`` only what belongs to shares of this budget year.
    """

    def of(model, to, *amount, **only):
        if year is not None:
            only[f"{to}share__year__year"] = year
        return total(model, f"{to}{path}", *amount, **only)

    return {
        "committed": of("budget.CommitmentBooking", "commitment__"),
        "requested": of("budget.Payout", "commitment__", STILL_ASKED, status__in=UNDER_WAY),
        "paid": of("budget.Payment", "payout__commitment__"),
        "declared": of("budget.Expense", ""),
    }


class AgreementShare(models.Model):
    """The part of an agreement's amount that falls into one budget year, for one kind of cost."""

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, verbose_name=_("agreement"), related_name="shares"
    )
    year = models.ForeignKey(
        BudgetYear, models.PROTECT, verbose_name=_("budget year"), related_name="shares"
    )
    cost_kind = models.CharField(_("kind of cost"), max_length=20, choices=CostKind)
    amount = MoneyField(_("amount"))

    objects = AgreementShareQuerySet.as_manager()

    class Meta:
        ordering = ["year__year", "cost_kind", "pk"]
        verbose_name = _("yearly share of an agreement")
        verbose_name_plural = _("yearly shares of agreements")
        constraints = [
            models.UniqueConstraint(
                name="one_share_a_year_and_cost_kind", fields=["agreement", "year", "cost_kind"]
            ),
            models.CheckConstraint(name="share_is_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self):
        return f"{self.agreement} · {self.year} · {self.get_cost_kind_display()}"


class CommitmentQuerySet(models.QuerySet):
    def within(self, scope):
        if scope.citywide:
            return self.all()
        return self.filter(share__agreement__agency__in=scope.agencies)

    def with_sums(self):
        """With ``committed``, ``requested`` (not yet paid), ``paid`` and ``drawable``."""
        return self.annotate(
            committed=total("budget.CommitmentBooking", "commitment"),
            requested=total("budget.Payout", "commitment", STILL_ASKED, status__in=UNDER_WAY),
            paid=total("budget.Payment", "payout__commitment"),
        ).annotate(drawable=F("committed") - F("requested") - F("paid"))


class Commitment(models.Model):
    """A line of the budget is bound by the share of an agreement. Its bookings say by how much."""

    line = models.ForeignKey(
        BudgetLine, models.PROTECT, verbose_name=_("budget line"), related_name="commitments"
    )
    share = models.OneToOneField(
        AgreementShare,
        models.PROTECT,
        verbose_name=_("yearly share of an agreement"),
        related_name="commitment",
    )

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["line", "pk"]
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")

    def __str__(self):
        return f"{self.share} · {self.line.code}"


class CommitmentBooking(Booking):
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, verbose_name=_("commitment"), related_name="bookings"
    )

    objects = BookingQuerySet.as_manager()

    class Meta(Booking.Meta):
        verbose_name = _("booking on a commitment")
        verbose_name_plural = _("bookings on commitments")

    def __str__(self):
        return f"{self.commitment}"
