"""What everybody may know of the agencies' offers: which there are, when, and whom to ask."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import NamedTuple

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.filters import SearchFilter, boroughs_and_quarters
from agencies.models import Agency, Worker
from agencies.offers.dates import SOON, Date, all_series, extras
from agencies.offers.models import Offer, OfferTime
from coordination.holidays import name_of
from coordination.periods import ONE_DAY
from districts.models import District

WEEK = timedelta(days=7)
WEEKS_AHEAD = 12  # how far the calendar can be turned
MOST_DATES = 500  # of one week; who sees more filters


def offered(day: date) -> QuerySet:
    """What runs on the day. What an agency that is no longer active offered is over."""
    return public().on(day)


def offered_from(day: date) -> QuerySet:
    """What runs on the day or begins later."""
    return public().not_ended(day)


def public() -> QuerySet:
    """All of active agencies, ended ones too: a link somebody kept still says what became of it."""
    return Offer.objects.filter(agency__is_active=True).with_names().with_times()


def asked(offer: Offer) -> Worker | Agency:
    """Whom to ask: the contact person if the agency has released them, else its desk."""
    contact = offer.contact
    return contact if contact.is_public and contact.is_active else offer.agency


class OnlyFilter(django_filters.BooleanFilter):
    """A box to tick: only the rows that are so. Not ticked, it says nothing."""

    field_class = forms.BooleanField

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)

    def filter(self, rows, value):
        return super().filter(rows, True) if value else rows


class PublicOfferFilter(django_filters.FilterSet):
    suche = SearchFilter("title", "description", "place")
    plz = django_filters.CharFilter(
        label=_("Postal code"),
        method="at_postal_code",
        max_length=5,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    gebiet = django_filters.ChoiceFilter(
        label=_("District or borough"), method="there", empty_label=_("all")
    )
    wochentag = django_filters.ChoiceFilter(
        label=_("Weekday"), method="on_weekday", choices=OfferTime.Weekday, empty_label=_("all")
    )
    sprache = SearchFilter("languages")
    sortierung = django_filters.OrderingFilter(
        label=_("Sort by"),
        fields=[("title_key", "titel"), ("district__name", "stadtteil")],
        choices=[("titel", _("Title")), ("stadtteil", _("District"))],
        empty_label=None,
        null_label=None,
    )
    offen = OnlyFilter(label=_("only open to all"), field_name="is_open_to_all")
    barrierefrei = OnlyFilter(label=_("only barrier-free"), field_name="is_barrier_free")

    class Meta:
        model = Offer
        fields = []

    def __init__(self, data, rows: QuerySet):
        super().__init__(data, rows)
        self.filters["sprache"].label = _("Language")
        self.filters["gebiet"].extra["choices"] = boroughs_and_quarters()

    def at_postal_code(self, rows, name, value):
        """In one of the districts the postal code reaches into."""
        there = District.objects.filter(postal_codes__code__startswith=value.strip())
        return rows.filter(district__in=there.order_by().values("pk"))

    def there(self, rows, name, value):
        return rows.filter(Q(district=value) | Q(district__parent=value))

    def on_weekday(self, rows, name, value):
        return rows.filter(pk__in=OfferTime.objects.filter(weekday=value).values("offer"))


class CalendarFilter(PublicOfferFilter):
    wochentag = None
    sortierung = None


@dataclass(frozen=True)
class Held:
    """One date of an offer, which takes place or does not."""

    offer: Offer
    starts_at: time
    ends_at: time
    is_extra: bool = False
    is_cancelled: bool = False
    note: str = ""


@dataclass(frozen=True)
class Day:
    day: date
    holiday: str
    dates: list[Held] = field(default_factory=list)


@dataclass(frozen=True)
class Week:
    days: list[Day]
    count: int  # of dates, those that are cancelled too
    is_cut: bool


class Pause(NamedTuple):
    """Why the next date is later than it would be: ``until`` the last day of a pause, or ``day``
    on which a single date is left out. ``note`` is the agency's, or the holiday's name."""

    day: date
    until: date | None
    note: str


def pause(offer: Offer, day: date, next_date: Date | None) -> Pause | None:
    """What the latest date left out before the next one is left out for; None if none is."""
    last = next_date.day if next_date else day + SOON
    series = all_series(offer, day, last)
    held = {day for one in series for day in one.days}
    left_out = {day for one in series for day in one.left_out} - held
    if not left_out:
        return None
    latest = max(left_out)
    ends = [row.ends_on for row in offer.exceptions.all() if not row.is_extra and row.is_on(latest)]
    until = max(ends, default=latest)
    return Pause(latest, until if until > latest else None, _why_not(offer, latest))


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_asked_for(typed: date | None, today: date) -> date:
    """The Monday of a week that can be shown: this one or one of the next twelve."""
    first = monday(today)
    return min(max(monday(typed or today), first), first + WEEKS_AHEAD * WEEK)


def week(rows: QuerySet, first: date, today: date) -> Week:
    """What takes place from ``first``, a Monday, to Sunday; what is over is left out."""
    last, start = first + WEEK - ONE_DAY, max(first, today)
    days = {
        (day := start + timedelta(days=number)): Day(day, name_of(day))
        for number in range((last - start).days + 1)
    }
    count = 0
    for offer in rows:
        for day, held in _held(offer, start, last):
            days[day].dates.append(held)
            count += 1
        if count >= MOST_DATES:
            break
    for row in days.values():
        row.dates.sort(key=lambda held: (held.starts_at, held.offer.title_key, held.offer.pk))
    return Week(list(days.values()), count, count >= MOST_DATES)


def _held(offer: Offer, first: date, last: date):
    """Each date between two days, cancelled ones too: (day, Held)."""
    for series in all_series(offer, first, last):
        times = (series.time.starts_at, series.time.ends_at)
        for day in series.days:
            yield day, Held(offer, *times)
        for day in series.left_out:
            yield day, Held(offer, *times, is_cancelled=True, note=_why_not(offer, day))
    for extra in extras(offer, first, last):
        date_ = extra.date
        note = extra.exception.note
        yield date_.day, Held(offer, date_.starts_at, date_.ends_at, is_extra=True, note=note)


def _why_not(offer: Offer, day: date) -> str:
    notes = (row.note for row in offer.exceptions.all() if not row.is_extra and row.is_on(day))
    return next((note for note in notes if note), name_of(day))
