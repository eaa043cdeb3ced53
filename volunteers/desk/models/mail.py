from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from volunteers.desk.escalation import Stage
from volunteers.desk.models.question import Message, Question

# An address that takes no mail by then never will; a mail server is back by then.
TRIED_FOR = timedelta(days=30)


class MailQuerySet(models.QuerySet):
    def waiting(self):
        """Those the mail server has still to take."""
        return self.filter(sent_at=None, created_at__gt=timezone.now() - TRIED_FOR)

    def given_up(self):
        """Those no mail server took in all that time; nobody tries again."""
        return self.filter(sent_at=None, created_at__lte=timezone.now() - TRIED_FOR)


class Mail(models.Model):
    """A mail to who asked. It waits here until the mail server has taken it; its words are
    written then, so the link in it is never kept."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("please confirm")
        RECEIVED = "received", _("the question has arrived")
        ANSWER = "answer", _("answer")
        CLOSED = "closed", _("closed")

    question = models.ForeignKey(Question, models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=10, choices=Kind)
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="mails")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("mail about a question")
        verbose_name_plural = _("mails about questions")
        indexes = [
            models.Index(
                name="deskmail_waiting", fields=["created_at"], condition=models.Q(sent_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.question}, {self.get_kind_display()}"

    @property
    def state(self) -> str:
        if self.sent_at is not None:
            return "sent"
        return "waiting" if self.gives_up_at > timezone.now() else "given_up"

    @property
    def gives_up_at(self) -> datetime:
        return self.created_at + TRIED_FOR


class Notice(models.Model):
    """That somebody was told of a question that waits: the claim on that mail, so it goes once."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    stage = models.CharField(max_length=20, choices=Stage)
    waits_since = models.DateTimeField()  # the wait it speaks of
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-sent_at", "-pk"]
        verbose_name = _("notice of a question")
        verbose_name_plural = _("notices of questions")
        constraints = [
            models.UniqueConstraint(
                name="notice_once", fields=["question", "user", "stage", "waits_since"]
            ),
        ]

    def __str__(self):
        return f"{self.question}, {self.get_stage_display()}"
