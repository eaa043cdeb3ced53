"""What a version of a report says otherwise than the one before it."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from agencies.reports import narratives
from agencies.reports.models import Submission

# Pairs of equal words times words, up to which two texts are compared word by word; beyond, as
# when one word stands a hundred times, line by line. difflib's time grows with both.
MOST_STEPS = 8_000_000


@dataclass(frozen=True)
class Stretch:
    """Words of a text that stayed, went or came."""

    kind: str  # same, removed, added
    text: str


@dataclass(frozen=True)
class Compared:
    """A block of a version beside the one before."""

    name: str
    label: str
    stretches: list[Stretch]

    @property
    def is_change(self) -> bool:
        return any(stretch.kind != "same" for stretch in self.stretches)


def compared(submission: Submission, before: Submission | None) -> list[Compared]:
    """Each block that one of both has; without an earlier version, as it stands."""
    found = []
    for name, label in narratives.labels():
        new = submission.blocks.get(name, "")
        old = before.blocks.get(name, "") if before else new
        if new or old:
            found.append(Compared(name, str(label), difference(old, new)))
    return found


def difference(old: str, new: str) -> list[Stretch]:
    """What went and what came, word by word; line by line where that would take too long."""
    words, others = _words(old), _words(new)
    if _pairs(words, others) * (len(words) + len(others)) > MOST_STEPS:
        words, others = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if _pairs(words, others) * (len(words) + len(others)) > MOST_STEPS:
        return [Stretch("removed", old), Stretch("added", new)]
    matcher = SequenceMatcher(None, _bare(words), _bare(others), autojunk=False)
    found = []
    for act, start, end, from_, until in matcher.get_opcodes():
        if act == "equal":
            found.append(Stretch("same", "".join(others[from_:until])))
            continue
        if end > start:
            found.append(Stretch("removed", "".join(words[start:end])))
        if until > from_:
            found.append(Stretch("added", "".join(others[from_:until])))
    return found


def _words(text: str) -> list[str]:
    """The words of a text, each with the space behind it."""
    return re.findall(r"\S+\s*|^\s+", text)


def _bare(words: list[str]) -> list[str]:
    return [word.strip() for word in words]


def _pairs(words: list[str], others: list[str]) -> int:
    """How many words of one text equal one of the other, each with each."""
    there = Counter(_bare(others))
    return sum(there[word] for word in _bare(words))
