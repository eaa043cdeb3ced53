"""Offers as calendars, for everybody: no sign-in, no cookie, no session."""

from hashlib import blake2s

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from agencies.models import Agency
from agencies.offers import feeds
from agencies.offers.models import Offer
from coordination.as_of import today
from districts.models import District

HOUR = 3_600


@login_not_required
@require_safe
@cache_control(public=True, max_age=HOUR)
def offer_feed(request, pk):
    offer = get_object_or_404(Offer, pk=pk)
    return calendar(request, offer.title, Offer.objects.filter(pk=pk))


@login_not_required
@require_safe
@cache_control(public=True, max_age=HOUR)
def agency_feed(request, pk):
    agency = get_object_or_404(Agency, pk=pk)
    return calendar(request, agency.short_name, Offer.objects.filter(agency=agency))


@login_not_required
@require_safe
@cache_control(public=True, max_age=HOUR)
def district_feed(request, pk):
    """A quarter's offers, or those of all quarters of a borough."""
    district = get_object_or_404(District.objects.without_shapes(), pk=pk)
    rows = Offer.objects.filter(Q(district=district) | Q(district__parent=district))
    return calendar(request, district.name, rows)


def calendar(request, name: str, rows) -> HttpResponse:
    """What runs or is yet to begin; of an ended offer an empty calendar, so it disappears.

    For a view whose answer is ``cache_control(public=True)`` and that nobody signs in for.

    In the administration's language for everybody, for caches keep one answer for all.
    """
    day, host = today(), request.get_host().partition(":")[0].lower()
    rows = rows.filter(agency__is_active=True).not_ended(day).with_names().with_times()
    with override(settings.LANGUAGE_CODE):
        title = _("Offers: %(name)s") % {"name": name}
        body = feeds.calendar(title, rows, day=day, host=host)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Language"] = settings.LANGUAGE_CODE
    response["X-Content-Type-Options"] = "nosniff"
    file_name = f"{slugify(name) or 'angebote'}.ics"
    response["Content-Disposition"] = content_disposition_header(False, file_name)
    response["ETag"] = f'"{blake2s(body, digest_size=16).hexdigest()}"'
    # Whoever fetches a calendar reads no messages: none is left behind in a cookie.
    del request._messages
    return get_conditional_response(request, etag=response["ETag"], response=response)
