from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Who may sign in for an agency is not for all of its caseworkers to read.
ABOUT_ACCOUNTS = ["access.user", "agencies.membership", "people.account", "people.invitation"]
# Nor is an agency's money.
ABOUT_MONEY = "budget."


class EntryQuerySet(models.QuerySet):
    def within(self, scope):
        """An agency sees the entries that concern it, nobody else's."""
        return self.all() if scope.citywide else self.filter(agency_id__in=scope.agencies)

    def without_accounts_outside(self, scope):
        """Leave out what is about accounts, but where ``scope`` (of VIEW_ACCOUNTS) covers it."""
        if scope.citywide:
            return self
        return self.filter(~Q(target_model__in=ABOUT_ACCOUNTS) | Q(agency_id__in=scope.agencies))

    def without_money_outside(self, scope):
        """Leave out what is about money, but where ``scope`` (of VIEW_FUNDING) covers it."""
        if scope.citywide:
            return self
        return self.filter(
            ~Q(target_model__startswith=ABOUT_MONEY) | Q(agency_id__in=scope.agencies)
        )

    def about(self, target):
        """The entries about one row."""
        return self.filter(target_model=target._meta.label_lower, target_id=target.pk)

    def update(self, **kwargs):
        raise TypeError("The change log is append-only.")

    def delete(self):
        raise TypeError("The change log is append-only.")


class Entry(models.Model):
    """One thing somebody did. Ids are soft, so the log outlives what it describes."""

    class Verb(models.TextChoices):
        CREATED = "created", _("created")
        CHANGED = "changed", _("changed")
        ENDED = "ended", _("ended")
        WITHDRAWN = "withdrawn", _("withdrawn")
        IMPORTED = "imported", _("imported")
        INVITED = "invited", _("invited")
        ACCEPTED = "accepted", _("accepted")
        REVOKED = "revoked", _("revoked")
        GRANTED = "granted", _("granted")
        REMOVED = "removed", _("removed")
        ACTIVATED = "activated", _("activated")
        DEACTIVATED = "deactivated", _("deactivated")
        BOOKED = "booked", _("booked")
        REVERSED = "reversed", _("reversed")
        REQUESTED = "requested", _("requested")
        SENT_BACK = "sent_back", _("sent back")
        CHECKED = "checked", _("checked")
        PAID = "paid", _("paid")
        CANCELLED = "cancelled", _("cancelled")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("reopened")
        DELETED = "deleted", _("deleted")
        CONFIRMED = "confirmed", _("confirmed")
        SUBMITTED = "submitted", _("submitted")
        LOCKED = "locked", _("locked")
        UNLOCKED = "unlocked", _("unlocked")
        EXTENDED = "extended", _("extended")
        RELEASED = "released", _("released")
        ANSWERED = "answered", _("answered")
        ERASED = "erased", _("erased")
        EXPORTED = "exported", _("exported")

    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("by"),
        related_name="+",
    )
    verb = models.CharField(_("action"), max_length=20, choices=Verb)
    target_model = models.CharField(_("kind of object"), max_length=60)
    target_id = models.PositiveBigIntegerField()
    target_label = models.CharField(_("object"), max_length=300)
    target_key = models.CharField(max_length=300, editable=False)  # the label, folded for search
    agency_id = models.PositiveBigIntegerField(null=True)
    district_id = models.PositiveBigIntegerField(null=True)
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        indexes = [
            models.Index(name="audit_newest", fields=["-at", "-id"]),
            models.Index(name="audit_agency_newest", fields=["agency_id", "-at", "-id"]),
            models.Index(name="audit_target", fields=["target_model", "target_id"]),
            models.Index(
                name="audit_district", fields=["district_id"], condition=Q(district_id__gt=0)
            ),
        ]

    def __str__(self):
        return f"{self.target_label}: {self.get_verb_display()}"
