from datetime import date

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.lists.models import Topic
from agencies.models import Agency, Assignment
from coordination.access.permissions import Scope
from districts.models import District
from volunteers.desk.escalation import Arrangement, Stage


class QuestionQuerySet(models.QuerySet):
    def confirmed(self):
        """Asked for good. What nobody confirmed concerns nobody and is deleted soon."""
        return self.filter(confirmed_at__isnull=False)

    def within(self, scope: Scope):
        """What an agency is responsible for in the figures; ``reachable`` is what it may read."""
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)

    def open(self):
        """Somebody waits for an answer: the last word is the volunteer's."""
        return self.confirmed().filter(closed_at=None, waits=True)

    def reachable(self, scope: Scope, day: date, *, arrangement: Arrangement | None = None):
        """The confirmed questions that somebody may read on ``day``.

        An agency reads what is with it, and what came as far as its position that stands in; once
        told of a question it reads it as long as that waits. What it has answered, and what it
        was responsible for in the end, stays within its reach. The city reads all.
        """
        rows = self.confirmed()
        if scope.citywide:
            return rows
        ways = (arrangement or Arrangement(day)).ways(self.model.objects.open())
        here = [pk for pk, way in ways.items() if way.reaches(scope.agencies)]
        standing_in = [pk for pk, way in ways.items() if way.is_deputy(scope.agencies)]
        told = self.model.objects.filter(
            pk__in=standing_in, notices__stage=Stage.DEPUTY, notices__waits_since=F("waits_since")
        )
        wrote = Message.objects.filter(question=models.OuterRef("pk"), agency__in=scope.agencies)
        settled = Q(waits=False) | Q(closed_at__isnull=False)
        return rows.filter(
            Q(pk__in=here)
            | Q(pk__in=told.values("pk"))
            | (settled & Q(agency__in=scope.agencies))
            | models.Exists(wrote)
        )

    def settled(self):
        """Nobody waits: answered, or closed."""
        return self.confirmed().filter(Q(waits=False) | Q(closed_at__isnull=False))

    def with_first_words(self):
        """How each begins, for a list of them."""
        words = Message.objects.filter(question=models.OuterRef("pk")).order_by("at", "pk")
        return self.annotate(first_words=models.Subquery(words.values("text")[:1]))

    def with_names(self):
        return self.select_related("district", "topic", "agency", "assignment__position__agency")


class Question(models.Model):
    """Somebody who helps asks back and waits for an answer. Its words are its messages."""

    district = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("district"),
        related_name="questions",
    )  # none: nobody knows which, the coordination answers
    postal_code = models.CharField(
        _("postal code"),
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^\d{5}\Z", _("A postal code has five digits."))],
    )
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, verbose_name=_("topic"), related_name="+"
    )
    email = models.EmailField(_("e-mail address"))  # folded
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    # Who leads the district when the question is confirmed, and that position's agency. None:
    # nobody does; the coordination answers. ``routing.py`` keeps both right while it is open.
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, verbose_name=_("with"), related_name="+"
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, verbose_name=_("agency"), related_name="questions"
    )
    # The form it was typed into: sent twice, it is still one question.
    form_id = models.UUIDField(null=True, unique=True, editable=False)
    waits = models.BooleanField(_("waits for an answer"), default=True, editable=False)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)
    # Since when it waits: confirmed, or the first word after an answer or the end. More words
    # while it waits change nothing. Escalation counts from here.
    waits_since = models.DateTimeField(_("waits since"), null=True, editable=False)
    first_answered_at = models.DateTimeField(_("first answered at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        indexes = [
            models.Index(name="question_newest", fields=["-created_at", "-id"]),
            models.Index(name="question_agency", fields=["agency", "-created_at", "-id"]),
            models.Index(
                name="question_waiting",
                fields=["waits_since"],
                condition=Q(closed_at=None, waits=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="question_answered_after_confirmed",
                condition=Q(first_answered_at=None) | Q(first_answered_at__gte=F("confirmed_at")),
            ),
        ]

    def __str__(self):
        return str(_("Question %(number)d") % {"number": self.pk or 0})

    @property
    def is_by_hand(self) -> bool:
        """Whether the coordination gave it to an agency, whoever leads the district."""
        return self.assignment_id is None and self.agency_id is not None

    @property
    def is_open(self) -> bool:
        return self.waits and self.closed_at is None


class Message(models.Model):
    """One word of the conversation; ``by`` None is who asked."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="messages")
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("by"),
        related_name="+",
    )
    # For which agency ``by`` wrote it; none for the city itself, and for who asked.
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, verbose_name=_("agency"), related_name="+"
    )
    text = models.TextField(_("text"), max_length=2_000)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self):
        return str(self.question)


class Link(models.Model):
    """A way into a question that was mailed to who asked. Works once; only its hash is kept."""

    class Purpose(models.TextChoices):
        CONFIRM = "confirm", _("confirm the question")
        REPLY = "reply", _("go on with the conversation")

    question = models.ForeignKey(Question, models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=10, choices=Purpose)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("link to a question")
        verbose_name_plural = _("links to questions")

    def __str__(self):
        return str(self.question)
