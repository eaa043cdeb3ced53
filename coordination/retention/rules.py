"""The retention rules (Löschfristen): what goes when, why, and what stays.

Every model that holds something about a person stands here: with a rule, under what it goes
with, or with the reason why it stays. ``tests/test_personal_fields.py`` says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from agencies.activity import drafts
from agencies.activity.models import Activity, ActivityUpload, Draft, ReportingPeriod
from agencies.models import Absence, Occupancy, Worker
from agencies.reports.models import Digest, OptOut, Reminder
from coordination import as_of
from coordination.access import sessions
from coordination.access.models import User
from coordination.audit.models import Entry
from coordination.budget.models import ExpenseUpload
from coordination.people.models import Invitation
from coordination.public.models import Feedback
from coordination.retention import holdings, spokespersons
from coordination.retention.spans import Cut, Span, cut
from districts.models import DistrictUpload
from volunteers.desk import answers, faqs
from volunteers.desk.models import Faq, Link, Mail, Message, Notice, Question
from volunteers.models import (
    Certificate,
    Talk,
    Volunteer,
    VolunteerGroup,
    VolunteerUpload,
)

# The address of an account that has none any more (RFC 2606: nobody can own it).
NO_ADDRESS = "@geloescht.invalid"


def delete(rows: QuerySet) -> None:
    rows.delete()


@dataclass(frozen=True)
class RetentionRule:
    """One class of data: what is due on a day, and what happens to it then."""

    code: str
    what: str
    after: str  # what the span counts from, in words
    why: str
    span: Span
    due: Callable[[Cut], QuerySet]
    act: Callable[[QuerySet], None] = delete
    verb: str = _("deleted")
    models: tuple[str, ...] = ()  # what goes by this rule, beside the rows themselves

    def on(self, day: date) -> QuerySet:
        """What is due on ``day``."""
        return self.due(cut(self.span, day))

    @property
    def due_model(self) -> str:
        return self.on(as_of.LATEST).model._meta.label


@dataclass(frozen=True)
class Kept:
    """What stays although it names somebody, and why."""

    what: str
    why: str
    models: tuple[str, ...]


# --- What is due ---------------------------------------------------------------------------------


def _unconfirmed(before) -> QuerySet:
    """Sent before and never confirmed, though the link to it had the same time to arrive.

    While the mail server is away the link waits, and the question with it.
    """
    mailed = Link.objects.filter(question=OuterRef("pk"), created_at__gte=before)
    waiting = Mail.objects.waiting().filter(question=OuterRef("pk"))
    rows = Question.objects.filter(confirmed_at=None, created_at__lt=before)
    return rows.filter(~Exists(mailed), ~Exists(waiting))


def _silent(before, *, answered: bool) -> QuerySet:
    """Questions nobody has closed and in which nobody has said or done a thing since."""
    later = Message.objects.filter(question=OuterRef("pk"), at__gte=before)
    rows = Question.objects.confirmed().filter(closed_at=None, waits=not answered)
    rows = rows.filter(~Exists(later), confirmed_at__lt=before)
    return _untouched(rows, ["desk.question"], before)


def _with_words(rows: QuerySet) -> QuerySet:
    """Those that still say who asked what."""
    said = Message.objects.filter(question=OuterRef("pk"))
    return rows.filter(~Q(email="") | Exists(said))


def _untouched(rows: QuerySet, labels: list[str], before) -> QuerySet:
    """Of which the change log has told nothing since."""
    touched = Entry.objects.filter(
        target_model__in=labels, target_id=OuterRef("pk"), at__gte=before
    )
    return rows.filter(~Exists(touched))


def _shut(before) -> QuerySet:
    """Accounts that were deactivated before that moment."""
    rows = User.objects.filter(is_active=False, created_at__lt=before)
    return _untouched(rows, ["people.account", "access.user"], before)


def _gone_workers(c: Cut) -> QuerySet:
    """Workers who have left: neither a position nor an entry since, and still with an address."""
    holds = Occupancy.objects.filter(worker=OuterRef("pk")).overlapping(c.on, None)
    works = Activity.objects.filter(worker=OuterRef("pk"), day__gt=c.on)
    rows = Worker.objects.filter(~Exists(holds), ~Exists(works), is_active=False)
    rows = rows.exclude(phone="", email="", languages="", office_hours="")
    return _untouched(rows, ["agencies.worker"], c.before)


# --- What happens then ---------------------------------------------------------------------------


def close(rows: QuerySet) -> None:
    for question in rows:
        answers.close(question, by=None)


def make_anonymous(rows: QuerySet) -> None:
    """Of a question stay its times, district, topic and agency: what the figures are made of."""
    # A mail that is on its way writes its link into the question: wait until it is out.
    list(Mail.objects.select_for_update(no_key=True).filter(question__in=rows).order_by("pk"))
    for model in (Mail, Link, Notice, Message):
        model.objects.filter(question__in=rows).delete()
    faqs.forget(rows)
    rows.update(email="", postal_code="")


def close_account(rows: QuerySet) -> None:
    """Take away address, password and second factor. Who booked and decided keeps their name."""
    for user in rows:
        sessions.end_all(user)
        user.set_unusable_password()
        user.save(update_fields=["password"])
    for model in (EmailAddress, Authenticator, Draft, OptOut, Reminder, Digest, Notice):
        model.objects.filter(user__in=rows).delete()
    number = Cast("pk", CharField())
    rows.update(email=Concat(Value("konto-"), number, Value(NO_ADDRESS)), last_login=None)


def delete_volunteers(rows: QuerySet) -> None:
    """With their contact data in groups that have ended; what still runs has its own consent."""
    ended = VolunteerGroup.objects.filter(ends_on__lt=as_of.today())
    for volunteer in rows:
        spokespersons.forget(volunteer, holdings.groups_naming(volunteer) & ended)
    rows.delete()


def clear_worker(rows: QuerySet) -> None:
    rows.update(phone="", email="", languages="", office_hours="", is_public=False)


# --- The rules -----------------------------------------------------------------------------------

RULES = [
    RetentionRule(
        code="volunteer",
        what=_("Volunteers with everything about them"),
        after=_("after the end of their activity"),
        why=_(
            "Art. 17 (1) a GDPR: no longer needed. The months leave time for a reference and for "
            "coming back."
        ),
        span=Span(months=12),
        due=lambda c: Volunteer.objects.filter(ends_on__lte=c.on),
        act=delete_volunteers,
        models=(
            "volunteers.Contact",
            "volunteers.Talk",
            "volunteers.Declaration",
            "volunteers.Certificate",
            "volunteers.GroupMember",
            "volunteers.SearchWord",
            "volunteers.Volunteer_districts",
            "volunteers.Volunteer_interests",
        ),
    ),
    RetentionRule(
        code="group",
        what=_("Groups with everything about them"),
        after=_("after the end of their activity"),
        why=_("Art. 17 (1) a GDPR: no longer needed."),
        span=Span(months=12),
        due=lambda c: VolunteerGroup.objects.filter(ends_on__lte=c.on),
    ),
    RetentionRule(
        code="certificate",
        what=_("Notes about certificates of conduct; an older one goes when a new one is noted"),
        after=_("after the end of the activity"),
        why=_("§ 72a (5) SGB VIII: at the latest three months after the end."),
        span=Span(months=3),
        due=lambda c: Certificate.objects.filter(volunteer__ends_on__lte=c.on),
    ),
    RetentionRule(
        code="talk",
        what=_("Talks with volunteers and groups"),
        after=_("after the talk"),
        why=_("Art. 5 (1) e GDPR: two years show how somebody was looked after."),
        span=Span(months=24),
        due=lambda c: Talk.objects.filter(day__lte=c.on),
    ),
    RetentionRule(
        code="volunteer_upload",
        what=_("Files of volunteers that were uploaded"),
        after=_("after the upload"),
        why=_("Art. 5 (1) c GDPR: needed only until they are entered."),
        span=Span(days=1),
        due=lambda c: VolunteerUpload.objects.filter(created_at__lt=c.before),
    ),
    RetentionRule(
        code="question_unconfirmed",
        what=_("Questions that nobody confirmed"),
        after=_("after they were sent"),
        why=_("Art. 5 (1) c GDPR: without confirmation nobody has asked."),
        span=Span(days=7),
        due=lambda c: _unconfirmed(c.before),
    ),
    RetentionRule(
        code="question_answered",
        what=_("Answered questions that nobody closed"),
        after=_("after the last word"),
        why=_("So that every question ends and its own period begins."),
        span=Span(days=30),
        due=lambda c: _silent(c.before, answered=True),
        act=close,
        verb=_("closed"),
    ),
    RetentionRule(
        code="question_unanswered",
        what=_("Questions that stayed without an answer"),
        after=_("after the last word"),
        why=_("So that every question ends and its own period begins."),
        span=Span(months=12),
        due=lambda c: _silent(c.before, answered=False),
        act=close,
        verb=_("closed"),
    ),
    RetentionRule(
        code="question",
        what=_("Questions: address, words, links and mails"),
        after=_("after they were closed"),
        why=_("Art. 17 (1) a GDPR. Times and district stay for the figures, without a person."),
        span=Span(months=12),
        due=lambda c: _with_words(Question.objects.filter(closed_at__lt=c.before)),
        act=make_anonymous,
        verb=_("made anonymous"),
        models=("desk.Message",),
    ),
    RetentionRule(
        code="link",
        what=_("Links into questions"),
        after=_("after they expire"),
        why=_("Art. 5 (1) e GDPR: they open nothing any more."),
        span=Span(),
        due=lambda c: Link.objects.filter(expires_at__lt=c.before),
    ),
    RetentionRule(
        code="mail",
        what=_("Notes of mails sent about questions"),
        after=_("after the mail was sent"),
        why=_("Art. 5 (1) e GDPR: needed only to answer whether a mail went out."),
        span=Span(days=30),
        due=lambda c: Mail.objects.filter(sent_at__lt=c.before),
    ),
    RetentionRule(
        code="notice",
        what=_("Notes of whom a waiting question was reported to"),
        after=_("after the report, when it no longer waits"),
        why=_("Art. 5 (1) e GDPR: needed only so that nobody is told twice."),
        span=Span(days=30),
        due=lambda c: Notice.objects.filter(
            Q(question__waits=False)
            | Q(question__closed_at__isnull=False)
            | ~Q(question__waits_since=F("waits_since")),
            sent_at__lt=c.before,
        ),
    ),
    RetentionRule(
        code="faq",
        what=_("Frequent questions that were withdrawn or never released"),
        after=_("after that, or after they were proposed"),
        why=_("Art. 5 (1) e GDPR: they are shown to nobody."),
        span=Span(months=12),
        due=lambda c: Faq.objects.filter(
            Q(withdrawn_at__lt=c.before) | Q(released_at=None, proposed_at__lt=c.before)
        ),
    ),
    RetentionRule(
        code="feedback",
        what=_("Reports of barriers"),
        after=_("after they were settled"),
        why=_("Art. 17 (1) a GDPR: needed only to answer."),
        span=Span(months=12),
        due=lambda c: Feedback.objects.filter(done_at__lt=c.before),
    ),
    RetentionRule(
        code="feedback_open",
        what=_("Reports of barriers that nobody settled"),
        after=_("after they were sent"),
        why=_("Art. 5 (1) e GDPR: everything ends some day."),
        span=Span(months=24),
        due=lambda c: Feedback.objects.filter(done_at=None, created_at__lt=c.before),
    ),
    RetentionRule(
        code="activity_upload",
        what=_("Files of activities that were not entered"),
        after=_("after the upload"),
        why=_("Art. 5 (1) c GDPR: needed only until they are entered."),
        span=Span(days=ActivityUpload.KEPT.days),
        due=lambda c: ActivityUpload.objects.filter(applied_at=None, created_at__lt=c.before),
    ),
    RetentionRule(
        code="expense_upload",
        what=_("Files of expenses that were not entered"),
        after=_("after the upload"),
        why=_("Art. 5 (1) c GDPR: needed only until they are entered."),
        span=Span(days=ExpenseUpload.KEPT.days),
        due=lambda c: ExpenseUpload.objects.filter(applied_at=None, created_at__lt=c.before),
    ),
    RetentionRule(
        code="district_upload",
        what=_("Files of districts"),
        after=_("after the upload"),
        why=_("Art. 5 (1) c GDPR: needed only until they are entered."),
        span=Span(days=DistrictUpload.KEPT.days),
        due=lambda c: DistrictUpload.objects.filter(created_at__lt=c.before),
    ),
    RetentionRule(
        code="draft",
        what=_("Drafts of activities"),
        after=_("after the last change"),
        why=_("Art. 5 (1) c GDPR: nobody has saved them."),
        span=Span(days=drafts.KEPT.days),
        due=lambda c: Draft.objects.filter(updated_at__lt=c.before),
    ),
    RetentionRule(
        code="absence",
        what=_("Absences of workers"),
        after=_("after the last day"),
        why=_("Art. 5 (1) e GDPR, § 26 BDSG: needed only to name the deputy."),
        span=Span(months=12),
        due=lambda c: Absence.objects.filter(ends_on__lte=c.on),
    ),
    RetentionRule(
        code="invitation",
        what=_("Invitations to accounts: name and address"),
        after=_("after they were accepted, revoked or ran out"),
        why=_("Art. 5 (1) e GDPR: who invited whom stands in the change log."),
        span=Span(months=12),
        due=lambda c: Invitation.objects.filter(
            Q(accepted_at__lt=c.before) | Q(revoked_at__lt=c.before) | Q(expires_at__lt=c.before)
        ),
    ),
    RetentionRule(
        code="sign_in",
        what=_("Sign-ins: network address and browser"),
        after=_("after the sign-in"),
        why=_("Art. 32 GDPR: long enough to look into misuse."),
        span=Span(days=90),
        due=lambda c: UserSession.objects.filter(created_at__lt=c.before),
    ),
    RetentionRule(
        code="session",
        what=_("Sessions of browsers"),
        after=_("after they expire"),
        why=_("Art. 5 (1) e GDPR: they open nothing any more."),
        span=Span(),
        due=lambda c: Session.objects.filter(expire_date__lt=c.before),
    ),
    RetentionRule(
        code="reminder",
        what=_("Notes of reminders sent about reports that are finished"),
        after=_("after the mail was sent"),
        why=_("Art. 5 (1) e GDPR: needed only so that nobody is told twice."),
        span=Span(months=24),
        due=lambda c: Reminder.objects.filter(sent_at__lt=c.before).exclude(
            period__state__in=ReportingPeriod.WRITABLE
        ),
    ),
    RetentionRule(
        code="digest",
        what=_("Notes of weekly digests sent"),
        after=_("after the mail was sent"),
        why=_("Art. 5 (1) e GDPR: needed only so that nobody is told twice."),
        span=Span(months=24),
        due=lambda c: Digest.objects.filter(sent_at__lt=c.before),
    ),
    RetentionRule(
        code="account",
        what=_("Accounts that were deactivated: address, password, second factor"),
        after=_("after they were deactivated"),
        why=_("Art. 17 (1) a GDPR. The name stays as long as the books it stands in."),
        span=Span(months=24),
        due=lambda c: _shut(c.before).exclude(email__endswith=NO_ADDRESS),
        act=close_account,
        verb=_("made anonymous"),
        models=(
            "account.EmailAddress",
            "account.EmailConfirmation",
            "mfa.Authenticator",
            "reports.OptOut",
        ),
    ),
    RetentionRule(
        code="account_name",
        what=_("Accounts that were deactivated: name"),
        after=_("after they were deactivated"),
        why=_("The rules for municipal books: vouchers say for ten years who booked and checked."),
        span=Span(months=120),
        due=lambda c: _shut(c.before).filter(email__endswith=NO_ADDRESS).exclude(name=""),
        act=lambda rows: rows.update(name=""),
        verb=_("made anonymous"),
    ),
    RetentionRule(
        code="worker",
        what=_("Workers who have left: phone, address, languages, office hours"),
        after=_("after their last position, entry or change"),
        why=_("Art. 17 (1) a GDPR. Who held a position when stays with the proof of its funding."),
        span=Span(months=24),
        due=_gone_workers,
        act=clear_worker,
        verb=_("made anonymous"),
    ),
]
BY_CODE = {rule.code: rule for rule in RULES}

# --- What stays ----------------------------------------------------------------------------------

KEPT = [
    Kept(
        what=_("Active accounts, their roles and memberships"),
        why=_("As long as somebody works with the portal. Afterwards see the rules above."),
        models=("access.User", "access.CityRole", "agencies.Membership"),
    ),
    Kept(
        what=_("Workers, whom they work for and which position they hold or held when"),
        why=_("The proof of use of the funding says who held the funded positions."),
        models=("agencies.Worker", "agencies.Occupancy", "agencies.Assignment"),
    ),
    Kept(
        what=_("Bookings, payouts, checks, agreements and their documents"),
        why=_("The rules for municipal books: ten years, with who booked and who checked."),
        models=(
            "budget.Agreement",
            "budget.BudgetLine",
            "budget.LineBooking",
            "budget.Funding",
            "budget.CommitmentBooking",
            "budget.Payment",
            "budget.Payout",
            "budget.Expense",
            "budget.ExpenseUpload",
            "budget.Document",
            "budget.StateAllocation",
        ),
    ),
    Kept(
        what=_("Motions, resolutions and tasks, council reports and answers to the council"),
        why=_("Files of the council: they are never deleted. They name offices and editors."),
        models=(
            "council.Motion",
            "council.MotionStep",
            "council.Resolution",
            "council.ResolutionTask",
            "council.TaskStep",
            "summary.Answer",
            "summary.CouncilReport",
            "summary.Release",
        ),
    ),
    Kept(
        what=_("Activities and reports of the agencies"),
        why=_(
            "They prove what was done for the funding. They count people and name none; a check "
            "before saving warns of what looks like a person."
        ),
        models=(
            "activity.Activity",
            "activity.ActivityUpload",
            "activity.ReportingPeriod",
            "reports.Submission",
            "reports.Comment",
            "reports.Extension",
            "reports.Narrative",
        ),
    ),
    Kept(
        what=_("Who speaks for a group that still runs, and how to reach them"),
        why=_(
            "The group has agreed to it on its own, also if that volunteer's record is deleted by "
            "its period. It goes with the group, when the group names somebody else, or on request."
        ),
        models=("volunteers.VolunteerGroup",),
    ),
    Kept(
        what=_("Offers, frequent questions and legal pages that are shown to everybody"),
        why=_("They are published and name nobody but the contact persons of the agencies."),
        models=("offers.Offer", "offers.OfferException", "desk.Faq", "public.LegalText"),
    ),
    Kept(
        what=_("Change log"),
        why=_(
            "It proves who did what and cannot be changed. It names staff; of volunteers and of "
            "those who ask it knows a number only."
        ),
        models=("audit.Entry",),
    ),
    Kept(
        what=_("Deletion runs"),
        why=_("Art. 5 (2) GDPR: they prove that deletion happens. They hold numbers."),
        models=("retention.RetentionRun",),
    ),
    Kept(
        what=_("Agencies, districts, lists and texts of declarations"),
        why=_("They speak of organisations and places, not of people."),
        models=("agencies.Agency", "volunteers.DeclarationText"),
    ),
]
