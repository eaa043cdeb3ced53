"""The sample city's motions and resolutions: how the neighbourhood work came about in 2015/2016.

The course follows what was published; numbers, votes and wordings are invented, groups have no
names of real ones, and every text says that it is an example. Three tasks are overdue on the
demo's day, others are open or done.
"""

from datetime import date

from agencies.models import Position
from coordination.access.models import User
from coordination.budget.models import Agreement, BudgetLine
from coordination.council import bodies, motions, resolutions, tasks
from coordination.council.models import Committee, Group
from districts.models import District

TERM = date(2014, 6, 1)
# name, short name
GROUPS = [
    ("Mehrheitsgruppe (Beispiel)", "Mehrheit"),
    ("Zweite Gruppe (Beispiel)", "Gruppe 2"),
    ("Dritte Gruppe (Beispiel)", "Gruppe 3"),
]
COUNCIL = "Rat der Stadt"
SOCIAL = "Sozialausschuss"
FINANCE = "Finanzausschuss"
DISTRICT_NORTH = "Bezirksvertretung Nord"
OFFICE, TREASURY, STAFF = "Fachbereich Soziales", "Kämmerei", "Fachbereich Personal"
SAMPLE = "Beispiel für die Musterstadt, kein echter Vorgang."
ADDRESS = "https://ratsinfo.example.org"


def build(by: User) -> None:
    city = _City(by)
    _support(city)
    _contact_persons(city)
    _freelancers(city)
    _positions(city)
    _coordinator(city)
    _all_residents(city)
    _not_settled(city)


class _City:
    """The council's groups and committees, and what the motions are about."""

    def __init__(self, by: User):
        self.by = by
        for name, short_name in GROUPS:
            bodies.create(Group, name=name, short_name=short_name, starts_on=TERM, by=by)
        for name in (COUNCIL, SOCIAL, FINANCE, DISTRICT_NORTH):
            is_council = name == COUNCIL
            bodies.create(Committee, name=name, is_council=is_council, starts_on=TERM, by=by)
        self.groups = {row.short_name: row for row in Group.objects.all()}
        self.committees = {row.name: row for row in Committee.objects.all()}
        self.desks = {row.email.split("@")[0]: row for row in tasks.may_be_responsible()}

    def motion(self, number, title, text, day, *groups, **links):
        return motions.submit(
            number=number,
            title=title,
            text=f"{text} {SAMPLE}",
            submitted_on=day,
            groups=[self.groups[name] for name in groups],
            url=f"{ADDRESS}/antrag/{number.replace('/', '-')}",
            oparl_id=f"{ADDRESS}/oparl/paper/{number.replace('/', '-')}",
            by=self.by,
            **links,
        )

    def refer(self, motion, committee, day, note=""):
        motions.refer(motion, committee=self.committees[committee], day=day, note=note, by=self.by)

    def paper(self, motion, number, title, committee, *, laid_on, day):
        return motions.schedule(
            motion,
            number=number,
            title=title,
            committee=self.committees[committee],
            laid_on=laid_on,
            day=day,
            url=f"{ADDRESS}/vorlage/{number.replace('/', '-')}",
            by=self.by,
        )

    def resolution(self, motion, title, committee, day, text, **more):
        return resolutions.resolve(
            motion,
            title=title,
            committee=self.committees[committee],
            day=day,
            text=f"{text} {SAMPLE}",
            paper=motion.papers.first(),
            by=self.by,
            **{"result": "adopted", "votes": "einstimmig", **more},
        )

    def task(self, resolution, text, owner, due_on, desk="koordination2"):
        return tasks.give(
            resolution,
            text=text,
            owner=owner,
            due_on=due_on,
            responsible=self.desks.get(desk),
            by=self.by,
        )

    def done(self, task, day, report):
        tasks.finish(task, day=day, report=report, by=self.by)


def _support(city):
    """How it began: those who help want to be helped."""
    motion = city.motion(
        "2015/012",
        "Unterstützung der Ehrenamtlichen in der Flüchtlingsarbeit verbessern",
        "Die Verwaltung berichtet, wie Ehrenamtliche besser unterstützt werden können, und macht "
        "Vorschläge für eine Begleitung in den Stadtteilen.",
        date(2015, 2, 18),
        "Mehrheit",
        districts=District.objects.quarters().filter(key__in=["101", "201", "303"]),
    )
    city.refer(motion, SOCIAL, date(2015, 2, 25))
    city.paper(
        motion,
        "V/2015/118",
        "Begleitung der Ehrenamtlichen: Bericht der Verwaltung",
        SOCIAL,
        laid_on=date(2015, 3, 20),
        day=date(2015, 4, 14),
    )
    city.resolution(
        motion,
        "Empfehlung: Begleitung der Ehrenamtlichen",
        SOCIAL,
        date(2015, 4, 14),
        "Der Ausschuss empfiehlt dem Rat, die Begleitung der Ehrenamtlichen auszubauen.",
        result="recommended",
    )
    decided = city.resolution(
        motion,
        "Begleitung der Ehrenamtlichen ausbauen",
        COUNCIL,
        date(2015, 5, 6),
        "Die Begleitung der Ehrenamtlichen wird ausgebaut. Die Verwaltung legt dar, mit welchen "
        "Verbänden und in welchen Stadtteilen.",
        votes="41 zu 9 bei 4 Enthaltungen",
    )
    report = city.task(
        decided,
        "Vorschlag vorlegen, welche Verbände in welchen Stadtteilen begleiten",
        OFFICE,
        date(2015, 9, 30),
    )
    city.done(report, date(2015, 9, 22), "Vorschlag mit fünf Verbänden am 22.09.2015 vorgelegt.")
    survey = city.task(
        decided, "Initiativen nach ihrem Bedarf fragen", OFFICE, date(2015, 8, 31), "koordination3"
    )
    city.done(survey, date(2015, 10, 12), "18 von 23 Initiativen haben geantwortet (Beispiel).")


def _contact_persons(city):
    """Whoever helps wants to ask back and not be alone."""
    motion = city.motion(
        "2015/031",
        "Hauptamtliche Ansprechpersonen für Ehrenamtliche",
        "Ehrenamtliche brauchen hauptamtliche Ansprechpersonen, bei denen sie sich rückversichern "
        "können und mit denen sie nicht allein sind.",
        date(2015, 5, 20),
        "Mehrheit",
        "Gruppe 2",
    )
    city.refer(motion, SOCIAL, date(2015, 5, 27))
    city.paper(
        motion,
        "V/2015/204",
        "Ansprechpersonen in den Stadtteilen",
        COUNCIL,
        laid_on=date(2015, 8, 24),
        day=date(2015, 9, 16),
    )
    decided = city.resolution(
        motion,
        "Ansprechperson für jeden Stadtteil benennen",
        COUNCIL,
        date(2015, 9, 16),
        "Für jeden Stadtteil wird eine hauptamtliche Ansprechperson benannt und veröffentlicht.",
    )
    named = city.task(
        decided, "Ansprechpersonen benennen und veröffentlichen", OFFICE, date(2016, 3, 31)
    )
    tasks.postpone(
        named,
        due_on=date(2016, 5, 31),
        day=date(2016, 3, 17),
        reason="Die fünf Stellen beginnen erst am 01.04.2016.",
        by=city.by,
    )
    city.done(named, date(2016, 5, 12), "Liste je Stadtteil veröffentlicht.")
    city.task(
        decided,
        "Stadtteile ohne Federführung besetzen und dem Ausschuss berichten",
        OFFICE,
        date(2016, 10, 31),
        "koordination",
    )


def _freelancers(city):
    """The agreement with the AWO and its extension to 2018."""
    first = Agreement.objects.get(reference="50.2015-07")
    extension = Agreement.objects.get(reference="50.2016-01")
    lines = BudgetLine.objects.filter(title__startswith="Honorarkräfte")
    city_wide = resolutions.resolve(
        title="Vereinbarung mit der AWO über Honorarkräfte 2015",
        committee=city.committees[SOCIAL],
        day=date(2014, 12, 9),
        result="adopted",
        paper_number="V/2014/356",
        paper_title="Honorarkräfte zur Unterstützung der Ehrenamtlichen",
        text=f"Mit der AWO wird für 2015 eine Vereinbarung geschlossen. {SAMPLE}",
        votes="einstimmig",
        agreements=[first],
        lines=lines.filter(year__year=2015),
        by=city.by,
    )
    signed = city.task(city_wide, "Vereinbarung schließen", OFFICE, date(2015, 1, 31))
    city.done(signed, date(2015, 1, 12), "Vereinbarung 50.2015-07 unterzeichnet.")
    motion = city.motion(
        "2015/058",
        "Vereinbarung mit der AWO fortsetzen",
        "Die Vereinbarung über fünf Honorarkräfte wird bis März 2018 fortgesetzt.",
        date(2015, 10, 7),
        "Mehrheit",
        "Gruppe 3",
        agreements=[first, extension],
        lines=lines,
    )
    city.refer(motion, FINANCE, date(2015, 10, 14))
    city.paper(
        motion,
        "V/2015/277",
        "Fortsetzung der Vereinbarung mit der AWO bis 2018",
        COUNCIL,
        laid_on=date(2015, 11, 9),
        day=date(2015, 12, 2),
    )
    decided = city.resolution(
        motion,
        "Fünf Honorarkräfte bis März 2018",
        COUNCIL,
        date(2015, 12, 2),
        "Die Vereinbarung wird bis zum 31.03.2018 verlängert, der Betrag auf die Haushaltsjahre "
        "2016 bis 2018 aufgeteilt.",
        votes="38 zu 12",
        agreements=[first, extension],
        lines=lines.exclude(year__year=2015),
    )
    signed = city.task(decided, "Verlängerung unterzeichnen", OFFICE, date(2015, 12, 31))
    city.done(signed, date(2015, 12, 18), "Vereinbarung 50.2016-01 unterzeichnet.")
    city.task(
        decided,
        "Wirkung der Honorarkräfte auswerten, vor Beginn der Haushaltsberatungen 2018",
        OFFICE,
        date(2017, 6, 30),
    )


def _positions(city):
    """Five positions, one for each association, until March 2018."""
    positions = Position.objects.filter(title__startswith="Quartiersarbeit")
    agreements = Agreement.objects.filter(positions__in=positions).distinct()
    lines = BudgetLine.objects.filter(title__startswith="Quartiersarbeit")
    motion = city.motion(
        "2015/064",
        "Fünf Stellen für die Quartiersarbeit",
        "Fünf Wohlfahrtsverbände besetzen bis März 2018 je eine volle Stelle, nach Stadtteilen "
        "aufgeteilt. Die Mittel des Landes für soziale Betreuung werden dafür weitergegeben.",
        date(2015, 11, 4),
        "Mehrheit",
        positions=positions,
        agreements=agreements,
        lines=lines,
    )
    city.refer(motion, SOCIAL, date(2015, 11, 11))
    city.refer(motion, FINANCE, date(2015, 11, 25), "Mitberatung wegen der Landesmittel.")
    city.paper(
        motion,
        "V/2016/009",
        "Quartiersarbeit: fünf Stellen bei den Verbänden",
        COUNCIL,
        laid_on=date(2016, 1, 5),
        day=date(2016, 1, 27),
    )
    decided = city.resolution(
        motion,
        "Fünf Stellen für Quartiersarbeit bis März 2018",
        COUNCIL,
        date(2016, 1, 27),
        "Fünf Verbände erhalten je eine volle Stelle. Die Arbeit im Quartier schließt alle "
        "Bewohnerinnen und Bewohner ein.",
        result="amended",
        votes="44 zu 6 bei 4 Enthaltungen",
        positions=positions,
        agreements=agreements,
        lines=lines,
    )
    signed = city.task(
        decided, "Vereinbarungen mit den fünf Verbänden schließen", OFFICE, date(2016, 3, 31)
    )
    city.done(signed, date(2016, 3, 14), "Fünf Vereinbarungen unterzeichnet.")
    passed_on = city.task(
        decided,
        "Landesmittel weitergeben und den Haushalt nachführen",
        TREASURY,
        date(2016, 9, 30),
        "koordination3",
    )
    city.done(passed_on, date(2016, 10, 4), "Nachtrag beschlossen, Umbuchung am 04.10.2016.")
    city.task(
        decided,
        "Jährlich über Stellen, Mittel und Tätigkeiten berichten",
        OFFICE,
        date(2016, 11, 15),
        "koordination",
    )
    city.task(decided, "Über die Zeit nach März 2018 entscheiden lassen", OFFICE, date(2017, 9, 30))


def _coordinator(city):
    """Somebody in city hall bundles the work."""
    posts = Position.objects.filter(agency__short_name="Stadt")
    motion = city.motion(
        "2015/066",
        "Flüchtlingskoordination in der Verwaltung",
        "Eine Koordinierungsstelle bündelt die Arbeit der Verbände und der kommunalen Fachkräfte.",
        date(2015, 11, 11),
        "Mehrheit",
        "Gruppe 2",
        "Gruppe 3",
        positions=posts,
    )
    city.refer(motion, SOCIAL, date(2015, 11, 18))
    city.paper(
        motion,
        "V/2015/301",
        "Einrichtung einer Flüchtlingskoordination",
        COUNCIL,
        laid_on=date(2015, 11, 27),
        day=date(2015, 12, 16),
    )
    decided = city.resolution(
        motion,
        "Flüchtlingskoordination einrichten",
        COUNCIL,
        date(2015, 12, 16),
        "Die Stelle wird zum 01.01.2016 eingerichtet und umgehend besetzt.",
        positions=posts.filter(title="Flüchtlingskoordination"),
    )
    filled = city.task(decided, "Stelle ausschreiben und besetzen", STAFF, date(2016, 2, 29))
    city.done(filled, date(2016, 4, 1), "Stelle zum 01.04.2016 besetzt.")
    brochure = city.task(
        decided, "Gedruckten Wegweiser auflegen", OFFICE, date(2016, 7, 31), "koordination3"
    )
    tasks.drop(
        brochure,
        day=date(2016, 6, 20),
        reason="Das Portal nennt die Ansprechpersonen aktueller als ein Druck.",
        by=city.by,
    )


def _all_residents(city):
    """A promise that is measured: the work is for everybody in the district."""
    motion = city.motion(
        "2016/007",
        "Quartiersarbeit für alle Bewohnerinnen und Bewohner",
        "Angebote stehen allen im Stadtteil offen. Ihr Anteil und der Anteil der Teilnehmenden "
        "ohne Fluchthintergrund werden gemessen.",
        date(2016, 2, 10),
        "Mehrheit",
    )
    city.refer(motion, DISTRICT_NORTH, date(2016, 2, 17))
    city.refer(motion, SOCIAL, date(2016, 3, 2))
    decided = city.resolution(
        motion,
        "Öffnung der Angebote messen",
        SOCIAL,
        date(2016, 3, 15),
        "Die Verwaltung misst je Stadtteil den Anteil offener Angebote.",
        votes="13 zu 2",
    )
    city.task(
        decided,
        "Erste Messung je Stadtteil vorlegen",
        OFFICE,
        date(2016, 11, 30),
        "koordination3",
    )


def _not_settled(city):
    """What is still on its way, and what came to nothing."""
    housing = city.motion(
        "2016/029",
        "Wohnungssuche begleiten",
        "Die Begleitung bei der Wohnungssuche wird Teil der Quartiersarbeit.",
        date(2016, 9, 14),
        "Gruppe 2",
    )
    city.refer(housing, SOCIAL, date(2016, 9, 21))
    city.paper(
        housing,
        "V/2016/240",
        "Begleitung bei der Wohnungssuche",
        SOCIAL,
        laid_on=date(2016, 11, 18),
        day=date(2016, 12, 13),
    )
    city.motion(
        "2016/035",
        "Dolmetschdienst in allen Stadtbezirken",
        "In allen vier Stadtbezirken wird Sprachmittlung angeboten.",
        date(2016, 11, 23),
        "Gruppe 3",
    )
    house = city.motion(
        "2016/015",
        "Zusätzliches Begegnungshaus",
        "Die Stadt richtet ein zusätzliches Begegnungshaus ein.",
        date(2016, 4, 20),
        "Gruppe 3",
    )
    city.refer(house, FINANCE, date(2016, 4, 27))
    city.resolution(
        house,
        "Kein zusätzliches Begegnungshaus",
        FINANCE,
        date(2016, 6, 8),
        "Der Antrag wird abgelehnt.",
        result="rejected",
        votes="4 zu 11",
    )
    office = city.motion(
        "2016/018",
        "Sprechstunde im Rathaus am Samstag",
        "Einmal im Monat gibt es am Samstag eine Sprechstunde.",
        date(2016, 5, 11),
        "Gruppe 2",
    )
    motions.withdraw(
        office,
        day=date(2016, 6, 22),
        note="Durch die Sprechzeiten der Verbände erledigt.",
        by=city.by,
    )
