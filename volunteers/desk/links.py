"""The links mailed to who asked: random, good for one act, and kept as a hash only.

Opening a link uses nothing up, because mail programs open links on their own; the act behind its
page does, by compare and swap. Who clicks twice is told what the first click did, if their page
carries the mark that only the page of a link that still worked has.
"""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from volunteers.desk.models import Link, Question

Purpose = Link.Purpose
VALID_FOR = {Purpose.CONFIRM: timedelta(days=7), Purpose.REPLY: timedelta(days=30)}
A_MOMENT = timedelta(minutes=10)


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def issue(question: Question, purpose: Purpose) -> str:
    """A new way into the question. The token is told only here."""
    token = secrets.token_urlsafe(32)
    Link.objects.create(
        question=question,
        purpose=purpose,
        token_hash=hashed(token),
        expires_at=timezone.now() + VALID_FOR[purpose],
    )
    return token


def find(token: str, purpose: Purpose) -> Link | None:
    """The link, if something can still be done with it."""
    names = ["question__district", "question__topic", "question__agency"]
    link = _usable(token, purpose).select_related(*names).first()
    return link if link and suits(purpose, link.question) else None


def suits(purpose: Purpose, question: Question) -> bool:
    """Confirming is for what is not confirmed yet, everything else for what is.

    Nothing leads into a question that was erased: nobody could be answered, or could close it.
    """
    return question.email != "" and (purpose == Purpose.CONFIRM) == (question.confirmed_at is None)


def use(token: str, purpose: Purpose) -> bool:
    """Use the link up. Of any number at the same moment, one is told True."""
    return _usable(token, purpose).update(used_at=timezone.now()) == 1


def mark(token: str) -> str:
    """Of the page of a link that can still be used; nobody else can make it."""
    return salted_hmac(__name__, token).hexdigest()


def was_seen(token: str, marked: str) -> bool:
    """Whether who shows this mark had the page open while the link could be used."""
    return constant_time_compare(mark(token), marked)


def used_just_now(token: str, purpose: Purpose) -> Link | None:
    recent = timezone.now() - A_MOMENT
    rows = Link.objects.filter(token_hash=hashed(token), purpose=purpose, used_at__gte=recent)
    return rows.select_related("question").first()


def is_gone(token: str) -> bool:
    """Whether there is no such link, as after the question was deleted with its links."""
    return not Link.objects.filter(token_hash=hashed(token)).exists()


def _usable(token, purpose):
    # Conditions on this one table: behind a join PostgreSQL would not look at them again after
    # it has waited for somebody who uses the link in the same moment.
    return Link.objects.filter(
        token_hash=hashed(token),
        purpose=purpose,
        used_at=None,
        expires_at__gt=timezone.now(),
    )
