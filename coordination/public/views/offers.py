"""Offers for everybody, without signing in, as of today."""

from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agencies.models import Worker
from agencies.offers import dates
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
    rows = [(offer, dates.next_date(offer, day), *_age(offer, day)) for offer in paged.rows]
    context = {"filter": found, "page": paged, "rows": rows, "day": day}
    return render(request, "public/offer_list.html", {**context, "feeds": _feeds(request, found)})


def _age(offer, day) -> tuple:
    """How old the last confirmation is: the badge, and in days."""
    return offer.confirmation(day), (day - offer.confirmed_on).days


def _feeds(request, found) -> list[tuple[str, str]]:
    """Name and address of the calendar of the district the list is narrowed to."""
    chosen = found.form.cleaned_data.get("gebiet") if found.form.is_valid() else ""
    if not chosen:
        return []
    name = dict(found.form.fields["gebiet"].choices)[chosen]
    return [(name, request.build_absolute_uri(reverse("offers:district_feed", args=[chosen])))]


@in_the_finder
def offer_calendar(request):
    day = as_of.today()
    first = offers.week_asked_for(as_of.read(request.GET.get(FROM, "")), day)
    found = CalendarFilter(request.GET, offers.offered_from(day))
    this_week = offers.monday(day)
    context = {
        "filter": found,
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
    feeds = [
        (offer.title, "offers:offer_feed", offer.pk),
        (offer.district.name, "offers:district_feed", offer.district_id),
        (offer.agency.short_name, "offers:agency_feed", offer.agency_id),
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
            (name, request.build_absolute_uri(reverse(feed, args=[key])))
            for name, feed, key in feeds
        ],
    }
    return render(request, "public/offer_detail.html", context)
