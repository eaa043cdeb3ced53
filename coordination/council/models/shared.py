from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Position
from coordination.budget.models import Agreement, BudgetLine
from districts.models import District

# What a motion or a resolution may be about.
LINKED = ("agreements", "lines", "positions", "districts")


def web_address(value: str) -> None:
    """Nothing but pages of the web: a link must not start a program or run a script."""
    try:
        URLValidator(schemes=["http", "https"])(value)
    except ValidationError as error:
        text = _("Please give the full address of a page, beginning with https:// or http://.")
        raise ValidationError(text, code="invalid") from error


def host_of(address: str) -> str:
    """Where a link leads, to be read before following it."""
    return urlsplit(address).hostname or ""


class CouncilQuerySet(models.QuerySet):
    """Motions and resolutions are for whoever sees the whole city; agencies see none of it."""

    def within(self, scope):
        return self.all() if scope.citywide else self.none()


class Filed(models.Model):
    """Something the council information system knows as well."""

    url = models.CharField(
        _("page in the council information system"),
        max_length=500,
        blank=True,
        validators=[web_address],
    )
    oparl_id = models.CharField(
        _("OParl address"),
        max_length=500,
        blank=True,
        validators=[web_address],
        help_text=_("The id of the object in the council information system's OParl interface."),
    )

    class Meta:
        abstract = True

    @property
    def host(self) -> str:
        return host_of(self.url)

    @property
    def oparl_host(self) -> str:
        return host_of(self.oparl_id)


class About(models.Model):
    """Something about agreements, budget lines, positions and districts."""

    agreements = models.ManyToManyField(
        Agreement, blank=True, verbose_name=_("agreements"), related_name="%(class)ss"
    )
    lines = models.ManyToManyField(
        BudgetLine, blank=True, verbose_name=_("budget lines"), related_name="%(class)ss"
    )
    positions = models.ManyToManyField(
        Position, blank=True, verbose_name=_("positions"), related_name="%(class)ss"
    )
    districts = models.ManyToManyField(
        District, blank=True, verbose_name=_("districts"), related_name="%(class)ss"
    )

    class Meta:
        abstract = True
