"""The sample city's offers: what takes place every week, for everybody or for some.

Everything goes through the operations, as of different days, so that some confirmations are fresh,
some ageing and some overdue on the sample's own day. Two years of entries refer to them.
"""

from dataclasses import dataclass, field
from datetime import date, time

from agencies.lists.models import TargetGroup
from agencies.models import Agency, Worker
from agencies.offers import offers
from agencies.offers.models import OfferTime
from coordination.access.models import User
from districts.models import District

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, _SUNDAY = OfferTime.Weekday
WEEKLY, FORTNIGHTLY = OfferTime.Rhythm.WEEKLY, OfferTime.Rhythm.FORTNIGHTLY
FIRST, LAST = OfferTime.Rhythm.FIRST, OfferTime.Rhythm.LAST
REFUGEES, NEWCOMERS = "Geflüchtete", "Andere Neuzugewanderte"
SUMMER = (date(2016, 7, 11), date(2016, 8, 23), "Sommerpause")
CHRISTMAS = (date(2016, 12, 23), date(2017, 1, 6), "Weihnachtspause")


@dataclass(frozen=True)
class Sample:
    title: str
    contact: str  # whose agency offers it
    district: str  # its key
    place: str
    description: str
    times: list  # weekday, rhythm, from, until
    starts_on: date
    confirmed_on: date
    languages: str = "Deutsch"
    groups: list = field(default_factory=list)  # none: open to all
    is_barrier_free: bool = False
    ends_on: date | None = None
    pauses: tuple = ()  # first day, last day, note
    extras: tuple = ()  # day, from, until, note


SAMPLES = [
    Sample(
        "Sprachcafé Eicken",
        "Samir Vennhoff",
        "103",
        "Stadtteilbüro, Musterstraße 12, Erdgeschoss",
        "Deutsch sprechen bei Kaffee und Tee, ohne Anmeldung. Wer schon lange hier wohnt, ist "
        "genauso willkommen wie alle, die neu sind.",
        [(TUESDAY, WEEKLY, 15, 17), (THURSDAY, WEEKLY, 10, 12)],
        date(2016, 4, 12),
        date(2016, 11, 15),
        "Deutsch, Arabisch, Kurdisch",
        is_barrier_free=True,
        pauses=(CHRISTMAS,),
        extras=((date(2016, 12, 21), 17, 20, "Jahresabschluss mit der Nachbarschaft"),),
    ),
    Sample(
        "Begegnungsfrühstück",
        "Miriam Sandvoß",
        "303",
        "Gemeindesaal, Musterplatz 3",
        "Gemeinsam frühstücken. Alle bringen etwas mit; wer nichts hat, kommt trotzdem.",
        [(SATURDAY, FIRST, 10, 12)],
        date(2016, 5, 7),
        date(2016, 10, 4),
        "Deutsch, Englisch",
        is_barrier_free=True,
    ),
    Sample(
        "Hausaufgabenhilfe",
        "Miriam Sandvoß",
        "313",
        "Grundschule, Musterweg 8, Raum 4",
        "Ehrenamtliche helfen Kindern von der ersten bis zur sechsten Klasse.",
        [(MONDAY, WEEKLY, 14, 16), (WEDNESDAY, WEEKLY, 14, 16)],
        date(2016, 4, 11),
        date(2016, 8, 29),
        "Deutsch, Türkisch, Arabisch",
        pauses=(SUMMER, CHRISTMAS),
    ),
    Sample(
        "Frauentreff",
        "Katrin Overbeck",
        "201",
        "Familienzentrum, Musterstraße 40",
        "Geschützter Ort für Frauen: reden, nähen, Fragen klären. Kinder spielen nebenan.",
        [(WEDNESDAY, WEEKLY, 9, 11)],
        date(2016, 4, 20),
        date(2016, 11, 2),
        "Deutsch, Farsi, Dari",
        groups=[REFUGEES, NEWCOMERS],
        is_barrier_free=True,
        pauses=(SUMMER, CHRISTMAS),
    ),
    Sample(
        "Fahrradwerkstatt",
        "Lukas Brinkhaus",
        "401",
        "Hof hinter dem Jugendheim, Musterallee 2",
        "Räder reparieren und verkehrssicher machen. Werkzeug und gebrauchte Teile sind da.",
        [(FRIDAY, FORTNIGHTLY, 16, 19)],
        date(2016, 5, 13),
        date(2016, 5, 13),
        "Deutsch, Englisch",
        pauses=((date(2016, 12, 1), date(2017, 2, 28), "Winterpause"),),
        extras=((date(2017, 1, 14), 11, 15, "Werkstatttag: Licht und Bremsen"),),
    ),
    Sample(
        "Nachbarschaftsgarten",
        "Katrin Overbeck",
        "203",
        "Brachfläche am Musterufer, Eingang gegenüber Nr. 17",
        "Beete anlegen, gießen, ernten. Geräte werden gestellt.",
        [(SATURDAY, WEEKLY, 14, 17)],
        date(2016, 4, 16),
        date(2016, 9, 20),
        pauses=((date(2016, 11, 1), date(2017, 3, 17), "Winterruhe im Garten"),),
    ),
    Sample(
        "Offene Sprechstunde Neuwerk",
        "Jonas Ellerbeck",
        "206",
        "Pfarrheim, Musterstraße 5, Raum 2",
        "Beratung ohne Anmeldung zu Wohnen, Schule, Behörden. Post bitte mitbringen.",
        [(MONDAY, WEEKLY, 9, 12)],
        date(2016, 4, 4),
        date(2016, 4, 4),
        "Deutsch, Französisch",
        is_barrier_free=True,
    ),
    Sample(
        "Eltern-Kind-Gruppe",
        "Nadia Terhorst",
        "208",
        "Kindertagesstätte, Mustergasse 9",
        "Spielen und singen mit Kindern bis drei Jahren.",
        [(TUESDAY, WEEKLY, 9, 11)],
        date(2017, 1, 17),
        date(2016, 11, 21),
        "Deutsch, Arabisch",
    ),
    Sample(
        "Kochabend der Kulturen",
        "Samir Vennhoff",
        "101",
        "Schulküche, Musterstraße 77",
        "Jedes Mal kocht eine andere Küche. Ein Anteil an den Zutaten wird geteilt.",
        [(THURSDAY, LAST, 18, 21)],
        date(2016, 4, 28),
        date(2016, 6, 30),
        "Deutsch, Englisch, Arabisch",
        pauses=((date(2016, 12, 29), date(2016, 12, 29), "zwischen den Jahren"),),
        extras=((date(2016, 12, 15), 18, 21, "Adventskochen statt 29. Dezember"),),
    ),
    Sample(
        "Bewerbungstraining",
        "Lukas Brinkhaus",
        "409",
        "Volkshochschule, Musterstraße 100, Raum 11",
        "Lebenslauf, Anschreiben, Gespräch üben. Rechner sind vorhanden.",
        [(WEDNESDAY, FORTNIGHTLY, 17, 19)],
        date(2016, 9, 7),
        date(2016, 10, 12),
        "Deutsch",
        groups=[REFUGEES],
        ends_on=date(2017, 6, 28),
        pauses=(CHRISTMAS,),
    ),
]


def build(by: User | None) -> None:
    """Enter the offers; the central lists must be there."""
    workers = {row.name: row for row in Worker.objects.select_related("agency")}
    quarters = {row.key: row for row in District.objects.quarters()}
    groups = {row.name: row for row in TargetGroup.objects.all()}
    for sample in SAMPLES:
        contact = workers[sample.contact]
        offer = offers.create(
            agency=Agency.objects.get(pk=contact.agency_id),
            title=sample.title,
            description=sample.description,
            district=quarters[sample.district],
            place=sample.place,
            languages=sample.languages,
            is_open_to_all=not sample.groups,
            target_groups=[groups[name] for name in sample.groups],
            is_barrier_free=sample.is_barrier_free,
            contact=contact,
            starts_on=sample.starts_on,
            ends_on=sample.ends_on,
            pauses_on_holidays=True,
            times=[
                {
                    "weekday": weekday,
                    "rhythm": rhythm,
                    "starts_at": time(begins),
                    "ends_at": time(ends),
                }
                for weekday, rhythm, begins, ends in sample.times
            ],
            on=sample.confirmed_on,
            by=by,
        )
        for first, last, note in sample.pauses:
            offers.cancel(offer, starts_on=first, ends_on=last, note=note, by=by)
        for day, begins, ends, note in sample.extras:
            offers.add_date(
                offer, starts_on=day, starts_at=time(begins), ends_at=time(ends), note=note, by=by
            )
