import pytest
import vobject
from django.urls import reverse

from tests import make
from tests.public.conftest import DAY


def fetch(client, district):
    return client.get(reverse("public:contact_vcard", args=[district.pk]))


def read(client, district):
    return list(vobject.readComponents(fetch(client, district).content.decode()))


def test_an_address_book_reads_back_what_was_released(client, town):
    town.responsible(worker=town.worker(name="Ayşe Öztürk-Groß"))
    (card,) = read(client, town.eicken)
    assert card.version.value == "3.0"
    assert card.fn.value == "Ayşe Öztürk-Groß"
    assert (card.n.value.family, card.n.value.given) == ("Öztürk-Groß", "Ayşe")
    assert card.org.value == ["Arbeiterwohlfahrt"]
    assert card.tel.value == "02161 000-101"
    assert card.email.value == "sandvoss@example.org"
    assert card.note.value == "Sprechzeiten: Mo und Mi 9:00–12:00; Sprachen: Deutsch, Arabisch"
    assert card.url.value.endswith(f"/ansprechpartner/{town.eicken.pk}/")


def test_the_desk_of_an_agency_has_a_name_that_phones_can_sort(client, town):
    town.responsible(worker=town.worker(is_public=False))
    (card,) = read(client, town.eicken)
    assert card.n.value.family == card.fn.value
    assert card.fn.value.startswith("Arbeiterwohlfahrt")


def test_the_file_is_named_after_the_district(client, town):
    make.district()
    town.eicken.name = 'Ei"cken;\r\nX: y/..ä'
    town.eicken.save()
    town.responsible(worker=town.worker())
    response = fetch(client, town.eicken)
    assert response.headers["Content-Type"] == "text/vcard; charset=utf-8"
    name = response.headers["Content-Disposition"]
    assert name == 'attachment; filename="ansprechperson-eicken-x-ya.vcf"'


@pytest.mark.parametrize("sign", ["\n", "\r\n", "\r", "\x85", "\u2028", "\x0b", "\x1c"])
def test_no_text_begins_a_line_of_its_own(client, town, sign):
    hostile = f"Böse{sign}TEL:0900{sign}END:VCARD"
    worker = town.worker(name=hostile, phone=hostile[:50], languages=hostile, office_hours=hostile)
    type(town.awo).objects.filter(pk=town.awo.pk).update(name=hostile)
    town.responsible(worker=worker)
    body = fetch(client, town.eicken).content.decode()
    lines = body.replace("\r\n ", "").split("\r\n")
    assert [line for line in lines if line.startswith(("TEL:", "END"))] == ["END:VCARD"]
    assert sign not in body.replace("\r\n", "")
    (card,) = read(client, town.eicken)
    assert len(card.contents["tel"]) == 1


def test_each_who_is_responsible_has_a_card_and_who_is_away_keeps_theirs(client, town):
    away = town.worker(name="Eins Weg")
    make.absence(worker=away, starts_on=DAY, ends_on=DAY)
    town.responsible("41061", worker=away, share=30)
    town.responsible("41063", worker=town.worker(name="Zwei Da"), share=10)
    assert [card.fn.value for card in read(client, town.eicken)] == ["Eins Weg", "Zwei Da"]


def test_of_who_is_not_released_it_is_the_agencys_card(client, town):
    town.responsible(worker=town.worker(is_public=False))
    (card,) = read(client, town.eicken)
    assert (card.fn.value, card.tel.value) == ("Arbeiterwohlfahrt", "02166 000-10")
    assert "title" not in card.contents


def test_of_a_gap_it_is_the_citys_card(client, town):
    (card,) = read(client, town.eicken)
    assert card.fn.value == "Stadt Musterstadt"


def test_in_english_for_who_reads_english(client, town):
    town.responsible(worker=town.worker())
    url = reverse("public:contact_vcard", args=[town.eicken.pk])
    response = client.get(url, headers={"accept-language": "en"})
    assert "contact-person-eicken.vcf" in response.headers["Content-Disposition"]
    assert b"Office hours" in response.content
