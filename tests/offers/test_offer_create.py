from datetime import date, time

import pytest
from django.urls import reverse

from agencies.models import Worker
from agencies.offers.models import Offer
from coordination.as_of import today
from coordination.audit.models import Entry
from tests import make
from tests.agencies.test_agency_pages import signed_in, text
from tests.offers.desks import said, times, typed

__all__ = ["signed_in"]


@pytest.fixture
def url():
    return reverse("offers:offer_create")


def test_a_caseworker_creates_an_offer_in_one_form(signed_in, cast, url):
    rows = [("0", "weekly", "10:00", "12:00"), ("3", "last", "18.30", "20 Uhr")]
    answer = signed_in("worker").post(url, typed(cast, *rows), follow=True)
    assert "„Frauentreff“ ist angelegt." in text(answer)
    offer = Offer.objects.get(title="Frauentreff")
    assert times(offer) == [
        "jeden Montag, 10:00–12:00 Uhr",
        "am letzten Donnerstag im Monat, 18:30–20:00 Uhr",
    ]
    assert offer.agency == cast.agency
    assert (offer.confirmed_on, offer.confirmed_by) == (today(), cast.people["worker"])
    entry = Entry.objects.about(offer).get()
    assert entry.verb == "created"
    assert entry.agency_id == cast.agency.pk
    assert entry.after["times"] == times(offer)


def test_an_offer_is_for_some_or_for_all(signed_in, cast, url):
    client = signed_in("lead")
    group = cast.target_group.pk
    for fields, text_ in [
        ({"is_open_to_all": None}, "Wählen Sie, für wen es gedacht ist"),
        ({"target_groups": [group]}, "gilt keiner einzelnen Zielgruppe"),
    ]:
        answer = client.post(url, typed(cast, **fields))
        assert set(answer.context["form"].errors) == {"target_groups"}
        assert text_ in said(answer)
    client.post(url, typed(cast, is_open_to_all=None, target_groups=[group]))
    assert list(Offer.objects.get(title="Frauentreff").target_groups.all()) == [cast.target_group]


def test_a_retired_target_group_is_not_chosen_anew(signed_in, cast, url):
    old = make.target_group(ends_on=date(2016, 6, 30))
    fields = {"is_open_to_all": None, "target_groups": [old.pk]}
    answer = signed_in("lead").post(url, typed(cast, **fields))
    assert "target_groups" in answer.context["form"].errors


def test_the_contact_person_is_an_active_worker_of_the_agency(signed_in, cast, url):
    client = signed_in("coordination")
    foreign = make.worker(agency=cast.other_agency, name="Frauke Fremd")
    answer = client.post(url, typed(cast, contact=foreign.pk))
    assert "Frauke Fremd gehört nicht zu AWO." in said(answer)
    Worker.objects.filter(pk=cast.worker.pk).update(is_active=False)
    answer = client.post(url, typed(cast))
    assert "contact" in answer.context["form"].errors
    assert Offer.objects.count() == 1


def test_a_forged_agency_or_contact_is_refused(signed_in, cast, url):
    client = signed_in("lead")
    foreign = make.worker(agency=cast.other_agency, name="Frauke Fremd")
    answer = client.post(url, typed(cast, agency=cast.other_agency.pk, contact=foreign.pk))
    assert {"agency", "contact"} <= set(answer.context["form"].errors)
    assert "Frauke Fremd" not in text(client.get(url))
    assert Offer.objects.count() == 1


@pytest.mark.parametrize(
    ("rows", "text_"),
    [
        ([("", "weekly", "", "")], "mindestens einen Wochentag"),
        ([("0", "weekly", "10:00", "")], "Zeile 1, Bis: Bitte füllen Sie diese Zeile"),
        ([("", "weekly", "10:00", "12:00")], "Zeile 1, Wochentag: Bitte füllen"),
        ([("0", "weekly", "12:00", "10:00")], "Zeile 1, Bis: Das Ende liegt vor dem Anfang."),
        ([("0", "weekly", "25:00", "26:00")], "„25:00“ ist keine Uhrzeit"),
        ([("9", "weekly", "10:00", "12:00")], "Zeile 1, Wochentag"),
        ([("0", "daily", "10:00", "12:00")], "Zeile 1, Rhythmus"),
        (
            [("0", "weekly", "10:00", "12:00"), ("0", "first", "11:00", "13:00")],
            "Diese Zeiten überschneiden sich: jeden Montag, 10:00–12:00 Uhr; am ersten Montag",
        ),
        (
            [("0", "fourth", "10:00", "12:00"), ("0", "last", "11:00", "13:00")],
            "Diese Zeiten überschneiden sich",
        ),
    ],
)
def test_wrong_times_are_named_and_kept(signed_in, cast, url, rows, text_):
    answer = signed_in("lead").post(url, typed(cast, *rows))
    assert text_ in said(answer)
    assert Offer.objects.count() == 1
    page = text(answer)
    for row in rows:
        for value in filter(None, (row[2], row[3])):
            assert f'value="{value}"' in page
    assert 'value="Frauentreff"' in page


def test_the_first_and_the_second_monday_never_meet(signed_in, cast, url):
    rows = [("0", "first", "10:00", "12:00"), ("0", "second", "11:00", "13:00")]
    signed_in("lead").post(url, typed(cast, *rows))
    assert Offer.objects.get(title="Frauentreff").times.count() == 2


def test_the_same_row_twice_is_one_time(signed_in, cast, url):
    rows = [("0", "weekly", "10:00", "12:00")] * 2
    signed_in("lead").post(url, typed(cast, *rows))
    row = Offer.objects.get(title="Frauentreff").times.get()
    assert (row.weekday, row.starts_at, row.ends_at) == (0, time(10), time(12))


def test_wrong_facts_are_named_at_their_field(signed_in, cast, url):
    for fields, name, text_ in [
        ({"ends_on": "2016-05-01"}, "ends_on", "Der letzte Tag liegt vor dem ersten."),
        ({"title": " "}, "title", "Dieses Feld ist"),
        ({"district": cast.borough.pk}, "district", "Auswahl"),
        ({"starts_on": "31.02.2016"}, "starts_on", "„31.02.2016“ ist kein Datum"),
        ({"description": "Spenden: DE89 3704 0044 0532 0130 00"}, "description", "IBAN"),
        ({"target_groups": ["9223372036854775808"], "is_open_to_all": None}, "target_groups", ""),
    ]:
        answer = signed_in("lead").post(url, typed(cast, **fields))
        assert name in answer.context["form"].errors, name
        assert text_ in " ".join(answer.context["form"].errors[name])
    assert Offer.objects.count() == 1


@pytest.mark.parametrize("total", ["", "-1", "x", "9223372036854775808", "1000", None])
def test_a_broken_number_of_rows_is_no_error_of_ours(signed_in, cast, url, total):
    fields = {"zeiten-TOTAL_FORMS": total}
    answer = signed_in("lead").post(url, typed(cast, **fields))
    assert answer.status_code in (200, 302)


def test_added_fields_change_nothing(signed_in, cast, url):
    more = {"confirmed_on": "2042-04-02", "confirmed_by": cast.people["council"].pk, "id": 4242}
    signed_in("lead").post(url, {**typed(cast), **more, "title_key": "x", "changed_at": "2042"})
    offer = Offer.objects.get(title="Frauentreff")
    assert offer.confirmed_on == today()
    assert offer.confirmed_by == cast.people["lead"]
    assert offer.title_key == "frauentreff"
    assert offer.pk != 4242
