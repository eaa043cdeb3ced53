"""Who is not released stands in no public answer: no page, no card, no vCard, no calendar."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from tests import make
from tests.public.conftest import DAY

CANARY = {
    "name": "Kanarie Niemandsland",
    "phone": "02161 777-123",
    "email": "kanarie@example.org",
    "languages": "Kanarisch",
    "office_hours": "Kanarienstunde",
}
WORDS = ["kanari", "niemandsland", "777-123", "777123"]
PAGES = ["contact_detail", "contact_card", "contact_card_pdf", "contact_vcard"]


def said(response):
    """All of an answer: its head, its markup with comments, the words of a PDF."""
    body = response.content
    if body.startswith(b"%PDF"):
        reader = PdfReader(BytesIO(body))
        body = " ".join(page.extract_text() for page in reader.pages).encode()
        body += str(reader.metadata).encode()
    return f"{response.headers} {body.decode()}".lower()


def public_answers(client, district, offer):
    for language in ("de", "en"):
        for query in (
            {},
            {"plz": "41061"},
            {"plz": "41063"},
            {"ort": "Eicken"},
        ):
            yield client.get(
                reverse("public:contact_list"), query, headers={"accept-language": language}
            )
        for page in PAGES:
            for query in ({}, {"plz": "41061"}, {"plz": "41063"}):
                url = reverse(f"public:{page}", args=[district.pk])
                yield client.get(url, query, headers={"accept-language": language})
    for page in ("offer_list", "offer_calendar"):
        yield client.get(reverse(f"public:{page}"))
    yield client.get(reverse("public:offer_detail", args=[offer.pk]))
    yield client.get(reverse("offers:offer_feed", args=[offer.pk]))
    yield client.get(reverse("offers:agency_feed", args=[offer.agency_id]))
    yield client.get(reverse("offers:district_feed", args=[offer.district_id]))


def leaks(client, town, offer):
    found = set()
    for response in public_answers(client, town.eicken, offer):
        if response.status_code == 503:
            continue  # a machine without Pango makes no PDF
        assert response.status_code == 200, response.request["PATH_INFO"]
        text = said(response)
        found |= {word for word in WORDS if word in text}
    return found


def bring_in(town, how, **fields):
    worker = town.worker(**CANARY, **fields)
    if how == "lead":
        town.responsible(worker=worker)
    elif how == "deputy":
        town.responsible(worker=worker, role="deputy")
    elif how == "stands in":
        town.responsible()
        town.responsible(worker=worker, role="deputy")
    elif how == "away":
        town.responsible(worker=worker)
        town.responsible(worker=town.worker(), role="deputy")
        make.absence(worker=worker, starts_on=DAY, ends_on=DAY.replace(day=9))
    elif how == "neighbour":
        town.responsible("41061", worker=town.worker())
        town.responsible("41063", worker=worker)
    return worker


HOW = ["lead", "deputy", "stands in", "away", "neighbour"]


@pytest.mark.parametrize("how", HOW)
def test_who_is_not_released_is_nowhere(client, town, how):
    worker = bring_in(town, how, is_public=False)
    offer = make.offer(agency=town.awo, contact=worker, district=town.eicken)
    assert leaks(client, town, offer) == set()


def test_nor_is_who_was_released_and_left(client, town):
    worker = bring_in(town, "lead", is_public=True, is_active=False)
    offer = make.offer(agency=town.awo, contact=worker, district=town.eicken)
    assert leaks(client, town, offer) == set()


def test_searching_for_the_name_finds_no_more_of_who_is_not_released(client, town):
    bring_in(town, "lead", is_public=False)
    text = said(client.get(reverse("public:contact_list"), {"ort": "Kanarie"}))
    assert [word for word in WORDS[1:] if word in text] == []


@pytest.mark.parametrize("how", HOW)
def test_who_is_released_would_be_found(client, town, how):
    worker = bring_in(town, how, is_public=True)
    offer = make.offer(agency=town.awo, contact=worker, district=town.eicken)
    assert {"kanari", "niemandsland"} <= leaks(client, town, offer)
