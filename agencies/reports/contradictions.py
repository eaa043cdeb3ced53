"""Numbers typed into a text beside a word the log counts, where the log has another number.

The words are German, as the reports are. Only what stands right beside a number is compared:
"412 Teilnehmende", "keine Sprachcafés", "rund 40 % ohne Fluchthintergrund".
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from agencies.reports.figures import SHARE, Figure, Figures, key
from agencies.reports.narratives import Piece

# What people call the figures of the whole period.
WORDS = {
    "mit_fluchthintergrund": (
        r"(?:Teilnehmenden?|Personen|Menschen) mit Flucht(?:hintergrund|erfahrung)"
    ),
    "ohne_fluchthintergrund": (
        r"(?:Teilnehmenden?|Personen|Menschen) ohne Flucht(?:hintergrund|erfahrung)"
    ),
    "ehrenamtliche_und_fachkraefte": r"Ehrenamtlichen? und Fachkräften?",
    "taetigkeiten": r"Tätigkeit(?:en)?",
    "stunden": r"(?:Arbeits)?Stunden?",
    "teilnehmende": (
        r"Teilnehmenden?|Teilnehmer(?:innen und Teilnehmern?|innen|[*:_]innen|Innen|n)?"
    ),
    "stadtteile": r"Stadtteilen?",
    "angebote": r"Angeboten?",
}
LONG = 3  # of them are longer than a name of the lists they may begin with
NUMBER_WORDS = [
    "null", "", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn",
    "elf", "zwölf",
]  # fmt: skip
NONE = ("kein", "keine", "keinen", "keinem", "keiner", "keinerlei", "null")
SPELT = {word: number for number, word in enumerate(NUMBER_WORDS) if word} | dict.fromkeys(NONE, 0)
ABOUT = r"rund|etwa|circa|ca\.|knapp|fast|gut|über|mehr als|mindestens|ungefähr|bis zu|um die"
SPACE = r"[ \t\u00a0\u202f]"
NUMBER = re.compile(
    rf"(?<![\w.,])(?:(?P<about>{ABOUT}){SPACE}{{1,3}})?"
    rf"(?P<number>\d{{1,3}}(?:[.\u00a0\u202f]\d{{3}})+(?!\d)|\d{{1,9}}(?!\d)|\b(?:{'|'.join(SPELT)})\b)"
    rf"(?P<cents>,\d{{1,2}})?(?P<percent>{SPACE}{{0,2}}(?:%|Prozent\b))?{SPACE}{{0,3}}",
    re.IGNORECASE,
)
BACKGROUND = re.compile(r"[^.!?\n]{0,80}?\b(?P<which>ohne|mit) Flucht(?:hintergrund|erfahrung)")
# "2 Stunden pro Woche" speaks of something else.
EACH = re.compile(
    rf"{SPACE}{{1,3}}(?:pro|je|wöchentlich|täglich|monatlich|in der Woche|im Monat|am Tag)\b",
    re.IGNORECASE,
)
TOLERANCE = Decimal("0.1")  # "rund 400" may be 360 to 440


@dataclass(frozen=True)
class Contradiction:
    """What was typed, and the figure of the log that says otherwise."""

    typed: str
    figure: Figure


def contradictions(pieces: list[Piece], figures: Figures) -> list[Contradiction]:
    """Each once, in the order of the text. Time grows with the length of the text."""
    texts = [piece.text for piece in pieces if not piece.figure and not piece.is_unknown]
    if not any(map(NUMBER.search, texts)):
        return []
    words, found = Words(figures), {}
    for text in texts:
        text = unicodedata.normalize("NFC", text)
        for match in NUMBER.finditer(text):
            known = _of_share(match, text, figures) or words.after(match.end(), text)
            if known is None:
                continue
            figure, end, is_rest = known
            if not _fits(match, figure, is_rest=is_rest):
                typed = " ".join(text[match.start() : end].split())
                found.setdefault(typed, Contradiction(typed, figure))
    return list(found.values())


class Words:
    """The words beside which a number is compared: of the whole figures and of the lists."""

    def __init__(self, figures: Figures):
        self.figures = figures
        named = [figure for figure in figures if ":" in figure.name]
        by_place = [figure for figure in named if figure.name.startswith("stadtteil:")]
        counted = [figure for figure in named if figure not in by_place]
        counted.sort(key=lambda figure: -len(figure.label))
        names = [(f"{re.escape(nfc(each.label))}(?:en|n|s|e)?", each) for each in counted]
        whole = [(WORDS[name], figures[name]) for name in WORDS]
        # What is longer first: "Teilnehmende ohne …" is not "Teilnehmende".
        spelt = [*whole[:LONG], *names, *whole[LONG:]]
        self.found = [figure for _pattern, figure in spelt]
        self.pattern = re.compile(
            rf"(?:{'|'.join(f'({pattern})' for pattern, _figure in spelt)})(?!\w)", re.IGNORECASE
        )
        places = "|".join(re.escape(nfc(each.label)) for each in by_place)
        self.place = re.compile(
            rf"{SPACE}{{1,3}}(?:in|im)(?: Stadtteil)?{SPACE}{{1,3}}"
            rf"(?P<place>{places or '(?!)'})(?!\w)",
            re.IGNORECASE,
        )

    def after(self, start: int, text: str) -> tuple[Figure, int, bool] | None:
        """The figure of the word at this place, and where the word ends."""
        match = self.pattern.match(text, start)
        if match is None:
            return None
        figure, end = self.found[match.lastindex - 1], match.end()
        if EACH.match(text, end):
            return None
        if place := self.place.match(text, end):
            # Of places the log's figure is the number of entries, of nothing else.
            if figure.name != "taetigkeiten":
                return None
            return self.figures[f"stadtteil:{key(place['place'])}"], place.end(), False
        return figure, end, False


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _of_share(match: re.Match, text: str, figures: Figures):
    """A percentage with "ohne Fluchthintergrund" behind it; with "mit" it is the rest."""
    if not match["percent"]:
        return None
    said = BACKGROUND.match(text, match.end())
    if said is None or figures[SHARE].value is None:
        return None
    return figures[SHARE], said.end(), said["which"].lower() == "mit"


def _fits(match: re.Match, figure: Figure, *, is_rest: bool) -> bool:
    """Whether what was typed is what the log says, as exactly as it was typed."""
    if bool(match["percent"]) != (figure.name == SHARE):
        return True  # 41 % of something else
    number = match["number"].lower()
    if number in SPELT:
        typed, exact = Decimal(SPELT[number]), Decimal(1)
    else:
        cents = (match["cents"] or "")[1:]
        whole = re.sub(r"\D", "", number)
        typed = Decimal(f"{whole}.{cents}" if cents else whole)
        exact = Decimal(1).scaleb(-len(cents))
    value = Decimal(figure.value or 0)
    if is_rest:
        value = 100 - value
    if match["about"]:
        return abs(typed - value) <= max(value * TOLERANCE, Decimal(1))
    if isinstance(figure.value, int):
        return typed == value
    return abs(typed - value) < exact
