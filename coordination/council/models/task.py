from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.council.models.resolution import Resolution
from coordination.council.models.shared import CouncilQuerySet


class ResolutionTaskQuerySet(CouncilQuerySet):
    def on(self, day: date):
        """Tasks given by ``day``, as they stood on it.

        With ``state``, ``due_on``, ``since`` (the day of the last step) and ``note``: the report
        of a task that is done, the reason of one that was dropped or moved.
        """
        last = TaskStep.objects.filter(task=OuterRef("pk"), day__lte=day).order_by("-place")
        return self.annotate(
            state=Subquery(last.values("state")[:1]),
            due_on=Subquery(last.values("due_on")[:1]),
            since=Subquery(last.values("day")[:1]),
            note=Subquery(last.values("note")[:1]),
        ).filter(state__isnull=False)

    def open_on(self, day: date):
        """Given by ``day`` and neither done nor dropped on it."""
        return self.on(day).filter(state=ResolutionTask.State.OPEN)

    def overdue(self, day: date):
        """Open on ``day`` although they had been due before it."""
        return self.open_on(day).filter(due_on__lt=day)

    def with_names(self):
        return self.select_related("resolution__motion", "resolution__committee", "responsible")


class ResolutionTask(models.Model):
    """What a resolution asks an office to do. State and due date are those of its last step."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("task", "open")
        DONE = "done", pgettext_lazy("task", "done")
        DROPPED = "dropped", pgettext_lazy("task", "dropped")

    resolution = models.ForeignKey(
        Resolution, models.PROTECT, verbose_name=_("resolution"), related_name="tasks"
    )
    text = models.CharField(_("what is to be done"), max_length=500)
    owner = models.CharField(
        _("office in charge"), max_length=120, help_text=_("For example: social services office")
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("person responsible"),
        related_name="+",
        help_text=_("The council sees the office, not the person."),
    )
    given_on = models.DateField(_("given on"))

    objects = ResolutionTaskQuerySet.as_manager()

    class Meta:
        ordering = ["given_on", "pk"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.UniqueConstraint(
                name="task_once",
                fields=["resolution", "text"],
                violation_error_message=_("This task is entered already."),
            ),
        ]

    def __str__(self):
        return self.text


class TaskStep(models.Model):
    """What happened to a task on a day, never changed: given, moved, done, dropped, reopened."""

    task = models.ForeignKey(
        ResolutionTask, models.PROTECT, verbose_name=_("task"), related_name="steps"
    )
    place = models.PositiveSmallIntegerField(_("place"))
    state = models.CharField(_("state"), max_length=20, choices=ResolutionTask.State)
    day = models.DateField(_("day"))
    due_on = models.DateField(_("due on"))
    note = models.CharField(_("report or reason"), max_length=1_000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("by"),
        related_name="+",
    )
    at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)

    objects = CouncilQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        verbose_name = _("step of a task")
        verbose_name_plural = _("steps of tasks")
        constraints = [
            models.UniqueConstraint(name="one_taskstep_a_place", fields=["task", "place"]),
            models.CheckConstraint(
                name="a_closed_task_says_why",
                condition=Q(state="open") | ~Q(note=""),
                violation_error_message=_("Say what was done, or why nothing will be."),
            ),
        ]

    def __str__(self):
        return f"{self.task}: {self.get_state_display()}"
