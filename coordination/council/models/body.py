from django.db import models
from django.utils.translation import gettext_lazy as _

from coordination.periods import Period, PeriodQuerySet


class BodyQuerySet(PeriodQuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.none()


class Group(Period):
    """A parliamentary group: who submits motions."""

    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=30)

    objects = BodyQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["short_name", "-starts_on", "pk"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                name="group_once",
                fields=["name", "starts_on"],
                violation_error_message=_("This has been entered already."),
            ),
        ]
        verbose_name = _("parliamentary group")
        verbose_name_plural = _("parliamentary groups")

    def __str__(self):
        return self.short_name


class Committee(Period):
    """A committee of the council, or the council itself."""

    name = models.CharField(_("name"), max_length=120)
    is_council = models.BooleanField(
        _("this is the council itself"), default=False, help_text=_("What it resolves is final.")
    )

    objects = BodyQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["-is_council", "name", "-starts_on", "pk"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                name="committee_once",
                fields=["name", "starts_on"],
                violation_error_message=_("This has been entered already."),
            ),
        ]
        verbose_name = _("committee")
        verbose_name_plural = _("committees")

    def __str__(self):
        return self.name
