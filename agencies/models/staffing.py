from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models.agency import Agency
from coordination.periods import Period, PeriodQuerySet

FTE_LIMITS = [MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal("1.00"))]


def fte_field():
    """Full-time equivalents in hundredths; one post or person is at most one full time."""
    return models.DecimalField(
        _("FTE"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("1.00"),
        validators=FTE_LIMITS,
        help_text=_("1.00 is full time."),
    )


class WorkerQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)

    def active(self):
        return self.filter(is_active=True)

    def contact_persons(self):
        """Who holds or held a position that is responsible for a district: they are public."""
        held = Occupancy.objects.standing().filter(
            worker=models.OuterRef("pk"),
            position__assignments__isnull=False,
            position__assignments__withdrawn_at=None,
        )
        return self.filter(models.Exists(held))


class Worker(models.Model):
    """Somebody who does the work for an agency: employed, or a fee-paid freelancer."""

    class Kind(models.TextChoices):
        EMPLOYED = "employed", _("caseworker")
        FREELANCE = "freelance", _("freelancer")

    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("agency"), related_name="workers"
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.EMPLOYED)
    phone = models.CharField(_("office phone"), max_length=50, blank=True)
    email = models.EmailField(_("office e-mail address"), blank=True)
    languages = models.CharField(
        _("languages"), max_length=200, blank=True, help_text=_("For example: German, Arabic")
    )
    office_hours = models.CharField(
        _("office hours"),
        max_length=200,
        blank=True,
        help_text=_("For example: Mon and Wed 9:00–12:00, by appointment otherwise"),
    )
    is_public = models.BooleanField(
        _("contact released for the public"),
        default=False,
        help_text=_(
            "Name, phone, e-mail address, languages and office hours then stand in the public "
            "finder. Otherwise it shows how to reach the agency."
        ),
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("account"),
        related_name="worker",
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self):
        return self.name


class AbsenceQuerySet(PeriodQuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(worker__agency__in=scope.agencies)


class Absence(Period):
    """Days on which a worker is not there and the deputy is asked instead. Never why."""

    worker = models.ForeignKey(
        Worker, models.CASCADE, verbose_name=_("worker"), related_name="absences"
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["-starts_on", "-pk"]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(name="absence_has_an_end", condition=Q(ends_on__isnull=False)),
        ]

    def __str__(self):
        return str(self.worker)


class PositionQuerySet(PeriodQuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)


class Position(Period):
    """A funded post of an agency. ``starts_on`` to ``ends_on`` is the time it is funded."""

    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("agency"), related_name="positions"
    )
    title = models.CharField(_("title"), max_length=200)
    fte = fte_field()
    qualification = models.CharField(_("qualification"), max_length=200, blank=True)

    objects = PositionQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["agency__short_name", "title", "pk"]
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                name="position_fte_within_full_time",
                condition=Q(fte__gt=0, fte__lte=1),
                violation_error_message=_("A position has more than 0.00 and at most 1.00 FTE."),
            ),
            models.UniqueConstraint(
                name="position_title_once_per_agency",
                fields=["agency", "title"],
                violation_error_message=_("The agency already has a position with this title."),
            ),
        ]

    def __str__(self):
        return f"{self.agency} · {self.title}"


class StandingQuerySet(PeriodQuerySet):
    """Rows that take part in the arrangement: those never withdrawn."""

    def standing(self):
        return self.filter(withdrawn_at=None)

    def on(self, day):
        return super().on(day).standing()

    def overlapping(self, starts_on, ends_on):
        return super().overlapping(starts_on, ends_on).standing()

    def within(self, scope):
        return self.all() if scope.citywide else self.filter(position__agency__in=scope.agencies)


class Standing(Period):
    """A dated link that history keeps: it is ended, or withdrawn if it never took effect."""

    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)

    objects = StandingQuerySet.as_manager()

    class Meta(Period.Meta):
        abstract = True

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


class OccupancyQuerySet(StandingQuerySet):
    def acting(self, day):
        """Whose holder can be turned to on ``day``: active, of an agency that is active.

        Whether they are absent for a while is another question: see ``Absence``.
        """
        return self.on(day).filter(worker__is_active=True, worker__agency__is_active=True)


class Occupancy(Standing):
    """A worker holds a position, or part of it, for a while."""

    position = models.ForeignKey(
        Position, models.PROTECT, verbose_name=_("position"), related_name="occupancies"
    )
    worker = models.ForeignKey(
        Worker, models.PROTECT, verbose_name=_("caseworker"), related_name="occupancies"
    )
    fte = fte_field()

    objects = OccupancyQuerySet.as_manager()

    class Meta(Standing.Meta):
        ordering = ["starts_on", "pk"]
        verbose_name = _("occupancy")
        verbose_name_plural = _("occupancies")
        constraints = [
            *Standing.Meta.constraints,
            models.CheckConstraint(
                name="occupancy_fte_within_full_time",
                condition=Q(fte__gt=0, fte__lte=1),
                violation_error_message=_("An occupancy has more than 0.00 and at most 1.00 FTE."),
            ),
        ]

    def __str__(self):
        return f"{self.worker}, {self.position}"
