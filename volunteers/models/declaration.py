from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from volunteers.models.engagement import Volunteer


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


class Declaration(models.Model):
    """That a volunteer signed one version of a declaration, and when."""

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, related_name="declarations")
    text = models.ForeignKey(
        DeclarationText, models.PROTECT, verbose_name=_("declaration"), related_name="signed"
    )
    signed_on = models.DateField(_("signed on"))

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
