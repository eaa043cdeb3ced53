from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agencies import occupancies
from agencies.models import Occupancy
from coordination.audit.models import Entry
from tests import make

DAY = date(2017, 1, 1)


@pytest.fixture
def successor(cast):
    return make.worker(agency=cast.agency)


def succeed(cast, worker, **fields):
    return occupancies.succeed(
        cast.occupancy, **{"worker": worker, "starts_on": DAY, "reason": "x", "by": None, **fields}
    )


def test_the_position_goes_to_the_successor_with_its_districts(cast, successor):
    new = succeed(cast, successor, reason="Ruhestand")
    cast.occupancy.refresh_from_db()
    assert cast.occupancy.ends_on == date(2016, 12, 31)
    assert (new.worker, new.starts_on, new.ends_on) == (successor, DAY, date(2018, 3, 31))
    assert new.fte == cast.occupancy.fte
    assert cast.assignment.position.assignments.on(DAY).get() == cast.assignment
    assert [entry.verb for entry in Entry.objects.filter(reason="Ruhestand")] == [
        "created",
        "ended",
    ]


@pytest.mark.parametrize("day", [date(2016, 4, 1), date(2016, 3, 1), date(2018, 4, 1)])
def test_a_day_outside_the_occupancy_is_refused(cast, successor, day):
    with pytest.raises(ValidationError) as caught:
        succeed(cast, successor, starts_on=day)
    assert list(caught.value.message_dict) == ["starts_on"]


def test_nobody_succeeds_themselves_and_nobody_from_elsewhere(cast):
    for worker in (cast.worker, make.worker(), make.worker(agency=cast.agency, kind="freelance")):
        with pytest.raises(ValidationError) as caught:
            succeed(cast, worker)
        assert list(caught.value.message_dict) == ["worker"]
    assert Occupancy.objects.count() == 1
    cast.occupancy.refresh_from_db()
    assert cast.occupancy.ends_on == date(2018, 3, 31)


def test_the_lead_hands_over_in_one_step(client, cast, successor):
    client.force_login(cast.people["lead"])
    url = reverse("agencies:occupancy_succeed", args=[cast.occupancy.pk])
    seen = client.get(url).context["form"]["seen"].value()
    typed = {"worker": successor.pk, "starts_on": "01.01.2017", "reason": "Wechsel", "seen": seen}
    assert client.post(url, typed).status_code == 302
    assert Occupancy.objects.on(DAY).get().worker == successor
    again = client.post(url, typed)
    assert again.status_code == 200
    assert Occupancy.objects.count() == 2
