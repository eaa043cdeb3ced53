from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PostalCode(models.Model):
    """A German postal code. Postal codes and districts overlap many-to-many."""

    code = models.CharField(
        _("postal code"),
        max_length=5,
        unique=True,
        validators=[RegexValidator(r"^\d{5}\Z", _("A postal code has five digits."))],
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("postal code")
        verbose_name_plural = _("postal codes")

    def __str__(self):
        return self.code


class DistrictQuerySet(models.QuerySet):
    def quarters(self):
        return self.filter(level=District.Level.QUARTER)

    def boroughs(self):
        return self.filter(level=District.Level.BOROUGH)

    def on(self, day):
        """Districts that exist on ``day``."""
        return self.filter(
            Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day)
        )

    def without_shapes(self):
        """Leave the geometry in the database: a real city's is over a megabyte."""
        return self.defer("geometry", "outline")


class District(models.Model):
    """A borough (Stadtbezirk) or a quarter (Stadtteil) within one, after the city's register."""

    class Level(models.TextChoices):
        BOROUGH = "borough", _("borough")
        QUARTER = "quarter", _("quarter")

    level = models.CharField(_("level"), max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("borough"),
        related_name="quarters",
    )
    key = models.CharField(_("key"), max_length=20)
    name = models.CharField(_("name"), max_length=100)
    starts_on = models.DateField(
        _("exists since"), null=True, blank=True, help_text=_("Empty: as long as is known.")
    )
    ends_on = models.DateField(
        _("exists until"), null=True, blank=True, help_text=_("The last day is included.")
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(
        _("year of the population figure"), null=True, blank=True
    )
    area_km2 = models.DecimalField(
        _("area in km²"),
        max_digits=8,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    postal_codes = models.ManyToManyField(
        PostalCode, verbose_name=_("postal codes"), related_name="districts", blank=True
    )
    neighbours = models.ManyToManyField("self", verbose_name=_("neighbours"), blank=True)
    # GeoJSON geometry as imported (WGS 84), and its simplified drawing; see districts/shapes.py.
    geometry = models.JSONField(_("geometry"), null=True, blank=True)
    outline = models.JSONField(null=True, blank=True, editable=False)
    is_schematic = models.BooleanField(_("schematic geometry"), default=False)

    objects = DistrictQuerySet.as_manager()

    class Meta:
        ordering = ["key", "pk"]
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        constraints = [
            models.UniqueConstraint(
                name="district_key_once_per_level",
                fields=["level", "key"],
                condition=Q(ends_on=None),
                violation_error_message=_("There is already a district with this key."),
            ),
            models.CheckConstraint(
                name="district_ends_after_start",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="only_quarters_lie_in_a_borough",
                condition=Q(level="quarter") | Q(parent=None),
                violation_error_message=_("A borough lies in no other borough."),
            ),
            models.CheckConstraint(
                name="population_has_its_year",
                condition=Q(population=None, population_year=None)
                | Q(population__isnull=False, population_year__isnull=False),
                violation_error_message=_("A population figure needs its year."),
            ),
        ]

    def __str__(self):
        return self.name

    def is_on(self, day) -> bool:
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or self.ends_on >= day
        )


class DistrictUploadQuerySet(models.QuerySet):
    def kept(self):
        """Uploads that have not expired."""
        return self.filter(created_at__gte=timezone.now() - DistrictUpload.KEPT)


class DistrictUpload(models.Model):
    """A file that somebody uploaded and has to look through before it is imported."""

    KEPT = timedelta(days=1)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("uploaded by"), related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("imported at"), null=True, blank=True)
    name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()
    options = models.JSONField()

    objects = DistrictUploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("upload of districts")
        verbose_name_plural = _("uploads of districts")

    def __str__(self):
        return self.name
