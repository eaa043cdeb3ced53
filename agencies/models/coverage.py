from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models.staffing import Occupancy, Position, Standing, StandingQuerySet
from districts.models import District, PostalCode


class AssignmentQuerySet(StandingQuerySet):
    def leads(self):
        return self.filter(role=Assignment.Role.LEAD)

    def standing_in(self, day):
        """Deputies whose position somebody holds on ``day`` who can be turned to.

        Where there is none, volunteers lack a deputy. Two other questions have other names: whether
        a position was given the part at all (``coverage.Gap.NO_DEPUTY``), and who of these is not
        away today (``present`` of the ask-back desk, ``there`` of the finder).
        """
        held = Occupancy.objects.acting(day).values("position")
        return self.on(day).filter(role=Assignment.Role.DEPUTY, position__in=held)

    def with_names(self):
        """Everything a page or a rule reads from an assignment, without a query per row."""
        return self.select_related("position__agency", "district__parent").prefetch_related(
            "postal_codes"
        )


class Assignment(Standing):
    """A position covers a district from–to, with a share of the position's weekly hours."""

    class Role(models.TextChoices):
        LEAD = "lead", _("lead")
        DEPUTY = "deputy", _("deputy")

    class Division(models.TextChoices):
        WHOLE = "whole", _("whole district")
        POSTAL_CODES = "postal_codes", _("divided by postal code")
        TOPIC = "topic", _("divided by topic")

    position = models.ForeignKey(
        Position, models.PROTECT, verbose_name=_("position"), related_name="assignments"
    )
    district = models.ForeignKey(
        District, models.PROTECT, verbose_name=_("district"), related_name="assignments"
    )
    role = models.CharField(_("responsibility"), max_length=10, choices=Role, default=Role.LEAD)
    share = models.PositiveSmallIntegerField(
        _("share in percent"),
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Share of the position's weekly hours, 1 to 100."),
    )
    division = models.CharField(
        _("division"), max_length=20, choices=Division, default=Division.WHOLE
    )
    postal_codes = models.ManyToManyField(
        PostalCode, verbose_name=_("postal codes"), related_name="assignments", blank=True
    )
    topic = models.CharField(_("topic"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta(Standing.Meta):
        ordering = ["district__key", "role", "starts_on", "pk"]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [
            models.Index(name="assignment_district", fields=["district", "starts_on"]),
            models.Index(name="assignment_position", fields=["position", "starts_on"]),
        ]
        constraints = [
            *Standing.Meta.constraints,
            models.CheckConstraint(
                name="assignment_share_in_percent",
                condition=Q(share__gte=1, share__lte=100),
                violation_error_message=_("A share is a whole number from 1 to 100 percent."),
            ),
            models.CheckConstraint(
                name="assignment_topic_only_if_divided",
                condition=Q(division="topic", topic__gt="") | (~Q(division="topic") & Q(topic="")),
                violation_error_message=_("Name the topic if, and only if, you divide by topic."),
            ),
        ]

    def __str__(self):
        return f"{self.district} – {self.position}"

    @property
    def area(self) -> str:
        """What of the district this covers, in words; empty for all of it."""
        if self.division == self.Division.POSTAL_CODES:
            return ", ".join(str(code) for code in self.postal_codes.all())
        return self.topic
