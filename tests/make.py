"""Build valid rows in one line. Every argument has a default; name only what the test is about."""

import secrets
from datetime import date, time, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import count

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from agencies.activity import entry_files
from agencies.activity.models import Activity, ActivityUpload, Headcount, ReportingPeriod
from agencies.lists.models import Format, Kind, TargetGroup, Topic
from agencies.models import Absence, Agency, Assignment, Membership, Occupancy, Position, Worker
from agencies.offers.models import Offer, OfferException, OfferTime
from agencies.reports.models import Comment, Extension, Schedule, Submission
from coordination.access.models import CityRole, User
from coordination.access.permissions import NEEDS_SECOND_FACTOR
from coordination.budget.models import (
    Agreement,
    AgreementShare,
    AllocationInstalment,
    BudgetLine,
    BudgetYear,
    Commitment,
    CommitmentBooking,
    Document,
    Expense,
    ExpenseUpload,
    Funding,
    LineBooking,
    Payment,
    Payout,
    SocialShare,
    StateAllocation,
)
from coordination.council.models import (
    Committee,
    CouncilPaper,
    Group,
    Motion,
    MotionStep,
    Resolution,
    ResolutionTask,
    TaskStep,
)
from coordination.council.summary import answers
from coordination.council.summary.compose import compose, digest
from coordination.council.summary.figures import Frame
from coordination.council.summary.models import Answer, CouncilReport, Release
from coordination.council.summary.patterns import PATTERNS
from coordination.people import invitations
from coordination.people.models import Invitation
from coordination.public.models import Feedback, LegalText
from districts.imports import Options
from districts.models import District, DistrictUpload, PostalCode
from volunteers import duplicates, search, volunteer_files
from volunteers.desk.models import Faq, Link, Message, Question
from volunteers.models import (
    Certificate,
    Contact,
    Declaration,
    DeclarationText,
    GroupMember,
    Talk,
    Volunteer,
    VolunteerGroup,
    VolunteerUpload,
)

PASSWORD = "gehege-leuchtet-7"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
number = count(1)
TERM = {"starts_on": date(2016, 4, 1), "ends_on": date(2018, 3, 31)}
DAY = date(2016, 12, 1)


def user(*roles, has_second_factor=True, **fields):
    """An account with the named city roles, and the second factor they need."""
    n = next(number)
    user = User.objects.create_user(
        **{
            "email": f"user{n}@stadt.example",
            "name": f"Person {n}",
            "password": PASSWORD,
            **fields,
        }
    )
    for role in roles:
        CityRole.objects.create(user=user, role=role)
    if has_second_factor and NEEDS_SECOND_FACTOR.intersection(roles):
        second_factor(user)
    return user


def second_factor(user):
    """An authenticator app that knows ``SECRET``."""
    return TOTP.activate(user, SECRET).instance


def passkey(user):
    """A passkey nobody holds the private half of."""
    data = {"name": "Schlüssel", "credential": {}, "passwordless": False}
    return Authenticator.objects.create(user=user, type="webauthn", data=data)


def invitation(**fields):
    """An invitation; its ``token`` is in the attribute of that name."""
    n, token = next(number), secrets.token_urlsafe(32)
    if "agency" not in fields and "city_role" not in fields:
        fields["city_role"] = "council"
    invitation = Invitation.objects.create(
        **{
            "email": f"neu{n}@verband.example",
            "name": f"Neu {n}",
            "token_hash": invitations.hashed(token),
            "expires_at": timezone.now() + timedelta(days=7),
            "membership_role": "worker" if "agency" in fields else "",
            **fields,
        }
    )
    invitation.token = token
    return invitation


def postal_code(code="41061"):
    return PostalCode.objects.get_or_create(code=code)[0]


def borough(**fields):
    n = next(number)
    return District.objects.create(
        **{"level": "borough", "key": f"B{n}", "name": f"Bezirk {n}", **fields}
    )


def district(*postal_codes, **fields):
    """A quarter: ``make.district("41061", "41063", name="Eicken")``."""
    n = next(number)
    district = District.objects.create(
        **{"level": "quarter", "key": f"Q{n:03}", "name": f"Stadtteil {n}", **fields}
    )
    district.postal_codes.set([postal_code(code) for code in postal_codes])
    return district


def district_upload(user, content="key,name\nR900,Neustadt\n", **options):
    """A file of districts that its uploader has not confirmed yet."""
    return DistrictUpload.objects.create(
        user=user,
        name="stadtteile.csv",
        content=content.encode() if isinstance(content, str) else content,
        options=Options(**options).as_json(),
    )


def agency(**fields):
    n = next(number)
    return Agency.objects.create(**{"name": f"Verband {n} e. V.", "short_name": f"V{n}", **fields})


def membership(role="worker", **fields):
    return Membership.objects.create(
        **{
            "user": fields.pop("user", None) or user(),
            "agency": fields.pop("agency", None) or agency(),
            "role": role,
            **fields,
        }
    )


def worker(**fields):
    n = next(number)
    return Worker.objects.create(
        **{"agency": fields.pop("agency", None) or agency(), "name": f"Fachkraft {n}", **fields}
    )


def position(**fields):
    n = next(number)
    return Position.objects.create(
        **{
            "agency": fields.pop("agency", None) or agency(),
            "title": f"Stelle {n}",
            **TERM,
            **fields,
        }
    )


def occupancy(**fields):
    position_ = fields.pop("position", None) or position()
    return Occupancy.objects.create(
        **{
            "position": position_,
            "worker": fields.pop("worker", None) or worker(agency=position_.agency),
            "fte": Decimal("1.00"),
            **TERM,
            **fields,
        }
    )


def assignment(*postal_codes, **fields):
    """A position leads a district; with postal codes, it leads only those."""
    assignment = Assignment.objects.create(
        **{
            "position": fields.pop("position", None) or position(),
            "district": fields.pop("district", None) or district(),
            "role": "lead",
            "share": 10,
            "division": "postal_codes" if postal_codes else "whole",
            **TERM,
            **fields,
        }
    )
    assignment.postal_codes.set([postal_code(code) for code in postal_codes])
    return assignment


# --- Money: rows as the operations would leave them, without their checks -------------------------


def euros(amount):
    return Decimal(amount).quantize(Decimal("0.01"))


def year(number=2016, **fields):
    fields = {"last_payment_on": date(number, 12, 31), **fields}
    return BudgetYear.objects.get_or_create(year=number, defaults=fields)[0]


def line(planned=100_000, **fields):
    """A budget line that has the planned amount."""
    n = next(number)
    fields = {"product": "31.13.01", "account": f"53{n:04}", "title": f"Zweck {n}", **fields}
    line = BudgetLine.objects.create(year=fields.pop("year", None) or year(), **fields)
    if planned:
        line_booking(line=line, amount=planned)
    return line


def line_booking(amount=1_000, **fields):
    line_ = fields.pop("line", None) or line()
    return LineBooking.objects.create(
        **{
            "line": line_,
            "kind": "planned",
            "amount": euros(amount),
            "booked_on": line_.year.starts_on,
            **fields,
        }
    )


def social_share(percent="3.83", **fields):
    return SocialShare.objects.get_or_create(
        starts_on=fields.pop("starts_on", date(2016, 1, 1)),
        defaults={"percent": Decimal(percent), "legal_basis": "§ 4 FlüAG", **fields},
    )[0]


def allocation(amount=1_000_000, **fields):
    n = next(number)
    share_ = fields.pop("share", None) or social_share()
    allocation = StateAllocation.objects.create(
        **{
            "year": fields.pop("year", None) or year(),
            "reference": f"Bescheid {n}",
            "legal_basis": "§ 4 FlüAG",
            "issued_on": date(2016, 2, 1),
            "amount": euros(amount),
            "share": share_,
            "earmarked": euros(Decimal(amount) * share_.percent / 100),
            **fields,
        }
    )
    AllocationInstalment.objects.create(
        allocation=allocation, due_on=date(2016, 3, 1), amount=euros(amount)
    )
    return allocation


def funding(amount=1_000, **fields):
    return Funding.objects.create(
        **{
            "allocation": fields.pop("allocation", None) or allocation(),
            "line": fields.pop("line", None) or line(),
            "amount": euros(amount),
            "booked_on": date(2016, 3, 1),
            **fields,
        }
    )


def agreement(amount=24_000, *, parts=None, **fields):
    """An agreement over the whole of 2016, or with ``parts`` {year: euros}."""
    n = next(number)
    parts = parts or {2016: amount}
    agreement = Agreement.objects.create(
        **{
            "agency": fields.pop("agency", None) or agency(),
            "reference": f"V-{n}",
            "kind": "positions",
            "subject": f"Vereinbarung {n}",
            "starts_on": date(min(parts), 1, 1),
            "ends_on": date(max(parts), 12, 31),
            "amount": euros(sum(parts.values())),
            **fields,
        }
    )
    for number_, part in parts.items():
        AgreementShare.objects.create(
            agreement=agreement, year=year(number_), cost_kind="staff", amount=euros(part)
        )
    return agreement


def commitment(amount=24_000, **fields):
    """A line is bound by an agreement's share of the same year, by ``amount`` euros."""
    share_ = fields.pop("share", None) or agreement(amount).shares.get()
    line_ = fields.pop("line", None) or line(year=share_.year)
    commitment = Commitment.objects.create(share=share_, line=line_, **fields)
    if amount:
        CommitmentBooking.objects.create(
            commitment=commitment, amount=euros(amount), booked_on=share_.year.starts_on
        )
    return commitment


def payout(status="planned", amount=6_000, **fields):
    """An instalment as far as its status says, with everybody who must have had a hand in it."""
    commitment_ = fields.pop("commitment", None) or commitment()
    now = timezone.now()
    if status not in ("planned", "cancelled"):
        fields = {
            "requested": euros(amount),
            "requested_by": fields.pop("requested_by", None) or user(),
            "requested_at": now,
            **fields,
        }
    if status in ("content_checked", "granted", "paid", "reversed"):
        fields = {
            "granted": euros(amount),
            "content_checked_by": fields.pop("content_checked_by", None) or user(),
            "content_checked_at": now,
            **fields,
        }
    if status in ("granted", "paid", "reversed"):
        other = fields.pop("calculation_checked_by", None) or user()
        fields = {"calculation_checked_by": other, "calculation_checked_at": now, **fields}
    payout = Payout.objects.create(
        **{
            "commitment": commitment_,
            "due_on": date(commitment_.line.year.year, 5, 15),
            "planned": euros(amount),
            "status": status,
            **fields,
        }
    )
    if status in ("paid", "reversed"):
        paid = payment(payout=payout)
        if status == "reversed":
            payment(payout=payout, amount=-paid.amount, reverses=paid, reason="Rücküberweisung")
    return payout


def payment(**fields):
    payout_ = fields.pop("payout", None) or payout("granted")
    return Payment.objects.create(
        **{
            "payout": payout_,
            "amount": payout_.granted,
            "booked_on": date(payout_.commitment.line.year.year, 6, 1),
            "cash_reference": f"K-{next(number)}",
            **fields,
        }
    )


def expense(amount=500, **fields):
    share_ = fields.pop("share", None) or agreement().shares.get()
    return Expense.objects.create(
        **{
            "share": share_,
            "booked_on": date(share_.year.year, 6, 15),
            "payee": f"Beleg {next(number)}",
            "amount": euros(amount),
            **fields,
        }
    )


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def document(**fields):
    if "expense" not in fields and "agreement" not in fields:
        fields["agreement"] = agreement()
    return Document.objects.create(
        **{
            "name": "vereinbarung.pdf",
            "media_type": "application/pdf",
            "size": len(PDF),
            "sha256": sha256(PDF).hexdigest(),
            "content": PDF,
            **fields,
        }
    )


EXPENSES = "Datum;Empfänger;Kostenart;Betrag\n15.06.2016;Gehalt Juni;Personalkosten;1.234,50\n"


def expense_upload(content=EXPENSES, **fields):
    content = content.encode() if isinstance(content, str) else content
    return ExpenseUpload.objects.create(
        **{
            "agreement": fields.pop("agreement", None) or agreement(),
            "user": fields.pop("user", None) or user(),
            "name": "belege.csv",
            "sha256": sha256(content).hexdigest(),
            "content": content,
            **fields,
        }
    )


# --- Activity: rows as the operations would leave them, without their checks ----------------------

LISTED_SINCE = date(2009, 10, 22)


def _term(model, word, fields):
    return model.objects.create(
        **{"name": f"{word} {next(number)}", "starts_on": LISTED_SINCE, **fields}
    )


def kind(**fields):
    return _term(Kind, "Art", fields)


def format(**fields):
    return _term(Format, "Form", fields)


def topic(**fields):
    return _term(Topic, "Thema", fields)


def target_group(background="refugee", **fields):
    return _term(TargetGroup, "Zielgruppe", {"background": background, **fields})


def offer(*times, **fields):
    """An offer, by default on Tuesdays from 14 to 16: ``make.offer((0, "09:00", "11:00"))``."""
    agency_ = fields.pop("agency", None) or agency()
    contact = fields.pop("contact", None) or worker(agency=agency_)
    offer = Offer.objects.create(
        **{
            "agency": agency_,
            "contact": contact,
            "district": fields.pop("district", None) or district(),
            "title": f"Angebot {next(number)}",
            "place": "Musterstraße 5",
            "confirmed_on": date(2016, 11, 1),
            **TERM,
            **fields,
        }
    )
    for weekday, starts_at, ends_at, *rhythm in times or [(1, "14:00", "16:00")]:
        OfferTime.objects.create(
            offer=offer,
            weekday=weekday,
            rhythm=rhythm[0] if rhythm else "weekly",
            starts_at=time.fromisoformat(starts_at),
            ends_at=time.fromisoformat(ends_at),
        )
    return offer


def offer_exception(day=date(2016, 12, 27), until=None, *, extra=(), **fields):
    """A pause from ``day`` to ``until``; with ``extra=("10:00", "12:00")`` an additional date."""
    if extra:
        starts_at, ends_at = (time.fromisoformat(hour) for hour in extra)
        fields = {"kind": "extra", "starts_at": starts_at, "ends_at": ends_at, **fields}
    return OfferException.objects.create(
        **{
            "offer": fields.pop("offer", None) or offer(),
            "starts_on": day,
            "ends_on": until or day,
            **fields,
        }
    )


def activity(refugees=0, others=0, helpers=0, **fields):
    """An entry; the counts go to one target group of each background."""
    worker_ = fields.pop("worker", None) or worker()
    topics = fields.pop("topics", [])
    counts = {"refugee": refugees, "other": others, "helper": helpers}
    activity = Activity.objects.create(
        **{
            "agency": worker_.agency,
            "worker": worker_,
            "day": date(2016, 11, 15),
            "district": fields.pop("district", None) or district(),
            "kind": fields.pop("kind", None) or kind(),
            "format": fields.pop("format", None) or format(),
            "minutes": 60,
            "refugees": refugees,
            "others": others,
            "helpers": helpers,
            **fields,
        }
    )
    activity.topics.set(topics)
    for background, people in counts.items():
        if people:
            group = TargetGroup.objects.filter(background=background).first()
            Headcount.objects.create(
                activity=activity,
                target_group=group or target_group(background),
                people=people,
            )
    return activity


def period(state="open", **fields):
    """A quarter an agency reports on; the first of 2016 unless other days are named."""
    submitted_at = None if state == "open" else timezone.now()
    return ReportingPeriod.objects.create(
        **{
            "agency": fields.pop("agency", None) or agency(),
            "rhythm": "quarter",
            "starts_on": date(2016, 1, 1),
            "ends_on": date(2016, 3, 31),
            "due_on": fields.get("ends_on", date(2016, 3, 31)) + timedelta(days=14),
            "state": state,
            "first_submitted_at": submitted_at,
            **fields,
        }
    )


def submission(**fields):
    """A version of a report as it was handed in."""
    period_ = fields.pop("period", None) or period("submitted")
    return Submission.objects.create(
        **{
            "period": period_,
            "number": period_.submissions.count() + 1,
            "blocks": {"overview": "Es war viel zu tun."},
            "figures": {"taetigkeiten": 1},
            "at": period_.first_submitted_at or timezone.now(),
            **fields,
        }
    )


def schedule(**fields):
    return Schedule.objects.create(
        **{
            "agency": fields.pop("agency", None) or agency(),
            "rhythm": "quarter",
            **TERM,
            **fields,
        }
    )


ACTIVITIES = "Datum;Stadtteil;Art;Form;Minuten\n15.11.2016;Eicken;Beratung;vor Ort;60\n"


def activity_upload(content=ACTIVITIES, **fields):
    content = content.encode() if isinstance(content, str) else content
    return ActivityUpload.objects.create(
        **{
            "agency": fields.pop("agency", None) or agency(),
            "user": fields.pop("user", None) or user(),
            "name": "taetigkeiten.csv",
            "sha256": sha256(content).hexdigest(),
            "content": entry_files.packed(content, TargetGroup.objects.all()),
            **fields,
        }
    )


def comment(**fields):
    return Comment.objects.create(
        **{
            "period": fields.pop("period", None) or period(),
            "text": f"Kommentar {next(number)}",
            **fields,
        }
    )


def extension(**fields):
    period_ = fields.pop("period", None) or period()
    return Extension.objects.create(
        **{
            "period": period_,
            "was_due_on": period_.due_on,
            "due_on": period_.due_on + timedelta(days=14),
            "reason": "Krankheit",
            **fields,
        }
    )


# --- The council's motions, resolutions and tasks -------------------------------------------------


def group(**fields):
    n = next(number)
    return Group.objects.create(
        **{
            "name": f"Gruppe {n}",
            "short_name": f"G{n}",
            "starts_on": date(2014, 6, 1),
            **fields,
        }
    )


def committee(**fields):
    n = next(number)
    return Committee.objects.create(
        **{"name": f"Ausschuss {n}", "starts_on": date(2014, 6, 1), **fields}
    )


def motion(*groups, **fields):
    """A motion that was submitted and nothing more."""
    n = next(number)
    motion = Motion.objects.create(
        **{
            "number": f"2016/{n:03}",
            "title": f"Antrag {n}",
            "submitted_on": date(2016, 2, 1),
            **fields,
        }
    )
    motion.groups.set(groups)
    motion_step(motion, "submitted", motion.submitted_on)
    return motion


def motion_step(motion, state, day, **fields):
    """The next step of a motion."""
    place = motion.steps.count() + 1
    fields = {"motion": motion, "place": place, "state": state, "day": day, **fields}
    return MotionStep.objects.create(**fields)


def paper(**fields):
    n = next(number)
    return CouncilPaper.objects.create(
        **{
            "number": f"V/2016/{n:03}",
            "title": f"Vorlage {n}",
            "day": date(2016, 3, 1),
            "committee": fields.pop("committee", None) or committee(),
            **fields,
        }
    )


def resolution(motion=None, **fields):
    """What was resolved, on the motion if there is one."""
    n = next(number)
    fields = {
        "title": f"Beschluss {n}",
        "day": date(2016, 3, 1),
        "result": "adopted",
        "committee": fields.pop("committee", None) or committee(),
        **fields,
    }
    if motion:
        where = {"committee": fields["committee"]}
        fields["step"] = motion_step(motion, fields["result"], fields["day"], **where)
    return Resolution.objects.create(motion=motion, **fields)


def task(state="open", *, due_on=date(2016, 6, 30), closed_on=date(2016, 6, 1), **fields):
    """A task of a resolution, open or closed on ``closed_on``."""
    n = next(number)
    resolution_ = fields.pop("resolution", None) or resolution()
    task = ResolutionTask.objects.create(
        **{
            "resolution": resolution_,
            "text": f"Aufgabe {n}",
            "owner": "Fachbereich Soziales",
            "given_on": resolution_.day,
            **fields,
        }
    )
    task_step(task, "open", task.given_on, due_on)
    if state != "open":
        task_step(task, state, closed_on, due_on, note="Erledigt wie beschlossen.")
    return task


def task_step(task, state, day, due_on, **fields):
    """The next step of a task."""
    place = task.steps.count() + 1
    fields = {"place": place, "state": state, "day": day, "due_on": due_on, **fields}
    return TaskStep.objects.create(task=task, **fields)


# --- The council report ---------------------------------------------------------------------------


def council_report(**fields):
    """A draft: the last quarter of 2016 as of 1 December."""
    return CouncilReport.objects.create(
        **{
            "title": f"Ratsbericht {next(number)}",
            "as_of": DAY,
            "starts_on": date(2016, 10, 1),
            "ends_on": date(2016, 12, 31),
            "created_by": fields.pop("created_by", None) or user("coordination"),
            **fields,
        }
    )


def release(content=None, **fields):
    """A released report; its content is composed from the rows that are there."""
    report = fields.pop("report", None) or council_report(
        **{name: fields.pop(name) for name in ("title", "text", "since") if name in fields}
    )
    frame = Frame(report.as_of, report.starts_on, report.ends_on, report.since)
    content = content or compose(frame, title=report.title, text=report.text)
    return Release.objects.create(
        **{
            "report": report,
            "number": Release.objects.count() + 1,
            "title": report.title,
            "as_of": report.as_of,
            "starts_on": report.starts_on,
            "ends_on": report.ends_on,
            "content": content,
            "digest": digest(content),
            "released_by": fields.pop("released_by", None) or report.created_by,
            **fields,
        }
    )


def asked(pattern="stellen", **parameters):
    """A pattern's parameters as they were asked for; what is left out has a default."""
    form = PATTERNS[pattern].form({k: str(v) for k, v in parameters.items()}, day=DAY)
    assert form.is_valid(), form.errors
    return form


def answer(pattern="stellen", content=None, *, parameters=None, **fields):
    """An answer that was sent; its content is computed from the rows that are there."""
    form = asked(pattern, **(parameters or {}))
    content = content or answers.compute(PATTERNS[pattern], form).content
    return Answer.objects.create(
        **{
            "number": Answer.objects.count() + 1,
            "pattern": pattern,
            "title": content["title"],
            "parameters": form.kept,
            "question": "Wie viele Stellen hat jeder Verband?",
            "asked_by": "Fraktion A",
            "asked_on": DAY,
            "content": content,
            "digest": digest(content),
            "sent_by": fields.pop("sent_by", None) or user("coordination"),
            **fields,
        }
    )


# --- Volunteers and the ask-back desk -------------------------------------------------------------


def absence(**fields):
    return Absence.objects.create(
        **{
            "worker": fields.pop("worker", None) or worker(),
            "starts_on": DAY,
            "ends_on": DAY + timedelta(days=13),
            **fields,
        }
    )


def _engaged(model, name, fields):
    n = next(number)
    districts = fields.pop("districts", None) or [district()]
    interests = fields.pop("interests", [])
    said = {"name": f"{name} {n}", "email": f"ehrenamt{n}@verein.example", "phone": "", **fields}
    row = model.objects.create(
        **{
            **duplicates.keys(**{key: said[key] for key in ("name", "email", "phone")}),
            "name": said["name"],
            "email": said["email"],
            "agency": fields.pop("agency", None) or agency(),
            "starts_on": TERM["starts_on"],
            "consent": "written",
            "consent_on": TERM["starts_on"],
            **fields,
        }
    )
    row.districts.set(districts)
    row.interests.set(interests)
    search.index(row)
    return row


def volunteer(**fields):
    return _engaged(Volunteer, "Freiwillige", fields)


def volunteer_group(**fields):
    return _engaged(VolunteerGroup, "Initiative", {"kind": "parish", **fields})


def group_member(**fields):
    return GroupMember.objects.create(
        **{
            "group": fields.pop("group", None) or volunteer_group(),
            "volunteer": fields.pop("volunteer", None) or volunteer(),
            "starts_on": TERM["starts_on"],
            **fields,
        }
    )


def contact(**fields):
    """The contact person of a volunteer, chosen; with ``district`` as its lead."""
    if "group" not in fields and "volunteer" not in fields:
        fields["volunteer"] = volunteer()
    return Contact.objects.create(
        **{
            "worker": fields.pop("worker", None) or worker(),
            "starts_on": TERM["starts_on"],
            **fields,
        }
    )


def talk(**fields):
    if "group" not in fields and "volunteer" not in fields:
        fields["volunteer"] = volunteer()
    worker_ = fields.pop("worker", None) or worker()
    return Talk.objects.create(**{"worker": worker_, "day": DAY, "kind": "phone", **fields})


def declaration_text(kind="confidentiality", **fields):
    version = DeclarationText.objects.filter(kind=kind).count() + 1
    text = "Was ich über Menschen erfahre, behalte ich für mich."
    starts_on = TERM["starts_on"]
    return DeclarationText.objects.create(
        **{"kind": kind, "version": version, "starts_on": starts_on, "text": text, **fields}
    )


def declaration(**fields):
    return Declaration.objects.create(
        **{
            "volunteer": fields.pop("volunteer", None) or volunteer(),
            "text": fields.pop("text", None) or declaration_text(),
            "signed_on": DAY,
            **fields,
        }
    )


def certificate(**fields):
    return Certificate.objects.create(
        **{
            "volunteer": fields.pop("volunteer", None) or volunteer(),
            "inspected_by": fields.pop("inspected_by", None) or user(),
            "issued_on": date(2016, 3, 1),
            "inspected_on": date(2016, 4, 1),
            **fields,
        }
    )


VOLUNTEERS = "Name;E-Mail;Stadtteile;Seit;Einwilligung;Einwilligung vom\n" + (
    "Paula Neumann;paula@verein.example;Eicken;01.11.2016;schriftlich;20.10.2016\n"
)


def volunteer_upload(content=VOLUNTEERS, **fields):
    return VolunteerUpload.objects.create(
        **{
            "user": fields.pop("user", None) or user(),
            "name": "ehrenamtliche.csv",
            "content": volunteer_files.packed(
                content.encode(), fields.pop("agency", None) or agency()
            ),
            **fields,
        }
    )


def question(*words, **fields):
    """A confirmed question that waits; ``words`` are its messages, by default one."""
    at = fields.pop("at", None) or timezone.now()
    question = Question.objects.create(
        **{
            "email": f"fragt{next(number)}@verein.example",
            "language": "de",
            "created_at": at,
            "confirmed_at": at,
            "waits_since": at,
            **fields,
        }
    )
    for text in words or ["Wer hilft beim Antrag auf einen Kitaplatz?"]:
        Message.objects.create(question=question, text=text, at=at)
    return question


def unconfirmed(*words, **fields):
    """A question of which nobody has said yet that they asked it."""
    return question(*words, **{"confirmed_at": None, "waits_since": None, **fields})


def message(**fields):
    question_ = fields.pop("question", None) or question()
    return Message.objects.create(**{"question": question_, "text": "Ein Wort dazu.", **fields})


def link(purpose="reply", **fields):
    """A mailed link; its ``token`` is in the attribute of that name."""
    token = secrets.token_urlsafe(32)
    link = Link.objects.create(
        **{
            "question": fields.pop("question", None) or question(),
            "purpose": purpose,
            "token_hash": sha256(token.encode()).hexdigest(),
            "expires_at": timezone.now() + timedelta(days=30),
            **fields,
        }
    )
    link.token = token
    return link


def faq(*, released=True, **fields):
    """A frequent question; unless it is only proposed, somebody else has released it."""
    if released:
        by = fields.pop("released_by", None) or user("coordination")
        fields = {"released_by": by, "released_at": timezone.now(), **fields}
    return Faq.objects.create(
        **{
            "language": "de",
            "asked": f"Wer hilft beim Ausfüllen von Formular {next(number)}?",
            "answer": "Die Sprechstunde im Stadtteilbüro.",
            "proposed_by": fields.pop("proposed_by", None) or user(),
            **fields,
        }
    )


def legal_text(page="impressum", **fields):
    return LegalText.objects.create(
        **{"page": page, "language": "de", "text": "## Stadt\n\nMusterplatz 1", **fields}
    )


def feedback(**fields):
    return Feedback.objects.create(**{"text": "Die Karte hat keinen Text.", **fields})
