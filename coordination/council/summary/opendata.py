"""Released reports as open data: one line for each figure, the same as CSV and as JSON.

Only what a release keeps goes in, and of its texts only names and definitions: no lists that
somebody wrote, nor the administration's own text. The words are German and not translated, for
they are part of the form. Whoever changes the form gives it a new ``VERSION`` and keeps the old
one: its number stands in the names of the files.

The CSV is for programs (RFC 4180: comma, full stop, UTF-8 without a mark, days by ISO 8601);
who opens it in a German Excel imports it by "Daten aus Text/CSV".
"""

import csv
import functools
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from io import StringIO
from zlib import compress, decompress

from django.conf import settings
from django.core.cache import caches

from coordination.council.summary.content import (
    AGENCY,
    BOROUGH,
    CITY,
    GROUP,
    LINE,
    QUARTER,
    Content,
    Place,
    ago_of,
    measure_of,
    places_of,
)
from coordination.council.summary.models import Release
from coordination.disclosure import SIGN, THRESHOLD
from coordination.exports import guarded

VERSION = 1
COLUMNS = [
    "kennung",
    "kennzahl",
    "bezeichnung",
    "ort",
    "ortsart",
    "schluessel",
    "zielgruppe",
    "von",
    "bis",
    "stichtag",
    "wert",
    "einheit",
    "verborgen",
    "regel",
]
# What the columns say, for people.
MEANINGS = {
    "kennung": "Name der Zahl, eindeutig in der Datei: Kennzahl, Ort und, hinter @, wie viele "
    "Zeiträume sie zurückliegt",
    "kennzahl": "Name der Kennzahl",
    "bezeichnung": "Bezeichnung der Kennzahl",
    "ort": "Name des Ortes, des Verbands oder der Haushaltsstelle, wofür die Zahl gilt",
    "ortsart": "stadt, bezirk, stadtteil, verband oder haushaltsstelle",
    "schluessel": "amtlicher Schlüssel des Stadtbezirks oder Stadtteils, sonst leer",
    "zielgruppe": "Zielgruppe, wenn die Zahl nur für eine gilt, sonst leer",
    "von": "erster Tag des Zeitraums, für den die Zahl gilt, sonst leer",
    "bis": "letzter Tag des Zeitraums, sonst leer",
    "stichtag": "Tag, an dem die Zahl gilt, wenn sie für keinen Zeitraum gilt, sonst leer",
    "wert": "die Zahl; im CSV * und im JSON null, wenn sie verborgen ist",
    "einheit": "Anzahl, VZÄ (Vollzeitäquivalente), Stunden, EUR, Prozent, Quote oder Differenz",
    "verborgen": "ob die Zahl zum Schutz kleiner Fallzahlen verborgen ist",
    "regel": "Version der Zählregel; Zahlen verschiedener Versionen sind nicht vergleichbar",
}
UNITS = {
    "count": "Anzahl",
    "fte": "VZÄ",
    "hours": "Stunden",
    "euro": "EUR",
    "percent": "Prozent",
    "rate": "Quote",
    "change": "Differenz",
}
KINDS = [CITY, BOROUGH, QUARTER, AGENCY, LINE, GROUP]
PROTECTION = (
    f"Anzahlen unter {THRESHOLD}, außer 0, sind verborgen, und so viele weitere, dass sich keine "
    "verborgene Zahl aus Summen, Differenzen oder Anteilen errechnen lässt (Zellsperrung nach "
    "Fischetti und Salazar-González 2000/2001). Summen sind vorher gebildet."
)
LICENCE = "Datenlizenz Deutschland – Namensnennung – Version 2.0"
LICENCE_SHORT = "dl-de/by-2-0"
LICENCE_URL = "https://www.govdata.de/dl-de/by-2-0"
TERMS = {"name": LICENCE, "short": LICENCE_SHORT, "url": LICENCE_URL, "protection": PROTECTION}


@dataclass(frozen=True)
class File:
    """A file of a release. It is kept packed, for it is many times smaller so."""

    ending: str
    size: int
    checksum: str
    packed: bytes

    @classmethod
    def of(cls, ending: str, body: bytes) -> "File":
        return cls(ending, len(body), sha256(body).hexdigest(), compress(body))

    @property
    def body(self) -> bytes:
        return decompress(self.packed)

    @property
    def name(self) -> str:
        return f"zahlen-v{VERSION}.{self.ending}"


def citation(release: Release, base: str = "") -> str:
    """Whom to name, and the licence. It asks for the address of the data, too: with ``base``."""
    text = (
        f"{settings.PORTAL_CITY}, {settings.PORTAL_NAME}: Ratsbericht Nr. {release.number}, "
        f"{LICENCE_SHORT} ({LICENCE_URL})"
    )
    return f"{text}, {base}/offene-daten/ratsbericht-{release.number}/" if base else text


# --- The files ------------------------------------------------------------------------------------


def files(releases: Iterable[Release]) -> dict[int, dict[str, File]]:
    """The files of each release, by its number and their ending: each process writes them once."""
    releases = list(releases)
    cache = caches["datasets"]
    names = {row.number: _name(row) for row in releases}
    known = cache.get_many(names.values())
    found = {row.number: known.get(names[row.number]) for row in releases}
    missing = [row.pk for row in releases if found[row.number] is None]
    for release in Release.objects.filter(pk__in=missing).iterator(10) if missing else ():
        found[release.number] = written(release)
        cache.set(names[release.number], found[release.number])
    return found


def written(release: Release) -> dict[str, File]:
    """The files of a release; they are the same whenever they are written."""
    content = Content(release.content)
    return {ending: File.of(ending, write(release, content)) for ending, write in WRITERS.items()}


def _name(release: Release) -> str:
    """Of what a cache keeps: all that stands in the files."""
    return f"{release.number}:{release.digest}:{release.released_at.timestamp()}"


def _csv(release: Release, content: Content) -> bytes:
    file = StringIO(newline="")
    out = csv.writer(file)
    out.writerow(COLUMNS)
    safe = functools.cache(guarded)  # the same words stand in many lines
    for line in lines(content):
        out.writerow(_cell(name, value, line, safe) for name, value in line.items())
    return file.getvalue().encode()


def _cell(name: str, value, line: dict, safe: Callable[[str], str]) -> str:
    if name == "wert":
        return SIGN if line["verborgen"] else "" if value is None else str(value)
    if isinstance(value, bool):
        return "ja" if value else "nein"
    return safe(value) if isinstance(value, str) else str(value)


def _json(release: Release, content: Content) -> bytes:
    data = {
        "format": {"name": "ratsbericht-zahlen", "version": VERSION, "spalten": MEANINGS},
        "lizenz": {"name": LICENCE, "kurz": LICENCE_SHORT, "adresse": LICENCE_URL},
        "namensnennung": citation(release),
        "bericht": {
            "nummer": release.number,
            "titel": release.title,
            "stichtag": release.as_of.isoformat(),
            "von": release.starts_on.isoformat(),
            "bis": release.ends_on.isoformat(),
            "freigegeben": release.released_at.isoformat(timespec="seconds"),
            "pruefsumme": release.digest,
        },
        "geheimhaltung": {
            "zeichen": SIGN,
            "regel": content.kept["rules"]["geheimhaltung"],
            "erlaeuterung": PROTECTION,
        },
        "kennzahlen": definitions(content),
        "orte": [_described_place(place, content) for place in _in_order(content)],
        "zahlen": list(lines(content)),
        "berichtigungen": corrections(content),
        "weitere_berichtigungen": sum(
            line.get("number", 0) for line in content.list("corrections") if _is_more(line)
        ),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_number)
    return text.encode()


def _number(value: Decimal) -> float:
    """JSON knows no decimals; what is written has at most two places and reads the same."""
    return float(value)


WRITERS = {"csv": _csv, "json": _json}


# --- What stands in them --------------------------------------------------------------------------


def lines(content: Content) -> Iterator[dict]:
    """All figures, hidden ones without value. The order is not that of the database."""
    order = _Order(content)
    spans = {line["ago"]: (line["starts_on"], line["ends_on"]) for line in content.list("periods")}
    frame, measures = content.kept["frame"], content.kept["measures"]
    spans[0] = frame["starts_on"], frame["ends_on"]
    labels = {place.name: place for place in _in_order(content)}
    for name in sorted({*content.kept["figures"], *content.hidden}, key=order):
        words = measures[measure_of(name)]
        group, place = _group_and_place(name)
        where = labels.get(place)
        is_of_period = words.get("is_of_period", False)
        first, last = spans.get(ago_of(name), ("", "")) if is_of_period else ("", "")
        yield {
            "kennung": name,
            "kennzahl": measure_of(name),
            "bezeichnung": words["label"],
            "ort": where.label if where else settings.PORTAL_CITY,
            "ortsart": place.partition("-")[0],
            "schluessel": (where["key"] if where else None) or "",
            "zielgruppe": labels[group].label if group in labels else "",
            "von": first,
            "bis": last,
            "stichtag": "" if is_of_period else frame["as_of"],
            "wert": None if name in content.hidden else content.number(name),
            "einheit": UNITS[words["unit"]],
            "verborgen": name in content.hidden,
            "regel": words["rule"],
        }


def definitions(content: Content) -> list[dict]:
    """What each measure counts, in the words it was released with."""
    return [
        {
            "kennzahl": name,
            "bezeichnung": words["label"],
            "definition": words["definition"],
            "abfrage": words["query"],
            "einheit": UNITS[words["unit"]],
            "geschuetzt": words["is_protected"],
            "regel": words["rule"],
        }
        for name, words in sorted(content.kept["measures"].items())
    ]


def corrections(content: Content) -> list[dict]:
    """Figures of earlier reports that are counted differently now, before and after."""
    return [
        {
            "bericht": line["report"],
            "kennung": line["key"],
            "bezeichnung": line["label"],
            "ort": line["place"],
            "zeitraum": line.get("period", ""),
            "vorher": line["was"],
            "nachher": line["now"],
            "am": line["day"],
        }
        for line in content.list("corrections")
        if not _is_more(line)
    ]


def _is_more(line: dict) -> bool:
    return line.get("kind") == "more"


def _described_place(place: Place, content: Content) -> dict:
    """Only what is named here leaves the house; another fact of a place is not open by itself."""
    found = {"kennung": place.name, "ortsart": place.kind, "name": place.label}
    if place["key"]:
        found["schluessel"] = place["key"]
    if place["borough"] and (borough := content.place(place["borough"])):
        found["gehoert_zu"] = borough.label
    if place["residents"] is not None:
        found |= {"einwohner": place["residents"], "einwohner_jahr": place["residents_in"]}
    if place.kind == AGENCY and place.facts.get("name"):
        found["voller_name"] = place.facts["name"]
    if place.kind == QUARTER and place["lead"]:
        found["federfuehrung"] = place["lead"]
    if place.kind == GROUP and place["definition"]:
        found["definition"] = place["definition"]
    return found


def _group_and_place(name: str) -> tuple[str, str]:
    """Of a key the target group, if it speaks of one, and the place; without one the city."""
    places = places_of(name)
    group = next((place for place in places if place.startswith(f"{GROUP}-")), "")
    return group, next((place for place in places if place != group), CITY)


def _in_order(content: Content) -> list[Place]:
    places = [place for kind in KINDS for place in content.places(kind)]
    return sorted(places, key=lambda place: _rank(place.name, place["key"] or ""))


class _Order:
    """Sorts names of figures: by measure, period, kind of place, official key, number of row."""

    def __init__(self, content: Content):
        self.ranks = {
            place.name: _rank(place.name, place["key"] or "") for place in _in_order(content)
        }

    def __call__(self, name: str):
        ranks = [self.ranks.get(place, _rank(place, "")) for place in reversed(places_of(name))]
        return measure_of(name), ago_of(name), ranks


def _rank(name: str, key: str) -> tuple[int, str, int]:
    kind, _dash, number = name.partition("-")
    return KINDS.index(kind), key, int(number or 0)
