from datetime import date

import pytest
from django.core.management import CommandError, call_command

from agencies.activity import rollup
from agencies.activity.models import Activity, Headcount
from coordination.budget import books
from coordination.demo import activities, lists
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(settings):
    settings.PORTAL_DAY = date(2016, 12, 1)
    lists.build(None)
    for _number in range(3):
        make.district()
        make.worker()


def entries():
    columns = ("day", "district", "worker", "kind", "minutes", "refugees", "others", "helpers")
    return list(Activity.objects.order_by("pk").values_list(*columns))


def refilled(count):
    Activity.objects.all().delete()
    activities.fill(count)
    return entries()


def test_filling_enters_so_many_and_the_same_each_time(city):
    first = refilled(60)
    assert len(first) == 60
    assert refilled(60) == first
    assert refilled(61) != first


def test_they_spread_over_the_years_and_add_up(city):
    activities.fill(200)
    years = {row.day.year for row in Activity.objects.all()}
    assert years == set(range(2009, 2017))
    assert rollup.differences() == []
    assert books.findings() == []


def test_many_are_copied_to_other_districts_and_workers(city, monkeypatch):
    monkeypatch.setattr(activities, "MADE_ONE_BY_ONE", 20)
    activities.fill(50)
    rows = Activity.objects.order_by("pk").select_related("worker")
    assert len(rows) == 50
    original, copy = rows[0], rows[20]
    assert (original.day, original.kind_id) == (copy.day, copy.kind_id)
    assert original.district_id != copy.district_id
    assert original.worker_id != copy.worker_id
    counts = [
        sorted(Headcount.objects.filter(activity=row).values_list("target_group", "people"))
        for row in (original, copy)
    ]
    assert counts[0] == counts[1]
    topics = [sorted(row.topics.values_list("pk", flat=True)) for row in (original, copy)]
    assert topics[0] == topics[1]
    assert books.findings() == []
    # The next entry gets a number of its own.
    make.activity(1)


@pytest.mark.parametrize("count", ["-1", "5000001", "viele"])
def test_a_number_that_cannot_be_is_refused(count, settings):
    settings.DEMO = True
    with pytest.raises(CommandError):
        call_command("seed_demo", f"--activities={count}")


def test_the_command_enters_more(settings, monkeypatch, capsys):
    settings.DEMO, settings.PORTAL_DAY = True, date(2016, 12, 1)
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    call_command("seed_demo", activities=100)
    told = capsys.readouterr().out
    count = Activity.objects.count()
    assert f"{count} activities" in told
    assert count > 4_100
    assert books.findings() == []
