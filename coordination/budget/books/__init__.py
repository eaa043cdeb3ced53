"""The check of the books: every sum, split, limit and status recomputed from the rows.

Of money the checks add up in plain Python, so that they agree with the pages only if both are
right. Of activities, of which there may be millions, the database adds up.
"""

from dataclasses import dataclass

from coordination.budget.books import activity, city, funding, proof, sums
from coordination.budget.books.rows import CHECKS, Check, Finding, Rows
from coordination.transactions import one_state

__all__ = ["CHECKS", "MONEY", "Check", "Finding", "Result", "findings", "run", "run_money"]
MODULES = (activity, city, funding, proof, sums)  # importing them enters their checks
OF_ACTIVITY = [check for check in CHECKS if check.find.__module__ == activity.__name__]
MONEY = [check for check in CHECKS if check not in OF_ACTIVITY]


@dataclass(frozen=True)
class Result:
    """What a check looked at, and what it found."""

    check: Check
    count: int
    findings: list[Finding]


def run() -> list[Result]:
    """Every check with what it found; at work hours too."""
    with one_state():
        return run_money() + [_result(check, None) for check in OF_ACTIVITY]


def run_money() -> list[Result]:
    """The checks of money with what they found."""
    # Read one after the other, tables would disagree about what others book in between.
    with one_state():
        rows = Rows()
        return [_result(check, rows) for check in MONEY]


def findings() -> list[Finding]:
    """Everything in the books that does not agree."""
    return [finding for result in run() for finding in result.findings]


def _result(check: Check, rows: Rows | None) -> Result:
    return Result(check, check.count(rows), list(check.find(rows)))
