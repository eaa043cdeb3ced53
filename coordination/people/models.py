from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership
from coordination.access.models import CityRole, User
from coordination.access.second_factor import FACTORS

VALID_FOR = timedelta(days=7)


class AccountQuerySet(models.QuerySet):
    def within(self, scope):
        """An agency's lead reaches the accounts that act for the agency."""
        if scope.citywide:
            return self.all()
        # By subquery: a join would list an account once per membership.
        members = Membership.objects.filter(agency__in=scope.agencies)
        return self.filter(pk__in=members.values("user"))

    def with_second_factor(self):
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
        return self.annotate(has_second_factor=Exists(factors))

    def with_places(self, scope):
        """Each account's roles, but to an agency only those within it."""
        memberships = Membership.objects.within(scope).select_related("agency")
        roles = CityRole.objects.all() if scope.citywide else CityRole.objects.none()
        return self.prefetch_related(
            models.Prefetch("memberships", memberships, to_attr="places"),
            models.Prefetch("roles", roles, to_attr="city_roles"),
        )


class Account(User):
    """A user as coordination and the agencies' leads see it."""

    objects = AccountQuerySet.as_manager()

    class Meta:
        proxy = True
        ordering = ["name", "pk"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")


class InvitationQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)

    def open(self):
        """Neither accepted nor revoked; may have run out, then it can be sent again."""
        return self.filter(accepted_at=None, revoked_at=None)

    def valid(self):
        return self.open().filter(expires_at__gt=timezone.now())


class Invitation(models.Model):
    """The offer of one role to one address. Only the hash of its token is kept."""

    email = models.EmailField(_("e-mail address"))  # folded
    name = models.CharField(_("name"), max_length=200)
    city_role = models.CharField(
        _("city role"), max_length=20, choices=CityRole.Code, blank=True, default=""
    )
    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("agency"),
        related_name="invitations",
    )
    membership_role = models.CharField(
        _("role in the agency"), max_length=20, choices=Membership.Code, blank=True, default=""
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"), editable=False)
    mailed_at = models.DateTimeField(_("mailed at"), null=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,  # by a command on the server, before there is anybody
        editable=False,
        verbose_name=_("invited by"),
        related_name="+",
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                name="invitation_to_one_role",
                condition=Q(city_role__in=CityRole.Code.values, agency=None, membership_role="")
                | Q(
                    city_role="",
                    agency__isnull=False,
                    membership_role__in=Membership.Code.values,
                ),
                violation_error_message=_("Choose a city role, or an agency and a role in it."),
            ),
            models.UniqueConstraint(
                name="invitation_open_once_per_city_role",
                fields=["email", "city_role"],
                condition=Q(accepted_at=None, revoked_at=None, agency=None),
            ),
            models.UniqueConstraint(
                name="invitation_open_once_per_agency",
                fields=["email", "agency"],
                condition=Q(accepted_at=None, revoked_at=None, agency__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.email}, {self.role}"

    @property
    def role(self) -> str:
        """The offered role in words."""
        if self.city_role:
            return self.get_city_role_display()
        return f"{self.get_membership_role_display()}, {self.agency}"

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()
