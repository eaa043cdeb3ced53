from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from agencies.lists.models import Format, Kind, TargetGroup, Topic
from agencies.models import Agency, Worker
from agencies.offers.models import Offer
from districts.models import District

MOST_PEOPLE = 9_999  # of one target group in one entry
MOST_MINUTES = 24 * 60
# A district's geometry stays in the database: it would come along with every entry.
SHAPES = [
    f"{place}__{name}"
    for place in ("district", "district__parent")
    for name in ("geometry", "outline")
]


class ActivityQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)

    def editable(self, user, managed):
        """One's own entries, and all of the agencies in ``managed`` (scope of MANAGE_ACTIVITY)."""
        if managed.citywide:
            return self.all()
        return self.filter(Q(agency__in=managed.agencies) | Q(worker__user=user))

    def between(self, starts_on, ends_on):
        """Entries of the days from ``starts_on`` to ``ends_on``, both included."""
        return self.filter(day__gte=starts_on, day__lte=ends_on)

    def reaching(self, target_group):
        """Entries that count at least one person of the target group."""
        reached = Headcount.objects.filter(
            activity=OuterRef("pk"), target_group=target_group, people__gt=0
        )
        return self.filter(Exists(reached))

    def with_names(self):
        """Everything a list says of an entry, in a fixed number of queries."""
        return (
            self.select_related("agency", "worker", "district__parent", "kind", "format", "offer")
            .defer(*SHAPES)
            .prefetch_related(
                "topics", Prefetch("headcounts", Headcount.objects.select_related("target_group"))
            )
        )


class Activity(models.Model):
    """What somebody did on a day in a district, recorded in counts, never by person.

    ``refugees``, ``others`` and ``helpers`` are the sums of its headcounts by the background of
    their target group; ``agencies.activity.activities`` is the only place that writes them.
    """

    agency = models.ForeignKey(
        Agency,
        models.PROTECT,
        verbose_name=_("agency"),
        related_name="activities",
        db_index=False,
    )
    worker = models.ForeignKey(
        Worker,
        models.PROTECT,
        verbose_name=_("worker"),
        related_name="activities",
        db_index=False,
    )
    day = models.DateField(_("date"))
    district = models.ForeignKey(
        District,
        models.PROTECT,
        verbose_name=_("district"),
        related_name="activities",
        db_index=False,
    )
    kind = models.ForeignKey(
        Kind, models.PROTECT, verbose_name=_("kind"), related_name="activities", db_index=False
    )
    format = models.ForeignKey(
        Format, models.PROTECT, verbose_name=_("format"), related_name="activities", db_index=False
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes"),
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)],
    )
    topics = models.ManyToManyField(
        Topic, verbose_name=_("topics"), related_name="activities", blank=True
    )
    has_interpreter = models.BooleanField(_("with interpreter"), default=False)
    offer = models.ForeignKey(
        Offer,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("offer"),
        related_name="activities",
    )
    note = models.CharField(
        _("short note"),
        max_length=300,
        blank=True,
        help_text=_("No names, no case: write “Person A”."),
    )
    is_note_insisted = models.BooleanField(
        _("note saved in spite of the privacy warning"), default=False, editable=False
    )
    refugees = models.PositiveIntegerField(_("with refugee background"), default=0)
    others = models.PositiveIntegerField(_("without refugee background"), default=0)
    helpers = models.PositiveIntegerField(_("volunteers and professionals"), default=0)
    external_id = models.CharField(_("external number"), max_length=100, blank=True)
    # Marks a form: sent twice, it makes one entry. Imported entries have none.
    form_id = models.UUIDField(null=True, blank=True, default=uuid4, editable=False, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name=_("entered by"),
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(name="activity_newest", fields=["-day", "-id"]),
            models.Index(name="activity_district", fields=["district", "-day", "-id"]),
            models.Index(name="activity_agency", fields=["agency", "-day", "-id"]),
            models.Index(name="activity_worker", fields=["worker", "-day", "-id"]),
            models.Index(
                name="activity_insisted",
                fields=["-day", "-id"],
                condition=Q(is_note_insisted=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="activity_external_id_once",
                fields=["agency", "external_id"],
                condition=Q(external_id__gt=""),
                violation_error_message=_("The agency already has an entry with this number."),
            ),
            models.CheckConstraint(
                name="activity_minutes_within_a_day",
                condition=Q(minutes__gte=1, minutes__lte=MOST_MINUTES),
                violation_error_message=_("An entry has 1 to 1,440 minutes."),
            ),
        ]

    def __str__(self):
        return f"{self.day:%d.%m.%Y} {self.kind}, {self.district}"

    @property
    def participants(self) -> int:
        """People reached; those who helped are not among them."""
        return self.refugees + self.others


class HeadcountQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(activity__agency__in=scope.agencies)


class Headcount(models.Model):
    """How many people of a target group an entry counts; no row means 0."""

    activity = models.ForeignKey(
        Activity, models.CASCADE, verbose_name=_("activity"), related_name="headcounts"
    )
    target_group = models.ForeignKey(
        TargetGroup,
        models.PROTECT,
        verbose_name=_("target group"),
        related_name="headcounts",
        db_index=False,
    )
    people = models.PositiveSmallIntegerField(
        _("people"), validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)]
    )

    objects = HeadcountQuerySet.as_manager()

    class Meta:
        ordering = ["target_group__order", "pk"]
        verbose_name = _("headcount")
        verbose_name_plural = _("headcounts")
        constraints = [
            models.UniqueConstraint(
                name="headcount_once_per_target_group", fields=["activity", "target_group"]
            ),
            models.CheckConstraint(
                name="headcount_within_limits",
                condition=Q(people__gte=1, people__lte=MOST_PEOPLE),
            ),
        ]

    def __str__(self):
        return f"{self.people} {self.target_group}"


class Draft(models.Model):
    """What somebody has typed into the quick entry and not saved yet; one per account."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("account"), related_name="+"
    )
    typed = models.TextField(_("typed"), max_length=10_000)  # as the form would send it
    updated_at = models.DateTimeField(_("saved at"), auto_now=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("draft of an activity")
        verbose_name_plural = _("drafts of activities")

    def __str__(self):
        return f"{self.user}"
