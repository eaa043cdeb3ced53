"""Finding a district by what somebody types: a postal code, a name or the beginning of one."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches

from django.conf import settings
from django.utils.translation import gettext as _

from coordination.text import fold
from districts.models import District

POSTAL_CODE = re.compile(r"(?<!\d)[0-9]{5}(?!\d)")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "-": " ", "/": " ", "–": " "})
LIKE = 0.7  # how alike a name must be to be suggested
SHOWN = 60  # signs of what was typed that an answer repeats


@dataclass
class Search:
    found: list[District] = field(default_factory=list)
    postal_code: str = ""
    problem: str = ""
    suggested: list[District] = field(default_factory=list)


def search(typed: str, districts: list[District]) -> Search:
    """The districts (with ``postal_codes`` and ``parent``) that are meant, or what to say."""
    text = fold(typed)
    if not re.search("[0-9]", text):
        return _by_name(text, typed, districts)
    if code := POSTAL_CODE.search(text) or POSTAL_CODE.fullmatch(text.replace(" ", "")):
        return _by_postal_code(code[0], districts)
    problem = _("“%(typed)s” is no postal code: it has five digits, like 41061.")
    if re.search(r"[^\W\d]", text):
        problem = _(
            "“%(typed)s” was not found: streets are not known here. Please write the postal code "
            "or the district."
        )
    return Search(problem=problem % {"typed": typed[:SHOWN]})


def _by_postal_code(text: str, districts: list[District]) -> Search:
    found = [row for row in districts if text in {code.code for code in row.postal_codes.all()}]
    if found:
        return Search(found=found, postal_code=text)
    city = settings.PORTAL_CITY or _("this city")
    problem = _("The postal code %(code)s lies in no district of %(city)s.")
    return Search(problem=problem % {"code": text, "city": city})


def _by_name(text: str, typed: str, districts: list[District]) -> Search:
    wanted = _key(text)
    names = {row: _key(row.name) for row in districts}
    for is_meant in (
        lambda row: names[row] == wanted,
        lambda row: names[row].startswith(wanted),
        lambda row: f" {wanted}" in names[row],
        lambda row: row.parent and _key(row.parent.name).startswith(wanted),
    ):
        if wanted and (found := [row for row in districts if is_meant(row)]):
            return Search(found=found)
    close = set(get_close_matches(wanted[:SHOWN], list(names.values()), n=3, cutoff=LIKE))
    city = settings.PORTAL_CITY or _("this city")
    problem = _("“%(typed)s” is the name of no district of %(city)s.")
    return Search(
        problem=problem % {"typed": typed[:SHOWN], "city": city},
        suggested=[row for row in districts if names[row] in close],
    )


def _key(text: str) -> str:
    return " ".join(fold(text).translate(UMLAUTS).split())
