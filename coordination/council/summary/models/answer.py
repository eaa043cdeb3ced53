from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coordination.council.models import Group


class AnswerQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.none()

    def without_content(self):
        return self.defer("content")


class Answer(models.Model):
    """An answer the council was sent, as it was: nobody changes it, the database sees to that.

    ``content`` is what ``coordination.council.summary.answered`` reads. ``parameters`` are what
    the pattern was asked with, so that it can be asked again.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    pattern = models.SlugField(_("question pattern"), max_length=30, db_index=False)
    title = models.CharField(_("title"), max_length=120)
    parameters = models.JSONField(_("parameters"))
    question = models.TextField(_("question as it was asked"), max_length=1_000)
    asked_by = models.CharField(_("asked by"), max_length=120)
    group = models.ForeignKey(
        Group,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("parliamentary group"),
        related_name="answers",
    )
    asked_on = models.DateField(_("asked on"))
    content = models.JSONField(_("figures"))
    digest = models.CharField(_("checksum (SHA-256)"), max_length=64)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("sent by"), related_name="+"
    )
    # Marks a form: sent twice, it makes one answer.
    form_id = models.UUIDField(default=uuid4, editable=False, unique=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = _("answer to the council")
        verbose_name_plural = _("answers to the council")
        indexes = [models.Index(name="answer_pattern", fields=["pattern", "-number"])]

    def __str__(self):
        return f"{self.title} (Nr. {self.number})"
