"""The sample city's central lists, after what neighbourhood work records in practice.

Everything goes through the operations, so the lists stand in the change log.
"""

from datetime import date

from agencies.lists import terms
from agencies.lists.models import Format, Kind, TargetGroup, Topic
from coordination.access.models import User

SINCE = date(2009, 10, 22)  # as long as the boroughs
STEP = 10  # leaves room to put something in between

# name, what counts as this
KINDS = [
    ("Einzelfallberatung", "Beratung einer Person oder Familie, mit oder ohne Termin."),
    ("Aufsuchende Arbeit", "Besuche in Unterkünften, Wohnungen und auf Plätzen des Stadtteils."),
    ("Begleitung", "Gemeinsamer Weg zu Amt, Arztpraxis, Schule oder Kita."),
    ("Vermittlung", "Übergabe an eine Fachstelle, einen Dienst oder ein Angebot."),
    ("Gruppenangebot", "Treffen mit festem Kreis oder Thema, von der Fachkraft geleitet."),
    ("Sprachcafé", "Offenes Treffen zum Deutschsprechen, ohne Anmeldung."),
    ("Quartiersangebot", "Fest, Ausflug, Nachbarschaftstreff: offen für alle im Stadtteil."),
    ("Ehrenamtsbegleitung", "Beratung und Rückhalt für Ehrenamtliche und Initiativen."),
    ("Qualifizierung", "Schulung von Ehrenamtlichen, etwa zu Asylrecht oder Nähe und Distanz."),
    ("Gewinnung von Ehrenamtlichen", "Werben, Erstgespräche, Vermittlung in ein Ehrenamt."),
    ("Dolmetschen", "Sprachmittlung als eigene Leistung, nicht als Teil einer Beratung."),
    ("Netzwerkarbeit", "Runder Tisch, Stadtteilkonferenz, Absprachen mit anderen Stellen."),
    ("Wohnungssuche", "Suche, Besichtigung, Gespräche mit Vermieterinnen und Vermietern."),
    ("Öffentlichkeitsarbeit", "Aushänge, Presse, Internet, Vorträge über die Arbeit."),
    ("Dokumentation", "Berichte, Statistik, Vor- und Nachbereitung."),
]
RETIRED = ("Kleiderkammer", "Ausgabe von Kleidung; seit Juli 2016 bei den Initiativen.")
RETIRED_ON = date(2016, 6, 30)
FORMATS = [
    ("vor Ort", "Im Stadtteilbüro oder in einer Einrichtung des Stadtteils."),
    ("aufsuchend", "Dort, wo die Menschen wohnen oder sich aufhalten."),
    ("Sprechstunde", "Feste Zeit, ohne Anmeldung."),
    ("Gruppe", "Drei oder mehr Personen gemeinsam."),
    ("telefonisch", "Am Telefon, auch über einen Messenger gesprochen."),
    ("schriftlich", "Brief, E-Mail, Nachricht."),
    ("online", "Videogespräch oder Treffen im Internet."),
    ("unterwegs", "Auf gemeinsamen Wegen, etwa zum Amt."),
]
# name, how its people are counted, who belongs to it
TARGET_GROUPS = [
    (
        "Geflüchtete",
        TargetGroup.Background.REFUGEE,
        "Menschen, die Schutz suchen oder erhalten haben, mit jedem Aufenthaltsstatus.",
    ),
    (
        "Andere Neuzugewanderte",
        TargetGroup.Background.OTHER,
        "In den letzten Jahren zugezogen, etwa aus der EU, ohne Fluchthintergrund.",
    ),
    (
        "Anwohnende ohne Fluchthintergrund",
        TargetGroup.Background.OTHER,
        "Alle übrigen Menschen, die im Stadtteil leben.",
    ),
    (
        "Ehrenamtliche",
        TargetGroup.Background.HELPER,
        "Wer unentgeltlich mithilft, einzeln oder in einer Initiative.",
    ),
    (
        "Fachkräfte",
        TargetGroup.Background.HELPER,
        "Wer beruflich beteiligt ist, etwa aus Schule, Amt oder einem anderen Verband.",
    ),
]
TOPICS = [
    ("Wohnen", "Wohnungssuche, Mietvertrag, Nachbarschaft."),
    ("Sprache", "Deutsch lernen, Kurse, Verständigung."),
    ("Arbeit und Ausbildung", "Stellensuche, Anerkennung von Abschlüssen, Praktikum."),
    ("Schule und Kita", "Anmeldung, Elterngespräche, Nachhilfe."),
    ("Gesundheit", "Arztsuche, Krankenversicherung, seelische Belastung."),
    ("Aufenthalt und Behörden", "Asylverfahren, Anträge, Bescheide, Ausweise."),
    ("Familie", "Familiennachzug, Erziehung, Schwangerschaft."),
    ("Finanzen", "Leistungen, Konto, Schulden, Verträge."),
    ("Freizeit und Begegnung", "Sport, Kultur, Nachbarschaft, Feste."),
    ("Ehrenamt", "Mitmachen, Fragen und Entlastung von Ehrenamtlichen."),
    ("Zusammenleben", "Konflikte, Vorbehalte, Beteiligung im Stadtteil."),
]


def build(by: User | None) -> None:
    """Enter the four lists."""
    for place, (name, definition) in enumerate(KINDS, 1):
        _enter(Kind, place, name, definition, by=by)
    name, definition = RETIRED
    _enter(Kind, len(KINDS) + 1, name, definition, ends_on=RETIRED_ON, by=by)
    for terms_, rows in ((Format, FORMATS), (Topic, TOPICS)):
        for place, (name, definition) in enumerate(rows, 1):
            _enter(terms_, place, name, definition, by=by)
    for place, (name, background, definition) in enumerate(TARGET_GROUPS, 1):
        _enter(TargetGroup, place, name, definition, background=background, by=by)


def _enter(terms_, place, name, definition, *, by, **more):
    terms.create(
        terms_,
        name=name,
        definition=definition,
        order=place * STEP,
        starts_on=SINCE,
        by=by,
        **more,
    )
