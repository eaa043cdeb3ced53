"""The Stichtag: the day a page speaks of. In the URL, so a link shows what its sender saw."""

from datetime import date

from django.conf import settings
from django.contrib import messages
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

PARAMETER = "stichtag"
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


def today() -> date:
    """The current day; in the demo the fixed day in the middle of the sample term."""
    return settings.PORTAL_DAY or timezone.localdate()


def read(text: str) -> date | None:
    """A day typed as 2018-03-31 or 31.03.2018, or None if it is no day within 1900–2199."""
    text = text.strip()[:10]
    if text.count(".") == 2:
        text = "-".join(part.zfill(2) for part in reversed(text.split(".")))
    try:
        day = parse_date(text)
    except ValueError:  # well formed, but no such day: 31.02.2016
        return None
    return day if day and EARLIEST <= day <= LATEST else None


class AsOfMiddleware:
    """Set ``request.as_of`` (the day) and ``request.as_of_query`` (what links carry on)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        typed = request.GET.get(PARAMETER, "")
        request.as_of = read(typed) or today()
        request.as_of_query = "" if request.as_of == today() else f"?{PARAMETER}={request.as_of}"
        if typed and not read(typed):
            messages.error(
                request,
                _("“%(typed)s” is not a date. The page shows %(day)s.")
                % {"typed": typed[:20], "day": request.as_of.strftime("%d.%m.%Y")},
            )
        return self.get_response(request)
