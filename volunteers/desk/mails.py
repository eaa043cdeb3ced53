"""The mails to who asked. They wait in the database until the mail server has taken them.

A mail is written, with a link nobody has seen before, in the transaction that marks it as sent
and hands it over: see ``agencies.reports.mails`` about what that is good for. It is tried as soon
as the act it tells of is saved, and after that by ``manage.py send_desk_mail``.
"""

from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.reports.mails import Outbox, address, written
from volunteers.desk import links, speakers
from volunteers.desk.models import Mail, Message, Question

Kind = Mail.Kind


def queue(question: Question, kind: Kind, message: Message | None = None) -> Mail:
    """Put a mail in line, inside the transaction of what it tells of."""
    mail = Mail.objects.create(question=question, kind=kind, message=message)
    # Only this one: what has waited longer is for the command, not for somebody's request.
    transaction.on_commit(partial(send_waiting, only=mail.pk))
    return mail


def send_waiting(*, only: int | None = None) -> Outbox:
    """Send what waits, each mail once, whoever else is sending; what fails goes on waiting."""
    outbox = Outbox()
    if not settings.PORTAL_URL:
        return outbox  # the links would lead nowhere
    waiting = Mail.objects.waiting()
    if only:
        waiting = waiting.filter(pk=only)
    speaking = [f"message__{name}" for name in speakers.JOINED]
    rows = waiting.select_related("question__district", *speaking)
    for mail in rows.order_by("created_at", "pk"):
        outbox.send_once(partial(_taken, mail), called=str(mail.get_kind_display()))
    outbox.close()
    return outbox


def _taken(mail: Mail) -> EmailMessage | None:
    """The mail in words, now marked as sent; None if another run was faster."""
    # Compare and swap: a second run waits for the first one here and then finds nothing to do.
    if not Mail.objects.filter(pk=mail.pk, sent_at=None).update(sent_at=timezone.now()):
        return None
    if mail.kind == Kind.CONFIRM:
        purpose, page = links.Purpose.CONFIRM, "desk:question_confirm"
    else:
        purpose, page = links.Purpose.REPLY, "desk:question_continue"
    link = address(page, links.issue(mail.question, purpose))
    with translation.override(mail.question.language):
        return _written(mail, link=link, days=links.VALID_FOR[purpose].days)


def _written(mail: Mail, *, link: str, days: int) -> EmailMessage:
    context = {
        "question": mail.question,
        "message": mail.message,
        "speaker": speakers.of(mail.message) if mail.message else "",
        "link": link,
        "days": days,
    }
    return written(
        to=mail.question.email,
        subject=_subject(mail),
        template=f"desk/mail/{mail.kind}.txt",
        context=context,
    )


def _subject(mail: Mail) -> str:
    """No word of the question: subjects stand in lists and logs. The number is nobody's name."""
    if mail.kind == Kind.CONFIRM:
        return _("Please confirm your question")
    number = {"number": mail.question_id}
    if mail.kind == Kind.ANSWER:
        return _("Answer to your question %(number)d") % number
    if mail.kind == Kind.CLOSED:
        return _("Your question %(number)d is closed") % number
    return _("Your question %(number)d has arrived") % number
