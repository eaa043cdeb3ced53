"""Releasing a council report: the draft that was looked at becomes a snapshot nobody changes."""

from collections.abc import Collection
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import as_of
from coordination.access.models import User
from coordination.audit.log import Verb, record
from coordination.council.summary import drafts, reports
from coordination.council.summary.compose import digest
from coordination.council.summary.drafts import Draft
from coordination.council.summary.models import CouncilReport, Release
from coordination.periods import show_day

# So that a form can tell apart what it was refused for.
RELEASED, CHANGED, UNCONFIRMED, GONE = "released", "changed", "unconfirmed", "gone"


def release(
    report: CouncilReport,
    *,
    seen: str | None = None,
    confirmed: Collection[str] = (),
    at: datetime | None = None,
    by: User,
) -> Release:
    """Release a draft: what it says now is kept for good.

    ``seen`` is the mark of the preview that was looked at (None: whatever it says now),
    ``confirmed`` the marks of its notes that were ticked. ``at`` is for what is entered later
    than it happened.

    The figures are read in one state of the database, and nobody waits for that. Then all drafts
    are locked, in one order, so that of several releases each waits for the one before; and the
    figures are kept only if the draft is as it was and no other report was released since they
    were read. What somebody enters in between counts as entered after the release: the next
    report has it as a correction.
    """
    day = timezone.localdate(at) if at else as_of.today()
    reports.refuse_released(report)
    refuse_too_early(report, day)
    last = _last_number()
    draft = drafts.compose(report, on=day)
    if seen is not None and seen != draft.seen:
        text = _(
            "The figures or the text have changed since this preview was opened. Nothing was "
            "released. Look at the report as it is now and release it then."
        )
        raise ValidationError(text, code=CHANGED)
    if not {row.mark for row in draft.notes} <= set(confirmed):
        text = _("Confirm all notes before you release the report.")
        raise ValidationError({"confirmed": ValidationError(text, code=UNCONFIRMED)})
    return _keep(report, draft, last=last, at=at, by=by)


@transaction.atomic
def _keep(
    report: CouncilReport, draft: Draft, *, last: int, at: datetime | None, by: User
) -> Release:
    locked = {
        row.pk: row for row in CouncilReport.objects.select_for_update(no_key=True).order_by("pk")
    }
    found = locked.get(report.pk)
    if found is None:
        raise ValidationError(_("This draft has been discarded meanwhile."), code=GONE)
    reports.refuse_released(found)
    is_same = all(getattr(found, name) == getattr(report, name) for name in reports.FIELDS)
    if not is_same or _last_number() != last:
        text = _("Somebody else changed or released a report in this moment. Please try again.")
        raise ValidationError(text, code=CHANGED)
    release = Release(
        report=found,
        number=last + 1,
        title=found.title,
        as_of=found.as_of,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        content=draft.content,
        digest=draft.seen,
        released_by=by,
    )
    if at:
        release.released_at = at
    release.full_clean(exclude=["report", "released_by"])
    release.save(force_insert=True)
    after = {
        "number": release.number,
        "as_of": release.as_of,
        "starts_on": release.starts_on,
        "ends_on": release.ends_on,
        "digest": release.digest,
    }
    notes = " ".join(row.text for row in draft.notes)
    if at:
        after["happened_at"] = at
    record(Verb.RELEASED, release, by=by, after=after, reason=notes[:500])
    return release


def refuse_too_early(report: CouncilReport, day: date) -> None:
    """A period that is not over, or a day to come or within the period, has no final figures."""
    texts = []
    if report.ends_on >= day:
        text = _(
            "The period ends on %(day)s and is not over yet. A report is released from the day "
            "after on."
        )
        texts.append(text % {"day": show_day(report.ends_on)})
    if report.as_of > day:
        text = _(
            "The report speaks of %(day)s, a day still to come. Choose today or an earlier one."
        )
        texts.append(text % {"day": show_day(report.as_of)})
    try:
        reports.refuse_days(**{name: getattr(report, name) for name in reports.DATES})
    except ValidationError as error:
        texts += error.messages
    if texts:
        raise ValidationError(texts)


def why_not_yet(report: CouncilReport) -> list[str]:
    """The same in words, for the page; empty if the report can be released."""
    try:
        refuse_too_early(report, as_of.today())
    except ValidationError as error:
        return error.messages
    return []


def next_number() -> int:
    return _last_number() + 1


def spoiled() -> list[Release]:
    """Releases whose figures are not those their checksum was made of, or whose head differs."""
    return [row for row in Release.objects.order_by("number").iterator() if not is_sound(row)]


def is_sound(release: Release) -> bool:
    frame = release.content["frame"]
    head = {name: getattr(release, name).isoformat() for name in ("as_of", "starts_on", "ends_on")}
    return (
        digest(release.content) == release.digest
        and release.content["title"] == release.title
        and all(frame[name] == day for name, day in head.items())
    )


def _last_number() -> int:
    return Release.objects.aggregate(last=Max("number"))["last"] or 0
