"""What is typed into the quick entry and not saved yet. One draft per account, for a week."""

import re
from datetime import timedelta
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone

from agencies.activity.models import Activity, Draft
from coordination.access.models import User

KEPT = timedelta(days=7)
LONGEST = 10_000  # signs, as the form sends it
FIELDS = re.compile(
    r"(?:day|worker|district|kind|format|minutes|topics|has_interpreter|offer|note|form_id"
    r"|count_\d{1,18})\Z"
)


def keep(typed: QueryDict, *, by: User) -> None:
    """Remember what was typed, unless it has been saved meanwhile or is beyond all measure."""
    _forget_old()
    fields = QueryDict(mutable=True)
    for name, values in typed.lists():
        if FIELDS.match(name):
            fields.setlist(name, values)
    text = fields.urlencode()
    if not text or len(text) > LONGEST or is_saved(fields):
        return
    if not Draft.objects.filter(user=by).update(typed=text, updated_at=timezone.now()):
        Draft.objects.get_or_create(user=by, defaults={"typed": text})


def of(user: User) -> Draft | None:
    """The draft of the account. A late one of a form that was saved meanwhile is none."""
    draft = Draft.objects.filter(user=user, updated_at__gte=timezone.now() - KEPT).first()
    return None if draft is None or is_saved(QueryDict(draft.typed)) else draft


def discard(*, by: User) -> None:
    Draft.objects.filter(user=by).delete()


def is_saved(fields: QueryDict) -> bool:
    try:
        form_id = UUID(fields.get("form_id", ""))
    except ValueError:
        return False
    return Activity.objects.filter(form_id=form_id).exists()


def _forget_old() -> None:
    Draft.objects.filter(updated_at__lt=timezone.now() - KEPT).delete()
