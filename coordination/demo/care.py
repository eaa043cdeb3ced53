"""The sample city's care: who talked with whom, and who was given to somebody else.

The Caritas's post is vacant since November 2016: its volunteers have nobody to turn to. One of
them was given to a neighbour already; with some others nobody has talked for long.
"""

from datetime import date

from agencies.models import Worker
from coordination.access.models import User
from volunteers import contacts, talks
from volunteers.models import Talk, Volunteer, VolunteerGroup

Kind = Talk.Kind
# Of every six, one by one: days and kinds of talks. What lies before the contact person came, or
# after they left, did not take place; nor did any with the fifth.
TALKS = [
    [(date(2016, 5, 24), Kind.VISIT), (date(2016, 11, 22), Kind.PHONE)],
    [
        (date(2016, 6, 14), Kind.PHONE),
        (date(2016, 9, 6), Kind.VISIT),
        (date(2016, 11, 8), Kind.VISIT),
    ],
    [(date(2016, 10, 13), Kind.MAIL)],
    [(date(2016, 7, 5), Kind.REVIEW), (date(2016, 11, 29), Kind.PHONE)],
    [],
    [(date(2016, 8, 18), Kind.VISIT)],
]
GIVEN = ("Thomas Bremges", "Katrin Overbeck", date(2016, 11, 14), "Stelle der Caritas unbesetzt")


def build(by: User | None) -> None:
    """Takes the volunteers as they are; without any there is nothing to do."""
    for model in (Volunteer, VolunteerGroup):
        for number, party in enumerate(model.objects.order_by("pk")):
            wanted = TALKS[number % len(TALKS)]
            if wanted and model is VolunteerGroup:
                wanted = [*wanted[:-1], (wanted[-1][0], Kind.GROUP)]
            _talk(party, wanted, by)
    name, worker, day, reason = GIVEN
    worker = Worker.objects.get(name=worker)
    for party in Volunteer.objects.filter(name=name):
        contacts.appoint(party, worker=worker, starts_on=day, reason=reason, by=by)


def _talk(party: Volunteer | VolunteerGroup, wanted: list, by: User | None) -> None:
    for day, kind in wanted:
        contact = party.contacts.holding(day).select_related("worker").first()
        if contact and party.is_on(day):
            talks.note(party, worker=contact.worker, day=day, kind=kind, by=by)
