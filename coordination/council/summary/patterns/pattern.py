"""What every question pattern has: what it answers, what it needs to know, how it counts."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.functional import Promise

from coordination.council.summary.forms_questions import ParametersForm
from coordination.council.summary.patterns.grid import Answered


@dataclass(frozen=True)
class Pattern:
    """A question the council asks again and again.

    ``answer`` takes the cleaned parameters and the names of cells that earlier answers hid and
    that stay hidden. Whoever changes how something is counted changes ``method`` and gives
    ``rule`` a new number.
    """

    slug: str
    title: Promise
    about: Promise
    method: tuple[Promise, ...]
    form: type[ParametersForm]
    answer: Callable[[dict, Collection[str]], Answered]
    rule: int = 1
    is_protected: bool = False

    def __str__(self):
        return str(self.title)
