from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Assignment, Occupancy, Worker
from coordination.periods import Period, PeriodQuerySet
from districts.models import District
from volunteers.models.engagement import Volunteer, VolunteerGroup

OF_ONE = Q(volunteer__isnull=False, group=None) | Q(volunteer=None, group__isnull=False)


class ContactQuerySet(PeriodQuerySet):
    def holding(self, day):
        """Who really is the contact person on ``day``: nobody stores it, so nobody is overlooked.

        As the lead of a district: whoever holds a position on that day that leads there on that
        day. Chosen: whoever holds any position on that day; a freelancer, who holds none, as long
        as they are active. Nobody of an agency that is no longer active is it.
        """
        held = Occupancy.objects.on(day)
        leading = (
            Assignment.objects.leads()
            .on(day)
            .filter(
                district=OuterRef("district"),
                position__occupancies__worker=OuterRef("worker"),
                position__occupancies__in=held,
            )
        )
        free = Q(worker__kind=Worker.Kind.FREELANCE) | Q(worker__in=held.values("worker"))
        return self.on(day).filter(
            Q(district=None) & free | Q(district__isnull=False) & Exists(leading),
            worker__is_active=True,
            worker__agency__is_active=True,
        )

    def with_holding(self, day):
        """``holds``: whether they really are it on ``day``; the others are appointed only."""
        really = self.model.objects.holding(day).filter(pk=OuterRef("pk"))
        return self.annotate(holds=Exists(really))

    def with_names(self):
        return self.select_related("worker__agency", "district")


class Contact(Period):
    """Who is the contact person of a volunteer or a group, from–to.

    With a ``district`` they are it as its lead, and only as long as they lead it; without one
    they were chosen, and are it as long as they work for their agency. ``contacts.py`` says so.
    """

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, null=True, related_name="contacts")
    group = models.ForeignKey(VolunteerGroup, models.CASCADE, null=True, related_name="contacts")
    worker = models.ForeignKey(
        Worker, models.PROTECT, verbose_name=_("contact person"), related_name="contacts"
    )
    district = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("as the lead of"),
        related_name="+",
    )

    objects = ContactQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["-starts_on", "-pk"]
        verbose_name = _("contact person")
        verbose_name_plural = _("contact persons")
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(name="contact_of_one", condition=OF_ONE),
            models.UniqueConstraint(
                name="contact_of_volunteer_once",
                fields=["volunteer"],
                condition=Q(ends_on=None, volunteer__isnull=False),
            ),
            models.UniqueConstraint(
                name="contact_of_group_once",
                fields=["group"],
                condition=Q(ends_on=None, group__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.volunteer or self.group}: {self.worker}"


class TalkQuerySet(models.QuerySet):
    def reachable(self, scope, day):
        """Those with volunteers and groups that are within reach; see ``EngagedQuerySet``."""
        volunteers = Volunteer.objects.reachable(scope, day).values("pk")
        groups = VolunteerGroup.objects.reachable(scope, day).values("pk")
        return self.filter(Q(volunteer__in=volunteers) | Q(group__in=groups))

    def deletable(self, scope, day):
        """Of the reachable ones those the agencies in ``scope`` noted, or whose party they look
        after. What others noted, a contact person of another agency only reads."""
        rows = self.reachable(scope, day)
        if scope.citywide:
            return rows
        return rows.filter(
            Q(worker__agency__in=scope.agencies)
            | Q(volunteer__agency__in=scope.agencies)
            | Q(group__agency__in=scope.agencies)
        )


class Talk(models.Model):
    """That a contact person talked with a volunteer or a group, and how. Never what about."""

    class Kind(models.TextChoices):
        VISIT = "visit", _("in person")
        PHONE = "phone", _("on the phone")
        MAIL = "mail", _("in writing")
        GROUP = "group", _("meeting of a group")
        REVIEW = "review", _("yearly talk")

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, null=True, related_name="talks")
    group = models.ForeignKey(VolunteerGroup, models.CASCADE, null=True, related_name="talks")
    worker = models.ForeignKey(
        Worker, models.PROTECT, verbose_name=_("contact person"), related_name="talks"
    )
    day = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)

    objects = TalkQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        verbose_name = _("talk")
        verbose_name_plural = _("talks")
        indexes = [
            models.Index(name="talk_volunteer_newest", fields=["volunteer", "-day"]),
            models.Index(name="talk_group_newest", fields=["group", "-day"]),
        ]
        constraints = [models.CheckConstraint(name="talk_of_one", condition=OF_ONE)]

    def __str__(self):
        return str(self.volunteer or self.group)


class VolunteerUploadQuerySet(models.QuerySet):
    def kept(self):
        return self.filter(created_at__gte=self._oldest())

    def expired(self):
        """Nobody needs them any more, entered or not. They hold names: they are deleted."""
        return self.filter(created_at__lt=self._oldest())

    @staticmethod
    def _oldest():
        return timezone.now() - VolunteerUpload.KEPT


class VolunteerUpload(models.Model):
    """A file of volunteers that its uploader has to look through before it is entered.

    ``content`` is what ``volunteer_files.packed`` keeps of it, with the agency it is meant for.
    """

    KEPT = timedelta(days=1)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("uploaded by"), related_name="+"
    )
    name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()  # emptied as soon as it is entered
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("entered at"), null=True, editable=False)

    objects = VolunteerUploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("file of volunteers")
        verbose_name_plural = _("files of volunteers")

    def __str__(self):
        return str(_("File %(number)d") % {"number": self.pk or 0})
