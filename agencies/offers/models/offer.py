from datetime import date, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.lists.models import TargetGroup
from agencies.models import Agency, Worker
from coordination.periods import Period, PeriodQuerySet, show_day
from coordination.text import FoldedField
from districts.models import District

FRESH_DAYS, STALE_DAYS = 90, 180  # since when an offer was last confirmed
FRESH, STALE = timedelta(days=FRESH_DAYS), timedelta(days=STALE_DAYS)


class Confirmation(models.TextChoices):
    """How old the last word is that everything about an offer is still right."""

    FRESH = "fresh", _("up to date")
    AGEING = "ageing", _("older than 90 days")
    STALE = "stale", _("to be confirmed")


class OfferQuerySet(PeriodQuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)

    def with_names(self):
        return self.select_related("agency", "district__parent", "contact").defer(
            "district__geometry",
            "district__outline",
            "district__parent__geometry",
            "district__parent__outline",
        )

    def with_times(self):
        """With what ``agencies.offers.dates`` computes from, and for whom each offer is."""
        return self.prefetch_related("times", "exceptions", "target_groups")

    def ended(self, day: date):
        return self.filter(ends_on__lt=day)

    def not_ended(self, day: date):
        """Those that run on the day and those that begin later."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day))

    def confirmed_as(self, state: str, day: date):
        """Those whose last confirmation is so old on the day."""
        fresh, stale = day - FRESH, day - STALE
        if state == Confirmation.FRESH:
            return self.filter(confirmed_on__gte=fresh)
        if state == Confirmation.AGEING:
            return self.filter(confirmed_on__lt=fresh, confirmed_on__gte=stale)
        return self.filter(confirmed_on__lt=stale)


class Offer(Period):
    """What an agency regularly offers in a district. ``starts_on`` to ``ends_on`` it is offered."""

    agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("agency"), related_name="offers"
    )
    district = models.ForeignKey(
        District, models.PROTECT, verbose_name=_("district"), related_name="offers"
    )
    title = models.CharField(_("title"), max_length=120)
    title_key = FoldedField(of="title", max_length=360, default="")
    description = models.TextField(_("description"), max_length=2_000, blank=True)
    place = models.CharField(
        _("place"), max_length=200, help_text=_("Building, street and number, room.")
    )
    languages = models.CharField(
        _("languages"), max_length=200, blank=True, help_text=_("For example: German, Arabic")
    )
    is_open_to_all = models.BooleanField(
        _("open to all residents"),
        default=True,
        help_text=_("Otherwise name the target groups it is for."),
    )
    target_groups = models.ManyToManyField(
        TargetGroup, verbose_name=_("target groups"), related_name="offers", blank=True
    )
    is_barrier_free = models.BooleanField(_("barrier-free"), default=False)
    contact = models.ForeignKey(
        Worker, models.PROTECT, verbose_name=_("contact person"), related_name="offers"
    )
    pauses_on_holidays = models.BooleanField(
        _("does not take place on public holidays"), default=True
    )
    confirmed_on = models.DateField(_("last confirmed"), editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name=_("confirmed by"),
        related_name="+",
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)  # what calendars go by

    objects = OfferQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["title_key", "pk"]
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        indexes = [models.Index(name="offer_district", fields=["district", "starts_on"])]

    def __str__(self):
        return self.title

    def has_ended(self, day: date) -> bool:
        return self.ends_on is not None and self.ends_on < day

    def confirmation(self, day: date) -> Confirmation:
        """What the badge says on the day."""
        if self.confirmed_on >= day - FRESH:
            return Confirmation.FRESH
        return Confirmation.AGEING if self.confirmed_on >= day - STALE else Confirmation.STALE


class OfferTime(models.Model):
    """When an offer takes place: on a weekday, every week or in a longer rhythm."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", _("every week")
        FORTNIGHTLY = "fortnightly", _("every other week")
        FIRST = "first", _("the first of the month")
        SECOND = "second", _("the second of the month")
        THIRD = "third", _("the third of the month")
        FOURTH = "fourth", _("the fourth of the month")
        LAST = "last", _("the last of the month")

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="times")
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), choices=Weekday, validators=[MaxValueValidator(6)]
    )
    rhythm = models.CharField(_("rhythm"), max_length=20, choices=Rhythm, default=Rhythm.WEEKLY)
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("until"))

    class Meta:
        ordering = ["weekday", "starts_at", "pk"]
        verbose_name = _("time of an offer")
        verbose_name_plural = _("times of an offer")
        constraints = [
            models.CheckConstraint(
                name="offertime_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The end lies before the beginning."),
            ),
        ]

    IN_WORDS = {
        Rhythm.WEEKLY: _("every %(weekday)s, %(hours)s"),
        Rhythm.FORTNIGHTLY: _("every other %(weekday)s, %(hours)s"),
        Rhythm.FIRST: _("on the first %(weekday)s of the month, %(hours)s"),
        Rhythm.SECOND: _("on the second %(weekday)s of the month, %(hours)s"),
        Rhythm.THIRD: _("on the third %(weekday)s of the month, %(hours)s"),
        Rhythm.FOURTH: _("on the fourth %(weekday)s of the month, %(hours)s"),
        Rhythm.LAST: _("on the last %(weekday)s of the month, %(hours)s"),
    }

    def __str__(self):
        words = {"weekday": self.get_weekday_display(), "hours": hours(self)}
        return str(self.IN_WORDS[self.rhythm] % words)


def hours(row) -> str:
    """14:00–16:00 of anything that has ``starts_at`` and ``ends_at``."""
    return f"{row.starts_at:%H:%M}–{row.ends_at:%H:%M}"


class OfferExceptionQuerySet(PeriodQuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(offer__agency__in=scope.agencies)


class OfferException(Period):
    """Days on which an offer does not take place, or takes place although it otherwise would not.

    Cancelled: from–to. Extra: a single day with its own times.
    """

    class Kind(models.TextChoices):
        CANCELLED = "cancelled", _("does not take place")
        EXTRA = "extra", _("takes place additionally")

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="exceptions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CANCELLED)
    starts_at = models.TimeField(_("from (time)"), null=True, blank=True)
    ends_at = models.TimeField(_("until (time)"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = OfferExceptionQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["starts_on", "pk"]
        verbose_name = _("exception of an offer")
        verbose_name_plural = _("exceptions of an offer")
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                name="offerexception_has_its_times",
                condition=Q(kind="cancelled", starts_at=None, ends_at=None)
                | Q(kind="extra", ends_at__gt=F("starts_at"), ends_on=F("starts_on")),
                violation_error_message=_(
                    "An additional date is one day with its times; a cancellation has no times."
                ),
            ),
        ]

    def has_ended(self, day: date) -> bool:
        return self.ends_on is not None and self.ends_on < day

    @property
    def is_extra(self) -> bool:
        return self.kind == self.Kind.EXTRA

    def __str__(self):
        """24.12.2016–01.01.2017: does not take place"""
        days = show_day(self.starts_on)
        if self.ends_on != self.starts_on:
            days = f"{days}–{show_day(self.ends_on) or '…'}"
        if self.is_extra:
            days = f"{days}, {hours(self)}"
        return f"{days}: {self.get_kind_display()}"
