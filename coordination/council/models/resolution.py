from datetime import date

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.council.models.body import Committee
from coordination.council.models.motion import CouncilPaper, Motion, MotionStep
from coordination.council.models.shared import About, CouncilQuerySet, Filed


class ResolutionQuerySet(CouncilQuerySet):
    def with_names(self):
        return self.select_related("motion", "committee", "paper")

    def on(self, day: date):
        """What had been resolved by ``day``."""
        return self.filter(day__lte=day)

    def open_on(self, day: date):
        """Adopted by ``day``, and a task of it was open on it."""
        # Tasks point at resolutions, and so know them, not the other way round.
        tasks = (
            apps.get_model("council", "ResolutionTask")
            .objects.open_on(day)
            .filter(resolution=OuterRef("pk"))
        )
        return self.on(day).filter(Exists(tasks), result__in=Resolution.CARRIED)


class Resolution(Filed, About):
    """What a committee or the council decided: on a motion, or on a paper without one."""

    class Result(models.TextChoices):
        ADOPTED = "adopted", pgettext_lazy("resolution", "adopted")
        AMENDED = "amended", pgettext_lazy("resolution", "adopted with changes")
        REJECTED = "rejected", pgettext_lazy("resolution", "rejected")
        DEFERRED = "deferred", pgettext_lazy("resolution", "deferred")
        NOTED = "noted", pgettext_lazy("resolution", "noted")
        RECOMMENDED = "recommended", pgettext_lazy("resolution", "recommended to the council")

    CARRIED = (Result.ADOPTED, Result.AMENDED)

    motion = models.ForeignKey(
        Motion,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("motion"),
        related_name="resolutions",
    )
    paper = models.ForeignKey(
        CouncilPaper,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("paper"),
        related_name="resolutions",
    )
    # What the resolution did to its motion; a correction puts another step in its place.
    step = models.OneToOneField(
        MotionStep, models.PROTECT, null=True, blank=True, editable=False, related_name="resolution"
    )
    title = models.CharField(_("title"), max_length=200)
    committee = models.ForeignKey(
        Committee, models.PROTECT, verbose_name=_("committee"), related_name="resolutions"
    )
    day = models.DateField(_("resolved on"))
    result = models.CharField(_("result"), max_length=20, choices=Result)
    text = models.TextField(_("wording"), max_length=4_000, blank=True)
    votes = models.CharField(
        _("votes"), max_length=120, blank=True, help_text=_("For example: unanimous; 31 to 12")
    )

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        constraints = [
            models.UniqueConstraint(
                name="resolution_once",
                fields=["committee", "day", "title"],
                violation_error_message=_("This resolution is entered already."),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_carried(self) -> bool:
        return self.result in self.CARRIED
