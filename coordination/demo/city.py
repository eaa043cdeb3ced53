"""The sample city: Mönchengladbach in the term April 2016 to March 2018.

The arrangement follows what was published; the people are invented. Everything is entered through
the operations, so the sample obeys the rules and stands in the change log. Nothing is drawn by
chance: two runs build the same city.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import connection, transaction

from agencies import agencies, assignments, occupancies, positions, workers
from agencies.activity.models import Activity, Headcount, MonthlyPeople, MonthlySum
from agencies.models import Agency, Assignment, Membership, Position, Worker
from coordination.access.models import CityRole, User
from coordination.demo import (
    activities,
    budget,
    care,
    council,
    council_questions,
    council_reports,
    declarations,
    desk,
    legal,
    lists,
    offers,
    public,
    reports,
    volunteers,
)
from coordination.people import invitations
from districts import imports
from districts.files import Options
from districts.models import District

FILES = Path(__file__).parent / "data"
BOROUGHS_SINCE = date(2009, 10, 22)
TERM = {"starts_on": date(2016, 4, 1), "ends_on": date(2018, 3, 31)}
FULL = Decimal("1.00")
CITY = "Stadt"

# short name, name, kind, street, postal code, phone
AGENCIES = [
    ("AWO", "Arbeiterwohlfahrt", "association", "Musterstraße 1", "41236", "02166 000-10"),
    ("Caritas", "Caritasverband", "association", "Musterstraße 2", "41238", "02166 000-20"),
    ("Diakonie", "Diakonisches Werk", "association", "Musterstraße 3", "41065", "02161 000-30"),
    ("DRK", "Deutsches Rotes Kreuz", "association", "Musterstraße 4", "41061", "02161 000-40"),
    ("Paritätischer", "Paritätischer", "association", "Musterstraße 5", "41189", "02166 000-50"),
    (CITY, "Stadt Mönchengladbach", "city", "Musterplatz 1", "41061", "02161 000-60"),
]
COORDINATOR = "Flüchtlingskoordination"
# agency, title, qualification, funded from, until
POSITIONS = [
    ("AWO", "Quartiersarbeit Süd", "Soziale Arbeit (B. A.)", *TERM.values()),
    ("Caritas", "Quartiersarbeit Ost", "Soziale Arbeit (B. A.)", *TERM.values()),
    ("Diakonie", "Quartiersarbeit Mitte", "Sozialpädagogik (Diplom)", *TERM.values()),
    ("DRK", "Quartiersarbeit Nord", "Soziale Arbeit (M. A.)", *TERM.values()),
    ("Paritätischer", "Quartiersarbeit West", "Soziale Arbeit (B. A.)", *TERM.values()),
    (CITY, COORDINATOR, "Leitungserfahrung in der Sozialen Arbeit", date(2016, 1, 1), None),
    (CITY, "Kommunale Sozialarbeit 1", "Soziale Arbeit", date(2014, 1, 1), None),
    (CITY, "Kommunale Sozialarbeit 2", "Soziale Arbeit", date(2014, 1, 1), None),
    (CITY, "Kommunale Sozialarbeit 3", "Soziale Arbeit", date(2015, 9, 1), None),
]
# name, agency, languages
CASEWORKERS = [
    ("Miriam Sandvoß", "AWO", "Deutsch, Englisch"),
    ("Jonas Ellerbeck", "Caritas", "Deutsch, Französisch"),
    ("Nadia Terhorst", "Caritas", "Deutsch, Arabisch"),
    ("Katrin Overbeck", "Diakonie", "Deutsch, Englisch, Farsi"),
    ("Samir Vennhoff", "DRK", "Deutsch, Arabisch, Kurdisch"),
    ("Lukas Brinkhaus", "Paritätischer", "Deutsch, Englisch"),
    ("Helene Marquardt", CITY, "Deutsch, Englisch, Französisch"),
    ("Bernd Kallenbach", CITY, "Deutsch"),
    ("Ayşe Lindqvist", CITY, "Deutsch, Türkisch"),
    ("Petra Wollgast", CITY, "Deutsch, Russisch"),
]
FREELANCERS = [
    ("Tarek Ohlsen", "Deutsch, Arabisch"),
    ("Galina Riedmüller", "Deutsch, Russisch"),
    ("Yusuf Steinbrink", "Deutsch, Türkisch, Kurdisch"),
    ("Carla Nienhaus", "Deutsch, Spanisch"),
    ("Farid Lohrmann", "Deutsch, Farsi, Dari"),
]
# position, holder, first day, last day (None: as long as funded). The coordinator came in April
# 2016; at the Caritas the post is vacant from November until the successor starts.
OCCUPANCIES = [
    ("Quartiersarbeit Süd", "Miriam Sandvoß", date(2016, 4, 1), None),
    ("Quartiersarbeit Ost", "Jonas Ellerbeck", date(2016, 4, 1), date(2016, 10, 31)),
    ("Quartiersarbeit Ost", "Nadia Terhorst", date(2017, 1, 15), None),
    ("Quartiersarbeit Mitte", "Katrin Overbeck", date(2016, 4, 1), None),
    ("Quartiersarbeit Nord", "Samir Vennhoff", date(2016, 4, 1), None),
    ("Quartiersarbeit West", "Lukas Brinkhaus", date(2016, 5, 1), None),
    (COORDINATOR, "Helene Marquardt", date(2016, 4, 1), None),
    ("Kommunale Sozialarbeit 1", "Bernd Kallenbach", date(2014, 1, 1), None),
    ("Kommunale Sozialarbeit 2", "Ayşe Lindqvist", date(2014, 1, 1), None),
    ("Kommunale Sozialarbeit 3", "Petra Wollgast", date(2015, 9, 1), None),
]
# position: {district key: share in percent} as lead of the whole district, from 1 April 2016.
# Flughafen, Hardter Wald and Hauptquartier are left without a lead.
LEADS = {
    "Quartiersarbeit Süd": {
        "301": 1, "302": 7, "303": 10, "304": 8, "305": 8, "306": 6, "307": 5,
        "308": 7, "309": 5, "310": 7, "311": 5, "312": 5, "313": 13, "314": 2,
    },
    "Quartiersarbeit Ost": {"206": 15, "207": 15, "208": 20, "209": 12, "210": 8},
    "Quartiersarbeit Mitte": {
        "106": 12, "107": 10, "108": 6, "201": 18, "202": 3, "203": 14,
    },
    "Quartiersarbeit Nord": {
        "101": 18, "104": 14, "105": 10, "109": 10, "111": 12,
    },
    "Quartiersarbeit West": {
        "401": 18, "402": 8, "403": 6, "404": 4, "405": 6, "406": 14, "408": 14, "409": 14,
    },
}  # fmt: skip
# Divided by postal code, as published: cleanly (Am Wasserturm), twice for 41063 (Eicken: the
# overlap), and for a part only (Uedding: nobody for 41066).
DIVIDED = [
    ("102", "Quartiersarbeit Nord", 8, ["41061"]),
    ("102", "Quartiersarbeit Mitte", 8, ["41063"]),
    ("103", "Quartiersarbeit Nord", 14, ["41061", "41063"]),
    ("103", "Quartiersarbeit Mitte", 8, ["41063"]),
    ("204", "Quartiersarbeit Mitte", 6, ["41065"]),
]
# deputy position: districts it deputises in, each with the same share. Six have no deputy.
DEPUTIES = {
    "Kommunale Sozialarbeit 1": (
        4, [101, 102, 103, 104, 105, 106, 107, 108, 109, 111, 201, 203],
    ),
    "Kommunale Sozialarbeit 2": (
        4, [301, 302, 303, 304, 305, 306, 307, 308, 309, 310, 311, 312, 313, 314],
    ),
    "Kommunale Sozialarbeit 3": (
        4, [202, 206, 207, 208, 209, 210, 401, 402, 403, 405, 406, 409],
    ),
}  # fmt: skip
# address before @example.org, name, role or the agency led
ACCOUNTS = [
    ("koordination", "Helene Marquardt", "coordination"),
    ("koordination2", "Bernd Kallenbach", "coordination"),
    ("koordination3", "Petra Wollgast", "coordination"),
    ("rat", "Ratsmitglied Beispiel", "council"),
    ("pruefung", "Rechnungsprüfung Beispiel", "audit"),
    ("awo", "Leitung AWO", "AWO"),
    ("caritas", "Leitung Caritas", "Caritas"),
    ("diakonie", "Leitung Diakonie", "Diakonie"),
    ("drk", "Leitung DRK", "DRK"),
    ("paritaet", "Leitung Paritätischer", "Paritätischer"),
]
# address before @example.org, who: they log what they do for their agency
ACCOUNTS_OF_WORKERS = [("fachkraft", "Samir Vennhoff"), ("honorarkraft", "Tarek Ohlsen")]


@transaction.atomic
def build(password: str, *, more_activities: int = 0) -> None:
    """Enter the whole sample city into an empty database, or nothing at all.

    ``password`` is that of every sample account.
    """
    for name, level in (("stadtbezirke.csv", "borough"), ("stadtteile.csv", "quarter")):
        options = Options(level=level, valid_from=BOROUGHS_SINCE)
        imports.run(FILES / name, options, by=None)
    imports.run(FILES / "stadtteile.geojson", Options(valid_from=BOROUGHS_SINCE), by=None)
    _agencies()
    _accounts(password)
    coordinator = User.objects.get(email="koordination@example.org")
    _staff(coordinator)
    _accounts_of_workers(password, coordinator)
    _coverage(coordinator)
    _history(coordinator)
    budget.build(coordinator)
    lists.build(coordinator)
    offers.build(coordinator)
    activities.build(coordinator)
    activities.fill(more_activities, by=coordinator)
    _count_rows()
    reports.build(coordinator)
    council.build(coordinator)
    volunteers.build(coordinator)
    care.build(coordinator)
    declarations.build(coordinator)
    desk.build(coordinator)
    council_reports.build(coordinator)
    council_questions.build(coordinator)
    public.build(coordinator)
    legal.build(coordinator)
    invitations.invite(
        email="fachkraft.awo@example.org",
        name="Miriam Sandvoß",
        agency=Agency.objects.get(short_name="AWO"),
        membership_role=Membership.Code.WORKER,
        by=coordinator,
    )


def _count_rows():
    """Let PostgreSQL see how many rows there are now, as it does by itself a minute after a commit.

    Until then it takes the tables for empty, and a report reads them row by row.
    """
    if connection.vendor == "postgresql":
        tables = [
            model._meta.db_table for model in (Activity, Headcount, MonthlyPeople, MonthlySum)
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")


def _agencies():
    for short_name, name, kind, street, postal_code, phone in AGENCIES:
        agencies.create(
            name=name,
            short_name=short_name,
            kind=kind,
            street=street,
            postal_code=postal_code,
            town="Mönchengladbach",
            phone=phone,
            email=f"{short_name.lower().replace('ä', 'ae')}.kontakt@example.org",
            is_active=True,
            by=None,
        )


def _accounts(password):
    for address, name, role in ACCOUNTS:
        user = User.objects.create_user(f"{address}@example.org", password, name=name)
        if role in CityRole.Code.values:
            CityRole.objects.create(user=user, role=role)
        else:
            agency = Agency.objects.get(short_name=role)
            Membership.objects.create(user=user, agency=agency, role=Membership.Code.LEAD)


def _staff(by):
    by_name = {agency.short_name: agency for agency in Agency.objects.all()}
    for agency, title, qualification, starts_on, ends_on in POSITIONS:
        positions.create(
            agency=by_name[agency],
            title=title,
            fte=FULL,
            qualification=qualification,
            starts_on=starts_on,
            ends_on=ends_on,
            by=by,
        )
    people = [(*row, Worker.Kind.EMPLOYED) for row in CASEWORKERS]
    people += [(name, "AWO", spoken, Worker.Kind.FREELANCE) for name, spoken in FREELANCERS]
    for number, (name, agency, spoken, kind) in enumerate(people, 1):
        workers.create(
            agency=by_name[agency],
            name=name,
            kind=kind,
            phone=f"02161 000-{100 + number}",
            email=f"{name.split()[-1].lower().translate(ASCII)}@example.org",
            languages=spoken,
            is_active=True,
            by=by,
        )
    for title, name, starts_on, ends_on in OCCUPANCIES:
        occupancies.hold(
            Position.objects.get(title=title),
            worker=Worker.objects.get(name=name),
            fte=FULL,
            starts_on=starts_on,
            ends_on=ends_on,
            by=by,
        )


def _accounts_of_workers(password, by):
    for address, name in ACCOUNTS_OF_WORKERS:
        worker = Worker.objects.get(name=name)
        user = User.objects.create_user(f"{address}@example.org", password, name=name)
        Membership.objects.create(user=user, agency=worker.agency, role=Membership.Code.WORKER)
        workers.change(worker, user=user, by=by)


ASCII = str.maketrans({"ß": "ss", "ü": "ue", "ö": "oe", "ä": "ae", "ş": "s"})


def _coverage(by):
    quarter = {row.key: row for row in District.objects.quarters()}
    position = {row.title: row for row in Position.objects.all()}
    start = TERM["starts_on"]
    reason = "Ratsbeschluss zur Quartiersarbeit, Einsatz ab 01.04.2016"
    for title, shares in LEADS.items():
        for key, share in shares.items():
            assignments.assign(
                position[title],
                district=quarter[key],
                role=Assignment.Role.LEAD,
                share=share,
                starts_on=start,
                reason=reason,
                by=by,
            )
    for key, title, share, codes in DIVIDED:
        assignments.assign(
            position[title],
            district=quarter[key],
            role=Assignment.Role.LEAD,
            share=share,
            starts_on=start,
            division=Assignment.Division.POSTAL_CODES,
            postal_codes=codes,
            reason="Aufteilung nach Postleitzahl",
            by=by,
        )
    for title, (share, keys) in DEPUTIES.items():
        for key in keys:
            assignments.assign(
                position[title],
                district=quarter[str(key)],
                role=Assignment.Role.DEPUTY,
                share=share,
                starts_on=start,
                ends_on=TERM["ends_on"],
                reason="Vertretung durch die Stadt",
                by=by,
            )


def _history(by):
    """What changed since: a share, a handover, and what is already decided for 2017."""

    def lead(key):
        return Assignment.objects.leads().standing().get(district__key=key, ends_on__gte=TODAY)

    assignments.change(
        lead("303"), starts_on=date(2016, 9, 1), share=14, reason="Mehr Beratungsbedarf", by=by
    )
    assignments.hand_over(
        [lead("307")],
        position=Position.objects.get(title="Quartiersarbeit West"),
        starts_on=date(2016, 10, 1),
        reason="Kürzere Wege von Rheindahlen aus",
        by=by,
    )
    assignments.end(
        Assignment.objects.standing().get(district__key="404", role=Assignment.Role.LEAD),
        ends_on=date(2017, 6, 30),
        reason="Wanlo geht nach der Sommerpause an die AWO",
        by=by,
    )
    assignments.assign(
        Position.objects.get(title="Quartiersarbeit Nord"),
        district=District.objects.quarters().get(key="110"),
        role=Assignment.Role.LEAD,
        share=2,
        starts_on=date(2017, 2, 1),
        reason="Lücke im Hardter Wald schließen",
        by=by,
    )


TODAY = date(2016, 12, 1)
