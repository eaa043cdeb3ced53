"""A draft as it would be released now: its figures, its corrections and what has to be known.

The page that shows it and the release use this one function, so that what is released is what
was looked at.
"""

import json
from dataclasses import dataclass
from datetime import date
from hashlib import blake2s

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from coordination.budget.models import BudgetYear
from coordination.council.summary import compose as composing
from coordination.council.summary import corrections
from coordination.council.summary.corrections import Past, past
from coordination.council.summary.figures import Frame, line
from coordination.council.summary.models import CouncilReport
from coordination.council.summary.reports import frame_of, released_over
from coordination.periods import show_day
from coordination.transactions import one_state


@dataclass(frozen=True)
class Note:
    """Something in the figures its readers are told, and whoever releases them confirms."""

    mark: str
    text: str


@dataclass(frozen=True)
class Draft:
    """What a draft says now. ``seen`` changes with every figure and every word of it."""

    content: dict
    seen: str

    @property
    def notes(self) -> list[Note]:
        """What has to be confirmed: all notes but those that every report may have."""
        with translation.override("de"):
            known = [_("Residents"), _("Figures per FTE")]
        rows = [row for row in self.content["lists"]["notes"] if row.get("kind") not in known]
        return [
            Note(blake2s(row["text"].encode(), digest_size=6).hexdigest(), row["text"])
            for row in rows
        ]


def compose(report: CouncilReport, *, on: date) -> Draft:
    """The draft composed in one state of the database; ``on`` is the day it would be released."""
    frame = frame_of(report)
    with translation.override("de"), one_state():
        known = past(frame)
        again = corrections.recounted(known)
        content = composing.compose(
            frame, title=report.title, text=report.text, always=known.always(frame)
        )
        lists = content["lists"]
        lists["corrections"] = corrections.lines(known, again, content, on)
        lists["notes"] = [*lists.get("notes", []), *_notes(report, frame, known)]
    content = as_kept(content)
    return Draft(content, composing.digest(content))


def as_kept(content: dict) -> dict:
    """The content as it comes back from either database; figures are never floats."""
    # PostgreSQL knows no -0.0, which an outline may have.
    kept = json.loads(json.dumps(content, allow_nan=False), parse_float=lambda n: float(n) + 0.0)
    for name, value in kept["figures"].items():
        if isinstance(value, float):
            raise TypeError(f"A figure is exact, so no float: {name}")
    return kept


def _notes(report: CouncilReport, frame: Frame, known: Past) -> list[dict]:
    """What the figures themselves cannot know."""
    found = []
    if not BudgetYear.objects.filter(year=frame.as_of.year).exists():
        text = _("There is no budget year %(year)d, so nothing is said of money.")
        found.append(line(_("Budget"), text % {"year": frame.as_of.year}))
    # Of two who release it in the same moment the second is told that, not this.
    for earlier in released_over(*frame.span).exclude(report=report):
        text = _("Report no. %(number)d, released on %(day)s, is about this period already.")
        words = {
            "number": earlier.number,
            "day": show_day(timezone.localdate(earlier.released_at)),
        }
        found.append(line(_("Period"), text % words))
    for earlier in known.releases:
        first, last = earlier.frame.span
        if first <= frame.ends_on and frame.starts_on <= last and earlier.frame.span != frame.span:
            text = _(
                "The period overlaps with that of report no. %(number)d (%(first)s to %(last)s). "
                "What one has and the other has not can be computed, be it small."
            )
            words = {
                "number": earlier.number,
                "first": show_day(first),
                "last": show_day(last),
            }
            found.append(line(_("Period"), text % words))
        if earlier.affected:
            names = sorted(corrections.label_of(earlier.content, row) for row in earlier.affected)
            text = _(
                "Since report no. %(number)d the boroughs %(names)s have other borders. What they "
                "counted before is not shown again: the difference could tell protected counts."
            )
            words = {"number": earlier.number, "names": ", ".join(names)}
            found.append(line(_("Changed borough"), text % words))
    return found
