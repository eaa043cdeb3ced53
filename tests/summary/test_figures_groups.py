import json
from datetime import date

import pytest

from agencies.activity.models import Activity, Headcount
from agencies.models import Worker
from coordination.council.summary.content import BOROUGH, GROUP, QUARTER, key, place
from tests import make
from tests.summary.frames import BEFORE, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups():
    return {
        name: make.target_group(background, name=name)
        for name, background in (
            ("Geflüchtete", "refugee"),
            ("Zugewanderte", "other"),
            ("Anwohnende", "other"),
            ("Ehrenamtliche", "helper"),
        )
    }


def entry(groups, district, day=date(2016, 11, 15), **people):
    """An entry that counts people of the named groups."""
    sums = {"refugee": 0, "other": 0, "helper": 0}
    for name, number in people.items():
        sums[groups[name].background] += number
    worker = Worker.objects.first() or make.worker()  # one agency, so that nothing is small
    row = make.activity(district=district, day=day, worker=worker)
    for name, number in people.items():
        Headcount.objects.create(activity=row, target_group=groups[name], people=number)
    Activity.objects.filter(pk=row.pk).update(
        refugees=sums["refugee"], others=sums["other"], helpers=sums["helper"]
    )


def test_people_are_counted_by_target_group_now_and_before(groups):
    quarter = make.district()
    entry(groups, quarter, Geflüchtete=10, Zugewanderte=5, Anwohnende=7, Ehrenamtliche=3)
    entry(groups, quarter, day=date(2016, 12, 31), Geflüchtete=4)
    entry(groups, quarter, day=BEFORE, Anwohnende=20)
    entry(groups, quarter, day=date(2017, 1, 1), Anwohnende=100)

    found = report()

    told = {row.label: found.figure("personen", row.name).value for row in found.places(GROUP)}
    assert told == {"Geflüchtete": 14, "Zugewanderte": 5, "Anwohnende": 7, "Ehrenamtliche": 3}
    where = place(GROUP, groups["Anwohnende"].pk)
    assert found.figure("personen", where, ago=1).value == 20
    assert found.rows(key("personen", where)) is None  # 2 entries: hidden themselves


def test_groups_add_up_to_their_background_and_boroughs_to_the_group(groups):
    boroughs = [make.borough(), make.borough(), None]
    for number, parent in enumerate(boroughs, 1):
        quarter = make.district(parent=parent)
        for _ in range(3):
            entry(groups, quarter, Geflüchtete=5 * number, Zugewanderte=6, Anwohnende=7)

    found = report()

    assert not found.hidden
    for name, total in (("refugee", "mit_flucht"), ("other", "ohne_flucht")):
        rows = [row.name for row in found.places(GROUP) if row["background"] == name]
        for borough in [[], *([row.name] for row in found.places(BOROUGH))]:
            parts = [found.figure("personen", row, *borough).value for row in rows]
            assert sum(parts) == found.figure(total, *borough).value > 0
    for row in found.places(GROUP):
        parts = [
            found.figure("personen", row.name, borough.name).value
            for borough in found.places(BOROUGH)
        ]
        assert sum(parts) == found.figure("personen", row.name).value


def test_a_small_group_is_hidden_together_with_what_would_tell_it(groups):
    for parent in (make.borough(), make.borough()):
        quarter = make.district(parent=parent)
        for _ in range(3):
            entry(groups, quarter, Geflüchtete=50, Anwohnende=3_259)
    entry(groups, quarter, Zugewanderte=2)

    found = report()

    for name in ("Zugewanderte", "Anwohnende"):
        figure = found.figure("personen", place(GROUP, groups[name].pk))
        assert figure.is_hidden
        assert str(figure) == "*"
    assert found.figure("ohne_flucht").value == 6 * 3_259 + 2
    assert str(6 * 3_259) not in json.dumps(found.kept)


def test_the_rest_of_a_borough_does_not_tell_its_small_group(groups):
    for parent in (make.borough(), make.borough()):
        quarter = make.district(parent=parent)
        for _ in range(3):
            entry(groups, quarter, Geflüchtete=50, Anwohnende=30)
        entry(groups, quarter, Zugewanderte=2)

    found = report()

    few, rest = (place(GROUP, groups[name].pk) for name in ("Zugewanderte", "Anwohnende"))
    for row in found.places(BOROUGH):
        assert found.figure("personen", few, row.name).is_hidden
        both = [found.figure("personen", rest, row.name), found.figure("ohne_flucht", row.name)]
        assert any(figure.is_hidden for figure in both)


def test_groups_that_nobody_may_count_any_more_are_left_out(groups):
    old = make.target_group(name="Früher", ends_on=date(2015, 12, 31))
    found = report()
    assert found.place(place(GROUP, old.pk)) is None
    assert len(found.places(GROUP)) == 4
    assert found.place(place(QUARTER, 0)) is None
