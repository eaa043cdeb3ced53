"""The sample city's reports as of 1 December 2016: a period in every state.

The DRK's report on October is overdue, the AWO's third quarter waits to be checked, that of the
Caritas came back, the Paritätischer has more time for its own and was idle before its post began.
"""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from agencies.activity.models import Activity, ReportingPeriod, Rhythm
from agencies.models import Agency, Membership
from agencies.reports import comments, narratives, periods, schedules, submissions
from agencies.reports.models import Schedule
from coordination.access.models import User
from coordination.holidays import working_day_from

# agency, rhythm, from, days after the end of the period
SCHEDULES = [
    ("AWO", Rhythm.QUARTER, date(2015, 1, 1), 14),
    ("Caritas", Rhythm.QUARTER, date(2016, 4, 1), 14),
    ("Diakonie", Rhythm.HALF_YEAR, date(2016, 4, 1), 21),
    ("DRK", Rhythm.MONTH, date(2016, 4, 1), 14),
    ("Paritätischer", Rhythm.QUARTER, date(2016, 1, 1), 14),
]
# agency, first day of the period, how far it came
REPORTS = [
    ("AWO", date(2015, 1, 1), "locked"),
    ("AWO", date(2015, 4, 1), "locked"),
    ("AWO", date(2015, 7, 1), "locked"),
    ("AWO", date(2015, 10, 1), "locked"),
    ("AWO", date(2016, 1, 1), "locked"),
    ("AWO", date(2016, 4, 1), "resubmitted"),
    ("AWO", date(2016, 7, 1), "submitted"),
    ("Caritas", date(2016, 4, 1), "accepted"),
    ("Caritas", date(2016, 7, 1), "sent_back"),
    ("Diakonie", date(2016, 4, 1), "accepted"),
    ("DRK", date(2016, 4, 1), "locked"),
    ("DRK", date(2016, 5, 1), "locked"),
    ("DRK", date(2016, 6, 1), "locked"),
    ("DRK", date(2016, 7, 1), "accepted"),
    ("DRK", date(2016, 8, 1), "accepted"),
    ("DRK", date(2016, 9, 1), "accepted"),
    ("Paritätischer", date(2016, 1, 1), "locked"),
    ("Paritätischer", date(2016, 4, 1), "accepted"),
]
# By turns, so that reports do not all say the same. {…} are figures of the log.
TEXTS = [
    {
        "overview": "In diesem Zeitraum kamen wir bei {taetigkeiten} Tätigkeiten in {stadtteile} "
        "Stadtteilen auf {stunden} Stunden. Erreicht haben wir {teilnehmende} Teilnehmende, davon "
        "{ohne_fluchthintergrund} ohne Fluchthintergrund.",
        "focus": "Im Mittelpunkt standen die Beratung im Stadtteil und die Wohnungssuche. Viele "
        "Haushalte haben ihre erste eigene Wohnung bezogen und brauchen Hilfe beim Ankommen.",
        "volunteers": "Ehrenamtliche und Fachkräfte haben wir {ehrenamtliche_und_fachkraefte} mal "
        "gezählt. Gefragt sind feste Sprechzeiten, in denen sie sich rückversichern können.",
        "needs": "Es fehlen Plätze in Sprachkursen mit Kinderbetreuung.",
        "outlook": "Das Sprachcafé öffnet künftig auch am Abend.",
    },
    {
        "overview": "{teilnehmende} Teilnehmende bei {taetigkeiten} Tätigkeiten; der Anteil ohne "
        "Fluchthintergrund liegt bei {anteil_ohne_fluchthintergrund}.",
        "focus": "Wir haben die offenen Angebote ausgebaut: Nachbarschaft und Geflüchtete kommen "
        "bei gemeinsamen Vorhaben eher ins Gespräch als in der Beratung.",
        "volunteers": "Die Ehrenamtlichen wünschen sich Austausch über ihre Grenzen. Ein Abend "
        "dazu ist vorbereitet.",
        "outlook": "Mit den Schulen im Stadtteil sprechen wir über Räume am Nachmittag.",
    },
]
IDLE = {"overview": "Die Stelle war noch nicht besetzt; Tätigkeiten gab es keine."}


def build(by: User) -> None:
    """``by`` is the coordinator; the reports are handed in by the leads of the agencies."""
    for agency, rhythm, starts_on, offset_days in SCHEDULES:
        schedules.create(
            Agency.objects.get(short_name=agency),
            rhythm=rhythm,
            starts_on=starts_on,
            anchor=Schedule.Anchor.PERIOD_END,
            offset_days=offset_days,
            by=by,
        )
    for number, (agency, starts_on, stage) in enumerate(REPORTS):
        _walk(_period(agency, starts_on), stage, TEXTS[number % len(TEXTS)], by)
    _under_way(by)


def _period(agency: str, starts_on: date) -> ReportingPeriod:
    return ReportingPeriod.objects.get(agency__short_name=agency, starts_on=starts_on)


def _walk(period: ReportingPeriod, stage: str, texts: dict[str, str], by: User) -> None:
    """From the text to where the report stands, each step some days after the one before."""
    lead = Membership.objects.leads().filter(agency=period.agency).first().user
    entries = Activity.objects.filter(agency=period.agency)
    is_nil = not entries.between(period.starts_on, period.ends_on).exists()
    narratives.write(period, **(IDLE if is_nil else texts), by=lead)
    handed_in = period.due_on
    submissions.submit(period, is_nil=is_nil, at=_at(handed_in, 15), by=lead)
    if stage == "submitted":
        comments.create(
            period,
            text="Die Zahlen aus Odenkirchen mit dem Vorquartal vergleichen, bevor wir annehmen.",
            is_internal=True,
            at=_at(handed_in + timedelta(days=4), 10),
            by=by,
        )
        return
    if stage == "sent_back":
        comments.create(
            period,
            text="Die beiden Sprachcafés scheinen doppelt erfasst. Telefonisch angekündigt.",
            is_internal=True,
            at=_at(date(2016, 11, 18), 9),
            by=by,
        )
        periods.send_back(
            period,
            comment="Bitte prüfen Sie die Teilnehmenden der Sprachcafés im September: Sie liegen "
            "doppelt so hoch wie im August. Zum Bedarf fehlt noch ein Satz.",
            at=_at(date(2016, 11, 21), 11),
            by=by,
        )
        comments.create(
            period,
            text="Danke für den Hinweis, wir gehen die Listen durch.",
            is_internal=False,
            at=_at(date(2016, 11, 22), 16),
            by=lead,
        )
        return
    checked = working_day_from(handed_in + timedelta(days=9))
    if stage == "resubmitted":
        periods.send_back(
            period,
            comment="Bitte ergänzen Sie, was die Honorarkräfte in den Unterkünften getan haben.",
            at=_at(checked, 11),
            by=by,
        )
        more = "Die Honorarkräfte waren vor allem in den Unterkünften und beim Dolmetschen tätig."
        narratives.write(period, focus=f"{texts['focus']} {more}", by=lead)
        again = working_day_from(checked + timedelta(days=6))
        submissions.submit(period, at=_at(again, 14), by=lead)
        checked = working_day_from(checked + timedelta(days=12))
    note = "Vielen Dank, gut nachvollziehbar." if stage == "resubmitted" else ""
    periods.accept(period, comment=note, at=_at(checked, 11), by=by)
    if stage == "locked":
        periods.lock(period, at=_at(working_day_from(checked + timedelta(days=30)), 9), by=by)


def _under_way(by: User) -> None:
    """What is not in yet: one overdue, one with more time, one begun."""
    overdue = _period("DRK", date(2016, 10, 1))
    worker = Membership.objects.filter(agency=overdue.agency, role=Membership.Code.WORKER).first()
    if worker:
        periods.set_responsible(
            overdue, responsible=worker.user, at=_at(date(2016, 10, 10), 9), by=by
        )
    comments.create(
        overdue,
        text="Der Bericht für Oktober fehlt noch. Brauchen Sie mehr Zeit?",
        is_internal=False,
        at=_at(date(2016, 11, 24), 10),
        by=by,
    )
    periods.extend(
        _period("Paritätischer", date(2016, 7, 1)),
        due_on=date(2016, 12, 9),
        reason="Krankheit im Team; telefonisch am 10.10.2016 vereinbart",
        at=_at(date(2016, 10, 10), 13),
        by=by,
    )
    begun = _period("Diakonie", date(2016, 7, 1))
    lead = Membership.objects.leads().filter(agency=begun.agency).first().user
    narratives.write(begun, overview=TEXTS[1]["overview"], by=lead)


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, 12)))
