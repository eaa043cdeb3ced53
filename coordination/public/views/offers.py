"""Offers for everybody, without signing in, as of today."""

from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from agencies.models import Worker
from agencies.offers import dates
from agencies.offers.views import feeds
from coordination import as_of
from coordination.paging import page
from coordination.public import offers
from coordination.public.offers import CalendarFilter, PublicOfferFilter

SHOWN_DATES = 8
FROM = "ab"  # any day of the week that is asked for


def in_the_finder(view):
    """A page for everybody; there is none unless the city has switched the finder on."""

    @login_not_required
    @wraps(view)
    def answer(request, *args, **kwargs):
        if not settings.PORTAL_FINDER:
            raise Http404
        return require_safe(view)(request, *args, **kwargs)

    return answer


@in_the_finder
def offer_list(request):
    day = as_of.today()
    found = PublicOfferFilter(request.GET, offers.offered(day))
    paged = page(request, found.qs, size=20)
    rows = [_card(offer, day) for offer in paged.rows]
    context = {"filter": found, "page": paged, "rows": rows, "day": day}
    return render(request, "public/offer_list.html", {**context, "feeds": _feeds(request, found)})


def _card(offer, day) -> tuple:
    next_date = dates.next_date(offer, day)
    return (offer, next_date, offers.pause(offer, day, next_date), *_age(offer, day))


def _age(offer, day) -> tuple:
    """How old the last confirmation is: the badge, and in days."""
    return offer.confirmation(day), (day - offer.confirmed_on).days


@in_the_finder
@cache_control(public=True, max_age=feeds.HOUR)
def offer_feed(request):
    """What the list shows by the same filter, with what is yet to begin; all without one."""
    found = PublicOfferFilter(request.GET, offers.offered_from(as_of.today()))
    return feeds.calendar(request, settings.PORTAL_CITY, found.qs)


def _feeds(request, found) -> list[tuple[str, str, str]]:
    """What the calendars of the list are of, by which name, and their addresses."""
    everything = request.build_absolute_uri(reverse("public:offer_feed"))
    ways = [(_("All offers"), settings.PORTAL_CITY, everything)]
    chosen = found.form.cleaned_data if found.form.is_valid() else {}
    if place := chosen.get("gebiet"):
        name = dict(found.form.fields["gebiet"].choices)[place]
        ways.insert(0, (_("District"), name, _address(request, "offers:district_feed", place)))
    names = [name for name in chosen if chosen[name] and name != "sortierung"]
    if names:
        query = urlencode({name: request.GET[name] for name in names})
        ways.insert(0, (_("This selection"), "", f"{everything}?{query}"))
    return ways


def _address(request, feed, key) -> str:
    return request.build_absolute_uri(reverse(feed, args=[key]))


@in_the_finder
def offer_calendar(request):
    day = as_of.today()
    first = offers.week_asked_for(as_of.read(request.GET.get(FROM, "")), day)
    found = CalendarFilter(request.GET, offers.offered_from(day))
    this_week = offers.monday(day)
    context = {
        "filter": found,
        "feeds": _feeds(request, found),
        "first": first,
        "last": first + offers.WEEK - offers.ONE_DAY,
        "week": offers.week(found.qs.filter(starts_on__lt=first + offers.WEEK), first, day),
        "before": first - offers.WEEK if first > this_week else None,
        "after": first + offers.WEEK
        if first < this_week + offers.WEEKS_AHEAD * offers.WEEK
        else None,
    }
    return render(request, "public/offer_calendar.html", context)


@in_the_finder
def offer_detail(request, pk):
    day = as_of.today()
    offer = get_object_or_404(offers.public(), pk=pk)
    confirmation, age = _age(offer, day)
    asked = offers.asked(offer)
    calendars = [
        (_("Offer"), offer.title, "offers:offer_feed", offer.pk),
        (_("District"), offer.district.name, "offers:district_feed", offer.district_id),
        (_("Agency"), offer.agency.short_name, "offers:agency_feed", offer.agency_id),
    ]
    context = {
        "offer": offer,
        "asked": asked,
        "is_person": isinstance(asked, Worker),
        "dates": dates.coming(offer, day, SHOWN_DATES),
        "exceptions": [row for row in offer.exceptions.all() if not row.has_ended(day)],
        "is_coming": offer.starts_on > day,
        "has_ended": offer.has_ended(day),
        "confirmation": confirmation,
        "age": age,
        "feeds": [
            (label, name, _address(request, feed, key)) for label, name, feed, key in calendars
        ],
    }
    return render(request, "public/offer_detail.html", context)
