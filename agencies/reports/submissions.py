"""Handing a report in: what it says at that moment becomes a version that never changes."""

import json
from datetime import datetime
from hashlib import blake2s

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.activity.models import ReportingPeriod
from agencies.reports import figures as log
from agencies.reports import narratives, periods
from agencies.reports.figures import Figures
from agencies.reports.models import Submission
from agencies.reports.narratives import Block
from coordination.access.models import User
from coordination.as_of import today
from coordination.periods import show_day

State = ReportingPeriod.State


@transaction.atomic
def submit(
    period: ReportingPeriod,
    *,
    is_nil: bool = False,
    seen: str | None = None,
    at: datetime | None = None,
    by: User | None,
) -> Submission:
    """Hand the report in: text and figures as they are now become its next version.

    ``seen`` is the fingerprint of what was shown; if text or figures are others by now, nothing
    is handed in. None skips the question. ``at`` is for what happened earlier.
    """
    period = periods.locked(period)
    periods.refuse_unless(period, State.SUBMITTED, by=by)
    refuse_before_its_end(period, at)
    figures = log.of(period)
    blocks = narratives.blocks(narratives.of(period), figures)
    _refuse_unknown(blocks)
    if is_nil:
        _refuse_entries(figures)
    if seen is not None and seen != fingerprint(blocks, figures):
        raise ValidationError(
            _(
                "Nothing was submitted: text or figures have changed since this page was opened. "
                "Look through it again."
            ),
            code="changed",
        )
    at_moment = at or timezone.now()
    last = period.submissions.first()
    submission = Submission(
        period=period,
        number=last.number + 1 if last else 1,
        is_nil=is_nil,
        blocks={block.name: block.text for block in blocks if block.pieces},
        figures=figures.frozen(),
        by=by,
        at=at_moment,
    )
    # A report may come without text, and by nobody as in sample data.
    submission.full_clean(exclude=["period", "blocks", "by"])
    submission.save()
    period.is_nil = is_nil
    period.first_submitted_at = period.first_submitted_at or at_moment
    periods.move(
        period,
        State.SUBMITTED,
        at=at,
        by=by,
        version=submission.number,
        **({"is_nil": True} if is_nil else {}),
    )
    return submission


def refuse_before_its_end(period: ReportingPeriod, at: datetime | None = None) -> None:
    """A report comes on the last day of its period at the earliest: before, entries are missing."""
    day = timezone.localdate(at) if at else today()
    if day < period.ends_on:
        raise ValidationError(
            _("The period ends on %(day)s. Its report can be submitted from that day on.")
            % {"day": show_day(period.ends_on)}
        )


def _refuse_unknown(blocks: list[Block]) -> None:
    unknown = {piece.text: block.label for block in blocks for piece in block.unknown}
    if unknown:
        name, label = next(iter(unknown.items()))
        raise ValidationError(
            _("%(name)s in “%(block)s” is no figure of the log. Change the text first.")
            % {"name": name, "block": label}
        )


def _refuse_entries(figures: Figures) -> None:
    count = figures["taetigkeiten"].value
    if count:
        text = ngettext(
            "A nil report says that nothing was done, but the log has %(count)s activity.",
            "A nil report says that nothing was done, but the log has %(count)s activities.",
            count,
        )
        raise ValidationError(text % {"count": count})


def fingerprint(blocks: list[Block], figures: Figures) -> str:
    """The same as long as handing in would freeze the same."""
    frozen = [{block.name: block.text for block in blocks}, figures.frozen()]
    return blake2s(json.dumps(frozen).encode(), digest_size=16).hexdigest()
