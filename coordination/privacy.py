"""Finding what looks like a case in a short text. The portal keeps counts, never who somebody is.

Found are: a birth date, marked as one ("geb. 3.4.1998", "*03.04.98", "Jg. 1998") or next to a
word that may be a name; "Herr" and "Frau" with a surname; file numbers; telephone numbers;
e-mail addresses. Not found are a bare name without any of these, nicknames, a description that
fits one family only, and addresses: whoever writes has to think of those. A guard that asks, so
it may err: dates of the last two years count only if they are marked, most are appointments.

Every pattern has bounded repetition: the time grows with the text's length and no faster.
"""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from coordination import as_of

LONGEST = 20_000  # signs that are looked through
YOUNGEST = 2  # years; a bare date after that is taken for an appointment


class Kind(TextChoices):
    BIRTH = "birth", _("a birth date")
    NAME = "name", _("a person's name")
    FILE = "file", _("a file number")
    PHONE = "phone", _("a telephone number")
    EMAIL = "email", _("an e-mail address")


@dataclass(frozen=True)
class Finding:
    kind: Kind
    start: int
    end: int
    names: tuple[tuple[int, int], ...] = ()  # where in the text names stand that belong to it


LETTER = r"[^\W\d_]"
WORD = rf"{LETTER}(?:{LETTER}|['’-]){{1,40}}"
DAY = (
    r"(?<![\d.])(?:(?P<d>\d{1,2})\s?[./-]\s?(?P<m>\d{1,2})\s?[./-]\s?(?P<y>\d{4}|\d{2})"
    r"|(?P<iso>\d{4})-\d{2}-\d{2})(?!\d)"
)
BORN = r"(?:\b(?:geb(?:oren(?:e[rn]?)?|\.)?|Jg\.?|Jahrgang|Geburts(?:tag|datum|jahr)|born)|[*✶])"
MARKED = re.compile(
    rf"{BORN}[\s:.]{{0,3}}(?:am\s{{1,3}}|im\s{{1,3}}|ist\s{{1,3}})?"
    rf"(?:{DAY}|(?<!\d)(?:19|20)\d\d(?!\d))",
    re.IGNORECASE,
)
BARE = re.compile(DAY)
TITLE = re.compile(
    r"\b(?:Herrn?|Frau|Familie|Fam\.|Hr\.|Fr\.|Mr\.?|Mrs\.?|Eheleute)\s{1,3}"
    rf"((?:(?:Dr\.|Prof\.|von|van|de|der|el|al|bin|ben)[\s-]{{1,2}}){{0,3}}{WORD})",
    re.IGNORECASE,
)
FURTHER = re.compile(rf"[\s-]{{1,2}}({WORD})")
FURTHER_NAMES = 2  # after the first one: "Frau Amira Al Hassan"
FILE = re.compile(
    r"\b(?:Az|Gz|Akten(?:zeichen|nummer|nr)|Gesch(?:ä|ae)ftszeichen|Vorgangs(?:nummer|nr)"
    r"|Fall(?:nummer|nr)|Kunden(?:nummer|nr)|(?:AZR|BG|BAMF|EU)[\s-]?(?:Nr|Nummer|Zahl)"
    r"|AZR|Ausweis(?:nummer|nr))\b[^\d\n]{0,20}\d(?:[\w/.-]|\s(?=\d)){0,40}"
    r"|(?<![\w/.-])\d{1,6}[-./ ]\d{1,8}/\d{2,4}(?!\d)",
    re.IGNORECASE,
)
PHONE = re.compile(
    r"(?<![\w/.,-])(?:\+|0)\d(?:[\s/()-]{0,3}\d){5,17}(?!\d)"
    r"|\b(?:Tel(?:efon)?|Handy|Mobil|Fon|Phone|WhatsApp)\b[\s.:a-z-]{0,12}\d(?:[\s/()-]{0,3}\d){3,17}",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
# Words right before and after a date that may be a name; what stands between is short.
BEFORE = re.compile(rf"({WORD})(?:\s({WORD}))?[\s,;:(–-]{{1,4}}$")
AFTER = re.compile(rf"[\s,;:)–-]{{1,4}}({WORD})(?:\s({WORD}))?")
REACH = 100  # signs round a date in which a name is looked for
PSEUDONYM = re.compile(r"\bPerson\s[A-Z]\b")
# Written with a capital like a name, but none; before a date or after "Frau" they are common.
NO_NAME = """
    am an ab bis vom seit zum zur der die das dem den des ein eine einer und oder mit ohne aus im
    in ist hat war wird kam für bei nach vor von über auf als auch nicht sowie sind haben
    person personen termin treffen datum sitzung beginn ende stand uhr heute gestern
    montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz april mai juni
    juli august september oktober november dezember frist gültig bescheid bericht einzug umzug
    beratung kurs sprachkurs vertrag mietvertrag protokoll vereinbarung gesetz beschluss fassung
    geb geboren jahrgang geburtstag geburtsdatum frau herr familie herrn tel telefon
    begleitung wohnung antrag unterlagen jobcenter sozialamt rathaus arzt schule kita
"""
NO_NAMES = frozenset(NO_NAME.split())


def findings(text: str) -> list[Finding]:
    """What looks like a case, in the order of the text; nothing is said of the same place twice."""
    text = text[:LONGEST]
    found, taken = [], bytearray(len(text))
    for finding in _each(text):
        if not any(taken[finding.start : finding.end]):
            taken[finding.start : finding.end] = b"\1" * (finding.end - finding.start)
            found.append(finding)
    return sorted(found, key=lambda finding: finding.start)


def kinds(text: str) -> list[str]:
    """What was found, in words, each kind once."""
    return list(dict.fromkeys(str(finding.kind.label) for finding in findings(text)))


def suggestion(text: str) -> str:
    """The text with “Person A” for each name, and without the numbers and dates of a case."""
    letters = {}
    for _round in range(5):  # what was hidden by its neighbour may come to light
        found = findings(text)
        if not found:
            break
        text = _rewritten(text, found, letters)
    return text


def _rewritten(text: str, found: list[Finding], letters: dict[str, str]) -> str:
    cuts = {}
    for finding in found:
        if finding.kind is not Kind.NAME:
            cuts[finding.start, finding.end] = ""
        for start, end in finding.names:
            cuts[start, end] = _pseudonym(text, text[start:end], letters)
    parts, last = [], 0
    for (start, end), instead in sorted(cuts.items()):
        if start < last:
            continue
        parts += [text[last:start], instead]
        last = end
    parts.append(text[last:])
    return _tidy("".join(parts))


def _pseudonym(text: str, name: str, letters: dict[str, str]) -> str:
    key = re.split(r"\s", name.strip())[-1].casefold()
    if key not in letters:
        free = [
            letter
            for letter in string.ascii_uppercase
            if letter not in letters.values() and f"Person {letter}" not in text
        ]
        letters[key] = free[0] if free else "Z"
    return f"Person {letters[key]}"


def _tidy(text: str) -> str:
    text = re.sub(r"\(\s{0,9}[,;:]?\s{0,9}\)", "", text)
    text = re.sub(r"\s{1,9}([,.;:)])", r"\1", text)
    text = re.sub(r"([,;:(])[\s,;:]{0,9}(?=[,;:.])", "", text)
    return " ".join(text.split()).strip(" ,;:(")


def _each(text: str) -> Iterator[Finding]:
    if "@" in text:
        for match in EMAIL.finditer(text):
            yield Finding(Kind.EMAIL, *match.span())
    for match in MARKED.finditer(text):
        yield Finding(Kind.BIRTH, *match.span(), _names_beside(text, *match.span()))
    for match in FILE.finditer(text):
        yield Finding(Kind.FILE, *match.span())
    this_year, dates = as_of.today().year, bytearray(len(text))
    for match in BARE.finditer(text):
        start, end = match.span()
        dates[start:end] = b"\1" * (end - start)
        if _may_be_birth(match, this_year) and (names := _names_beside(text, start, end)):
            yield Finding(Kind.BIRTH, start, end, names)
    for match in PHONE.finditer(text):
        if not any(dates[match.start() : match.end()]):
            yield Finding(Kind.PHONE, *match.span())
    for match in TITLE.finditer(text):
        surname = re.split(r"[\s-]", match[1])[-1]
        # "Frau kommt wieder" names nobody; "frau haddad" is typed without any capitals.
        is_written_as_name = surname[0].isupper() or match[0][0].islower()
        if is_written_as_name and surname.casefold() not in NO_NAMES:
            span = match.start(), _end_of_name(text, match.end())
            yield Finding(Kind.NAME, *span, (span,))


def _end_of_name(text: str, end: int) -> int:
    """Where the name ends of which the first word ends here: a surname may follow."""
    for _word in range(FURTHER_NAMES):
        match = FURTHER.match(text, end)
        if not match or not match[1][0].isupper() or match[1].casefold() in NO_NAMES:
            break
        end = match.end()
    return end


def _may_be_birth(match: re.Match, this_year: int) -> bool:
    """Whether the day is possible and long enough ago."""
    if match["iso"]:
        year = int(match["iso"])
    else:
        year = int(match["y"])
        if year < 100:
            year += 2000 if year <= this_year % 100 else 1900
        try:
            date(year, int(match["m"]), int(match["d"]))
        except ValueError:
            return False
    return this_year - 120 <= year < this_year - YOUNGEST


def _names_beside(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Where the words next to a date stand that may be a name: first the ones before it."""
    offset = max(0, start - REACH)
    if (match := BEFORE.search(text[offset:start])) and (names := _name(match, offset)):
        return (names,)
    if (match := AFTER.match(text[end : end + REACH])) and (names := _name(match, end)):
        return (names,)
    return ()


def _name(match: re.Match, offset: int) -> tuple[int, int] | None:
    """The stretch of the one or two words of the match that are written like a name."""
    spans = [
        match.span(number)
        for number in (1, 2)
        if match[number] and match[number][0].isupper() and match[number].casefold() not in NO_NAMES
    ]
    if not spans or PSEUDONYM.search(match[0]):
        return None
    return offset + spans[0][0], offset + spans[-1][1]
