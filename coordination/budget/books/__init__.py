"""The check of the books: every sum, split, limit and status recomputed from the rows.

Of money the checks add up in plain Python, so that they agree with the pages only if both are
right. Of activities, of which there may be millions, the database adds up.
"""

from dataclasses import dataclass

from coordination.audit.models import Entry
from coordination.budget.books import activity, city, funding, proof, sums
from coordination.budget.books.rows import CHECKS, Check, Finding, Rows

__all__ = ["CHECKS", "MONEY", "Check", "Finding", "Result", "findings", "run", "run_money"]
MODULES = (activity, city, funding, proof, sums)  # importing them enters their checks
OF_ACTIVITY = [check for check in CHECKS if check.find.__module__ == activity.__name__]
MONEY = [check for check in CHECKS if check not in OF_ACTIVITY]
ATTEMPTS = 5


@dataclass(frozen=True)
class Result:
    """What a check looked at, and what it found."""

    check: Check
    count: int
    findings: list[Finding]


def run() -> list[Result]:
    """Every check with what it found; at work hours too."""
    return run_money() + [_result(check, None) for check in OF_ACTIVITY]


def run_money() -> list[Result]:
    """The checks of money with what they found.

    Tables are read one after the other while others may book, and what does not agree only
    because of that is no finding. So where the log grew meanwhile the checks run again, and only
    what is found each time counts.
    """
    kept = None
    for _attempt in range(ATTEMPTS):
        entries = Entry.objects.count()
        rows = Rows()
        results = [_result(check, rows) for check in MONEY]
        found = {_about(result, finding) for result in results for finding in result.findings}
        kept = found if kept is None else kept & found
        if not kept or Entry.objects.count() == entries:
            break
    return [
        Result(
            result.check,
            result.count,
            [finding for finding in result.findings if _about(result, finding) in kept],
        )
        for result in results
    ]


def findings() -> list[Finding]:
    """Everything in the books that does not agree."""
    return [finding for result in run() for finding in result.findings]


def _result(check: Check, rows: Rows | None) -> Result:
    return Result(check, check.count(rows), list(check.find(rows)))


def _about(result, finding):
    # Without the amounts: they may have moved on while the fault stayed.
    return result.check.name, finding.target, finding.what
