from copy import copy
from datetime import date

from django.apps import apps
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest, Least
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from coordination.budget.models.booking import Booking, BookingQuerySet, booked_until
from coordination.money import NOTHING, total


class CitywideQuerySet(models.QuerySet):
    """Rows that belong to the city alone, to no agency."""

    def within(self, scope):
        return self.all() if scope.citywide else self.none()


class BudgetYearQuerySet(models.QuerySet):
    def within(self, scope):
        """Years are no secret; whoever may see anything of the money may choose one."""
        return self.all() if scope else self.none()

    def open(self):
        return self.filter(closed_at=None)

    def with_sums(self):
        """With the sums over the lines and allocations of each year; one subquery each.

        ``passed_on`` is the earmarked money that reached agencies: of each line what was paid,
        at most what funds it. The rest of what is earmarked is not passed on yet.
        """
        paid = "payout__commitment__line"
        reached = Least(total("budget.Funding", "line"), total("budget.Payment", paid))
        booked = "budget.LineBooking"
        return self.annotate(
            planned=total(booked, "line__year", kind="planned"),
            supplements=total(booked, "line__year", kind="supplement"),
            moved=total(booked, "line__year", kind="move"),
            carried_in=total(booked, "line__year", kind="carry_over", amount__gt=0),
            carried_out=total(booked, "line__year", kind="carry_over", amount__lt=0),
            available=total(booked, "line__year"),
            committed=total("budget.CommitmentBooking", "commitment__line__year"),
            paid=total("budget.Payment", f"{paid}__year"),
            declared=total("budget.Expense", "share__commitment__line__year"),
            allocated=total("budget.StateAllocation", "year"),
            earmarked=total("budget.StateAllocation", "year", "earmarked"),
            distributed=total("budget.Funding", "allocation__year"),
            passed_on=total("budget.BudgetLine", "year", reached),
        ).annotate(
            free=F("available") - F("committed"),
            undistributed=F("earmarked") - F("distributed"),
            not_passed_on=F("earmarked") - F("passed_on"),
        )


class BudgetYear(models.Model):
    year = models.PositiveSmallIntegerField(
        _("year"), unique=True, validators=[MinValueValidator(2000), MaxValueValidator(2199)]
    )
    last_payment_on = models.DateField(
        _("last day of payment"),
        help_text=_("The last day on which the treasury still pays from this year's budget."),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)

    objects = BudgetYearQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        verbose_name = _("budget year")
        verbose_name_plural = _("budget years")

    def __str__(self):
        return str(self.year)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    def as_it_was(self, day: date) -> "BudgetYear":
        """The year as it was at the end of the day: what was closed later was open then."""
        found = copy(self)
        if self.is_closed and localdate(self.closed_at) > day:
            found.closed_at = None
        return found

    @property
    def starts_on(self) -> date:
        return date(self.year, 1, 1)

    @property
    def ends_on(self) -> date:
        return date(self.year, 12, 31)

    def nearest_day(self, day: date) -> date:
        """The day itself if it lies in the year, else the day of the year next to it."""
        return min(max(day, self.starts_on), self.ends_on)

    def share_over(self, day: date) -> int:
        """How much of the year is over at the end of ``day``, in percent."""
        days = (self.nearest_day(day) - self.starts_on).days + 1
        if day < self.starts_on:
            return 0
        return days * 100 // ((self.ends_on - self.starts_on).days + 1)


class BudgetLineQuerySet(CitywideQuerySet):
    def opened(self, until: date | None):
        """Without those that have their first booking only after the day; None: all."""
        if until is None:
            return self
        day = booked_until(until)
        has = Exists(LineBooking.objects.filter(line=OuterRef("pk")))
        had = Exists(LineBooking.objects.filter(line=OuterRef("pk"), **day))
        bound = apps.get_model("budget.CommitmentBooking").objects
        was_bound = Exists(bound.filter(commitment__line=OuterRef("pk"), **day))
        return self.filter(~has | had | was_bound)

    def with_sums(self, until: date | None = None):
        """With every measure of a line; one subquery each.

        ``available`` is what may be committed: planned, supplements, moved and carried over.
        ``until``: only what is booked up to this day.
        """

        def of(model, to, **only):
            return total(f"budget.{model}", to, **only, **booked_until(until))

        return self.annotate(
            planned=of("LineBooking", "line", kind="planned"),
            supplements=of("LineBooking", "line", kind="supplement"),
            moved=of("LineBooking", "line", kind="move"),
            carried_in=of("LineBooking", "line", kind="carry_over", amount__gt=0),
            carried_out=of("LineBooking", "line", kind="carry_over", amount__lt=0),
            available=of("LineBooking", "line"),
            committed=of("CommitmentBooking", "commitment__line"),
            paid=of("Payment", "payout__commitment__line"),
            declared=of("Expense", "share__commitment__line"),
        ).annotate(free=F("available") - F("committed"))

    def with_funding(self):
        """With how much the Land has ``funded`` of the line, and how much it has ``unfunded``.

        What was carried over has been funded where it came from, and is not funded again. What
        the line gave away, it gave of that first; ``spare`` is what is left of it.
        """
        booked = "budget.LineBooking"
        own = {"kind__in": ["planned", "supplement", "move"]}
        came = total(booked, "line", kind="carry_over", amount__gt=0)
        spare = came + total(booked, "line", **own, amount__lt=0)
        return self.annotate(
            had=total(booked, "line", **own, amount__gt=0) + Least(spare, NOTHING),
            spare=Greatest(spare, NOTHING),
            funded=total("budget.Funding", "line"),
        ).annotate(unfunded=F("had") - F("funded"))


class BudgetLine(models.Model):
    """A place in the city's budget for one year (Haushaltsstelle, Produktsachkonto)."""

    year = models.ForeignKey(
        BudgetYear, models.PROTECT, verbose_name=_("budget year"), related_name="lines"
    )
    product = models.CharField(
        _("product"), max_length=20, help_text=_("For example 31.13.01, as in the budget.")
    )
    account = models.CharField(_("account"), max_length=20, help_text=_("For example 531800."))
    title = models.CharField(_("purpose"), max_length=200)

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        ordering = ["year__year", "product", "account", "pk"]
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        constraints = [
            models.UniqueConstraint(
                name="line_code_once_a_year",
                fields=["year", "product", "account"],
                violation_error_message=_(
                    "The year already has a budget line with this product and account."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title} ({self.year})"

    @property
    def code(self) -> str:
        return f"{self.product}.{self.account}"


class LineBooking(Booking):
    """What a line has: its planned amount and everything that raised or lowered it since."""

    class Kind(models.TextChoices):
        PLANNED = "planned", _("planned")
        SUPPLEMENT = "supplement", _("supplement")
        MOVE = "move", _("moved")
        CARRY_OVER = "carry_over", _("carry-over")

    line = models.ForeignKey(
        BudgetLine, models.PROTECT, verbose_name=_("budget line"), related_name="bookings"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    partner = models.ForeignKey(
        BudgetLine,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("from or to"),
        related_name="+",
        help_text="The line at the other end of a move or carry-over.",
    )

    objects = BookingQuerySet.as_manager()

    class Meta(Booking.Meta):
        verbose_name = _("booking on a budget line")
        verbose_name_plural = _("bookings on budget lines")
        constraints = [
            *Booking.Meta.constraints,
            models.CheckConstraint(
                name="only_moves_and_carry_overs_have_a_partner",
                condition=Q(kind__in=["move", "carry_over"], partner__isnull=False)
                | Q(kind__in=["planned", "supplement"], partner=None),
            ),
        ]

    def __str__(self):
        return f"{self.line}: {self.get_kind_display()}"
