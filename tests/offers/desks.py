"""What the tests of the pages about offers share."""

from agencies.offers.models import Offer
from agencies.offers.offers import WATCHED
from coordination.editing import fingerprint


def typed(cast, *rows, **fields):
    """The form of an offer as somebody fills it in: Mondays from 10 to 12, open to all."""
    rows = rows or [("0", "weekly", "10:00", "12:00")]
    data = {
        "agency": cast.agency.pk,
        "title": "Frauentreff",
        "description": "",
        "district": cast.district.pk,
        "place": "Musterstraße 5",
        "languages": "Deutsch, Farsi",
        "is_open_to_all": "on",
        "pauses_on_holidays": "on",
        "contact": cast.worker.pk,
        "starts_on": "2016-05-02",
        "ends_on": "",
        "zeiten-TOTAL_FORMS": "4",
        "zeiten-INITIAL_FORMS": "0",
    }
    for number in range(4):
        row = rows[number] if number < len(rows) else ("", "weekly", "", "")
        for name, value in zip(("weekday", "rhythm", "starts_at", "ends_at"), row, strict=True):
            data[f"zeiten-{number}-{name}"] = value
    data |= fields
    return {name: value for name, value in data.items() if value is not None}


def seen(offer):
    return fingerprint(Offer.objects.get(pk=offer.pk), WATCHED)


def times(offer):
    return [str(row) for row in offer.times.all()]


def said(response):
    """Everything the form of a page complains about."""
    form = response.context["form"]
    return " ".join(text for errors in form.errors.values() for text in errors)
