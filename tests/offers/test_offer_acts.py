"""Confirming and ending an offer, pauses and additional dates."""

from datetime import date, time
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from agencies.offers import offers
from agencies.offers.models import Offer, OfferException
from coordination.as_of import today
from coordination.audit.models import Entry
from coordination.editing import fingerprint
from tests import make
from tests.agencies.test_agency_pages import signed_in, text
from tests.offers.desks import said

__all__ = ["signed_in"]


def address(name, cast):
    return reverse(f"offers:{name}", args=[cast.offer.pk])


@pytest.fixture
def open_ended(cast):
    Offer.objects.filter(pk=cast.offer.pk).update(ends_on=None)


def test_one_click_confirms_and_a_second_changes_nothing(signed_in, cast, open_ended):
    client = signed_in("worker")
    for _ in range(2):
        answer = client.post(address("offer_confirm", cast), follow=True)
        assert "„Sprachcafé“ ist bestätigt." in text(answer)
    offer = Offer.objects.get(pk=cast.offer.pk)
    assert (offer.confirmed_on, offer.confirmed_by) == (today(), cast.people["worker"])
    entry = Entry.objects.about(offer).get()
    assert entry.verb == "confirmed"
    assert entry.before["confirmed_on"] == "2016-11-01"


def test_from_the_list_one_stays_in_the_list(signed_in, cast, open_ended):
    query = {"liste": "stand=laufend&verband=1"}
    answer = signed_in("lead").post(address("offer_confirm", cast), query)
    assert answer["Location"] == f"/angebote/?stand=laufend&verband=1#angebot-{cast.offer.pk}"


@pytest.mark.parametrize("odd", ["//evil.example", "\r\nX: y", "a" * 5_000, "&&=&%zz", "💥"])
def test_nobody_is_led_elsewhere_by_the_query_of_the_list(signed_in, cast, open_ended, odd):
    answer = signed_in("lead").post(address("offer_confirm", cast), {"liste": odd})
    assert answer["Location"].startswith("/angebote/?")
    assert len(answer["Location"]) < 3_000


def test_only_the_own_agency_confirms(signed_in, cast, open_ended):
    for who, status in [("other_lead", 404), ("council", 403), ("audit", 403)]:
        assert signed_in(who).post(address("offer_confirm", cast)).status_code == status
    assert Offer.objects.get(pk=cast.offer.pk).confirmed_on == date(2016, 11, 1)


def test_what_is_wrong_is_not_confirmed(signed_in, cast, open_ended):
    cast.worker.is_active = False
    cast.worker.save()
    page = text(signed_in("lead").post(address("offer_confirm", cast), follow=True))
    assert "Nennen Sie eine andere Ansprechperson und bestätigen Sie dann." in page
    Offer.objects.update(ends_on=date(2016, 11, 30))
    page = text(signed_in("lead").post(address("offer_confirm", cast), follow=True))
    assert "endete am 30.11.2016; es gibt nichts zu bestätigen." in page


def end(client, cast, **fields):
    data = {"reason": "Raum gekündigt", "seen": fingerprint(cast.offer, ["ends_on"]), **fields}
    return client.post(address("offer_end", cast), data, follow=True)


def test_an_offer_ends_with_a_reason(signed_in, cast):
    client = signed_in("lead")
    assert "reason" in end(client, cast, ends_on="2016-12-31", reason="").context["form"].errors
    answer = end(client, cast, ends_on="31.12.2016")
    assert "„Sprachcafé“ endet am 31.12.2016." in text(answer)
    entry = Entry.objects.about(cast.offer).get()
    assert (entry.verb, entry.reason) == ("ended", "Raum gekündigt")


def test_an_offer_ends_neither_before_it_began_nor_before_its_last_entry(signed_in, cast):
    client = signed_in("lead")
    for day, text_ in [
        ("2016-03-31", "Das Angebot beginnt am 01.04.2016"),
        ("2016-11-14", "1 Tätigkeit zu diesem Angebot liegt später"),
        ("2019-01-01", "Das Angebot endet bereits am 31.03.2018"),
        ("", "Dieses Feld ist"),
    ]:
        answer = end(client, cast, ends_on=day)
        assert set(answer.context["form"].errors) == {"ends_on"}
        assert text_ in said(answer)


def except_(client, cast, **fields):
    data = {
        "kind": "cancelled", "starts_on": "2017-07-17", "ends_on": "2017-08-29",
        "starts_at": "", "ends_at": "", "note": " Sommer  pause ",
    }  # fmt: skip
    return client.post(address("exception_create", cast), data | fields, follow=True)


def test_a_pause_is_entered_and_taken_back(signed_in, cast):
    client = signed_in("worker")
    answer = except_(client, cast)
    assert "Eingetragen: 17.07.2017–29.08.2017: fällt aus." in text(answer)
    row = OfferException.objects.get(note="Sommer pause")
    url = reverse("offers:exception_delete", args=[row.pk])
    assert "fällt aus" in text(client.get(url))
    assert "Gelöscht: 17.07.2017–29.08.2017" in text(client.post(url, follow=True))
    assert not OfferException.objects.filter(pk=row.pk).exists()
    assert client.post(url).status_code == 404
    entered, taken_back = Entry.objects.about(cast.offer).order_by("pk")
    assert entered.after["exception"] == "17.07.2017–29.08.2017: fällt aus (Sommer pause)"
    assert taken_back.before["exception"] == entered.after["exception"]


def test_a_day_without_last_day_is_one_day(signed_in, cast):
    except_(signed_in("lead"), cast, starts_on="2017-07-18", ends_on="")
    assert OfferException.objects.get(note="Sommer pause").ends_on == date(2017, 7, 18)


def test_an_additional_date_is_entered(signed_in, cast):
    fields = {"kind": "extra", "ends_on": "", "starts_at": "15", "ends_at": "17.30"}
    answer = except_(signed_in("lead"), cast, **fields)
    assert "17.07.2017, 15:00–17:30: findet zusätzlich statt" in text(answer)


@pytest.mark.parametrize(
    ("fields", "name", "text_"),
    [
        ({"starts_at": "10:00"}, "starts_at", "Eine Pause hat keine Uhrzeit"),
        ({"ends_on": "2017-07-16"}, "ends_on", "Der letzte Tag liegt vor dem ersten."),
        ({"starts_on": "2015-01-01", "ends_on": ""}, "starts_on", "01.04.2016–31.03.2018"),
        ({"starts_on": "2018-04-01", "ends_on": ""}, "starts_on", "läuft das Angebot nicht"),
        (
            {"starts_on": "2017-07-19", "ends_on": ""},
            "starts_on",
            "findet dann ohnehin nicht statt",
        ),
        ({"starts_on": "2016-12-27", "ends_on": ""}, "starts_on", "bereits eingetragen"),
        ({"kind": "extra", "ends_on": ""}, "starts_at", "braucht seine Uhrzeiten"),
        (
            {"kind": "extra", "starts_at": "12", "ends_at": "10", "ends_on": ""},
            "ends_at",
            "Das Ende liegt vor dem Anfang.",
        ),
        ({"kind": "extra", "starts_at": "9", "ends_at": "10"}, "ends_on", "einzelner Tag"),
        ({"kind": "x"}, "kind", ""),
        ({"note": "DE89 3704 0044 0532 0130 00"}, "note", "IBAN"),
    ],
)
def test_wrong_exceptions_are_named(signed_in, cast, fields, name, text_):
    answer = except_(signed_in("lead"), cast, **fields)
    assert name in answer.context["form"].errors
    assert text_ in said(answer)
    assert OfferException.objects.count() == 1


def test_an_offer_has_only_so_many_exceptions(cast, monkeypatch):
    monkeypatch.setattr(offers, "MOST_EXCEPTIONS", 1)
    with pytest.raises(ValidationError, match="höchstens 1 Ausnahmen"):
        offers.cancel(cast.offer, starts_on=date(2017, 5, 5), by=None)


def test_every_act_tells_calendars_that_something_changed(cast):
    def changed_at():
        return Offer.objects.get(pk=cast.offer.pk).changed_at

    before = changed_at()
    row = offers.add_date(
        cast.offer, starts_on=date(2017, 5, 5), starts_at=time(9), ends_at=time(10), by=None
    )
    entered = changed_at()
    offers.remove(row, by=None)
    assert before < entered < changed_at()
    offers.remove(row, by=None)  # taken back already: nothing happens


@pytest.mark.django_db(transaction=True)
def test_an_entry_never_slips_past_the_end_of_its_offer(db):
    """The lock both take: whoever comes second sees what the first did."""
    from agencies.activity import activities

    worker, group = make.worker(), make.target_group()
    terms = {"kind": make.kind(), "format": make.format(), "district": make.district()}
    offer = make.offer(agency=worker.agency, contact=worker)
    refused = []

    def attempt(act):
        try:
            act()
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    day = date(2016, 12, 6)
    acts = [
        lambda: offers.end(offer, ends_on=date(2016, 12, 1), reason="x", by=None),
        *[
            lambda: activities.log(
                worker=worker, day=day, counts={group: 1}, minutes=60, offer=offer, by=None, **terms
            )
        ]
        * 4,
    ]
    threads = [Thread(target=attempt, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    offer.refresh_from_db()
    if offer.ends_on == date(2016, 12, 1):
        assert offer.activities.count() == 0
    else:
        assert offer.activities.count() == 4
    assert len(refused) == (4 if offer.ends_on == date(2016, 12, 1) else 1)
