"""Offers: created, changed, confirmed, ended, and the days on which they are otherwise."""

from collections.abc import Iterable
from datetime import date, time
from itertools import combinations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from agencies.lists.models import TargetGroup
from agencies.models import Agency
from agencies.offers.dates import OF_MONTH, dates
from agencies.offers.models import Offer, OfferException, OfferTime
from coordination.access.models import User
from coordination.as_of import today
from coordination.audit.log import Verb, record, values
from coordination.editing import refuse_if_changed
from coordination.periods import show_day
from coordination.text import refuse_bank_data

FIELDS = (
    "title", "description", "district", "place", "languages", "is_open_to_all", "is_barrier_free",
    "contact", "starts_on", "ends_on", "pauses_on_holidays",
)  # fmt: skip
WATCHED = (*FIELDS, "target_groups", "times")
MOST_TIMES = 14
MOST_EXCEPTIONS = 200
Time = dict  # weekday, rhythm, starts_at, ends_at


@transaction.atomic
def create(
    *,
    agency: Agency,
    times: Iterable[Time],
    target_groups: Iterable[TargetGroup] = (),
    on: date | None = None,
    by: User | None,
    **fields,
) -> Offer:
    """A new offer with the given ``FIELDS``; it counts as confirmed ``on`` that day, or today."""
    agency = _lock(agency.pk)
    if not agency.is_active:
        text = _("%(agency)s is no longer active.") % {"agency": agency}
        raise ValidationError({"agency": text})
    offer = Offer(agency=agency, confirmed_on=on or today(), confirmed_by=by, **fields)
    times, target_groups = _times(times), list(target_groups)
    _check(offer, times, target_groups)
    offer.save()
    _save_times(offer, times)
    offer.target_groups.set(target_groups)
    _record(Verb.CREATED, offer, by=by, after=_logged(offer))
    return offer


@transaction.atomic
def change(
    offer: Offer,
    *,
    times: Iterable[Time] | None = None,
    target_groups: Iterable[TargetGroup] | None = None,
    seen: str | None = None,
    reason: str = "",
    by: User | None,
    **fields,
) -> Offer:
    """Set the given ``FIELDS``. None as ``times`` or ``target_groups`` leaves them as they are."""
    offer = _locked(offer)
    refuse_if_changed(offer, seen, WATCHED)
    before, old_groups = _logged(offer), list(offer.target_groups.all())
    for name, value in fields.items():
        setattr(offer, name, value)
    times = _times(_as_typed(offer) if times is None else times)
    target_groups = old_groups if target_groups is None else list(target_groups)
    _check(offer, times, target_groups, old_groups)
    _refuse_entries_outside(offer)
    offer.save()
    _save_times(offer, times)
    offer.target_groups.set(target_groups)
    offer = Offer.objects.with_names().get(pk=offer.pk)
    after = _logged(offer)
    if before != after:
        _record(Verb.CHANGED, offer, by=by, before=before, after=after, reason=reason)
    return offer


@transaction.atomic
def end(
    offer: Offer, *, ends_on: date, reason: str, seen: str | None = None, by: User | None
) -> Offer:
    """Set the last day of an offer; what was done there before stays as it is."""
    offer = _locked(offer)
    refuse_if_changed(offer, seen, ["ends_on"])
    before = values(offer, "ends_on")
    if ends_on < offer.starts_on:
        text = _("The offer begins on %(day)s; it cannot end before.")
        raise ValidationError({"ends_on": text % {"day": show_day(offer.starts_on)}})
    if offer.ends_on and ends_on > offer.ends_on:
        text = _("The offer ends on %(day)s already. To prolong it, edit it.")
        raise ValidationError({"ends_on": text % {"day": show_day(offer.ends_on)}})
    offer.ends_on = ends_on
    _refuse_entries_outside(offer)
    offer.save()
    after = values(offer, "ends_on")
    if before != after:
        _record(Verb.ENDED, offer, by=by, before=before, after=after, reason=reason)
    return offer


@transaction.atomic
def confirm(offer: Offer, *, on: date | None = None, by: User | None) -> Offer:
    """Everything about the offer is right, said today; saying so twice on a day changes nothing."""
    offer, day = _locked(offer), on or today()
    if offer.has_ended(day):
        raise ValidationError(
            _("“%(offer)s” ended on %(day)s; there is nothing to confirm.")
            % {"offer": offer, "day": show_day(offer.ends_on)}
        )
    if not offer.contact.is_active:
        raise ValidationError(
            _("%(worker)s is no longer active. Name another contact person, then confirm.")
            % {"worker": offer.contact}
        )
    if offer.confirmed_on >= day:
        return offer
    before = values(offer, "confirmed_on")
    offer.confirmed_on, offer.confirmed_by = day, by
    offer.save()
    after = values(offer, "confirmed_on")
    _record(Verb.CONFIRMED, offer, by=by, before=before, after=after)
    return offer


@transaction.atomic
def cancel(
    offer: Offer, *, starts_on: date, ends_on: date | None = None, note: str = "", by: User | None
) -> OfferException:
    """The offer does not take place from ``starts_on`` to ``ends_on``, or on the one day."""
    return _except(
        OfferException(
            offer=_locked(offer),
            kind=OfferException.Kind.CANCELLED,
            starts_on=starts_on,
            ends_on=ends_on or starts_on,
            note=note,
        ),
        by=by,
    )


@transaction.atomic
def add_date(
    offer: Offer,
    *,
    starts_on: date,
    starts_at: time,
    ends_at: time,
    note: str = "",
    by: User | None,
) -> OfferException:
    """The offer takes place on ``starts_on``, although it otherwise would not."""
    return _except(
        OfferException(
            offer=_locked(offer),
            kind=OfferException.Kind.EXTRA,
            starts_on=starts_on,
            ends_on=starts_on,
            starts_at=starts_at,
            ends_at=ends_at,
            note=note,
        ),
        by=by,
    )


@transaction.atomic
def remove(exception: OfferException, *, by: User | None) -> None:
    """Take an exception back; the offer takes place as its times say."""
    offer = _locked(exception.offer)
    exception = OfferException.objects.filter(pk=exception.pk).first()
    if exception is None:  # taken back meanwhile: what was wanted is so
        return
    before = {"exception": _in_the_log(exception)}
    exception.delete()
    offer.save()  # so that calendars notice
    _record(Verb.CHANGED, offer, by=by, before=before)


def _except(exception: OfferException, *, by) -> OfferException:
    offer = exception.offer
    exception.note = " ".join(exception.note.split())
    refuse_bank_data("note", exception.note)
    if exception.is_extra and exception.ends_at <= exception.starts_at:
        raise ValidationError({"ends_at": _("The end lies before the beginning.")})
    if exception.ends_on < exception.starts_on:
        raise ValidationError({"ends_on": _("The last day lies before the first.")})
    if exception.ends_on < offer.starts_on or offer.has_ended(exception.starts_on):
        raise ValidationError(
            {
                "starts_on": _("The offer does not run then, but %(period)s.")
                % {"period": _period(offer)}
            }
        )
    same = ("kind", "starts_on", "ends_on", "starts_at", "ends_at")
    if offer.exceptions.filter(**{name: getattr(exception, name) for name in same}).exists():
        raise ValidationError({"starts_on": _("This is entered already.")})
    if offer.exceptions.count() >= MOST_EXCEPTIONS:
        raise ValidationError(
            _("An offer has at most %(most)d exceptions. Delete old ones.")
            % {"most": MOST_EXCEPTIONS}
        )
    if not exception.is_extra and not dates(offer, exception.starts_on, exception.ends_on):
        text = _("The offer does not take place then anyway.")
        raise ValidationError({"starts_on": text})
    exception.full_clean()
    exception.save()
    offer.save()  # so that calendars notice
    _record(Verb.CHANGED, offer, by=by, after={"exception": _in_the_log(exception)})
    return exception


def _period(offer: Offer) -> str:
    if offer.ends_on is None:
        return _("from %(day)s on") % {"day": show_day(offer.starts_on)}
    return f"{show_day(offer.starts_on)}–{show_day(offer.ends_on)}"


def _lock(agency_id: int) -> Agency:
    """Entries refer to offers and lock the agency, too: neither goes past the other."""
    Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
    return Agency.objects.get(pk=agency_id)


def _locked(offer: Offer) -> Offer:
    _lock(offer.agency_id)
    return Offer.objects.with_names().get(pk=offer.pk)


def _times(times: Iterable[Time]) -> list[OfferTime]:
    """Each of them once."""
    found = {}
    for row in times:
        found.setdefault((row["weekday"], row["rhythm"], row["starts_at"], row["ends_at"]), row)
    return [OfferTime(**row) for row in found.values()]


def _key(row: OfferTime) -> tuple:
    return row.weekday, row.rhythm, row.starts_at, row.ends_at


def _as_typed(offer: Offer) -> list[Time]:
    return list(offer.times.values("weekday", "rhythm", "starts_at", "ends_at"))


def _save_times(offer: Offer, times: list[OfferTime]) -> None:
    """Keep the rows that stay: a calendar knows them by their number."""
    there = {_key(row): row for row in offer.times.all()}
    wanted = {_key(row): row for row in times}
    offer.times.filter(pk__in=[row.pk for key, row in there.items() if key not in wanted]).delete()
    for key, row in wanted.items():
        if key not in there:
            row.offer = offer
            row.save()


def _check(offer: Offer, times, target_groups, old_groups=()) -> None:
    """What an offer must fulfil beside its own columns."""
    errors = {}
    for name in ("title", "place", "languages"):
        setattr(offer, name, " ".join(getattr(offer, name).split()))
    for name in ("title", "place", "languages", "description"):
        refuse_bank_data(name, getattr(offer, name))
    if offer.ends_on and offer.ends_on < offer.starts_on:
        errors["ends_on"] = _("The last day lies before the first.")
    district, contact = offer.district, offer.contact
    if district.level != district.Level.QUARTER:
        errors["district"] = _("%(district)s is a borough. Choose one of its quarters.") % {
            "district": district
        }
    if contact.agency_id != offer.agency_id:
        errors["contact"] = _("%(worker)s does not belong to %(agency)s.") % {
            "worker": contact, "agency": offer.agency,
        }  # fmt: skip
    elif not contact.is_active:
        errors["contact"] = _("%(worker)s is no longer active. Name another contact person.") % {
            "worker": contact
        }
    if offer.is_open_to_all and target_groups:
        errors["target_groups"] = _(
            "An offer open to all is for no single target group. Take one of both out."
        )
    elif not offer.is_open_to_all and not target_groups:
        errors["target_groups"] = _("Choose for whom it is, or that it is open to all.")
    day = max(offer.starts_on, today())
    for group in target_groups:
        if group not in old_groups and not group.is_on(day):
            errors["target_groups"] = _("“%(name)s” is not in the list on %(day)s.") % {
                "name": group, "day": show_day(day),
            }  # fmt: skip
    if text := _wrong_with(times):
        errors["times"] = text
    if errors:
        raise ValidationError(errors)
    offer.full_clean()


def _wrong_with(times: list[OfferTime]) -> str:
    if not times:
        return _("Say when the offer takes place: at least one weekday with its times.")
    if len(times) > MOST_TIMES:
        return _("An offer has at most %(most)d times.") % {"most": MOST_TIMES}
    for row in times:
        row.clean_fields(exclude=["offer"])
        if row.ends_at <= row.starts_at:
            return _("%(time)s: the end lies before the beginning.") % {"time": row}
    for one, other in combinations(times, 2):
        if one.weekday == other.weekday and _overlap(one, other) and _may_meet(one, other):
            return _("These times overlap: %(one)s; %(other)s.") % {"one": one, "other": other}
    return ""


def _overlap(one: OfferTime, other: OfferTime) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _may_meet(one: OfferTime, other: OfferTime) -> bool:
    """Whether both rhythms can name the same day: the first Tuesday is never the second."""
    rhythms = {one.rhythm, other.rhythm}
    last = {OfferTime.Rhythm.FOURTH, OfferTime.Rhythm.LAST}
    return not rhythms <= OF_MONTH.keys() or len(rhythms) == 1 or rhythms == last


def _refuse_entries_outside(offer: Offer) -> None:
    """What was entered for the offer lies in its time; entries know offers, not the other way."""
    entries = offer.activities.all()
    late = {"count": 0}
    if offer.ends_on:
        late = entries.filter(day__gt=offer.ends_on).aggregate(count=Count("pk"), day=Max("day"))
    if late["count"]:
        text = ngettext(
            "%(count)d entry for this offer lies later, on %(day)s.",
            "%(count)d entries for this offer lie later, the last on %(day)s.",
            late["count"],
        )
        raise ValidationError(
            {"ends_on": text % {"count": late["count"], "day": show_day(late["day"])}}
        )
    if early := entries.filter(day__lt=offer.starts_on).order_by("day").first():
        text = _("There is an entry for this offer on %(day)s already.")
        raise ValidationError({"starts_on": text % {"day": show_day(early.day)}})


def _in_the_log(row) -> str:
    """Times and exceptions in words: the log keeps them in the language of the administration."""
    with override(settings.LANGUAGE_CODE):
        text = str(row)
    return f"{text} ({row.note})" if getattr(row, "note", "") else text


def _logged(offer: Offer) -> dict:
    return {
        **values(offer, *FIELDS, "target_groups"),
        "times": [_in_the_log(row) for row in offer.times.order_by("weekday", "starts_at", "pk")],
    }


def _record(verb: Verb, offer: Offer, **more) -> None:
    record(verb, offer, agency_id=offer.agency_id, district_id=offer.district_id, **more)
