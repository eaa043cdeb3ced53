"""Erasing somebody on request (Art. 17 GDPR), over all tables and at once.

The change log keeps the number of what was erased and the reason as one of a few sentences.
"""

import zlib
from urllib.parse import unquote_plus

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.activity.models import Draft
from coordination import typed
from coordination.access.models import User
from coordination.audit.log import Verb, record
from coordination.retention import holdings, rules, spokespersons
from coordination.text import fold
from volunteers import duplicates, search
from volunteers.desk.models import Question
from volunteers.models import Volunteer, VolunteerGroup, VolunteerUpload
from volunteers.volunteer_files import opened

SHORTEST = 4  # shorter words would be found in every draft


class Reason(models.TextChoices):
    REQUEST = "request", gettext_lazy("the person asks for it (Art. 17 GDPR)")
    CONSENT = "consent", gettext_lazy("the consent was withdrawn (Art. 7 (3) GDPR)")
    OBJECTION = "objection", gettext_lazy("the person objects (Art. 21 GDPR)")
    UNLAWFUL = "unlawful", gettext_lazy("it should not have been recorded (Art. 17 (1) d GDPR)")


@transaction.atomic
def erase_volunteer(
    volunteer: Volunteer, *, reason: str, with_questions: bool = True, by: User
) -> None:
    """The volunteer with everything that hangs on them, and where else their name may stand.

    ``with_questions``: also what was asked from their address, and their reports of barriers.
    """
    locked = Volunteer.objects.select_for_update().filter(pk=volunteer.pk).first()
    if locked is None:
        raise ValidationError(_("This volunteer was erased already."))
    volunteer = locked
    if with_questions and volunteer.email:
        _erase_questions(_asked_from(volunteer.email), reason=reason, by=by)
        holdings.feedback_of(volunteer.email).delete()
    for group in spokespersons.forget(volunteer, holdings.groups_naming(volunteer)):
        _record(group, reason, by)
    _forget_uploads(volunteer.name, volunteer.email, volunteer.phone)
    _forget_typed([volunteer.name, volunteer.email, volunteer.phone])
    _record(volunteer, reason, by)
    volunteer.delete()


@transaction.atomic
def erase_group_contact(group: VolunteerGroup, *, reason: str, by: User) -> VolunteerGroup:
    """Who speaks for the group and how to reach them; the group stays."""
    group = VolunteerGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    known = [group.spokesperson, group.email, group.phone]
    spokespersons.clear(group, {"spokesperson", "email", "phone"})
    _forget_uploads(*known)
    _forget_typed(known)
    _record(group, reason, by)
    return group


@transaction.atomic
def erase_question(
    question: Question, *, reason: str, all_of_address: bool = False, by: User
) -> int:
    """The words of a question and who asked; returns of how many questions."""
    rows = Question.objects.filter(pk=question.pk)
    # An address only ever goes, it never becomes another: as the page has read it is enough.
    if all_of_address and question.email:
        rows = _asked_from(question.email)
        holdings.feedback_of(question.email).delete()
    count = _erase_questions(rows, reason=reason, by=by)
    if not count:
        raise ValidationError(_("The question has been withdrawn."), code="gone")
    return count


def _asked_from(address: str) -> QuerySet:
    """As ``holdings.questions_of``, but of one table, so that it can be locked."""
    return Question.objects.filter(email__in=holdings.spellings(address))


def _erase_questions(rows: QuerySet, *, reason: str, by: User) -> int:
    """What counted stays as a figure, with times and district; what was never confirmed goes."""
    # Lock, then read: an answer that is being written goes with the others. By number, so that
    # two who erase the same address do not wait for each other.
    locked = list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    rows = Question.objects.filter(pk__in=locked)
    found = list(rows.order_by("pk"))
    for question in found:
        _record(question, reason, by)
    rows.filter(confirmed_at=None).delete()
    rules.make_anonymous(rows)
    rows.update(waits=False)
    rows.filter(closed_at=None).update(closed_at=timezone.now())
    return len(found)


def _forget_uploads(name: str, email: str, phone: str) -> None:
    """The files, not entered yet, with a line or a name that may be theirs.

    A line is if it has all words of the name in any order, or the address or the number, by what
    ``volunteers.duplicates`` compares. Nobody knows whom a file names that cannot be read.
    """
    words = set(duplicates.name_key(name).split())
    address, number = duplicates.email_key(email), duplicates.phone_key(phone)

    def is_theirs(cells: list[str]) -> bool:
        said = {word for cell in cells for word in search.words(cell)}
        if words and words <= said:
            return True
        return any(
            (address and duplicates.email_key(cell) == address)
            or (number and duplicates.phone_key(cell) == number)
            for cell in cells
        )

    for upload in VolunteerUpload.objects.all():
        try:
            rows = opened(upload.content).rows if upload.content else []
        except zlib.error:
            upload.delete()
            continue
        if any(is_theirs(cells) for cells in ([upload.name], *(row[1:] for row in rows))):
            upload.delete()


def _forget_typed(words: list[str]) -> None:
    """What somebody has typed and not saved: drafts, and forms that wait for a new sign-in."""
    words = [fold(word) for word in words if len(word) >= SHORTEST]

    def names(text: str) -> bool:
        folded = fold(unquote_plus(text))
        return any(word in folded for word in words)

    drafts = [draft.pk for draft in Draft.objects.all() if names(draft.typed)]
    Draft.objects.filter(pk__in=drafts).delete()
    for session in Session.objects.iterator():
        kept = session.get_decoded().get(typed.KEY)
        if kept and names(kept["fields"]):
            store = SessionStore(session.session_key)
            del store[typed.KEY]
            store.save()


def _record(row, reason: str, by: User) -> None:
    record(
        Verb.ERASED,
        row,
        by=by,
        agency_id=row.agency_id,
        district_id=getattr(row, "district_id", None),
        reason=str(Reason(reason).label),
    )
