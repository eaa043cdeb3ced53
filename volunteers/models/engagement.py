"""Who helps unpaid: volunteers, and the groups they help in."""

from datetime import date, timedelta

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.lists.models import Topic
from agencies.models import Agency, Assignment
from coordination.periods import Period, PeriodQuerySet
from coordination.text import FoldedField
from districts.models import District


class EngagedQuerySet(PeriodQuerySet):
    def within(self, scope):
        """Whom the agencies in ``scope`` look after."""
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)

    def with_names(self):
        """Everything a list shows of a row, without a query per row."""
        return self.select_related("agency").prefetch_related(
            models.Prefetch("districts", District.objects.without_shapes()), "interests"
        )

    def reachable(self, scope, day):
        """Whom the agencies in ``scope`` look after, and who was given to one of their workers.

        The latter as long as nobody else was appointed, even when the worker has left: somebody
        has to hand them over; but not beyond their last day. Ask with today, whatever day a page
        speaks of.
        """
        if scope.citywide:
            return self.all()
        given = self._contacts().on(day).filter(worker__agency__in=scope.agencies)
        has_not_ended = Q(ends_on=None) | Q(ends_on__gte=day)
        return self.filter(Q(agency__in=scope.agencies) | has_not_ended & Exists(given))

    def with_contact(self, day):
        """``holding``: a list of the one contact person who is it on ``day``, or an empty one."""
        holding = self._contact_model().objects.holding(day).with_names()
        return self.prefetch_related(models.Prefetch("contacts", holding, to_attr="holding"))

    def without_contact(self, day):
        """Who helps on ``day`` and has nobody to turn to on that day."""
        return self.on(day).filter(~Exists(self._contacts().holding(day)))

    def with_named(self, day):
        """``named``, ``named_at``: the worker appointed for ``day``, and their agency, by name.

        Whether they really are the contact person is another question.
        """
        appointed = self._contacts().on(day)
        return self.annotate(
            named=Subquery(appointed.values("worker__name")[:1]),
            named_at=Subquery(appointed.values("worker__agency__short_name")[:1]),
        )

    def without_deputy(self, day):
        """Who helps on ``day`` where in none of their districts anybody stands in on that day."""
        deputies = Assignment.objects.standing_in(day)
        link = self.model.districts.through.objects.filter(
            **{self.model._meta.model_name: OuterRef("pk")},
            district__in=deputies.values("district"),
        )
        return self.on(day).filter(~Exists(link))

    def with_last_talk(self, day):
        """``talked_on``: the day of the last talk up to ``day``, None before the first one.

        ``silent_since``: the same, but then the first day of helping.
        """
        talks = self.model.talks.rel.related_model.objects
        mine = talks.filter(**{self.model.talks.field.name: OuterRef("pk")}, day__lte=day)
        rows = self.annotate(talked_on=Subquery(mine.order_by("-day").values("day")[:1]))
        return rows.annotate(silent_since=Coalesce("talked_on", F("starts_on")))

    def last_talk_before(self, day, days):
        """Who helps on ``day`` and was not talked with for more than ``days`` days by then.

        Counted from the last talk; before the first one, from the first day of helping.
        """
        limit = day - timedelta(days=days)
        return self.on(day).with_last_talk(day).filter(silent_since__lt=limit)

    def _contact_model(self):
        return self.model.contacts.rel.related_model

    def _contacts(self):
        """The contact persons of the row outside."""
        name = self.model.contacts.field.name
        return self._contact_model().objects.filter(**{name: OuterRef("pk")})


class Engaged(Period):
    """What is kept of a volunteer and of a group alike: no more than is needed to work together.

    ``starts_on`` to ``ends_on`` is the time they help. An agency, or the city, looks after them.
    """

    class Consent(models.TextChoices):
        """How the consent was given to keep this record (Art. 6 (1) a DSGVO)."""

        WRITTEN = "written", _("signed form")
        MAIL = "mail", _("by e-mail")
        SPOKEN = "spoken", _("in person, noted down")

    name = models.CharField(_("name"), max_length=200)
    name_key = FoldedField(of="name", max_length=600, default="")
    # The name without accents, titles and word order, to notice the same one twice.
    match_key = models.CharField(max_length=600, default="", editable=False, db_index=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    email_key = models.CharField(max_length=254, default="", editable=False, db_index=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    phone_key = models.CharField(max_length=50, default="", editable=False, db_index=True)
    languages = models.CharField(
        _("languages"), max_length=200, blank=True, help_text=_("For example: German, Arabic")
    )
    districts = models.ManyToManyField(District, verbose_name=_("districts"), related_name="+")
    interests = models.ManyToManyField(
        Topic, verbose_name=_("interests"), related_name="+", blank=True
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("looked after by"), related_name="%(class)ss"
    )
    consent = models.CharField(_("consent"), max_length=10, choices=Consent)
    consent_on = models.DateField(_("consent of"))
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    # Of the page it was entered on: a form sent twice makes one row.
    form_id = models.UUIDField(null=True, editable=False, unique=True)

    class Meta(Period.Meta):
        abstract = True
        ordering = ["name_key", "pk"]
        indexes = [
            models.Index(name="%(class)s_name", fields=["name_key", "id"]),
            models.Index(name="%(class)s_agency_name", fields=["agency", "name_key", "id"]),
        ]
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                name="%(class)s_is_reachable",
                condition=~Q(email="") | ~Q(phone=""),
                violation_error_message=_("Give an e-mail address or a phone number."),
            ),
        ]

    # PERSONAL: what the change log must not hold; it names the row by its number instead.
    PERSONAL = frozenset({"name", "email", "phone", "languages"})

    def has_ended(self, day: date) -> bool:
        return self.ends_on is not None and self.ends_on < day


class VolunteerQuerySet(EngagedQuerySet):
    pass


class Volunteer(Engaged):
    """Somebody who helps unpaid."""

    objects = VolunteerQuerySet.as_manager()

    class Meta(Engaged.Meta):
        verbose_name = _("volunteer")
        verbose_name_plural = _("volunteers")

    def __str__(self):
        # The change log keeps this for good, so it is no name. Pages show ``name``.
        return str(_("Volunteer %(number)d") % {"number": self.pk or 0})


class VolunteerGroupQuerySet(EngagedQuerySet):
    def with_member_count(self, day):
        """``member_count``: how many volunteers belong to the group on ``day``."""
        members = GroupMember.objects.on(day).filter(group=OuterRef("pk")).order_by()
        counted = members.values("group").annotate(n=Count("volunteer", distinct=True)).values("n")
        return self.annotate(member_count=Coalesce(Subquery(counted), 0))


class VolunteerGroup(Engaged):
    """A group: of a parish, an association, a neighbourhood. E-mail and phone are its own."""

    class Kind(models.TextChoices):
        PARISH = "parish", _("parish")
        ASSOCIATION = "association", _("registered association")
        NEIGHBOURHOOD = "neighbourhood", _("neighbourhood initiative")
        SCHOOL = "school", _("school or day-care centre")
        OTHER = "other", _("other group")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    spokesperson = models.CharField(_("who speaks for the group"), max_length=200, blank=True)

    objects = VolunteerGroupQuerySet.as_manager()
    PERSONAL = Engaged.PERSONAL | {"spokesperson"}

    class Meta(Engaged.Meta):
        verbose_name = _("group of volunteers")
        verbose_name_plural = _("groups of volunteers")

    def __str__(self):
        return str(_("Group %(number)d") % {"number": self.pk or 0})


class GroupMemberQuerySet(PeriodQuerySet):
    def within(self, scope):
        """Of groups or of volunteers whom the agencies in ``scope`` look after."""
        if scope.citywide:
            return self.all()
        mine = Q(group__agency__in=scope.agencies) | Q(volunteer__agency__in=scope.agencies)
        return self.filter(mine)


class GroupMember(Period):
    """A volunteer helps in a group, from–to."""

    group = models.ForeignKey(VolunteerGroup, models.CASCADE, related_name="memberships")
    volunteer = models.ForeignKey(
        Volunteer, models.CASCADE, verbose_name=_("volunteer"), related_name="memberships"
    )

    objects = GroupMemberQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["starts_on", "pk"]
        verbose_name = _("member of a group")
        verbose_name_plural = _("members of a group")
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                name="groupmember_once_at_a_time",
                fields=["group", "volunteer"],
                condition=Q(ends_on=None),
                violation_error_message=_("This volunteer already belongs to the group."),
            ),
        ]

    def __str__(self):
        return f"{self.volunteer}, {self.group}"


class SearchWord(models.Model):
    """A word of a volunteer's or group's name or languages, folded: a search enters by an index."""

    volunteer = models.ForeignKey(Volunteer, models.CASCADE, null=True, related_name="words")
    group = models.ForeignKey(VolunteerGroup, models.CASCADE, null=True, related_name="words")
    word = models.CharField(max_length=100)

    class Meta:
        ordering = ["word", "pk"]
        indexes = [
            # On PostgreSQL LIKE enters an index by its bytes only; SQLite orders by them anyway.
            models.Index(
                name="searchword_volunteer",
                fields=["word", "volunteer"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
            models.Index(
                name="searchword_group",
                fields=["word", "group"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="searchword_of_one",
                condition=Q(volunteer__isnull=False, group=None)
                | Q(volunteer=None, group__isnull=False),
            ),
        ]

    def __str__(self):
        return self.word
