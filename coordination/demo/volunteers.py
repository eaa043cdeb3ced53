"""The sample city's volunteers and groups: who helps unpaid, where, and in which language.

The people are invented; their addresses lead nowhere. Everything goes through the operations, as
of the day somebody began, so that their contact persons changed when the leads of districts did.
"""

from datetime import date

from agencies.lists.models import Topic
from agencies.models import Agency, Worker
from coordination.access.models import User
from districts.models import District
from volunteers import groups, volunteers
from volunteers.models import Volunteer, VolunteerGroup

FIRST_DAY = date(2016, 5, 1)  # the day from which every post has somebody who holds it
ASCII = str.maketrans(
    {"ß": "ss", "ü": "ue", "ö": "oe", "ä": "ae", "ş": "s", "é": "e", "ı": "i", "Ö": "Oe", "ć": "c"}
)
# agency: name, keys of districts, languages, topics (by their first word)
VOLUNTEERS = {
    "AWO": [
        ("Renate Hülsbusch", "303", "Deutsch", "Sprache Wohnen"),
        ("Karl-Heinz Odenthal", "303 305", "Deutsch", "Arbeit"),
        ("Fatma Yıldırım", "303", "Deutsch, Türkisch", "Sprache Schule"),
        ("Ingrid Schlösser", "302", "Deutsch, Englisch", "Sprache"),
        ("Omar Haddad", "304 303", "Deutsch, Arabisch", "Aufenthalt"),
        ("Brigitte Wefers", "313", "Deutsch", "Freizeit"),
        ("Detlef Coenen", "313 312", "Deutsch, Niederländisch", "Wohnen"),
        ("Svetlana Morosowa", "306", "Deutsch, Russisch", "Gesundheit Familie"),
        ("Anneliese Terbrüggen", "308", "Deutsch", "Schule"),
        ("Mehmet Aksoy", "310", "Deutsch, Türkisch, Kurdisch", "Arbeit Aufenthalt"),
        ("Julia Pesch-Vander", "309", "Deutsch, Englisch", "Schule"),
        ("Herbert Linnartz", "311", "Deutsch", "Wohnen"),
        ("Ruth Eickhoff", "305", "Deutsch, Französisch", "Sprache"),
    ],
    "Caritas": [
        ("Maria Gotzen", "206", "Deutsch", "Sprache Familie"),
        ("Ludger Heyartz", "206 207", "Deutsch", "Wohnen"),
        ("Samira Benali", "208", "Deutsch, Arabisch, Französisch", "Gesundheit"),
        ("Elfriede Kamphausen", "208", "Deutsch", "Freizeit"),
        ("Thomas Bremges", "209", "Deutsch, Englisch", "Arbeit"),
        ("Nour Saleh", "207", "Deutsch, Arabisch", "Aufenthalt Sprache"),
        ("Gisela Vootz", "210", "Deutsch", "Schule"),
        ("Paul Jansenius", "206", "Deutsch, Spanisch", "Sprache"),
        ("Hildegard Roosen", "209 208", "Deutsch", "Familie"),
    ],
    "Diakonie": [
        ("Wolfgang Reiners", "106", "Deutsch, Englisch", "Sprache"),
        ("Zahra Moradi", "106 107", "Deutsch, Farsi, Dari", "Gesundheit Aufenthalt"),
        ("Christa Küppersbusch", "107", "Deutsch", "Freizeit Zusammenleben"),
        ("Jürgen Dreßen", "201", "Deutsch", "Wohnen"),
        ("Amira Khoury", "201 203", "Deutsch, Arabisch", "Familie Schule"),
        ("Margret Lenzen", "203", "Deutsch", "Schule"),
        ("Stefan Oebels", "203", "Deutsch, Polnisch", "Arbeit"),
        ("Ursula Tillmanns", "108", "Deutsch", "Sprache"),
        ("Emmanuel Okafor", "201", "Deutsch, Englisch, Französisch", "Aufenthalt"),
        ("Dorothea Breuers", "202", "Deutsch", "Gesundheit"),
        ("Katharina Spölgen", "106", "Deutsch, Englisch", "Schule Sprache"),
    ],
    "DRK": [
        ("Beate Nellessen", "103", "Deutsch", "Sprache Freizeit"),
        ("Ahmad Darwisch", "103", "Deutsch, Arabisch, Kurdisch", "Aufenthalt Arbeit"),
        ("Günter Hoeren", "103 104", "Deutsch", "Wohnen"),
        ("Leyla Demirtaş", "101", "Deutsch, Kurdisch, Türkisch", "Familie"),
        ("Rolf Esser-Manthey", "101", "Deutsch, Englisch", "Sprache"),
        ("Monika Gerresheim", "104", "Deutsch", "Schule"),
        ("Tesfay Habte", "105", "Deutsch, Tigrinya, Englisch", "Arbeit Aufenthalt"),
        ("Irmgard Pauen", "111", "Deutsch", "Freizeit"),
        ("Norbert Winkens", "109", "Deutsch, Niederländisch", "Wohnen"),
        ("Sabine Achterath", "105 111", "Deutsch", "Gesundheit"),
        ("Ivana Petrović", "101", "Deutsch, Serbisch", "Familie Sprache"),
        ("Hans-Josef Fegers", "103", "Deutsch", "Arbeit"),
    ],
    "Paritätischer": [
        ("Ulrike Schmitter", "401", "Deutsch", "Sprache"),
        ("Bashir Rahimi", "401 406", "Deutsch, Dari, Paschtu", "Aufenthalt"),
        ("Friedhelm Kluth", "402", "Deutsch", "Wohnen"),
        ("Petra Molls", "406", "Deutsch, Englisch", "Schule"),
        ("Andrzej Wiśniewski", "408", "Deutsch, Polnisch", "Arbeit"),
        ("Edeltraud Hamacher", "409", "Deutsch", "Freizeit Familie"),
        ("Clara Vennemann", "409 408", "Deutsch, Spanisch", "Sprache"),
        ("Siegfried Jütten", "404", "Deutsch", "Zusammenleben"),
        ("Rana Al-Masri", "405", "Deutsch, Arabisch", "Gesundheit"),
    ],
    "Stadt": [
        ("Hannelore Trimborn", "205", "Deutsch", "Ehrenamt"),
        ("Mark Ollertz", "110 407", "Deutsch, Englisch", "Ehrenamt Zusammenleben"),
        ("Yasemin Gündoğan", "101 303", "Deutsch, Türkisch", "Zusammenleben"),
        ("Werner Quacken", "101", "Deutsch", "Finanzen"),
        ("Lieselotte Hansmann", "303", "Deutsch, Französisch", "Freizeit"),
        ("Pjotr Sokolow", "401", "Deutsch, Russisch, Ukrainisch", "Arbeit"),
    ],
}
# Where nobody leads, the city's own staff are the contact persons.
CITY_STAFF = ["Bernd Kallenbach", "Ayşe Lindqvist", "Petra Wollgast"]
# name: last day, reason; and who comes only next year
ENDED = {
    "Herbert Linnartz": (date(2016, 9, 30), "Umzug in eine andere Stadt"),
    "Gisela Vootz": (date(2016, 6, 30), "Beruflich stärker eingebunden"),
    "Dorothea Breuers": (date(2016, 10, 31), "Auf eigenen Wunsch"),
    "Hans-Josef Fegers": (date(2016, 11, 15), "Auf eigenen Wunsch"),
    "Siegfried Jütten": (date(2016, 8, 31), "Auf eigenen Wunsch"),
}
COMING = {"Clara Vennemann": date(2017, 1, 9), "Paul Jansenius": date(2017, 1, 16)}
# name, kind, agency, districts, who speaks for it, languages, topics, since, members
GROUPS = [
    (
        "Willkommenskreis Eicken", "neighbourhood", "DRK", "103", "Beate Nellessen",
        "Deutsch, Arabisch", "Sprache Freizeit", date(2015, 9, 14),
        ["Beate Nellessen", "Ahmad Darwisch", "Günter Hoeren", "Hans-Josef Fegers"],
    ),
    (
        "Ökumenischer Flüchtlingskreis Rheydt", "parish", "AWO", "303 305", "Renate Hülsbusch",
        "Deutsch", "Wohnen Sprache", date(2014, 11, 3),
        ["Renate Hülsbusch", "Karl-Heinz Odenthal", "Fatma Yıldırım", "Lieselotte Hansmann"],
    ),
    (
        "Sprachpatenschaften Odenkirchen", "association", "AWO", "313 312", "Detlef Coenen",
        "Deutsch, Niederländisch", "Sprache Schule", date(2016, 5, 2),
        ["Detlef Coenen", "Brigitte Wefers"],
    ),
    (
        "Runder Tisch Neuwerk", "neighbourhood", "Caritas", "206 207", "Ludger Heyartz",
        "Deutsch", "Zusammenleben Wohnen", date(2015, 10, 20),
        ["Maria Gotzen", "Ludger Heyartz", "Nour Saleh"],
    ),
    (
        "Gemeindegruppe Giesenkirchen", "parish", "Caritas", "208 209", "Elfriede Kamphausen",
        "Deutsch", "Familie Freizeit", date(2016, 2, 1),
        ["Elfriede Kamphausen", "Hildegard Roosen", "Samira Benali"],
    ),
    (
        "Hausaufgabenhilfe Lürrip", "school", "Diakonie", "203", "Margret Lenzen",
        "Deutsch, Arabisch", "Schule", date(2016, 8, 24),
        ["Margret Lenzen", "Amira Khoury", "Stefan Oebels"],
    ),
    (
        "Fahrradwerkstatt Wickrath", "association", "Paritätischer", "401 402", "Friedhelm Kluth",
        "Deutsch, Dari", "Freizeit Arbeit", date(2016, 4, 16),
        ["Friedhelm Kluth", "Bashir Rahimi", "Pjotr Sokolow"],
    ),
    (
        "Kleiderkammer Dahl", "other", "Diakonie", "107", "Christa Küppersbusch",
        "Deutsch", "Zusammenleben", date(2015, 7, 1), ["Christa Küppersbusch"],
    ),
]  # fmt: skip
ENDED_GROUPS = {"Kleiderkammer Dahl": (date(2016, 10, 31), "Die Räume stehen nicht mehr offen")}


def build(by: User | None) -> None:
    agencies = {row.short_name: row for row in Agency.objects.all()}
    quarters = {row.key: row for row in District.objects.quarters().without_shapes()}
    topics = {row.name.split()[0]: row for row in Topic.objects.all()}
    staff = [Worker.objects.get(name=name) for name in CITY_STAFF]
    number = 0
    for short_name, rows in VOLUNTEERS.items():
        for name, keys, spoken, chosen in rows:
            number += 1
            starts_on = COMING.get(name) or _since(number)
            volunteers.create(
                name=name,
                email="" if number % 5 == 0 else f"{_address(name)}@example.org",
                phone="" if number % 3 == 0 and number % 5 else f"02161 000-{300 + number}",
                languages=spoken,
                districts=[quarters[key] for key in keys.split()],
                interests=[topics[word] for word in chosen.split()],
                agency=agencies[short_name],
                starts_on=starts_on,
                consent=("written", "written", "mail", "spoken")[number % 4],
                consent_on=min(max(starts_on, date(2015, 6, 1)), date(2016, 11, 28)),
                contact=staff[number % 3] if short_name == "Stadt" else None,
                on=max(starts_on, FIRST_DAY),
                by=by,
            )
    known = {row.name: row for row in Volunteer.objects.all()}
    for number, row in enumerate(GROUPS, 1):
        name, kind, short_name, keys, speaks, spoken, chosen, starts_on, members = row
        group = groups.create(
            name=name,
            kind=kind,
            spokesperson=speaks,
            email=f"{_address(name)}@example.org",
            phone=f"02161 000-{380 + number}",
            languages=spoken,
            districts=[quarters[key] for key in keys.split()],
            interests=[topics[word] for word in chosen.split()],
            agency=agencies[short_name],
            starts_on=starts_on,
            consent="written",
            consent_on=max(starts_on, date(2015, 6, 1)),
            on=max(starts_on, FIRST_DAY),
            by=by,
        )
        for name in members:
            first = max(starts_on, known[name].starts_on)
            groups.join(group, volunteer=known[name], starts_on=first, by=by)
    for name, (last, reason) in ENDED.items():
        volunteers.end(known[name], ends_on=last, reason=reason, by=by)
    for name, (last, reason) in ENDED_GROUPS.items():
        groups.end(VolunteerGroup.objects.get(name=name), ends_on=last, reason=reason, by=by)


def _since(number: int) -> date:
    """Most began when many arrived, in late 2015; some before, some since."""
    months = number * 7 % 23
    return date(2014 + (8 + months) // 12, (8 + months) % 12 + 1, 1 + number * 5 % 28)


def _address(name: str) -> str:
    return ".".join(name.lower().translate(ASCII).replace("ś", "s").replace("ğ", "g").split())
