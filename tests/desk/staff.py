"""A district with a lead of the AWO and a deputy of the city, and everybody who has an account."""

from datetime import date, datetime
from types import SimpleNamespace

from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from agencies.reports.mails import Outbox
from tests import make
from volunteers.desk import notices
from volunteers.desk.models import Question

FRIDAY = date(2016, 6, 3)
LEAD, DEPUTY, CITY = "lead", "deputy", "coordination"


def at(day, hour=15):
    return datetime(day.year, day.month, day.day, hour, tzinfo=timezone.get_default_timezone())


def post(agency, role, district, name, **fields):
    """A position of the agency in the district, and who holds it, with an account."""
    position = make.position(agency=agency)
    user = make.user(email=f"{name.lower()}@stadt.example", name=name)
    make.membership("worker", agency=agency, user=user)
    worker = make.worker(agency=agency, name=name, user=user)
    occupancy = make.occupancy(position=position, worker=worker)
    codes = fields.pop("codes", [])
    assignment = make.assignment(*codes, position=position, district=district, role=role, **fields)
    return SimpleNamespace(
        position=position, user=user, worker=worker, assignment=assignment, occupancy=occupancy
    )


def staffed():
    """Anna leads Eicken for the AWO, Dora of the city stands in, Kim coordinates."""
    awo, city = make.agency(short_name="AWO"), make.agency(short_name="Stadt", kind="city")
    eicken = make.district("41061", "41063", name="Eicken")
    return SimpleNamespace(
        awo=awo,
        city=city,
        district=eicken,
        lead=post(awo, "lead", eicken, "Anna"),
        deputy=post(city, "deputy", eicken, "Dora"),
        awo_lead=make.membership(
            "lead", agency=awo, user=make.user(email="leitung@awo.example", name="Lea AWO")
        ).user,
        coordinator=make.user("coordination", email="kim@stadt.example", name="Kim"),
    )


def question(place, day=FRIDAY, **fields):
    """Asked on the day, and routed as confirming it does."""
    fields = {"district": place.district, "agency": place.awo, "at": at(day), **fields}
    if fields["agency"] == place.awo:
        fields.setdefault("assignment", place.lead.assignment)
    return make.question(**fields)


def told(day):
    """The addresses told by a run on the day, in alphabetical order."""
    mail.outbox.clear()
    outbox = Outbox()
    notices.send(day, outbox)
    outbox.close()
    assert outbox.failed == 0
    return sorted(message.to[0] for message in mail.outbox)


class AnswersMeanwhile(EmailBackend):
    """While the first mail is on its way, somebody answers every other question."""

    def send_messages(self, messages):
        Question.objects.filter(notices=None).update(waits=False)
        return super().send_messages(messages)
