"""Reports composed from rows made by hand: the last quarter of 2016 as of 1 December."""

from datetime import date

from coordination.council.summary.compose import compose
from coordination.council.summary.content import Content
from coordination.council.summary.figures import Frame
from tests import make

PERIOD = {"starts_on": date(2016, 10, 1), "ends_on": date(2016, 12, 31)}
BEFORE = date(2016, 8, 15)  # a day of the period before


def frame(**fields):
    return Frame(**{"as_of": make.DAY, **PERIOD, **fields})


def report(**fields):
    """The content of a report of this frame, as pages read it."""
    return Content(compose(frame(**fields)))


def texts(report, name):
    return [line["text"] for line in report.list(name)]
