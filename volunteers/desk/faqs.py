"""Answered questions for everybody: rewritten by one person, released by another.

Here the privacy guard does not ask, it refuses: what everybody reads names nobody.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.lists.models import Topic
from coordination import editing, privacy
from coordination.access.models import User
from coordination.audit.log import Verb, record
from volunteers.desk.models import Faq, Question

WORDS = ("asked", "answer", "topic", "language")


@transaction.atomic
def propose(
    question: Question | None,
    *,
    asked: str,
    answer: str,
    topic: Topic | None,
    language: str,
    at: datetime | None = None,
    by: User,
) -> Faq:
    """Propose an entry. The same words proposed twice are one proposal."""
    if question is not None:
        question = Question.objects.select_for_update(no_key=True).filter(pk=question.pk).first()
        if question is None or not question.email:  # withdrawn or erased
            raise ValidationError(_("The question has been withdrawn."), code="gone")
        if question.first_answered_at is None:
            raise ValidationError(_("Only an answered question can be proposed."))
        same = question.faqs.filter(asked=asked, answer=answer, language=language)
        if same.filter(withdrawn_at=None).exists():
            raise ValidationError(_("This has been proposed already."), code="done")
    faq = Faq(
        question=question,
        asked=asked,
        answer=answer,
        topic=topic,
        language=language,
        proposed_by=by,
        proposed_at=at or timezone.now(),
    )
    _check(faq)
    faq.save()
    _record(Verb.CREATED, faq, by)
    return faq


@transaction.atomic
def change(
    faq: Faq,
    *,
    asked: str,
    answer: str,
    topic: Topic | None,
    language: str,
    seen: str | None = None,
    by: User,
) -> Faq:
    """Other words for a proposal. Whoever changes it proposes it: somebody else releases it."""
    faq = _locked(faq)
    _refuse_settled(faq)
    editing.refuse_if_changed(faq, seen, WORDS)
    faq.asked, faq.answer, faq.topic, faq.language = asked, answer, topic, language
    faq.proposed_by, faq.proposed_at = by, timezone.now()
    _check(faq)
    faq.save()
    _record(Verb.CHANGED, faq, by)
    return faq


@transaction.atomic
def release(faq: Faq, *, seen: str | None = None, at: datetime | None = None, by: User) -> Faq:
    """The second look. ``seen`` is what stood there when the page was opened."""
    faq = _locked(faq)
    _refuse_settled(faq)
    editing.refuse_if_changed(faq, seen, WORDS)
    faq.released_by, faq.released_at = by, at or timezone.now()
    _check(faq)
    faq.save()
    _record(Verb.RELEASED, faq, by)
    return faq


@transaction.atomic
def withdraw(faq: Faq, *, by: User) -> Faq:
    """Take an entry off the public page, or turn a proposal down. It cannot come back as it is."""
    faq = _locked(faq)
    if faq.withdrawn_at is not None:
        raise ValidationError(_("This has been withdrawn already."), code="done")
    faq.withdrawn_at = timezone.now()
    faq.save(update_fields=["withdrawn_at"])
    _record(Verb.WITHDRAWN, faq, by)
    return faq


def forget(questions: QuerySet) -> None:
    """The questions lose their words: so do proposals nobody has looked at. What is public stays,
    and no longer says which question it came from."""
    Faq.objects.filter(question__in=questions, released_at=None).delete()
    Faq.objects.filter(question__in=questions).update(question=None)


def _locked(faq: Faq) -> Faq:
    """For one writer at a time; lock, then read."""
    Faq.objects.select_for_update(no_key=True).get(pk=faq.pk)
    return Faq.objects.get(pk=faq.pk)


def _refuse_settled(faq: Faq) -> None:
    if faq.withdrawn_at is not None:
        raise ValidationError(_("This has been withdrawn already."), code="done")
    if faq.released_at is not None:
        raise ValidationError(_("This has been released already."), code="done")


def _check(faq: Faq) -> None:
    errors = {}
    for name in ("asked", "answer"):
        if found := privacy.kinds(getattr(faq, name)):
            errors[name] = _(
                "This seems to contain %(found)s. Everybody will read it: please write it so that "
                "nobody can be recognised."
            ) % {"found": ", ".join(found)}
    longest = Faq._meta.get_field("answer").max_length
    if len(faq.answer) > longest:
        errors["answer"] = _("At most %(count)d characters fit in here.") % {"count": longest}
    if errors:
        raise ValidationError(errors)
    faq.full_clean()


def _record(verb: Verb, faq: Faq, by: User) -> None:
    agency_id = faq.question.agency_id if faq.question else None
    record(verb, faq, by=by, agency_id=agency_id)
