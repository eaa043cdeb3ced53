from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.lists.models import Topic
from coordination.text import FoldedField
from volunteers.desk.models.question import Question


class FaqQuerySet(models.QuerySet):
    def within(self, scope):
        """What is released is for everybody; an agency sees its own proposals beside."""
        if scope.citywide:
            return self.all()
        own = self.filter(
            Q(question__agency__in=scope.agencies)
            | Q(proposed_by__memberships__agency__in=scope.agencies)
        )
        return self.filter(Q(pk__in=own.values("pk")) | Q(pk__in=self.released().values("pk")))

    def released(self):
        return self.filter(released_at__isnull=False, withdrawn_at=None)

    def proposed(self):
        """They wait for the second look."""
        return self.filter(released_at=None, withdrawn_at=None)

    def with_names(self):
        return self.select_related("topic", "proposed_by", "released_by", "question")


class Faq(models.Model):
    """A question and its answer for everybody, rewritten so that nobody is recognised.

    One person proposes it, another looks at it and releases it.
    """

    question = models.ForeignKey(
        Question, models.SET_NULL, null=True, editable=False, related_name="faqs"
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, verbose_name=_("topic"), related_name="+"
    )
    asked = models.CharField(_("question"), max_length=300)
    asked_key = FoldedField(of="asked", max_length=900, default="")
    answer = models.TextField(_("answer"), max_length=2_000)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    released_at = models.DateTimeField(_("released at"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)

    objects = FaqQuerySet.as_manager()

    class Meta:
        ordering = ["asked_key", "pk"]
        verbose_name = _("frequent question")
        verbose_name_plural = _("frequent questions")
        constraints = [
            models.CheckConstraint(
                name="faq_second_look",
                condition=Q(released_by=None) | ~Q(released_by=F("proposed_by")),
                violation_error_message=_("Somebody else than who proposed it has to release it."),
            ),
            models.CheckConstraint(
                name="faq_released_by_somebody",
                condition=Q(released_by=None, released_at=None)
                | Q(released_by__isnull=False, released_at__isnull=False),
            ),
        ]

    def __str__(self):
        # Not its words: the log keeps this for good, also of a proposal that is turned down.
        return str(_("Frequent question %(number)d") % {"number": self.pk or 0})

    @property
    def state(self) -> str:
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "proposed" if self.released_at is None else "released"
