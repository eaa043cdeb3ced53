"""With whom a question is: kept in its row while it is open, and right again with every act.

Pages never read the row for that, they compute it (``escalation``): a lead that changed at
midnight has the question at midnight. The row is for what is settled, and for the figures.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Assignment
from coordination import as_of, privacy
from coordination.access.models import User
from coordination.audit.log import Verb, record
from coordination.text import fold
from volunteers import changes
from volunteers.desk.escalation import Arrangement, Stage, Way
from volunteers.desk.models import Question

ROUTED = ("assignment", "agency")


def way(question: Question, day: date) -> Way:
    """Whom the question waits for on ``day``."""
    return _around(question, day).way_of(question)


def stage(question: Question, day: date) -> Stage:
    return way(question, day).stage


def route(question: Question, day: date) -> bool:
    """Write down with whom the question is, and say whether that is news; it is locked already.

    What the coordination gave to an agency stays there, unless that agency gave up.
    """
    return _route(question, _around(question, day))


@transaction.atomic
def reroute(day: date) -> int:
    """Let the open questions follow where leads have changed; says how many did."""
    arrangement, moved = Arrangement(day), 0
    waiting = Question.objects.open().with_names().order_by("pk")
    for pk in [row.pk for row in waiting if not _is_right(row, arrangement)]:
        question = locked(pk)
        if question is None or not question.is_open:
            continue
        before = question.agency
        if _route(question, arrangement):
            moved += 1
            record(
                Verb.CHANGED,
                question,
                by=None,
                agency_id=question.agency_id,
                district_id=question.district_id,
                before={"agency": str(before or "")},
                after={"agency": str(question.agency or "")},
            )
    return moved


@transaction.atomic
def forward(question: Question, *, agency: Agency | None, reason: str, by: User) -> Question:
    """Give the question to an agency by hand, or (None) back to whoever leads the district."""
    question = locked(question.pk)
    if question is None:
        raise ValidationError(_("The question has been withdrawn."), code="gone")
    if question.closed_at is not None:
        raise ValidationError(_("The question is closed. Please open it again first."))
    _refuse_personal(question, reason)
    if agency is not None and not agency.is_active:
        raise ValidationError({"agency": _("This agency is not active any more.")})
    before, was_by_hand = question.agency, question.is_by_hand
    if (agency == before and was_by_hand) or (agency is None and not was_by_hand):
        raise ValidationError({"agency": _("The question is there already.")}, code="done")
    question.assignment, question.agency = None, agency
    if agency is None:
        _route(question, _around(question, as_of.today()))
    question.save(update_fields=ROUTED)
    # Whom it is with now is told, also who was told before it went elsewhere. The deputy and the
    # coordination stay the same: they know, and go on reading it.
    tell_again(question, stage=Stage.LEAD)
    record(
        Verb.CHANGED,
        question,
        by=by,
        agency_id=question.agency_id,
        district_id=question.district_id,
        before={"agency": str(before or "")},
        after={"agency": str(question.agency or "")},
        reason=reason,
    )
    return question


def tell_again(question: Question, **of) -> None:
    """Forget who was told of this wait: the next run of ``notices`` tells whoever it is with."""
    question.notices.filter(waits_since=question.waits_since, **of).delete()


def locked(pk: int) -> Question | None:
    """The question with its names, for one writer at a time; None if it has been withdrawn."""
    # Lock, then read: what somebody else is writing is waited for.
    if not Question.objects.select_for_update(no_key=True).filter(pk=pk).first():
        return None
    return Question.objects.with_names().get(pk=pk)


def _refuse_personal(question: Question, reason: str) -> None:
    """As ``changes.refuse_personal``; of who asked nobody knows more than an address."""
    address = fold(question.email)
    if address and address in fold(reason) or privacy.findings(reason):
        raise changes.personal()


def _around(question: Question, day: date) -> Arrangement:
    return Arrangement(day, places=[question.district_id] if question.district_id else [])


def _lead(question: Question, arrangement: Arrangement) -> Assignment | None:
    topic = question.topic.name if question.topic else ""
    return arrangement.assigned(
        Assignment.Role.LEAD, question.district_id, question.postal_code, topic
    )


def _is_right(question: Question, arrangement: Arrangement) -> bool:
    if question.is_by_hand and question.agency.is_active:
        return True
    lead = _lead(question, arrangement)
    agency = lead.position.agency_id if lead else None
    return (question.assignment_id, question.agency_id) == (lead and lead.pk, agency)


def _route(question: Question, arrangement: Arrangement) -> bool:
    if _is_right(question, arrangement):
        return False
    lead = _lead(question, arrangement)
    question.assignment, question.agency = lead, lead.position.agency if lead else None
    question.save(update_fields=ROUTED)
    return True
