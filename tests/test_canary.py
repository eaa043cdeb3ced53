"""No page tells a person what belongs to another agency.

Every text of every row of another agency is a canary: a word that occurs nowhere else. Then
everybody opens every page and takes every export. What is public (the directory: who is contact
person for which district) is listed here by hand; whatever field is added later is secret.
"""

import io
import zipfile

import pytest
from django.db import models as db

from agencies.models import Agency
from coordination.audit.log import Verb, record
from tests import make
from tests.census import address, cases, models, pages, sign_in

# What every signed-in role may read of every agency.
DIRECTORY = {
    "agencies.agency.name",
    "agencies.agency.short_name",
    "agencies.agency.street",
    "agencies.agency.town",
    "agencies.agency.phone",
    "agencies.agency.email",
    "agencies.agency.postal_code",
    "agencies.agency.office_hours",
    # The contact persons of the districts, as the portal is there to name them.
    "agencies.worker.name",
    "agencies.worker.phone",
    "agencies.worker.email",
    "agencies.worker.languages",
    "agencies.worker.office_hours",
    "agencies.position.title",
    # Of divided districts: who answers for which topic.
    "agencies.assignment.topic",
    # Offers are published.
    "offers.offer.title",
    "offers.offer.description",
    "offers.offer.place",
    "offers.offer.languages",
    "offers.offerexception.note",
}
MEMBERS_OF_ANOTHER_AGENCY = ("other_lead",)
FROM_OUTSIDE = ("stranger", "council", "lead", "worker")
WORD = "Kanarie"
NO_TEXT = {"password", "token_hash", "target_model"}


def canary(model, field):
    return f"{WORD}.{model._meta.label_lower}.{field.name}".lower()


def texts(model):
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, db.CharField | db.TextField) and not field.choices
        if is_text and not field.primary_key and not field.remote_field:
            yield field


def mark(row, **otherwise):
    """Write a canary into each text of the row, past forms and checks."""
    model = type(row)
    values = {field.name: canary(model, field)[: field.max_length] for field in texts(model)}
    for name in NO_TEXT & set(values):
        del values[name]
    if "email" in values:
        values["email"] += f".{row.pk}"  # unique among accounts
    model._base_manager.filter(pk=row.pk).update(**values | otherwise)


@pytest.fixture
def cast(shared_cast):
    return shared_cast


@pytest.fixture
def marked(cast):
    """The other agency with a position, a worker, members, an assignment and a log."""
    agency = cast.other_agency
    position = make.position(agency=agency)
    occupancy = make.occupancy(position=position)
    assignment = make.assignment(
        position=position,
        district=make.district(parent=cast.borough),
        division="topic",
        topic="Beratung",
    )
    offer = make.offer(agency=agency, contact=occupancy.worker, district=cast.district)
    pause = make.offer_exception(offer=offer)
    for row in (agency, position, occupancy, occupancy.worker, assignment, offer, pause):
        mark(row)
    # Who is contact person nowhere is nobody else's business.
    mark(make.worker(agency=agency), name=f"{WORD}.spare.name".lower())
    for user in [cast.people[name] for name in MEMBERS_OF_ANOTHER_AGENCY]:
        mark(user)
    member = make.membership("worker", agency=agency).user
    mark(member)
    secret = f"{WORD}.audit.entry".lower()
    record(
        Verb.CHANGED,
        Agency.objects.get(pk=agency.pk),
        by=member,
        agency_id=agency.pk,
        before={"name": f"{secret}.before"},
        after={"name": f"{secret}.after"},
        reason=f"{secret}.reason",
    )
    return cast


def everything_in(response):
    """The text of an answer, looking into workbooks."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as workbook:
            body = b" ".join(workbook.read(name) for name in workbook.namelist())
    return body.decode("utf-8", "replace").lower()


def leaks(text):
    """The canaries in the text that are not part of the directory."""
    words = {
        part for part in text.replace("<", " ").replace('"', " ").split() if WORD.lower() in part
    }
    found = set()
    for word in words:
        name = word[word.index(WORD.lower()) + len(WORD) + 1 :].strip(".,;:()[]&")
        if not any(name.startswith(allowed) for allowed in DIRECTORY):
            found.add(name)
    return found


ANSWERS = ("yes", "no", "hidden")
QUERIES = ["", "?stichtag=2016-12-01", "?format=csv", "?format=xlsx"]


LOOKED_AT = {
    (page, row): [who for who in FROM_OUTSIDE if (page, row) in pages(who, *ANSWERS)]
    for who in FROM_OUTSIDE
    for page, row in pages(who, *ANSWERS)
}


@pytest.mark.parametrize(("page", "row"), LOOKED_AT)
def test_no_page_shows_what_is_another_agencys(client, marked, page, row):
    """One test a page: reading changes nothing, so everybody finds the same city."""
    found = {}
    for who in LOOKED_AT[page, row]:
        browser = sign_in(type(client)(), marked, who)
        for query in QUERIES:
            found[who, query] = leaks(
                everything_in(browser.get(address(page, row, marked) + query))
            )
    assert not any(found.values()), found


def test_the_coordination_sees_the_canaries(client, marked):
    """They do sing: whoever may see everything finds them on the pages."""
    sign_in(client, marked, "coordination")
    sung = set()
    for page, row, who in cases("yes"):
        if who == "coordination":
            sung |= leaks(everything_in(client.get(address(page, row, marked))))
    assert any(name.startswith("audit.entry") for name in sung), sung
    assert any(name.startswith("access.user") for name in sung), sung


def test_every_text_of_an_agency_is_secret_unless_listed():
    names = {
        f"{model._meta.label_lower}.{field.name}" for model in models() for field in texts(model)
    }
    assert names >= DIRECTORY
