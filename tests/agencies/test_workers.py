from datetime import date

import pytest

from agencies import workers
from agencies.models import Worker
from coordination.audit.models import Entry
from tests import make
from tests.agencies.test_assignments import in_parallel
from tests.agencies.test_occupancies import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sample_day(settings):
    settings.PORTAL_DAY = make.DAY


def create(**fields):
    agency = fields.pop("agency", None) or make.agency()
    return workers.create(**{"agency": agency, "name": "Anna Beispiel", "by": None, **fields})


def test_a_worker_is_created_and_logged_for_the_agency():
    worker = create(languages="Deutsch, Farsi")
    entry = Entry.objects.get()
    assert (entry.verb, entry.agency_id) == ("created", worker.agency_id)
    assert entry.after["languages"] == "Deutsch, Farsi"


@pytest.mark.parametrize("name", ["Anna Beispiel", "anna  beispiel", " ANNA BEISPIEL "])
def test_a_name_stands_in_an_agency_once_whatever_its_case(name):
    agency = create().agency
    found = refusal(create, agency=agency, name=name.strip())
    assert "unterscheiden Sie sie im Namen" in found["name"][0]
    assert create(name=name.strip())  # in another agency


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twenty_times_creates_one_worker():
    agency = make.agency()
    results = in_parallel([lambda: create(agency=agency)] * 20)
    assert results.count(True) == 1
    assert (Worker.objects.count(), Entry.objects.count()) == (1, 1)


def test_the_account_is_one_of_a_member_of_the_agency():
    agency = make.agency()
    member, stranger = make.membership(agency=agency).user, make.membership().user
    assert "gehört nicht zu" in refusal(create, agency=agency, user=stranger)["user"][0]
    assert create(agency=agency, user=member).user == member


def test_an_account_belongs_to_one_worker_only():
    agency = make.agency()
    member = make.membership(agency=agency).user
    create(agency=agency, user=member)
    assert "user" in refusal(create, agency=agency, name="Bernd Muster", user=member)


@pytest.mark.django_db(transaction=True)
def test_one_account_is_not_linked_in_two_agencies_at_the_same_moment():
    user = make.user()
    agencies = [make.membership(user=user).agency for _ in range(6)]
    results = in_parallel([lambda row=row: create(agency=row, user=user) for row in agencies])
    assert results.count(True) == 1


def change(worker, **fields):
    return workers.change(worker, by=None, **fields)


def test_who_ever_held_a_position_stays_in_the_agency():
    occupancy = make.occupancy(ends_on=date(2016, 5, 1))
    found = refusal(change, occupancy.worker, agency=make.agency())
    assert "Der Verband bleibt" in found["agency"][0]


def test_who_never_held_a_position_may_move_and_both_agencies_read_of_it():
    worker, other = make.worker(), make.agency()
    old = worker.agency
    assert change(worker, agency=other).agency == other
    assert set(Entry.objects.values_list("agency_id", flat=True)) == {old.pk, other.pk}


@pytest.mark.parametrize("fields", [{"is_active": False}, {"kind": "freelance"}])
def test_who_holds_a_position_stays_employed_and_active(fields):
    occupancy = make.occupancy()
    found = refusal(change, occupancy.worker, **fields)
    assert list(found) == list(fields)
    assert "bis 31.03.2018. Beenden Sie zuerst die Besetzung." in str(found)


@pytest.mark.parametrize("fields", [{"is_active": False}, {"kind": "freelance"}])
def test_who_held_a_position_may_go(fields):
    occupancy = make.occupancy(ends_on=date(2016, 11, 30))
    assert change(occupancy.worker, **fields)


def test_going_and_coming_back_have_their_own_words_in_the_log():
    worker = make.worker()
    worker = change(worker, is_active=False, reason="Umzug")
    change(worker, is_active=True)
    assert list(Entry.objects.values_list("verb", flat=True)) == ["activated", "deactivated"]
