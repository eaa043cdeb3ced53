from datetime import date

import pytest

from agencies import agencies
from agencies.models import Agency
from coordination.audit.models import Entry
from tests import make
from tests.agencies.test_assignments import in_parallel
from tests.agencies.test_occupancies import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sample_day(settings):
    settings.PORTAL_DAY = make.DAY


def create(**fields):
    return agencies.create(
        **{"name": "Caritasverband", "short_name": "Caritas", "by": None, **fields}
    )


def test_an_agency_is_created_and_reads_of_it_in_its_own_log():
    agency = create()
    entry = Entry.objects.get()
    assert (entry.verb, entry.agency_id) == ("created", agency.pk)
    assert entry.after == {"name": "Caritasverband", "short_name": "Caritas"}


@pytest.mark.parametrize("fields", [{"name": "Anders"}, {"short_name": "Anders"}])
def test_names_are_taken_once(fields):
    create()
    [taken] = refusal(create, **fields)
    assert taken not in fields
    assert Agency.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twenty_times_creates_one_agency():
    results = in_parallel([create] * 20)
    assert results.count(True) == 1
    assert (Agency.objects.count(), Entry.objects.count()) == (1, 1)


def test_an_agency_at_work_is_not_closed():
    occupancy = make.occupancy(worker=None)
    agency = occupancy.position.agency
    make.assignment(position=occupancy.position, district=make.district(name="Eicken"))
    found = refusal(agencies.change, agency, is_active=False, by=None)
    assert occupancy.worker.name in found["is_active"][0]
    assert "Eicken" in found["is_active"][0]
    assert Agency.objects.get().is_active


def test_a_long_list_of_what_runs_is_cut_with_its_number():
    position = make.position()
    for _ in range(5):
        make.assignment(position=position)
    found = refusal(agencies.change, position.agency, is_active=False, by=None)
    assert "und 2 weitere" in found["is_active"][0]


def test_an_agency_whose_work_is_done_is_closed():
    agency = make.occupancy(ends_on=date(2016, 11, 30)).position.agency
    assert not agencies.change(agency, is_active=False, by=None).is_active
    assert Entry.objects.get().verb == "deactivated"
