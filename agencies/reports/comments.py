"""What is said about a report: to both sides, or within the city only."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.activity import activities
from agencies.activity.models import ReportingPeriod
from agencies.reports.models import Comment
from coordination.access.models import User
from coordination.audit.log import Verb, record


@transaction.atomic
def create(
    period: ReportingPeriod,
    *,
    text: str,
    is_internal: bool,
    at: datetime | None = None,
    by: User | None,
) -> Comment:
    """A comment. Whoever sends the same words about a report twice in a row says them once."""
    activities.lock(period.agency_id)
    last = period.comments.order_by("pk").last()
    if last and (last.text, last.is_internal, last.by) == (text, is_internal, by):
        raise ValidationError(_("You have written just this already."), code="done")
    return add(period, text=text, is_internal=is_internal, at=at, by=by)


def add(
    period: ReportingPeriod,
    *,
    text: str,
    is_internal: bool,
    field: str = "text",
    at: datetime | None = None,
    by: User | None,
) -> Comment:
    """For operations that hold the agency's lock; ``field`` is how their form calls the text.

    The log says that there is a comment, never what it says, and of an internal one it says so
    to the city only.
    """
    if not text.strip():
        raise ValidationError({field: _("Write a comment.")})
    comment = Comment(period=period, text=text, is_internal=is_internal, by=by)
    comment.at = at or timezone.now()
    try:
        comment.full_clean(exclude=["by"])
    except ValidationError as error:
        raise ValidationError({field: error.message_dict["text"]}) from None
    comment.save()
    record(
        Verb.CREATED,
        comment,
        by=by,
        agency_id=None if is_internal else period.agency_id,
        after={"is_internal": is_internal},
    )
    return comment
