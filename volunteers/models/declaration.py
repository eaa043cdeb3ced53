from datetime import date

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.periods import ONE_DAY
from volunteers.models.engagement import Volunteer

# A certificate of conduct is asked for anew this long after it was issued. § 72a SGB VIII leaves
# the time to the agreement with the youth welfare office; five years are usual.
DUE_AFTER = relativedelta(years=5)


class DeclarationTextQuerySet(models.QuerySet):
    def on(self, day: date):
        """Of each declaration the one version that is valid on ``day``."""
        newer = DeclarationText.objects.filter(
            kind=OuterRef("kind"), starts_on__lte=day, version__gt=OuterRef("version")
        )
        return self.filter(~Exists(newer), starts_on__lte=day)


class DeclarationText(models.Model):
    """One version of what volunteers sign. Versions are never changed: the next one replaces."""

    class Kind(models.TextChoices):
        CONFIDENTIALITY = "confidentiality", _("confidentiality")
        PRIVACY = "privacy", _("data protection")
        CONDUCT = "conduct", _("code of conduct")

    kind = models.CharField(_("declaration"), max_length=20, choices=Kind)
    version = models.PositiveSmallIntegerField(_("version"), editable=False)
    starts_on = models.DateField(_("valid from"))
    text = models.TextField(_("text"), max_length=20_000)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = DeclarationTextQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-version", "pk"]
        verbose_name = _("text of a declaration")
        verbose_name_plural = _("texts of declarations")
        constraints = [
            models.UniqueConstraint(name="declarationtext_version", fields=["kind", "version"]),
        ]

    def __str__(self):
        words = {"kind": self.get_kind_display(), "version": self.version}
        return str(_("%(kind)s, version %(version)s") % words)


class DeclarationQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(volunteer__agency__in=scope.agencies)


class Declaration(models.Model):
    """That a volunteer signed one version of a declaration, and when."""

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="declarations")
    text = models.ForeignKey(
        DeclarationText, models.PROTECT, verbose_name=_("declaration"), related_name="signed"
    )
    signed_on = models.DateField(_("signed on"))

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "-pk"]
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        constraints = [
            models.UniqueConstraint(
                name="declaration_signed_once",
                fields=["volunteer", "text"],
                violation_error_message=_("The volunteer has signed this version already."),
            ),
        ]

    def __str__(self):
        return f"{self.volunteer}: {self.text}"


class CertificateQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(volunteer__agency__in=scope.agencies)

    def due(self, day: date):
        """Those that must be shown anew by ``day``."""
        return self.filter(issued_on__lte=day - DUE_AFTER)


class Certificate(models.Model):
    """That somebody has seen a volunteer's certificate of conduct: when, of when, and who.

    Nothing else may be kept of it (§ 72a Abs. 5 SGB VIII), and only the last one.
    """

    volunteer = models.OneToOneField(Volunteer, models.CASCADE, related_name="certificate")
    inspected_on = models.DateField(_("inspected on"))
    issued_on = models.DateField(_("issued on"))
    inspected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("inspected by"),
        related_name="+",
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["issued_on", "pk"]
        verbose_name = _("certificate of conduct")
        verbose_name_plural = _("certificates of conduct")
        constraints = [
            models.CheckConstraint(
                name="certificate_issued_before_inspected",
                condition=Q(issued_on__lte=F("inspected_on")),
                violation_error_message=_("It was inspected before it was issued."),
            ),
        ]

    def __str__(self):
        return str(self.volunteer)

    @property
    def due_on(self) -> date:
        """The first day on which ``due`` finds it; of 29 February that is a 1 March."""
        day = self.issued_on + DUE_AFTER
        return day if day - DUE_AFTER == self.issued_on else day + ONE_DAY
