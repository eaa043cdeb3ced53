from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from agencies.activity import activities, rollup
from agencies.activity.models import Activity, MonthlySum
from coordination.as_of import today
from coordination.audit.models import Entry
from coordination.periods import ONE_DAY, show_day
from districts.models import District
from tests import make

DAY = date(2016, 11, 15)


@pytest.fixture
def words(db):
    """The words an entry is made of, and who writes it."""
    return {
        "worker": make.worker(),
        "district": make.district(name="Eicken"),
        "kind": make.kind(),
        "format": make.format(),
        "minutes": 60,
    }


def log(words, counts=None, **fields):
    return activities.log(**{**words, "day": DAY, "counts": counts or {}, "by": None, **fields})


def refused(field, act, *args, **kwargs):
    with pytest.raises(ValidationError) as error:
        act(*args, **kwargs)
    assert field in error.value.message_dict, error.value
    return " ".join(error.value.message_dict[field])


def test_an_entry_adds_up_its_counts_by_background(words):
    entry = log(
        words,
        {
            make.target_group("refugee"): 3,
            make.target_group("other"): 2,
            make.target_group("helper"): 1,
        },
    )
    assert (entry.refugees, entry.others, entry.helpers, entry.participants) == (3, 2, 1, 5)
    assert entry.headcounts.count() == 3


def test_a_count_of_nobody_is_not_kept(words):
    assert not log(words, {make.target_group(): 0}).headcounts.exists()


@pytest.mark.parametrize("people", [-1, 10_000, 10**12])
def test_a_count_stays_within_limits(words, people):
    refused("counts", log, words, {make.target_group(): people})


def test_the_future_is_not_entered(words):
    tomorrow = today() + ONE_DAY
    assert show_day(tomorrow) in refused("day", log, words, day=tomorrow)


def test_a_borough_is_no_place_of_an_entry(words):
    refused("district", log, words, district=make.borough())


@pytest.mark.parametrize("name", ["kind", "format"])
def test_a_retired_word_is_not_used_anew_but_stays(words, name):
    term = getattr(make, name)(ends_on=date(2016, 12, 31))
    entry = log(words, **{name: term})
    term.ends_on = date(2016, 10, 31)
    term.save()
    refused(name, log, words, **{name: term})
    assert activities.change(entry, minutes=90, by=None).minutes == 90


def test_an_ended_worker_gets_no_new_entry_but_old_ones_can_be_mended(words):
    entry = log(words)
    worker = words["worker"]
    worker.is_active = False
    worker.save()
    refused("worker", log, words)
    assert activities.change(entry, minutes=30, by=None).minutes == 30


def test_an_offer_of_another_agency_is_refused(words):
    refused("offer", log, words, offer=make.offer())


@pytest.mark.parametrize("state", ["submitted", "accepted", "locked"])
def test_a_closed_period_takes_no_entry(words, state):
    entry = log(words)
    period = make.period(
        state, agency=entry.agency, starts_on=date(2016, 10, 1), ends_on=date(2016, 12, 31)
    )
    other = date(2016, 9, 30)
    assert period.name in refused("day", log, words)
    refused("day", activities.change, entry, minutes=5, by=None)
    refused("day", activities.delete, entry, by=None)
    refused("day", activities.change, log(words, day=other), day=DAY, by=None)
    assert Activity.objects.count() == 2


@pytest.mark.parametrize("state", ["open", "sent_back"])
def test_an_open_period_takes_entries(words, state):
    make.period(
        state,
        agency=words["worker"].agency,
        starts_on=date(2016, 10, 1),
        ends_on=date(2016, 12, 31),
    )
    assert log(words).pk


def test_the_closed_period_of_another_agency_does_not_matter(words):
    make.period("locked", starts_on=date(2016, 10, 1), ends_on=date(2016, 12, 31))
    assert log(words).pk


def test_a_form_sent_twice_makes_one_entry(words):
    form_id = uuid4()
    assert log(words, form_id=form_id) == log(words, form_id=form_id)
    assert Activity.objects.count() == 1


def test_changes_and_deletions_are_logged_without_the_note(words):
    entry = log(words, note="Person A will umziehen")
    activities.change(entry, minutes=90, note="Person B", by=None)
    activities.delete(entry, by=None)
    logged = Entry.objects.about(entry)
    assert [row.verb for row in logged] == ["deleted", "changed"]
    assert logged[1].before["minutes"] == 60
    assert logged[1].after["minutes"] == 90
    for row in logged:
        assert "Person" not in f"{row.before} {row.after} {row.target_label} {row.reason}"


def sums():
    return list(
        MonthlySum.objects.values_list("month", "district__name", *rollup.MEASURES).order_by("pk")
    )


def test_the_rollup_follows_every_way_of_writing(words):
    refugees, others = make.target_group("refugee"), make.target_group("other")
    first = log(words, {refugees: 2, others: 1})
    second = log(words, {refugees: 1}, minutes=30)
    assert sums() == [(date(2016, 11, 1), "Eicken", 2, 90, 3, 1, 0, 1, 1)]
    activities.change(first, day=date(2016, 10, 31), by=None)
    assert sums() == [
        (date(2016, 11, 1), "Eicken", 1, 30, 1, 0, 0, 0, 0),
        (date(2016, 10, 1), "Eicken", 1, 60, 2, 1, 0, 1, 1),
    ]
    Activity.objects.filter(pk=second.pk).update(minutes=45, district=make.district(name="Pesch"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE activity_activity SET refugees = 9 WHERE id = %s", [first.pk])
    assert rollup.differences() == []
    activities.delete(first, by=None)
    Activity.objects.all().delete()
    assert rollup.differences() == []
    assert {row[2:] for row in sums()} == {(0,) * 7}


def test_entries_entered_in_bulk_are_in_the_rollup(words):
    place = [make.district(), make.district()]
    rows = [
        Activity(**{**words, "agency": words["worker"].agency, "day": DAY, "form_id": None,
                    "district": place[n % 2], "refugees": n})
        for n in range(10)
    ]  # fmt: skip
    Activity.objects.bulk_create(rows)
    assert rollup.differences() == []
    assert sum(row[4] for row in sums()) == 45


def test_a_rollup_that_drifted_is_found(words):
    log(words)
    MonthlySum.objects.update(minutes=61)
    (found,) = rollup.differences()
    assert found[0] == date(2016, 11, 1)
    assert (61, 60) in found
    MonthlySum.objects.all().delete()
    assert rollup.differences()


def test_the_rollup_of_a_district_that_is_gone_from_the_entries_is_found(words):
    entry = log(words)
    MonthlySum.objects.create(
        month=date(2015, 1, 1), agency=entry.agency, district=District.objects.first(), entries=1
    )
    assert rollup.differences()


def test_what_counts_nobody_need_not_be_in_the_list(words):
    assert log(words, {make.target_group(ends_on=date(2016, 10, 31)): 0}).pk


@pytest.mark.parametrize("name", ["counts", "topics"])
def test_a_change_takes_no_word_that_ended_but_keeps_what_was_there(words, name):
    term = make.target_group() if name == "counts" else make.topic()
    used = {term: 1} if name == "counts" else [term]
    entry, other = log(words, **{name: used}), log(words)
    term.ends_on = date(2016, 10, 31)
    term.save()
    assert activities.change(entry, **{name: used}, by=None)
    refused(name, activities.change, other, **{name: used}, by=None)


def test_the_feed_of_a_closed_agency_is_empty(client, words):
    offer = make.offer(agency=words["worker"].agency, title="Gartengruppe", ends_on=None)
    url = f"/angebote/verband/{offer.agency_id}.ics"
    assert "Gartengruppe" in client.get(url).content.decode()
    offer.agency.is_active = False
    offer.agency.save()
    assert "Gartengruppe" not in client.get(url).content.decode()
