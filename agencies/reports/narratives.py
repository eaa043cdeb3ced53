"""The text of a report: written in blocks, in which figures of the log stand by their names.

``{teilnehmende}`` becomes the figure of that name. Braces without a name are braces.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.activity.models import ReportingPeriod
from agencies.reports import periods
from agencies.reports.figures import Figure, Figures
from agencies.reports.models import Narrative
from coordination.access.models import User
from coordination.audit.log import Verb, record
from coordination.editing import refuse_if_changed

# A brace, a letter, and up to the next brace or the end of the line. Every sign is looked at
# once: neither part can match what the other could.
PLACEHOLDER = re.compile(r"\{[ \t]*([^\W\d_][^{}\r\n]{0,119})\}")
MOST_SUGGESTIONS = 20  # unknown names for which likely ones are looked up


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: as it was typed, a figure, or (``unknown``) what is none."""

    text: str
    figure: Figure | None = None
    is_unknown: bool = False
    similar: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """A part of a report with its heading; empty ones have no pieces."""

    name: str
    label: str
    pieces: list[Piece]

    @property
    def text(self) -> str:
        """With the figures filled in, as it is handed in."""
        return "".join(piece.figure.shown if piece.figure else piece.text for piece in self.pieces)

    @property
    def unknown(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.is_unknown]


def filled(text: str, figures: Figures) -> list[Piece]:
    """The text in pieces, the figures in place of their names."""
    pieces, done, known = [], 0, {}
    for match in PLACEHOLDER.finditer(text):
        if match.start() > done:
            pieces.append(Piece(text[done : match.start()]))
        name, done = match[1].strip(), match.end()
        if figure := figures.get(name):
            pieces.append(Piece(match[0], figure=figure))
            continue
        if name not in known:
            known[name] = figures.similar(name) if len(known) < MOST_SUGGESTIONS else []
        pieces.append(Piece(match[0], is_unknown=True, similar=known[name]))
    if done < len(text):
        pieces.append(Piece(text[done:]))
    return pieces


def blocks(narrative: Narrative | None, figures: Figures) -> list[Block]:
    """All blocks of a report in their order, filled; of no narrative, empty ones."""
    return [
        Block(name, str(label), filled(getattr(narrative, name, "").strip(), figures))
        for name, label in labels()
    ]


def labels() -> Iterator[tuple[str, str]]:
    for name in Narrative.BLOCKS:
        yield name, Narrative._meta.get_field(name).verbose_name


def of(period: ReportingPeriod) -> Narrative:
    """The period's text, or an empty one that is not saved yet."""
    return Narrative.objects.filter(period=period).first() or Narrative(period=period)


def last_before(period: ReportingPeriod) -> Narrative | None:
    """The text of the agency's last report before this period, if it has one."""
    earlier = Narrative.objects.filter(
        period__agency=period.agency_id, period__ends_on__lt=period.starts_on
    )
    return earlier.select_related("period").order_by("-period__ends_on").first()


@transaction.atomic
def write(
    period: ReportingPeriod,
    *,
    seen: str | None = None,
    is_insisted: bool = False,
    by: User | None,
    **texts: str,
) -> Narrative:
    """Save the named blocks as a draft.

    ``is_insisted``: saved although it looks like a personal case. The log keeps who changed which
    block, and that, but never the text: a slip can be taken back for good.
    """
    period = periods.locked(period)
    if not period.is_writable:
        raise ValidationError(
            _("The report has been submitted. Its text can be changed again once it is sent back.")
        )
    narrative = of(period)
    refuse_if_changed(narrative, seen, Narrative.BLOCKS)
    texts = {name: text.replace("\r\n", "\n").strip() for name, text in texts.items()}
    changed = [name for name, text in texts.items() if getattr(narrative, name) != text]
    if not changed:
        return narrative
    for name in changed:
        setattr(narrative, name, texts[name])
    narrative.full_clean(exclude=["period"])
    narrative.save()
    record(
        Verb.CHANGED,
        narrative,
        by=by,
        agency_id=period.agency_id,
        before=dict.fromkeys(changed, _("as it was")),
        after=dict.fromkeys(changed, _("changed")),
        reason=_("Saved in spite of the privacy warning.") if is_insisted else "",
    )
    return narrative
