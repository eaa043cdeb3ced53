"""An agency with a report that is due, and mail servers that do not always do what they should."""

import time
from datetime import date, datetime, timedelta
from types import SimpleNamespace

from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from agencies.reports.mails import Outbox
from tests import make

DUE = date(2016, 10, 14)  # a Friday
QUARTER = {"starts_on": date(2016, 7, 1), "ends_on": date(2016, 9, 30), "due_on": DUE}


def moment(day, hour=12):
    return datetime(day.year, day.month, day.day, hour, tzinfo=timezone.get_default_timezone())


def period(state="open", *, since=date(2016, 7, 1), **fields):
    """The third quarter of 2016, in its state since the day."""
    fields = {**QUARTER, "state_since": moment(since), **fields}
    if state != "open":
        fields.setdefault("first_submitted_at", moment(date(2016, 10, 4)))
    return make.period(state, **fields)


def office(name="AWO"):
    """An agency with a lead and a caseworker who have accounts."""
    agency = make.agency(short_name=name, name=f"{name} e. V.")
    word = name.lower()
    lead = make.user(email=f"leitung@{word}.example", name=f"Lea {name}")
    worker = make.user(email=f"fachkraft@{word}.example", name=f"Fred {name}")
    make.membership("lead", agency=agency, user=lead)
    make.membership("worker", agency=agency, user=worker)
    return SimpleNamespace(agency=agency, lead=lead, worker=worker)


def city(email="koordination@stadt.example"):
    return make.user("coordination", email=email, name="Kim Koordination")


def sent(send, *arguments):
    """(to, subject) of the mails a call sends, in alphabetical order."""
    mail.outbox.clear()
    outbox = Outbox()
    send(*arguments, outbox)
    assert outbox.failed == 0
    assert sum(outbox.sent.values()) == len(mail.outbox)
    return sorted((message.to[0], message.subject) for message in mail.outbox)


def days(number):
    return timedelta(days=number)


class Slow(EmailBackend):
    """Slow enough for several runs to meet."""

    def open(self):
        time.sleep(0.3)

    def send_messages(self, messages):
        time.sleep(0.05)
        return super().send_messages(messages)


class Down(EmailBackend):
    """Nobody answers."""

    opened = 0

    def open(self):
        type(self).opened += 1
        raise ConnectionRefusedError


class RefusesOne(EmailBackend):
    """Takes mails to everybody but one."""

    def send_messages(self, messages):
        if messages[0].to == ["leitung@awo.example"]:
            raise ConnectionResetError
        return super().send_messages(messages)


class Swallows(EmailBackend):
    def send_messages(self, messages):
        return 0


class Crash(BaseException):
    """As if the machine had stopped."""


class Crashes(EmailBackend):
    """The mail is gone, and then so is the machine."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise Crash
