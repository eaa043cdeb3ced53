from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from coordination.access.permissions import Role
from coordination.text import fold


class UserManager(BaseUserManager):
    @transaction.atomic
    def create_user(self, email, password=None, **fields):
        """Create an account. Addresses are stored folded, so case never makes a second one.

        The address counts as verified: only who received the invitation gets this far.
        """
        user = self.model(email=fold(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user

    def get_by_natural_key(self, email):
        return self.get(email=fold(email))


class User(AbstractBaseUser):
    """A person with an account. Signs in by e-mail; never deleted, only deactivated."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    session_generation = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self):
        return self.name or self.email

    def _get_session_auth_hash(self, secret=None):
        # Django binds a session to the password. The generation is ours: deactivating raises it,
        # so an old session stays dead after the account is activated again.
        return salted_hmac(
            "coordination.access.models.User.session",
            f"{self.password}:{self.session_generation}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class CityRole(models.Model):
    """A role that holds in the whole city. Roles within an agency are memberships."""

    class Code(models.TextChoices):
        COORDINATION = Role.COORDINATION.value, _("Coordination")
        COUNCIL = Role.COUNCIL.value, _("Council")
        AUDIT = Role.AUDIT.value, _("Municipal audit")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("account"), related_name="roles"
    )
    role = models.CharField(_("role"), max_length=20, choices=Code)

    class Meta:
        ordering = ["role", "pk"]
        verbose_name = _("city role")
        verbose_name_plural = _("city roles")
        constraints = [
            models.UniqueConstraint(
                name="city_role_once_per_account",
                fields=["user", "role"],
                violation_error_message=_("This account already has this role."),
            ),
            models.CheckConstraint(
                name="city_role_is_known",
                condition=models.Q(role__in=[Role.COORDINATION, Role.COUNCIL, Role.AUDIT]),
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display()}"
