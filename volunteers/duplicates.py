"""Whether somebody is known already, under a name, an address or a number written otherwise.

Compared are columns of their own, each with an index: ``match_key``, ``email_key``, ``phone_key``.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Model, Q, QuerySet

from coordination.access.permissions import Scope
from coordination.as_of import today
from coordination.text import fold
from volunteers.models import Volunteer
from volunteers.search import words

TITLES = {"dr", "prof", "professor", "dipl", "ing", "herr", "frau", "fr", "hr", "med", "phil"}
COUNTRY = "49"
SHORTEST_NUMBER = 5  # a shorter one is an extension that many have
MOST = 5  # that are shown


@dataclass(frozen=True)
class Likeness:
    """What is there already: rows the reader may see, and whether others look after more."""

    known: list
    elsewhere: bool = False
    is_limited: bool = False  # whether others do, is not told: it was asked too often

    def __bool__(self):
        return bool(self.known) or self.elsewhere or self.is_limited


def name_key(name: str) -> str:
    """The words of a name in the order of the alphabet, without titles and accents."""
    found = words(name)
    return " ".join(sorted([word for word in found if word not in TITLES] or found))


def email_key(email: str) -> str:
    return fold(email)


def phone_key(phone: str) -> str:
    """The digits behind the country's or the long-distance 0: +49 2161, 0049 2161, 02161 alike."""
    text = unicodedata.normalize("NFKC", phone).replace("(0)", "").strip()
    is_international = text.startswith("+")
    digits = "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdecimal())
    if digits.startswith("00"):
        digits, is_international = digits[2:], True
    if is_international and not digits.startswith(COUNTRY):
        return f"+{digits}"[:50]
    if is_international:
        digits = digits[len(COUNTRY) :]
    digits = digits.lstrip("0")
    return digits[:50] if len(digits) >= SHORTEST_NUMBER else ""


def keys(*, name: str, email: str, phone: str) -> dict[str, str]:
    """The columns to compare, by their names."""
    return {
        "match_key": name_key(name)[:600],
        "email_key": email_key(email)[:254],
        "phone_key": phone_key(phone),
    }


def same(rows: QuerySet, *, name: str = "", email: str = "", phone: str = "") -> QuerySet:
    """Those of the rows that have the name, the address or the number."""
    known = keys(name=name, email=email, phone=phone)
    wanted = Q()
    for column, value in known.items():
        if value:
            wanted |= Q(**{column: value})
    return rows.filter(wanted) if wanted else rows.none()


def like(
    *,
    name: str = "",
    email: str = "",
    phone: str = "",
    scope: Scope,
    model: type[Model] = Volunteer,
    besides: Q | None = None,
    day: date | None = None,
    may_ask: Callable[[], bool] | None = None,
) -> Likeness:
    """Who is there already. Of others' volunteers nothing is told but that there is somebody.

    ``besides`` leaves rows out: the one that is being edited, what the same form entered before.
    ``may_ask`` counts each question about what lies beyond reach, so that nobody tries out names.
    """
    rows = same(model.objects.order_by(), name=name, email=email, phone=phone)
    if besides is not None:
        rows = rows.exclude(besides)
    reachable = model.objects.reachable(scope, day or today()).order_by().values("pk")
    known = rows.filter(pk__in=reachable).order_by("name_key", "pk").select_related("agency")
    known = list(known[:MOST])
    if scope.citywide or not any(keys(name=name, email=email, phone=phone).values()):
        return Likeness(known)
    if may_ask and not may_ask():
        return Likeness(known, is_limited=True)
    return Likeness(known, rows.exclude(pk__in=reachable).exists())
