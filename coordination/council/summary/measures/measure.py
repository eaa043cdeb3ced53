from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Measure:
    """``unit``: count, fte, hours, euro, percent, rate (per 1,000 or per FTE), change.

    ``is_protected``: its values below three are hidden. ``is_dated``: it can be asked again for a
    past day, so that a later difference is a correction. ``rows_of``: the measure whose figure at
    the same place says how many rows were counted. ``is_of_period``: it speaks of the days of the
    period, not of the day of the report.
    """

    name: str
    label: Promise
    definition: Promise
    query: Promise
    unit: str = "count"
    is_protected: bool = False
    is_dated: bool = False
    rows_of: str = ""
    is_of_period: bool = False
    rule: int = 1
