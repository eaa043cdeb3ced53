"""The words that entries and offers are made of. The coordination maintains them for everybody."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.periods import Period, PeriodQuerySet
from coordination.text import FoldedField


class TermQuerySet(PeriodQuerySet):
    def in_order(self):
        return self.order_by("order", "name", "pk")


class Term(Period):
    """One word of a central list. Retired ones stay in what was recorded with them."""

    name = models.CharField(_("name"), max_length=100)
    name_key = FoldedField(of="name", max_length=300, default="")
    order = models.PositiveSmallIntegerField(
        _("place in the list"),
        default=100,
        validators=[MaxValueValidator(9_999)],
        help_text=_("The smallest number stands first."),
    )
    definition = models.CharField(
        _("definition"),
        max_length=500,
        blank=True,
        help_text=_("What counts as this, so that everybody counts alike."),
    )

    objects = TermQuerySet.as_manager()

    class Meta(Period.Meta):
        abstract = True
        ordering = ["order", "name", "pk"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                name="%(class)s_name_once",
                fields=["name_key"],
                violation_error_message=_("The list already has this name."),
            ),
        ]

    def __str__(self):
        return self.name


class Kind(Term):
    """What was done: Einzelfallberatung, Sprachcafé, Netzwerkarbeit …"""

    class Meta(Term.Meta):
        verbose_name = _("kind of activity")
        verbose_name_plural = _("kinds of activity")


class Format(Term):
    """In which form: on the spot, on the phone, outreach …"""

    class Meta(Term.Meta):
        verbose_name = _("format")
        verbose_name_plural = _("formats")


class Topic(Term):
    """What it was about: housing, language, work …"""

    class Meta(Term.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


class TargetGroup(Term):
    """Who was reached. Entries count people by target group."""

    class Background(models.TextChoices):
        REFUGEE = "refugee", _("participants with refugee background")
        OTHER = "other", _("participants without refugee background")
        HELPER = "helper", _("people who help: not counted as participants")

    background = models.CharField(
        _("counts as"),
        max_length=10,
        choices=Background,
        help_text=_("Decides in which share of the quarter mirror these people are counted."),
    )

    class Meta(Term.Meta):
        verbose_name = _("target group")
        verbose_name_plural = _("target groups")
        constraints = [
            *Term.Meta.constraints,
            models.CheckConstraint(
                name="targetgroup_background_is_known",
                condition=Q(background__in=["refugee", "other", "helper"]),
            ),
        ]
