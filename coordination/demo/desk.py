"""What volunteers of the sample city asked back in 2016: a question in every state.

On the demo's day one question waits for the lead since yesterday, one came as far as the deputy
because nobody answered, one because the position at the Caritas is vacant, and one as far as the
coordination. Asking and confirming happen now, so the rows of 2016 are entered as they would have
left them; answers, closing and frequent questions go through the operations.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from agencies.lists.models import Topic
from agencies.models import Agency, Membership, Occupancy
from coordination.access.models import User
from districts.models import District
from volunteers.desk import answers, faqs, routing
from volunteers.desk.models import Mail, Message, Question


@dataclass(frozen=True)
class Sample:
    district: str  # its key, or "": nobody knows which
    topic: str
    asked: datetime
    text: str
    answers: tuple = ()  # (moment, text), by whoever acts for the agency
    asked_on: tuple = ()  # (moment, text) of who asked, after the answers
    closed: datetime | None = None
    language: str = "de"
    is_confirmed: bool = True
    agency: str = ""  # passed on to it by the coordination


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    moment = datetime.combine(date(2016, month, day), time(hour, minute))
    return timezone.make_aware(moment, timezone.get_default_timezone())


SAMPLES = [
    Sample(
        "101",
        "Schule",
        at(5, 10, 18, 20),
        "Ich begleite eine Familie zur Anmeldung in der Grundschule. Welche Unterlagen braucht die "
        "Schule, wenn es noch keine Geburtsurkunden gibt?",
        (
            (
                at(5, 11, 9, 40),
                "Die Meldebescheinigung genügt für den Anfang; die Urkunden können nachgereicht "
                "werden. Nehmen Sie bitte auch den Impfausweis mit, falls es einen gibt.",
            ),
        ),
        closed=at(5, 20, 10),
    ),
    Sample(
        "303",
        "Wohnen",
        at(6, 14, 20, 5),
        "Ein Vermieter verlangt drei Monatsmieten Kaution in bar. Ist das zulässig?",
        (
            (
                at(6, 15, 11, 15),
                "Drei Monatsmieten ohne Nebenkosten sind die Obergrenze, zahlbar in drei Raten. "
                "Bar muss niemand zahlen. Das Jobcenter kann die Kaution als Darlehen übernehmen; "
                "der Antrag muss vor der Unterschrift gestellt sein.",
            ),
        ),
        closed=at(6, 30, 9),
    ),
    Sample(
        "203",
        "Gesundheit",
        at(7, 5, 17, 30),
        "Wie komme ich für einen Arztbesuch an jemanden, der Farsi dolmetscht?",
        (
            (
                at(7, 8, 10, 0),
                "Über den Pool der Sprachmittlerinnen und Sprachmittler; bitte drei Tage vorher "
                "bei uns melden. Die Kosten trägt in der Regel die Stadt.",
            ),
        ),
        closed=at(8, 1, 9),
    ),
    Sample(
        "401",
        "Freizeit",
        at(8, 16, 9, 10),
        "Wohin können wir gut erhaltene Fahrräder bringen, die gespendet wurden?",
        (
            (
                at(8, 16, 13, 35),
                "In die Fahrradwerkstatt am Jugendheim, freitags ab 16 Uhr. Dort werden sie "
                "geprüft und mit Licht und Schloss weitergegeben.",
            ),
        ),
    ),
    Sample(
        "208",
        "Sprache",
        at(9, 20, 19, 45),
        "Gibt es einen Sprachkurs mit Kinderbetreuung, der noch Plätze hat?",
        (
            (
                at(9, 22, 9, 20),
                "Zurzeit nicht. Ab Januar ist ein Kurs am Vormittag geplant. Bis dahin empfehlen "
                "wir das Sprachcafé, dort sind Kinder willkommen.",
            ),
        ),
    ),
    Sample(
        "106",
        "Ehrenamt",
        at(10, 11, 21, 0),
        "Bin ich versichert, wenn ich jemanden mit dem eigenen Auto zu einem Termin fahre?",
        (
            (
                at(10, 12, 8, 50),
                "Gegen Unfälle ja, über die Landesversicherung für Ehrenamtliche. Schäden am "
                "Auto sind darüber nicht gedeckt.",
            ),
            (
                at(10, 13, 15, 5),
                "Ergänzung: Für vereinbarte Fahrten hat die Stadt seit diesem Jahr eine "
                "Dienstreise-Kasko. Bitte melden Sie die Fahrt vorher an.",
            ),
        ),
        asked_on=((at(10, 12, 19, 30), "Danke! Und wer zahlt, wenn am Auto etwas kaputtgeht?"),),
        closed=at(10, 20, 12),
    ),
    Sample(
        "301",
        "Work",
        at(11, 3, 16, 25),
        "May somebody whose asylum procedure is still running do an internship of two weeks?",
        (
            (
                at(11, 7, 14, 10),
                "Yes, after three months in the country and with the permission of the "
                "foreigners' office. We have the form; please come to the consultation hour.",
            ),
        ),
        language="en",
    ),
    Sample(
        "",
        "Ehrenamt",
        at(11, 8, 10, 0),
        "Ich bin neu zugezogen und möchte helfen. An wen wende ich mich?",
        (
            (
                at(11, 9, 9, 30),
                "Willkommen! Über die Suche nach Ansprechpersonen finden Sie den Träger Ihres "
                "Stadtteils; gern vermitteln wir auch ein erstes Gespräch.",
            ),
        ),
        closed=at(11, 15, 9),
    ),
    # Six working days: with the coordination too.
    Sample(
        "406",
        "Aufenthalt",
        at(11, 22, 12, 40),
        "Der Brief einer Behörde nennt eine Frist von zwei Wochen. Wer kann vor Ablauf mit "
        "draufschauen?",
    ),
    # Asked on Friday, on Wednesday the third working day began: with the deputy too.
    Sample(
        "101",
        "Wohnen",
        at(11, 25, 16, 15),
        "Wir suchen Möbel für eine Wohnung, die Samstag in einer Woche bezogen wird. Gibt es ein "
        "Lager, das auch liefert?",
    ),
    # The position at the Caritas is vacant: with the deputy at once.
    Sample(
        "207",
        "Familie",
        at(11, 30, 11, 20),
        "An wen kann sich eine Mutter wenden, die nach der Geburt eine Hebamme sucht?",
    ),
    # Yesterday in the evening: with the lead.
    Sample(
        "313",
        "Schule",
        at(11, 30, 19, 5),
        "Für die Hausaufgabenhilfe fehlt uns eine zweite Person am Mittwoch. Darf jemand ohne "
        "Führungszeugnis einspringen?",
    ),
    # Answered, and asked on.
    Sample(
        "409",
        "Arbeit",
        at(11, 24, 9, 0),
        "Wann ist das nächste Bewerbungstraining?",
        ((at(11, 24, 15, 20), "Am Mittwoch um 17 Uhr in der Volkshochschule, Raum 11."),),
        asked_on=((at(11, 30, 18, 10), "Kann man auch ohne eigenen Rechner kommen?"),),
    ),
    # Passed on: the store for furniture is run by another agency.
    Sample(
        "206",
        "Wohnen",
        at(11, 29, 14, 30),
        "Nimmt das Möbellager auch Kühlschränke an?",
        agency="DRK",
    ),
    # Nobody has confirmed it: nobody sees it.
    Sample(
        "104",
        "Finanzen",
        at(11, 30, 22, 15),
        "Wie eröffnet man ein Konto ohne Pass?",
        is_confirmed=False,
    ),
]
# number of the sample, question, answer, language, released
FAQS = [
    (
        0,
        "Welche Unterlagen braucht die Grundschule zur Anmeldung, wenn Urkunden fehlen?",
        "Für den Anfang genügt die Meldebescheinigung, dazu der Impfausweis, falls es einen gibt. "
        "Urkunden können nachgereicht werden.",
        "de",
        True,
    ),
    (
        1,
        "Wie hoch darf eine Kaution sein, und wer hilft sie zu zahlen?",
        "Höchstens drei Monatsmieten ohne Nebenkosten, zahlbar in drei Raten. Das Jobcenter kann "
        "sie als Darlehen übernehmen; der Antrag muss vor der Unterschrift gestellt sein.",
        "de",
        True,
    ),
    (
        2,
        "Wer dolmetscht beim Arzt?",
        "Der Pool der Sprachmittlerinnen und Sprachmittler. Bitte drei Tage vorher bei der "
        "Ansprechperson im Stadtteil melden. Die Kosten trägt in der Regel die Stadt.",
        "de",
        True,
    ),
    (
        6,
        "May asylum seekers do an internship?",
        "Yes, after three months in the country and with the permission of the foreigners' "
        "office. The contact person of your district has the form.",
        "en",
        True,
    ),
    (
        5,
        "Bin ich auf Fahrten mit dem eigenen Auto versichert?",
        "Gegen Unfälle ja, über die Landesversicherung für Ehrenamtliche. Für vereinbarte Fahrten "
        "kommt die Dienstreise-Kasko der Stadt hinzu; bitte vorher anmelden.",
        "de",
        False,
    ),
]


PROPOSED_AFTER, RELEASED_AFTER = timedelta(days=3), timedelta(days=2)


def build(by: User) -> None:
    """``by`` is the coordinator; agencies answer by an account of theirs."""
    topics = {row.name.split()[0]: row for row in Topic.objects.all()}
    topics["Work"] = topics["Arbeit"]
    districts = {row.key: row for row in District.objects.quarters()}
    entered = [
        _enter(sample, number, districts.get(sample.district), topics[sample.topic], by)
        for number, sample in enumerate(SAMPLES, 1)
    ]
    second = User.objects.get(email="koordination2@example.org")
    for number, asked, answer, language, is_released in FAQS:
        question = entered[number]
        faq = faqs.propose(
            question,
            asked=asked,
            answer=answer,
            topic=question.topic,
            language=language,
            at=question.first_answered_at + PROPOSED_AFTER,
            by=_answering(question, by),
        )
        if is_released:
            faqs.release(faq, at=faq.proposed_at + RELEASED_AFTER, by=second)
    # Nobody gets mail from a sample.
    Mail.objects.filter(sent_at=None).update(sent_at=timezone.now())


def _enter(sample: Sample, number: int, district, topic, by: User) -> Question:
    question = Question.objects.create(
        district=district,
        topic=topic,
        email=f"ehrenamt{number}@example.org",
        language=sample.language,
        created_at=sample.asked,
        confirmed_at=sample.asked if sample.is_confirmed else None,
        waits_since=sample.asked if sample.is_confirmed else None,
    )
    Message.objects.create(question=question, text=sample.text, at=sample.asked)
    if not sample.is_confirmed:
        return question
    routing.route(question, timezone.localdate(sample.asked))
    if sample.agency:
        agency = Agency.objects.get(short_name=sample.agency)
        reason = "Das Möbellager betreibt dieser Verband"
        question = routing.forward(question, agency=agency, reason=reason, by=by)
    words = [(*word, True) for word in sample.answers]
    words += [(*word, False) for word in sample.asked_on]
    for moment, text, is_answer in sorted(words):
        if is_answer:
            agency = question.agency
            answering = _answering(question, by)
            answers.answer(question, text=text, agency=agency, at=moment, by=answering)
        else:
            Message.objects.create(question=question, text=text, at=moment)
            Question.objects.filter(pk=question.pk).update(waits=True, waits_since=moment)
    question.refresh_from_db()
    if sample.closed:
        question = answers.close(question, at=sample.closed, by=_answering(question, by))
    return question


def _answering(question: Question, by: User) -> User:
    """Whoever holds the lead's position, if they have an account; else a lead of the agency."""
    if question.agency is None:
        return by
    if question.assignment:
        held = Occupancy.objects.filter(position=question.assignment.position_id)
        holder = held.filter(worker__user__isnull=False).select_related("worker__user").first()
        if holder:
            return holder.worker.user
    found = Membership.objects.leads().filter(agency=question.agency).order_by("pk").first()
    return found.user if found else by
