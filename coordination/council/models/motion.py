from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.council.models.body import Committee, Group
from coordination.council.models.shared import About, CouncilQuerySet, Filed


class MotionQuerySet(CouncilQuerySet):
    def on(self, day: date):
        """Motions submitted by ``day``, with their ``state`` on it and ``since`` when."""
        last = MotionStep.objects.standing().filter(motion=OuterRef("pk"), day__lte=day)
        last = last.order_by("-place")
        return self.annotate(
            state=Subquery(last.values("state")[:1]),
            since=Subquery(last.values("day")[:1]),
        ).filter(state__isnull=False)

    def pending(self, day: date):
        """Submitted by ``day`` and not dealt with on it."""
        return self.on(day).filter(state__in=Motion.PENDING)

    def with_groups(self):
        return self.prefetch_related("groups")


class Motion(Filed, About):
    """What groups asked the council to decide. Its state is that of its last step."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", pgettext_lazy("motion", "submitted")
        REFERRED = "referred", pgettext_lazy("motion", "referred to a committee")
        SCHEDULED = "scheduled", pgettext_lazy("motion", "on the agenda with a paper")
        DEFERRED = "deferred", pgettext_lazy("motion", "deferred")
        RECOMMENDED = "recommended", pgettext_lazy("motion", "recommended to the council")
        ADOPTED = "adopted", pgettext_lazy("motion", "adopted")
        AMENDED = "amended", pgettext_lazy("motion", "adopted with changes")
        REJECTED = "rejected", pgettext_lazy("motion", "rejected")
        NOTED = "noted", pgettext_lazy("motion", "noted")
        WITHDRAWN = "withdrawn", pgettext_lazy("motion", "withdrawn by its groups")
        LAPSED = "lapsed", pgettext_lazy("motion", "settled without a resolution")

    PENDING = (
        State.SUBMITTED, State.REFERRED, State.SCHEDULED, State.DEFERRED, State.RECOMMENDED,
    )  # fmt: skip

    number = models.CharField(
        _("reference number"), max_length=40, unique=True, help_text=_("For example: 2015/042")
    )
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("what is asked for"), max_length=4_000, blank=True)
    submitted_on = models.DateField(_("submitted on"))
    groups = models.ManyToManyField(
        Group, blank=True, verbose_name=_("submitted by"), related_name="motions"
    )

    objects = MotionQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_on", "-number", "-pk"]
        verbose_name = _("motion")
        verbose_name_plural = _("motions")

    def __str__(self):
        return f"{self.number} {self.title}"


class CouncilPaper(Filed):
    """What the administration lays before a committee: about a motion, or of its own accord."""

    number = models.CharField(_("number of the paper"), max_length=40, unique=True)
    title = models.CharField(_("title of the paper"), max_length=200)
    motion = models.ForeignKey(
        Motion,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("motion"),
        related_name="papers",
    )
    committee = models.ForeignKey(
        Committee, models.PROTECT, verbose_name=_("committee"), related_name="papers"
    )
    day = models.DateField(_("day of the meeting"))

    objects = CouncilQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-number", "-pk"]
        verbose_name = _("paper")
        verbose_name_plural = _("papers")

    def __str__(self):
        return f"{self.number} {self.title}"


class MotionStepQuerySet(CouncilQuerySet):
    def standing(self):
        """Without those that a later one corrects."""
        return self.filter(replaced_by=None)

    def with_names(self):
        return self.select_related("committee", "by")


class MotionStep(models.Model):
    """What happened to a motion on a day. Never changed: a wrong one is replaced by another.

    ``place`` is where the step stands in the motion's history; days never decrease along it.
    """

    motion = models.ForeignKey(
        Motion, models.PROTECT, verbose_name=_("motion"), related_name="steps"
    )
    place = models.PositiveSmallIntegerField(_("place"))
    state = models.CharField(_("state"), max_length=20, choices=Motion.State)
    day = models.DateField(_("day"))
    committee = models.ForeignKey(
        Committee,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("committee"),
        related_name="+",
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("by"),
        related_name="+",
    )
    at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)

    objects = MotionStepQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        verbose_name = _("step of a motion")
        verbose_name_plural = _("steps of motions")
        indexes = [models.Index(name="motionstep_last", fields=["motion", "-place", "day"])]

    def __str__(self):
        return f"{self.motion.number}: {self.get_state_display()}"
