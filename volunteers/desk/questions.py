"""What who asks does with their question: ask, confirm, go on, close, withdraw.

Nobody here has an account. Everything after asking needs a link that was mailed, and each link is
good for one act; an operation that comes too late returns None.
"""

from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.lists.models import Topic
from coordination import as_of
from coordination.audit.log import Verb, record
from districts.models import District
from volunteers.desk import faqs, links, mails, routing, speakers
from volunteers.desk.models import Mail, Message, Question

Purpose = links.Purpose
LONGEST = 2_000


@transaction.atomic
def ask(
    *,
    district: District | None,
    postal_code: str,
    topic: Topic | None,
    text: str,
    email: str,
    language: str = settings.LANGUAGE_CODE,
    form_id: UUID | None = None,
) -> Question:
    """Keep the question and mail the link that confirms it. Until then it concerns nobody.

    ``form_id`` is the form it was typed into: sent again, it is the same question.
    """
    question = Question(
        district=district,
        postal_code=postal_code,
        topic=topic,
        email=email,
        language=language,
        form_id=form_id,
    )
    question.full_clean(exclude=["assignment", "agency"], validate_unique=False)
    _refuse_unless_said(text)
    try:
        with transaction.atomic():
            question.save(force_insert=True)
    except IntegrityError:  # the same form, sent in this moment
        return Question.objects.get(form_id=form_id)
    Message.objects.create(question=question, text=text, at=question.created_at)
    mails.queue(question, Mail.Kind.CONFIRM)
    return question


def sent_before(form_id: UUID | None) -> Question | None:
    """The question this form was sent for before."""
    return form_id and Question.objects.filter(form_id=form_id).first()


def says(question: Question, *, email: str, text: str, **_where) -> bool:
    """Whether it is what was asked; else somebody went back and corrected the form."""
    return question.email == email and question.messages.filter(text=text).exists()


def conversation(question: Question) -> list[Message]:
    """Every word so far, each with its ``speaker`` as who asked may know them."""
    found = list(question.messages.select_related(*speakers.JOINED))
    for message in found:
        message.speaker = speakers.of(message)
    return found


@transaction.atomic
def confirm(token: str) -> Question | None:
    """From now on the question waits for an answer, with whoever leads the district today."""
    question = _taken(token, Purpose.CONFIRM)
    if question is None:
        return None
    question.confirmed_at = question.waits_since = timezone.now()
    question.save(update_fields=["confirmed_at", "waits_since"])
    routing.route(question, as_of.today())
    _record(Verb.CONFIRMED, question)
    mails.queue(question, Mail.Kind.RECEIVED)
    return question


@transaction.atomic
def continue_(token: str, text: str) -> Question | None:
    """One more word of who asked; it opens a closed question again.

    A question that waits already has waited since its first word, not since the last. No limit
    on how often: each word needs another link, and that comes by mail to who asked alone.
    """
    _refuse_unless_said(text)
    question = _taken(token, Purpose.REPLY)
    if question is None:
        return None
    now, was_closed = timezone.now(), question.closed_at is not None
    message = Message.objects.create(question=question, text=text, at=now)
    if was_closed or not question.waits:
        question.waits, question.waits_since, question.closed_at = True, now, None
        question.save(update_fields=["waits", "waits_since", "closed_at"])
    routing.route(question, as_of.today())
    if was_closed:
        _record(Verb.REOPENED, question)
    mails.queue(question, Mail.Kind.RECEIVED, message)
    return question


@transaction.atomic
def close_by_asker(token: str) -> Question | None:
    """Who asked needs nothing more. By the link of the mail about it they can ask on."""
    question = _taken(token, Purpose.REPLY)
    if question is None:
        return None
    if question.closed_at is None:
        question.waits, question.closed_at = False, timezone.now()
        question.save(update_fields=["waits", "closed_at"])
        _record(Verb.CLOSED, question)
        mails.queue(question, Mail.Kind.CLOSED)
    return question


@transaction.atomic
def withdraw(token: str) -> bool:
    """Delete the question with every word, link and mail of it; False if it is too late.

    What was rewritten from it for everybody goes too, unless somebody has released it.
    """
    question = _taken(token, Purpose.REPLY)
    if question is None:
        return False
    # A mail that is on its way writes its link into the question: wait until it is out.
    list(question.mails.select_for_update(no_key=True))
    _record(Verb.WITHDRAWN, question)
    faqs.forget(Question.objects.filter(pk=question.pk))
    question.delete()
    return True


# What a click a moment ago has done, for whoever clicks twice.


def was_confirmed(token: str) -> bool:
    return links.used_just_now(token, Purpose.CONFIRM) is not None


def was_said(token: str, text: str) -> bool:
    link = links.used_just_now(token, Purpose.REPLY)
    said = {"by": None, "text": text}
    return link is not None and link.question.messages.filter(**said, at__gte=link.used_at).exists()


def was_closed(token: str) -> bool:
    link = links.used_just_now(token, Purpose.REPLY)
    return link is not None and link.question.closed_at is not None


def _taken(token, purpose) -> Question | None:
    """The question, locked, and the link to it used up."""
    link = links.find(token, purpose)
    if link is None:
        return None
    # Lock, then look: the desk may be answering in this moment, or another link be used.
    Question.objects.select_for_update(no_key=True).filter(pk=link.question_id).first()
    question = Question.objects.filter(pk=link.question_id).first()
    if question is None or not links.suits(purpose, question):
        return None
    return question if links.use(token, purpose) else None


def _refuse_unless_said(text) -> None:
    if not text.strip():
        raise ValidationError({"text": _("Please write something.")})
    if len(text) > LONGEST:
        left = {"count": LONGEST}
        raise ValidationError({"text": _("At most %(count)d characters fit in here.") % left})


def _record(verb, question) -> None:
    """Of a question the log knows its number and its place, never a word."""
    record(verb, question, by=None, agency_id=question.agency_id, district_id=question.district_id)
