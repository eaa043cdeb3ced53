from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from coordination.access.permissions import Role


class AgencyQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(pk__in=scope.agencies)

    def active(self):
        return self.filter(is_active=True)


class Agency(models.Model):
    """Who employs people in this work: a welfare association, or the city itself."""

    class Kind(models.TextChoices):
        ASSOCIATION = "association", _("welfare association")
        CITY = "city", _("city administration")
        OTHER = "other", _("other body")

    name = models.CharField(_("name"), max_length=200, unique=True)
    short_name = models.CharField(_("short name"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.ASSOCIATION)
    is_active = models.BooleanField(_("active"), default=True)
    street = models.CharField(_("street and number"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=5, blank=True)
    town = models.CharField(_("town"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    office_hours = models.CharField(
        _("office hours"),
        max_length=200,
        blank=True,
        help_text=_("For example: Mon to Thu 9:00–16:00, Fri 9:00–12:00"),
    )

    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = ["short_name", "pk"]
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")

    def __str__(self):
        return self.short_name


class MembershipQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)

    def leads(self):
        """Leads whose account is active: only they can act for the agency."""
        return self.filter(role=Membership.Code.LEAD, user__is_active=True)


class Membership(models.Model):
    """An account acts for an agency, as its lead or as one of its caseworkers."""

    class Code(models.TextChoices):
        LEAD = Role.LEAD.value, _("agency lead")
        WORKER = Role.WORKER.value, _("caseworker")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("account"),
        related_name="memberships",
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("agency"), related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=20, choices=Code)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["agency__short_name", "user__name", "pk"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                name="membership_once_per_agency",
                fields=["user", "agency"],
                violation_error_message=_("This account already belongs to this agency."),
            ),
            models.CheckConstraint(
                name="membership_role_is_known",
                condition=models.Q(role__in=[Role.LEAD, Role.WORKER]),
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.agency}"
