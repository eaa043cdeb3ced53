"""What the desk does with a question: answer, close, open again. The mails about it queue here."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency
from coordination import as_of
from coordination.access.models import User
from coordination.audit.log import Verb, record
from volunteers.desk import mails, routing
from volunteers.desk.models import Mail, Message, Question

LONGEST = Message._meta.get_field("text").max_length


@transaction.atomic
def answer(
    question: Question,
    *,
    text: str,
    by: User,
    agency: Agency | None = None,
    seen: int | None = None,
    at: datetime | None = None,
) -> Message:
    """Answer, and mail it. ``agency`` is for whom ``by`` speaks; none is the city.

    ``seen`` is the last message that was on the page: if there is a newer one, nothing is sent
    until it has been read (None skips that). The same words twice in a row are sent once.
    """
    question = _locked(question)
    if question.closed_at is not None:
        raise ValidationError(_("The question is closed. Please open it again first."))
    if not text.strip():
        raise ValidationError({"text": _("Write an answer.")})
    if len(text) > LONGEST:
        most = {"count": LONGEST}
        raise ValidationError({"text": _("At most %(count)d characters fit in here.") % most})
    last = question.messages.order_by("at", "pk").last()
    if last and (last.text, last.by_id) == (text, by.pk):
        raise ValidationError(_("You have sent just this answer already."), code="done")
    if seen is not None and last and last.pk != seen:
        raise ValidationError(_newer(last), code="changed")
    message = Message.objects.create(
        question=question, at=at or timezone.now(), by=by, agency=agency, text=text
    )
    if question.is_open:
        routing.route(question, as_of.today())  # with whom it stays now
    question.waits = False
    question.first_answered_at = question.first_answered_at or message.at
    question.save(update_fields=["waits", "first_answered_at"])
    _record(Verb.ANSWERED, question, by)
    mails.queue(question, Mail.Kind.ANSWER, message)
    return message


@transaction.atomic
def close(question: Question, *, by: User, at: datetime | None = None) -> Question:
    """Nothing more is to come, answered or not. Who asked hears of it, and can ask on."""
    question = _locked(question)
    if question.closed_at is not None:
        raise ValidationError(_("The question is closed already."), code="done")
    if question.is_open:
        routing.route(question, as_of.today())
    question.waits, question.closed_at = False, at or timezone.now()
    question.save(update_fields=["waits", "closed_at"])
    _record(Verb.CLOSED, question, by)
    mails.queue(question, Mail.Kind.CLOSED)
    return question


@transaction.atomic
def reopen(question: Question, *, by: User) -> Question:
    """It waits again if the last word is that of who asked, and has waited since that word."""
    question = _locked(question)
    if question.closed_at is None:
        raise ValidationError(_("The question is open already."), code="done")
    last = question.messages.order_by("at", "pk").last()
    question.closed_at, question.waits = None, last is None or last.by_id is None
    question.save(update_fields=["waits", "closed_at"])
    if question.is_open:
        routing.route(question, as_of.today())
        routing.tell_again(question)
    _record(Verb.REOPENED, question, by)
    return question


def _locked(question: Question) -> Question:
    found = routing.locked(question.pk)
    if found is None or found.confirmed_at is None or not found.email:  # withdrawn or erased
        raise ValidationError(_("The question has been withdrawn."), code="gone")
    return found


def _newer(message: Message) -> str:
    if message.by_id is None:
        return _("Who asked has written again meanwhile. Please read it, then send your answer.")
    return _(
        "%(person)s has answered meanwhile. Please read that answer first. "
        "Your own is still here; sending again sends it as well."
    ) % {"person": message.by}


def _record(verb: Verb, question: Question, by: User) -> None:
    """Of a question the log knows its number and its place, never a word."""
    record(verb, question, by=by, agency_id=question.agency_id, district_id=question.district_id)
