from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agencies.offers import offers
from agencies.offers.models import Offer
from coordination.audit.models import Entry
from tests import make
from tests.agencies.test_agency_pages import signed_in, text
from tests.offers.desks import said, seen, times, typed

__all__ = ["signed_in"]
TUESDAY = ("1", "weekly", "14:00", "16:00")


@pytest.fixture
def url(cast):
    return reverse("offers:offer_edit", args=[cast.offer.pk])


def edit(client, url, cast, *rows, **fields):
    data = {"seen": seen(cast.offer), "starts_on": "2016-04-01", "title": "Sprachcafé", **fields}
    return client.post(url, typed(cast, *(rows or [TUESDAY]), **data), follow=True)


def test_everything_is_changed_in_one_form(signed_in, cast, url):
    kept = cast.offer.times.get()
    rows = [TUESDAY, ("4", "fortnightly", "09:00", "11:00")]
    answer = edit(signed_in("worker"), url, cast, *rows, place="Raum 7", reason="Zweiter Termin")
    assert "„Sprachcafé“ ist gespeichert." in text(answer)
    offer = Offer.objects.get(pk=cast.offer.pk)
    assert offer.place == "Raum 7"
    assert [str(row) for row in offer.times.all()] == [
        "jeden Dienstag, 14:00–16:00 Uhr",
        "alle zwei Wochen am Freitag, 09:00–11:00 Uhr",
    ]
    assert offer.times.first() == kept  # calendars know it by its number
    assert offer.changed_at > cast.offer.changed_at
    entry = Entry.objects.about(offer).first()
    assert (entry.verb, entry.reason) == ("changed", "Zweiter Termin")
    assert entry.before["times"] == ["jeden Dienstag, 14:00–16:00 Uhr"]
    assert len(entry.after["times"]) == 2
    page = text(signed_in("lead").get(reverse("audit:entry_list")))
    assert "Zeiten" in page
    assert "alle zwei Wochen am Freitag" in page


def test_an_emptied_row_is_taken_out(signed_in, cast, url):
    rows = [("", "weekly", "", ""), ("4", "weekly", "09:00", "11:00")]
    edit(signed_in("lead"), url, cast, *rows)
    assert times(cast.offer) == ["jeden Freitag, 09:00–11:00 Uhr"]


def test_two_people_edit_one_offer_and_the_second_sees_both(signed_in, cast, url):
    before = seen(cast.offer)
    edit(signed_in("lead"), url, cast, ("2", "weekly", "08:00", "09:00"))
    answer = edit(signed_in("worker"), url, cast, TUESDAY, seen=before, place="Raum 9")
    assert "Zwischenzeitlich gespeichert" in said(answer) or "gespeichert" in said(answer)
    assert "jeden Mittwoch, 08:00–09:00 Uhr" in said(answer)
    assert 'value="Raum 9"' in text(answer)
    assert times(cast.offer) == ["jeden Mittwoch, 08:00–09:00 Uhr"]
    again = answer.context["form"]["seen"].value()
    edit(signed_in("worker"), url, cast, TUESDAY, seen=again, place="Raum 9")
    assert times(cast.offer) == ["jeden Dienstag, 14:00–16:00 Uhr"]


def test_who_saved_while_the_form_was_checked_is_noticed_under_the_lock(cast):
    before = seen(cast.offer)
    offers.change(cast.offer, place="Raum 7", by=None)
    with pytest.raises(ValidationError, match="Raum 7"):
        offers.change(cast.offer, place="Raum 9", seen=before, by=None)
    assert Offer.objects.get(pk=cast.offer.pk).place == "Raum 7"


def test_without_having_seen_it_nothing_is_saved(signed_in, cast, url):
    edit(signed_in("lead"), url, cast, seen="", place="Raum 9")
    assert Offer.objects.get(pk=cast.offer.pk).place != "Raum 9"


def test_what_did_not_change_is_not_logged(signed_in, cast, url):
    edit(signed_in("lead"), url, cast, languages="", ends_on="2018-03-31")
    assert not Entry.objects.about(cast.offer).exists()


def test_entries_stay_within_the_time_of_their_offer(signed_in, cast, url):
    client = signed_in("lead")
    answer = edit(client, url, cast, ends_on="2016-11-14")
    assert "1 Tätigkeit zu diesem Angebot liegt später, am 15.11.2016." in said(answer)
    answer = edit(client, url, cast, starts_on="2016-11-16")
    assert "schon am 15.11.2016 eine Tätigkeit" in said(answer)
    make.activity(worker=cast.worker, offer=cast.offer, day=date(2016, 11, 18))
    answer = edit(client, url, cast, ends_on="2016-11-14")
    assert "2 Tätigkeiten zu diesem Angebot liegen später, die letzte am 18.11.2016" in said(answer)


def test_a_retired_group_may_stay(signed_in, cast, url):
    old = make.target_group(ends_on=date(2016, 6, 30))
    cast.offer.target_groups.add(old)
    Offer.objects.filter(pk=cast.offer.pk).update(is_open_to_all=False)
    fields = {"is_open_to_all": None, "target_groups": [old.pk], "place": "Raum 9"}
    edit(signed_in("lead"), url, cast, **fields)
    assert Offer.objects.get(pk=cast.offer.pk).place == "Raum 9"


def test_the_agency_cannot_be_changed(signed_in, cast, url):
    edit(signed_in("coordination"), url, cast, agency=cast.other_agency.pk, place="Raum 9")
    offer = Offer.objects.get(pk=cast.offer.pk)
    assert (offer.agency, offer.place) == (cast.agency, "Raum 9")


def test_the_form_shows_the_times_and_room_for_more(signed_in, cast, url):
    form = signed_in("lead").get(url).context["form"]
    assert len(form.times.forms) == 4
    assert form.times.forms[0]["weekday"].value() == 1
