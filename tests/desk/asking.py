"""Somebody who asks back, with a mail program of their own."""

import re

from django.core import mail

from tests import make

ASK, SENT = "/rueckversicherung/", "/rueckversicherung/gesendet/"
WORDS = "Wer hilft beim Antrag auf einen Kitaplatz?"
ADDRESS = "mira@verein.example"


def typed(**fields):
    """The form as a browser sends it."""
    return {
        "district": "",
        "postal_code": "",
        "topic": "",
        "text": WORDS,
        "email": ADDRESS,
        "homepage": "",
        "form_id": "",
        **fields,
    }


def asked(**fields):
    """What the operation takes."""
    place = {"district": fields.pop("district", None) or make.district(), "postal_code": ""}
    return {**place, "topic": None, "text": WORDS, "email": ADDRESS, "language": "de", **fields}


def links(page):
    """The tokens of all mails so far that lead to the page, the oldest first."""
    found = [re.findall(rf"/{page}/([\w-]+)/", message.body) for message in mail.outbox]
    return [token for tokens in found for token in tokens]


def use(settings, backend):
    settings.EMAIL_BACKEND = f"tests.reports.post.{backend}"
