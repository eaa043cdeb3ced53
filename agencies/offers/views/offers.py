from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Max
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.offers import dates, offers
from agencies.offers.filters import OfferFilter
from agencies.offers.forms import OfferEditForm, OfferEndForm, OfferForm
from agencies.offers.models import Offer
from coordination.access.permissions import Perm, require
from coordination.as_of import today
from coordination.exports import download, in_words
from coordination.paging import page
from coordination.periods import show_day

SHOWN_DATES = 8


def _columns(day):
    def next_day(offer):
        found = dates.next_date(offer, day)
        return found and found.day

    def times(offer):
        return "; ".join(str(row) for row in offer.times.all())

    def groups(offer):
        return ", ".join(str(group) for group in offer.target_groups.all())

    return [
        (gettext_lazy("Title"), lambda offer: offer.title),
        (gettext_lazy("Agency"), lambda offer: offer.agency.short_name),
        (gettext_lazy("District"), lambda offer: offer.district.name),
        (pgettext_lazy("offer", "Place"), lambda offer: offer.place),
        (gettext_lazy("Times"), times),
        (gettext_lazy("Next date"), next_day),
        (gettext_lazy("Open to all"), lambda offer: offer.is_open_to_all),
        (gettext_lazy("Target groups"), groups),
        (gettext_lazy("Languages"), lambda offer: offer.languages),
        (gettext_lazy("Barrier-free"), lambda offer: offer.is_barrier_free),
        (gettext_lazy("Contact person"), lambda offer: offer.contact.name),
        (gettext_lazy("Office phone"), lambda offer: offer.contact.phone),
        (gettext_lazy("E-mail"), lambda offer: offer.contact.email),
        (gettext_lazy("From"), lambda offer: offer.starts_on),
        (gettext_lazy("Until"), lambda offer: offer.ends_on),
        (gettext_lazy("Last confirmed"), lambda offer: offer.confirmed_on),
        (gettext_lazy("Last confirmation"), lambda offer: offer.confirmation(day).label),
    ]


@require_safe
@require(Perm.VIEW_DIRECTORY)
def offer_list(request):
    day = request.as_of
    rows = Offer.objects.within(request.scope).with_names().with_times()
    found = OfferFilter(request.GET, rows, day=day)
    note = f"{_('Offers')} · {in_words(found)}"
    if answer := download(request, "angebote", _columns(day), found.qs, note=note):
        return answer
    paged = page(request, found.qs)
    manages = request.actor.scope(Perm.MANAGE_OFFERS)
    return render(
        request,
        "offers/offer_list.html",
        {
            "filter": found,
            "page": paged,
            "rows": [_row(offer, day, manages) for offer in paged.rows],
            "feeds": _chosen_feeds(request, found.form),
            "query": request.GET.urlencode(),
        },
    )


def _row(offer, day, manages) -> dict:
    return {
        "offer": offer,
        "next": dates.next_date(offer, day),
        "has_ended": offer.has_ended(day),
        "confirmation": offer.confirmation(day),
        "may_confirm": manages.covers(offer.agency_id) and _needs_confirmation(offer),
    }


def _needs_confirmation(offer) -> bool:
    return not offer.has_ended(today()) and offer.confirmed_on < today()


def _chosen_feeds(request, form) -> list[tuple[str, str]]:
    """Calendars of the agency and the district that the list is narrowed to."""
    chosen = form.cleaned_data if form.is_valid() else {}
    names = {"verband": "offers:agency_feed", "gebiet": "offers:district_feed"}
    return [
        (dict(form.fields[field].choices)[chosen[field]], _feed(request, name, chosen[field]))
        for field, name in names.items()
        if chosen.get(field)
    ]


def _feed(request, name, pk) -> str:
    return request.build_absolute_uri(reverse(name, args=[pk]))


@require_safe
@require(Perm.VIEW_DIRECTORY)
def offer_detail(request, pk):
    offer = get_object_or_404(
        Offer.objects.within(request.scope)
        .with_names()
        .with_times()
        .select_related("confirmed_by"),
        pk=pk,
    )
    day, actor = request.as_of, request.actor
    manages = actor.scope(Perm.MANAGE_OFFERS).covers(offer.agency_id)
    return render(
        request,
        "offers/offer_detail.html",
        {
            "offer": offer,
            "dates": dates.coming(offer, day, SHOWN_DATES),
            "exceptions": [row for row in offer.exceptions.all() if not row.has_ended(day)],
            "has_ended": offer.has_ended(day),
            "confirmation": offer.confirmation(day),
            "may_edit": manages,
            "may_confirm": manages and _needs_confirmation(offer),
            "may_end": manages and not offer.has_ended(today()),
            "sees_worker": actor.scope(Perm.VIEW_STAFFING).covers(offer.agency_id),
            "sees_log": actor.scope(Perm.VIEW_LOG).covers(offer.agency_id),
            "feeds": [
                (offer.title, _feed(request, "offers:offer_feed", offer.pk)),
                (offer.agency.short_name, _feed(request, "offers:agency_feed", offer.agency_id)),
                (offer.district.name, _feed(request, "offers:district_feed", offer.district_id)),
            ],
            "entries": _entries(offer, actor.scope(Perm.VIEW_ACTIVITY)),
        },
    )


def _entries(offer, scope) -> dict | None:
    """How many entries refer to the offer; None for whoever may read none of its agency."""
    if not scope.covers(offer.agency_id):
        return None
    found = offer.activities.within(scope).aggregate(count=Count("pk"), last=Max("day"))
    try:
        found["url"] = f"{reverse('activity:activity_list')}?angebot={offer.pk}"
    except NoReverseMatch:
        found["url"] = ""
    return found


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_OFFERS)
def offer_create(request):
    form = OfferForm(
        request.POST or None,
        scope=request.scope,
        initial={"agency": request.GET.get("verband"), "starts_on": today()},
    )
    if form.is_valid():
        try:
            offer = offers.create(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("“%(offer)s” was created.") % {"offer": offer})
            return redirect(address(request, offer))
    return render(request, "offers/offer_create.html", {"form": form})


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_OFFERS)
def offer_edit(request, pk):
    offer = _own(request, pk)
    title = str(offer)
    form = OfferEditForm(request.POST or None, instance=offer)
    if form.is_valid():
        try:
            offer = offers.change(offer, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("“%(offer)s” was saved.") % {"offer": offer})
            return redirect(address(request, offer))
    context = {"offer": offer, "title": title, "form": form}
    return render(request, "offers/offer_edit.html", context)


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_OFFERS)
def offer_end(request, pk):
    offer = _own(request, pk)
    last = offer.ends_on
    form = OfferEndForm(request.POST or None, instance=offer)
    if form.is_valid():
        try:
            offer = offers.end(offer, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            text = _("“%(offer)s” ends on %(day)s.")
            messages.success(request, text % {"offer": offer, "day": show_day(offer.ends_on)})
            return redirect(address(request, offer))
    return render(request, "offers/offer_end.html", {"offer": offer, "last": last, "form": form})


@require_POST
@require(Perm.MANAGE_OFFERS)
def offer_confirm(request, pk):
    """One click, from the list or the offer's page; ``liste`` holds the list's own query."""
    offer = _own(request, pk)
    try:
        offers.confirm(offer, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("“%(offer)s” is confirmed.") % {"offer": offer})
    if "liste" in request.POST:
        query = QueryDict(request.POST["liste"][:2_000]).urlencode()
        return redirect(f"{reverse('offers:offer_list')}?{query}#angebot-{offer.pk}")
    return redirect(address(request, offer))


def _own(request, pk):
    return get_object_or_404(Offer.objects.within(request.scope).with_names(), pk=pk)


def address(request, offer) -> str:
    return reverse("offers:offer_detail", args=[offer.pk]) + request.as_of_query
