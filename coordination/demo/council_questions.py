"""Questions of the council that were answered: one for positions, one for contacts."""

from datetime import date, datetime, time

from django.utils import timezone

from coordination.access.models import User
from coordination.council.models import Group
from coordination.council.summary import answers
from coordination.council.summary.patterns import PATTERNS

# Pattern, parameters, question, who asked (empty: a group), asked on, sent on.
ANSWERS = [
    (
        "stellen",
        {"stichtag": "2016-09-30"},
        "Wie viele der fünf Stellen bei den Wohlfahrtsverbänden sind besetzt, und was kosten sie "
        "im laufenden Jahr?",
        "",
        date(2016, 9, 27),
        date(2016, 10, 4),
    ),
    (
        "kontakte",
        {"von": "2016-07-01", "bis": "2016-09-30"},
        "Welche Arten von Kontakten gab es im dritten Quartal in den Stadtbezirken, und wie viele "
        "Menschen wurden erreicht?",
        "Ausschuss für Soziales",
        date(2016, 10, 11),
        date(2016, 10, 27),
    ),
]


def build(coordinator: User) -> None:
    """Answered with what is entered, as of the days they were asked for."""
    group = Group.objects.on(date(2016, 9, 27)).order_by("pk").first()
    for slug, parameters, question, asked_by, asked_on, sent_on in ANSWERS:
        asked = PATTERNS[slug].form(parameters, day=sent_on)
        if not asked.is_valid():
            raise ValueError(asked.errors.as_text())
        is_group = group is not None and not asked_by
        answers.send(
            PATTERNS[slug],
            asked=asked,
            text=question,
            group=group if is_group else None,
            asked_by=asked_by or "Fraktion im Rat",
            asked_on=asked_on,
            at=datetime.combine(sent_on, time(10, 30), timezone.get_default_timezone()),
            by=coordinator,
        )
