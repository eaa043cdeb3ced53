"""The sample city's council reports: three released in 2016, one being composed.

Between the second and the third the city finds that one of its own entries counted people twice,
so that the third report corrects the second. The texts are invented, as are the days.
"""

from datetime import date, datetime, time

from django.utils import timezone

from agencies.activity import activities
from agencies.activity.models import Activity
from coordination.access.models import User
from coordination.council.summary import drafts, releases, reports
from coordination.council.summary.models import Release

CITY = "Stadt"
# title, as of, period, last meeting on, released on, text
REPORTS = [
    (
        "Ratsbericht 1. Quartal 2016",
        date(2016, 4, 18),
        (date(2016, 1, 1), date(2016, 3, 31)),
        None,
        date(2016, 4, 19),
        "Muster: Mit diesem Bericht legt die Verwaltung erstmals Zahlen zur Flüchtlings- und "
        "Quartiersarbeit vor. Bis Ende März trugen die Honorarkräfte der AWO und die kommunale "
        "Sozialarbeit die Arbeit in den Stadtteilen.\n\n"
        "Seit dem 1. April sind die fünf Stellen der Verbände bewilligt. Sie werden nach und nach "
        "besetzt; im nächsten Bericht stehen die ersten Zahlen aus ihrer Arbeit.",
    ),
    (
        "Ratsbericht 2. Quartal 2016",
        date(2016, 7, 20),
        (date(2016, 4, 1), date(2016, 6, 30)),
        date(2016, 4, 18),
        date(2016, 7, 21),
        "Muster: Alle fünf Stellen sind besetzt, zuletzt die des Paritätischen zum 1. Mai. Die "
        "Fachkräfte haben sich in den Stadtteilen vorgestellt und feste Zeiten verabredet.\n\n"
        "Quartiersarbeit richtet sich an alle: Der Anteil der Teilnehmenden ohne "
        "Fluchthintergrund wird ab jetzt in jedem Bericht ausgewiesen.",
    ),
    (
        "Ratsbericht 3. Quartal 2016",
        date(2016, 10, 24),
        (date(2016, 7, 1), date(2016, 9, 30)),
        date(2016, 7, 20),
        date(2016, 10, 25),
        "Muster: In den Sommerferien gab es weniger Termine, dafür mehr offene Feste im Quartier. "
        "Die Stelle der Caritas wird zum 1. November frei und Mitte Januar neu besetzt; bis dahin "
        "vertritt die kommunale Sozialarbeit.\n\n"
        "Eine Veranstaltung der Stadt aus dem Frühjahr war doppelt gezählt. Die betroffenen Zahlen "
        "sind in diesem Bericht korrigiert.",
    ),
]
DRAFT = (
    "Zwischenbericht Oktober und November 2016",
    (date(2016, 10, 1), date(2016, 11, 30)),
    "Muster: Im November haben die Verbände ihre Angebote für den Winter umgestellt.",
)


def build(by: User) -> None:
    """``by`` is the coordinator, who composes and releases them."""
    for number, report in enumerate(REPORTS):
        if number == len(REPORTS) - 1:
            _correct(by)
        _release(*report, by)
    title, (starts_on, ends_on), text = DRAFT
    reports.create(
        **{
            **reports.defaults(date(2016, 12, 1)),
            "title": title,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "text": text,
        },
        by=by,
    )


def _release(title, as_of, span, since, released_on, text, by) -> Release:
    starts_on, ends_on = span
    report = reports.create(
        title=title,
        as_of=as_of,
        starts_on=starts_on,
        ends_on=ends_on,
        since=since,
        text=text,
        by=by,
    )
    at = timezone.make_aware(datetime.combine(released_on, time(9, 30)))
    notes = drafts.compose(report, on=released_on).notes
    return releases.release(report, confirmed=[row.mark for row in notes], at=at, by=by)


def _correct(by: User) -> None:
    """An event of the spring with many people loses those who were counted twice."""
    entries = Activity.objects.filter(
        agency__short_name=CITY, day__range=REPORTS[1][2], headcounts__people__gte=8
    )
    entry = entries.order_by("-headcounts__people", "pk").first()
    counts = {
        row.target_group: row.people for row in entry.headcounts.select_related("target_group")
    }
    largest = max(counts, key=lambda group: (counts[group], -group.pk))
    activities.change(entry, counts={**counts, largest: counts[largest] - 4}, by=by)
