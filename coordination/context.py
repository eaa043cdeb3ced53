"""What every template knows, and the portal's few template tags (``{% load portal %}``)."""

import re
from datetime import date
from decimal import Decimal

from django import template
from django.conf import settings
from django.db import DatabaseError
from django.http.request import QueryDict
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from coordination.access.permissions import Actor, Can
from coordination.as_of import today
from coordination.money import euro
from coordination.navigation import sections

register = template.Library()
SORT = "sortierung"


def portal(request):
    """The frame's variables. Error pages are rendered before middleware has set any of them."""
    actor, person, navigation = Actor(), None, []
    try:
        user = getattr(request, "user", None)
        if user and user.is_authenticated:
            actor, person = getattr(request, "actor", actor), user
            page = request.resolver_match.view_name if request.resolver_match else ""
            navigation = sections(actor, page)
    except DatabaseError:  # an error page must appear without the database, too
        actor, person = Actor(), None
    return {
        "portal_name": settings.PORTAL_NAME,
        "portal_city": settings.PORTAL_CITY,
        "portal_version": settings.VERSION,
        "is_demo": settings.DEMO,
        "has_open_data": settings.PORTAL_OPEN_DATA,
        "has_finder": settings.PORTAL_FINDER,
        "has_desk": settings.PORTAL_DESK,
        "today": today(),
        "as_of": getattr(request, "as_of", today()),
        "as_of_query": getattr(request, "as_of_query", ""),
        "can": Can(actor),
        "person": person,
        "navigation": navigation,
    }


@register.filter
def day(value: date | None) -> str:
    """31.03.2018; empty for an open end."""
    return value.strftime("%d.%m.%Y") if value else ""


register.filter("euro", euro)


@register.filter
def percent(value: int | Decimal) -> str:
    return f"{number_format(value)}\N{NO-BREAK SPACE}%"


@register.filter
def breakable(address: str) -> str:
    """An e-mail address whose lines break at @ or a dot before it, not within a word."""
    parts = re.split(r"(?<=@)|(?<=\.)(?=.*@)", address)
    # Only the tag between the parts is ours; each part is escaped.
    return format_html_join(mark_safe("<wbr>"), "{}", ([part] for part in parts))


@register.filter
def alert_kind(level_tag: str) -> str:
    """KERN's name for the level of a message."""
    return {"success": "success", "warning": "warning", "error": "danger"}.get(level_tag, "info")


@register.simple_tag
def with_parameter(request, **changes) -> str:
    """The page's own query string with these parameters changed; None or "" takes one out."""
    query: QueryDict = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = value
    return f"?{query.urlencode()}"


@register.inclusion_tag("_sort.html", takes_context=True)
def sort_link(context, field: str, label: str):
    """A column heading that sorts; ``field`` is a choice of the list's OrderingFilter."""
    request = context["request"]
    current = request.GET.get(SORT, "")
    direction = {field: "ascending", f"-{field}": "descending"}.get(current, "")
    query = request.GET.copy()
    query[SORT] = f"-{field}" if direction == "ascending" else field
    for name in ("nach", "vor", "page", "format"):  # another order starts at its first page
        query.pop(name, None)
    return {"label": label, "direction": direction, "query": f"?{query.urlencode()}"}
