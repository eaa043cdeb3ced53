"""What every template knows, and the portal's few template tags (``{% load portal %}``)."""

from datetime import date

from django import template
from django.conf import settings

from coordination.access.permissions import Actor, Can
from coordination.as_of import today

register = template.Library()


def portal(request):
    """The frame's variables. Error pages are rendered before middleware has set any of them."""
    actor = getattr(request, "actor", None) or Actor()
    return {
        "portal_name": settings.PORTAL_NAME,
        "portal_city": settings.PORTAL_CITY,
        "portal_version": settings.VERSION,
        "is_demo": settings.DEMO,
        "today": today(),
        "as_of": getattr(request, "as_of", today()),
        "as_of_query": getattr(request, "as_of_query", ""),
        "can": Can(actor),
    }


@register.filter
def day(value: date | None) -> str:
    """31.03.2018; empty for an open end."""
    return value.strftime("%d.%m.%Y") if value else ""


@register.filter
def percent(value: int) -> str:
    return f"{value}\N{NO-BREAK SPACE}%"
