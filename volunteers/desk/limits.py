"""How often one visitor may send a public form, and how often in the name of one address.

Counted in the cache all workers share, under keyed hashes: whoever reads the cache learns neither
who sent something nor from where.
"""

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

RETRY_AFTER = 3_600  # seconds


def admit(request: HttpRequest, *, email: str, place: str = "desk") -> bool:
    """Count one sending at this place; False if it is one too many. ``email`` may be missing."""
    who = {"visitor": ratelimit.get_ip(request), "address": email}
    return all(_count(request, place, kind, value) for kind, value in who.items() if value)


def _count(request, place, kind, value) -> bool:
    key = salted_hmac(f"{__name__}.{kind}", value, algorithm="sha256").hexdigest()
    rates = settings.PORTAL_FORM_LIMITS
    return ratelimit.consume(request, app=place, action=kind, config=rates, key=key) is not None
