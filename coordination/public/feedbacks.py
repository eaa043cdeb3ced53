"""Reports of barriers: anybody sends one, the coordination works them off."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from coordination.access.models import User
from coordination.audit.log import Verb, record
from coordination.public.models import Feedback


def send(*, text: str, page: str, email: str, form_id: UUID | None = None) -> Feedback:
    """Keep the report. ``form_id`` is the form it was typed into: sent again, it is the same."""
    feedback = Feedback(text=text, page=page, email=email, form_id=form_id)
    feedback.full_clean(validate_unique=False)
    try:
        with transaction.atomic():
            feedback.save(force_insert=True)
    except IntegrityError:
        return Feedback.objects.get(form_id=form_id)
    return feedback


@transaction.atomic
def finish(feedback: Feedback, *, by: User) -> bool:
    """Say that it was dealt with; False if somebody already has."""
    now = timezone.now()
    if not Feedback.objects.filter(pk=feedback.pk, done_at=None).update(done_at=now):
        return False
    # The log knows the number only: what somebody wrote, and who, is deleted one day.
    record(Verb.CLOSED, feedback, by=by)
    return True
