"""Releases as anybody fetches them: quarters with small and with large counts."""

from datetime import date

from django.urls import reverse

from agencies.models import Worker
from coordination.council.summary.compose import compose
from coordination.council.summary.content import Content
from coordination.council.summary.figures import Frame
from tests import make

FRAME = Frame(make.DAY, date(2016, 10, 1), date(2016, 12, 31))
LINE = {
    "key": "teilnehmende.stadt",
    "report": 1,
    "label": "Teilnehmende",
    "place": "Gesamtstadt",
    "places": ["stadt"],
    "period": "3. Quartal 2016",
    "was": "412",
    "now": "408",
    "value": 408,
    "day": "2016-12-01",
    "text": "Teilnehmende, Gesamtstadt: korrigiert von 412 auf 408",
}


def city():
    """Two boroughs of three quarters; in one quarter a single person came."""
    for _borough in range(2):
        borough = make.borough()
        for people in (1, 7, 30):
            district = make.district(parent=borough, population=900, population_year=2015)
            for number in range(1 if people == 1 else 4):
                worker = Worker.objects.first() or make.worker()
                others = (0, 0) if people == 1 else (6, 4)
                make.activity(people + number, *others, district=district, worker=worker)


def content(**changes):
    """The content of a report on this city, some of whose parts are set by hand."""
    city()
    found = compose(FRAME)
    for name, value in changes.items():
        found[name] = {**found[name], **value} if isinstance(value, dict) else value
    return found


def release(**changes):
    return make.release(content(**changes))


def kept(release):
    release.refresh_from_db()
    return Content(release.content)


def url(release, what=""):
    name = {"": "detail", "csv": "csv", "json": "json"}[what]
    return reverse(f"summary:dataset_{name}", args=[release.number])
