"""The measures of a council report: what each is called, what it counts and how it is asked for.

A release keeps these words as they were. Who changes what a measure counts gives it a new
``rule`` number.
"""

from coordination.council.summary.measures import (
    activity,
    council,
    money,
    offers,
    staff,
    volunteers,
)
from coordination.council.summary.measures.measure import Measure

MODULES = [activity, staff, money, offers, volunteers, council]
MEASURES = {measure.name: measure for module in MODULES for measure in module.MEASURES}

__all__ = ["MEASURES", "Measure"]
