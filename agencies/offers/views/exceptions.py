from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.offers import offers
from agencies.offers.forms import ExceptionForm
from agencies.offers.models import Offer, OfferException
from agencies.offers.views.offers import address
from coordination.access.permissions import Perm, require


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_OFFERS)
def exception_create(request, pk):
    offer = get_object_or_404(
        Offer.objects.within(request.scope).with_names().prefetch_related("times"), pk=pk
    )
    form = ExceptionForm(request.POST or None)
    if form.is_valid():
        try:
            row = _enter(offer, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Entered: %(exception)s.") % {"exception": row})
            return redirect(address(request, offer))
    return render(request, "offers/exception_create.html", {"offer": offer, "form": form})


def _enter(offer, *, kind, starts_on, ends_on, starts_at, ends_at, note, by):
    if kind == OfferException.Kind.CANCELLED:
        return offers.cancel(offer, starts_on=starts_on, ends_on=ends_on, note=note, by=by)
    return offers.add_date(
        offer, starts_on=starts_on, starts_at=starts_at, ends_at=ends_at, note=note, by=by
    )


@require_http_methods(["GET", "POST"])
@require(Perm.MANAGE_OFFERS)
def exception_delete(request, pk):
    row = get_object_or_404(
        OfferException.objects.within(request.scope).select_related("offer__agency"), pk=pk
    )
    if request.method == "POST":
        offers.remove(row, by=request.user)
        messages.success(request, _("Deleted: %(exception)s.") % {"exception": row})
        return redirect(address(request, row.offer))
    return render(request, "offers/exception_delete.html", {"offer": row.offer, "exception": row})
