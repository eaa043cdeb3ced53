from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.lists.models import TargetGroup
from agencies.models import Agency
from districts.models import District


class MonthlyQuerySet(models.QuerySet):
    def within(self, scope):
        return self.all() if scope.citywide else self.filter(agency__in=scope.agencies)


class MonthlySum(models.Model):
    """All entries of a month, district and agency added up.

    A rollup whose only writer are the database triggers of ``agencies/activity/rollup.py``;
    ``verify_books`` adds the entries up anew and compares.
    """

    month = models.DateField(_("month"))  # its first day
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    district = models.ForeignKey(District, models.PROTECT, related_name="+", db_index=False)
    entries = models.IntegerField(default=0)
    minutes = models.BigIntegerField(default=0)
    refugees = models.BigIntegerField(default=0)
    others = models.BigIntegerField(default=0)
    helpers = models.BigIntegerField(default=0)
    gatherings = models.IntegerField(default=0)  # entries with at least two participants
    mixed = models.IntegerField(default=0)  # of them those with people of both backgrounds

    objects = MonthlyQuerySet.as_manager()

    class Meta:
        ordering = ["month", "district", "agency", "pk"]
        verbose_name = _("monthly sum")
        verbose_name_plural = _("monthly sums")
        indexes = [models.Index(name="monthlysum_agency", fields=["agency", "month"])]
        constraints = [
            models.UniqueConstraint(name="monthlysum_once", fields=["month", "district", "agency"]),
        ]

    def __str__(self):
        return f"{self.month:%m/%Y} {self.district_id}/{self.agency_id}"


class MonthlyPeople(models.Model):
    """All people of a target group that the entries of a month, district and agency count.

    A rollup like ``MonthlySum``, kept and checked in the same way.
    """

    month = models.DateField(_("month"))  # its first day
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    district = models.ForeignKey(District, models.PROTECT, related_name="+", db_index=False)
    target_group = models.ForeignKey(TargetGroup, models.PROTECT, related_name="+", db_index=False)
    people = models.BigIntegerField(default=0)

    objects = MonthlyQuerySet.as_manager()

    class Meta:
        ordering = ["month", "district", "agency", "target_group", "pk"]
        verbose_name = _("monthly count of people")
        verbose_name_plural = _("monthly counts of people")
        indexes = [
            # All that is read of a row, so that the index is enough: half the time for a year.
            models.Index(
                name="monthlypeople_read",
                fields=["month", "target_group", "district", "agency", "people"],
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="monthlypeople_once",
                fields=["month", "district", "agency", "target_group"],
            ),
        ]

    def __str__(self):
        return f"{self.month:%m/%Y} {self.district_id}/{self.agency_id}/{self.target_group_id}"
