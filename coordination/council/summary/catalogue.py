"""The catalogue of open data in DCAT-AP.de 3.0, as JSON-LD and as Turtle.

Sources: DCAT-AP.de 3.0 and its SHACL shapes (GovData, https://www.dcat-ap.de/def/dcatde/3.0/spec/),
for GovData the conventions on contact, licence and contributor; the vocabularies are those of the
EU's Publications Office, IANA, SPDX and dcat-ap.de. The context stands in the document, so that
nobody has to fetch one.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings

from coordination.council.summary import opendata
from coordination.council.summary.models import Release

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
EU = "http://publications.europa.eu/resource/authority"
IANA = "https://www.iana.org/assignments/media-types"
LICENCE = "http://dcat-ap.de/def/licenses/dl-by-de/2.0"
GEOCODING = "http://dcat-ap.de/def/politicalGeocoding"
MEDIA = {"csv": "text/csv", "json": "application/json"}
KEYWORDS = ["Quartiersarbeit", "Geflüchtete", "Integration", "Ehrenamt", "Stadtteile", "Soziales"]
Node = dict  # of JSON-LD


def tree(releases: Iterable[Release], files: Mapping, base: str) -> Node:
    """The catalogue as JSON-LD; ``base`` is the portal's address, without a slash at its end."""
    releases = list(releases)
    home = f"{base}/offene-daten/"
    publisher = {
        "@id": f"{home}#herausgeber",
        "@type": ["foaf:Agent", "foaf:Organization"],
        "foaf:name": settings.PORTAL_CITY,
        "dct:type": _at("http://purl.org/adms/publishertype/LocalAuthority"),
    }
    catalogue = {
        "@id": f"{home}#katalog",
        "@type": "dcat:Catalog",
        "dct:title": _german(f"Offene Daten: {settings.PORTAL_NAME} {settings.PORTAL_CITY}"),
        "dct:description": _german(
            "Zahlen der Quartiersarbeit, wie sie für den Rat freigegeben sind."
        ),
        "dct:publisher": publisher,
        "dct:language": _at(f"{EU}/language/DEU"),
        "dct:license": _at(LICENCE),
        "dcat:themeTaxonomy": _at(f"{EU}/data-theme"),
        "foaf:homepage": _at(home),
        **_spatial(),
        "dcat:dataset": [
            _dataset(row, files[row.number], home, publisher["@id"]) for row in releases
        ],
    }
    if releases:
        catalogue["dct:issued"] = _moment(min(row.released_at for row in releases))
        catalogue["dct:modified"] = _moment(max(row.released_at for row in releases))
    return catalogue


def jsonld(root: Node) -> bytes:
    text = json.dumps({"@context": PREFIXES, **root}, ensure_ascii=False, indent=1)
    return text.encode()


def turtle(root: Node) -> bytes:
    """One statement a line, with prefixes."""
    head = [f"@prefix {name}: <{address}> ." for name, address in PREFIXES.items()]
    return "\n".join([*head, "", *_statements(root), ""]).encode()


def _dataset(release: Release, files: Mapping, home: str, publisher: str) -> Node:
    page = f"{home}ratsbericht-{release.number}/"
    first, last = f"{release.starts_on:%d.%m.%Y}", f"{release.ends_on:%d.%m.%Y}"
    contact = settings.PORTAL_OPEN_DATA_CONTACT or home
    way = "vcard:hasURL" if contact.startswith("http") else "vcard:hasEmail"
    found = {
        "@id": f"{page}#datensatz",
        "@type": "dcat:Dataset",
        "dct:title": _german(f"Ratsbericht Nr. {release.number}: {release.title}"),
        "dct:description": _german(
            f"Freigegebene Zahlen der Quartiersarbeit in {settings.PORTAL_CITY}: Tätigkeiten und "
            "erreichte Menschen nach Stadtbezirk, Stadtteil, Verband und Zielgruppe vom "
            f"{first} bis {last}, Stellen, Zuständigkeiten und Haushalt am "
            f"{release.as_of:%d.%m.%Y}. {opendata.PROTECTION}"
        ),
        "dct:identifier": f"{page}#datensatz",
        "dct:publisher": _at(publisher),
        "dcat:contactPoint": {
            "@id": f"{page}#kontakt",
            "@type": ["vcard:Kind", "vcard:Organization"],
            "vcard:fn": f"{settings.PORTAL_CITY}, {settings.PORTAL_NAME}",
            way: _at(contact if way == "vcard:hasURL" else f"mailto:{contact}"),
        },
        "dct:issued": _moment(release.released_at),
        "dct:modified": _moment(release.released_at),
        "dct:temporal": {
            "@id": f"{page}#zeitraum",
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _typed(release.starts_on.isoformat(), "xsd:date"),
            "dcat:endDate": _typed(release.ends_on.isoformat(), "xsd:date"),
        },
        **_spatial(),
        "dcatde:politicalGeocodingLevelURI": _at(f"{GEOCODING}/Level/municipality"),
        "dcat:theme": [_at(f"{EU}/data-theme/SOCI"), _at(f"{EU}/data-theme/GOVE")],
        "dcat:keyword": [_german(word) for word in KEYWORDS],
        "dcat:landingPage": _at(page),
        "dct:language": _at(f"{EU}/language/DEU"),
        "dct:type": _at(f"{EU}/dataset-type/STATISTICAL"),
        "dct:accrualPeriodicity": _at(f"{EU}/frequency/NEVER"),  # a release never changes
        "dct:accessRights": _at(f"{EU}/access-right/PUBLIC"),
        "dcatap:availability": _at(f"{EU}/planned-availability/STABLE"),
        "dcat:distribution": [_distribution(release, file, page) for file in files.values()],
    }
    if settings.PORTAL_CONTRIBUTOR_ID:
        found["dcatde:contributorID"] = _at(settings.PORTAL_CONTRIBUTOR_ID)
    return found


def _distribution(release: Release, file: opendata.File, page: str) -> Node:
    return {
        "@id": f"{page}#{file.ending}",
        "@type": "dcat:Distribution",
        "dct:title": _german(
            f"Ratsbericht Nr. {release.number}, alle Zahlen ({file.ending.upper()})"
        ),
        "dcat:accessURL": _at(page + file.name),
        "dcat:downloadURL": _at(page + file.name),
        "dct:format": _at(f"{EU}/file-type/{file.ending.upper()}"),
        "dcat:mediaType": _at(f"{IANA}/{MEDIA[file.ending]}"),
        "dct:license": _at(LICENCE),
        "dcatde:licenseAttributionByText": opendata.citation(release),
        "dct:language": _at(f"{EU}/language/DEU"),
        "dct:issued": _moment(release.released_at),
        "dcatap:availability": _at(f"{EU}/planned-availability/STABLE"),
        "dcat:byteSize": _typed(str(file.size), "xsd:nonNegativeInteger"),
        "spdx:checksum": {
            "@id": f"{page}#{file.ending}-pruefsumme",
            "@type": "spdx:Checksum",
            "spdx:algorithm": _at("http://spdx.org/rdf/terms#checksumAlgorithm_sha256"),
            "spdx:checksumValue": _typed(file.checksum, "xsd:hexBinary"),
        },
    }


def _spatial() -> Node:
    key = settings.PORTAL_CITY_KEY
    if not key:
        return {}
    kind = "municipalityKey" if len(key) == 8 else "regionalKey"
    return {"dct:spatial": {"@id": f"{GEOCODING}/{kind}/{key}", "@type": "dct:Location"}}


def _at(address: str) -> Node:
    return {"@id": address}


def _german(text: str) -> Node:
    return {"@value": text, "@language": "de"}


def _typed(text: str, kind: str) -> Node:
    return {"@value": text, "@type": kind}


def _moment(moment) -> Node:
    return _typed(moment.isoformat(timespec="seconds"), "xsd:dateTime")


# --- Turtle ---------------------------------------------------------------------------------------


def _statements(node: Node) -> Iterator[str]:
    """What a node says, then what the nodes in it say. Each of ours has an address."""
    for name, values in node.items():
        for value in values if isinstance(values, list) else [values]:
            if name == "@type":
                yield f"<{node['@id']}> a {value} ."
            elif name != "@id":
                yield f"<{node['@id']}> {name} {_object(value)} ."
                if isinstance(value, dict) and {"@id", "@type"} <= value.keys():
                    yield from _statements(value)


def _object(value: Node | str) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if "@id" in value:
        return f"<{value['@id']}>"
    if "@language" in value:
        return f"{_quoted(value['@value'])}@{value['@language']}"
    return f"{_quoted(value['@value'])}^^{value['@type']}"


def _quoted(text: str) -> str:
    """What JSON makes of a text is a text of Turtle, too."""
    return json.dumps(text, ensure_ascii=False)
