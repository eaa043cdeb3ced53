"""How often one visitor may send a public form, how often in the name of one address, and how often
an account may ask whether others know somebody.

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
    rates = settings.PORTAL_FORM_LIMITS
    return all(_count(request, place, kind, value, rates) for kind, value in who.items() if value)


def admit_account(request: HttpRequest, *, place: str) -> bool:
    """Count one question of whoever is signed in; False if it is one too many."""
    return _count(request, place, "account", str(request.user.pk), settings.PORTAL_ACCOUNT_LIMITS)


def _count(request, place, kind, value, rates) -> bool:
    key = salted_hmac(f"{__name__}.{kind}", value, algorithm="sha256").hexdigest()
    found = ratelimit.consume(
        request, app=place, action=kind, config=rates, key=key, limit_get=True
    )
    return found is not None
