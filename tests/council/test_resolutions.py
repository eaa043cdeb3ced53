"""Resolutions through the operations: on a motion, without one, corrected."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from coordination.audit.models import Entry
from coordination.council import motions, resolutions, tasks
from coordination.council.models import CouncilPaper, Motion, Resolution
from tests import make

pytestmark = pytest.mark.django_db
MARCH = date(2016, 3, 1)


@pytest.fixture
def clerk():
    return make.user("coordination")


def resolve(motion=None, **fields):
    fields = {"title": "Beschluss", "day": MARCH, "result": "adopted", "by": None, **fields}
    fields["committee"] = fields.get("committee") or make.committee()
    return resolutions.resolve(motion, **fields)


def state(motion):
    return Motion.objects.on(date(2016, 12, 1)).get(pk=motion.pk).state


@pytest.mark.parametrize(
    ("result", "pending"),
    [
        ("adopted", False),
        ("amended", False),
        ("rejected", False),
        ("noted", False),
        ("deferred", True),
        ("recommended", True),
    ],
)
def test_each_result_moves_the_motion(result, pending):
    motion = make.motion()
    resolve(motion, result=result)
    assert state(motion) == result
    assert Motion.objects.pending(MARCH).filter(pk=motion.pk).exists() is pending


def test_a_resolution_needs_no_motion_and_brings_its_paper(clerk):
    agreement = make.agreement(12_000)
    resolution = resolve(
        title="Vereinbarung", paper_number=" V/2014/356 ", agreements=[agreement], by=clerk
    )
    assert resolution.motion is None
    assert CouncilPaper.objects.get() == resolution.paper
    assert (resolution.paper.number, resolution.paper.title) == ("V/2014/356", "Vereinbarung")
    assert list(agreement.resolutions.all()) == [resolution]


def test_a_paper_that_is_there_already_is_told_at_its_field():
    make.paper(number="V/1")
    with pytest.raises(ValidationError) as error:
        resolve(paper_number="V/1")
    assert list(error.value.message_dict) == ["paper_number"]
    assert not Resolution.objects.exists()


def test_the_same_is_entered_once():
    rat = make.committee()
    resolve(committee=rat)
    with pytest.raises(ValidationError, match="Dieser Beschluss ist schon eingetragen"):
        resolve(committee=rat)
    assert Resolution.objects.count() == 1


def test_a_committee_resolves_only_in_its_time():
    with pytest.raises(ValidationError, match="gibt es am 01.03.2016 nicht"):
        resolve(committee=make.committee(starts_on=date(2016, 3, 2)))


def test_open_resolutions_are_adopted_and_have_an_open_task():
    for result in ("adopted", "amended", "rejected"):
        resolve(title=result, result=result)
    carried = Resolution.objects.get(title="amended")
    task = make.task(resolution=carried)
    make.task("done", resolution=Resolution.objects.get(title="adopted"))
    assert list(Resolution.objects.open_on(date(2016, 7, 1))) == [carried]
    assert not Resolution.objects.open_on(date(2016, 2, 29)).exists()
    tasks.finish(task, day=date(2016, 8, 1), report="Erledigt", by=None)
    assert Resolution.objects.open_on(date(2016, 7, 31)).get() == carried
    assert not Resolution.objects.open_on(date(2016, 8, 1)).exists()


class TestCorrections:
    def test_a_wrong_result_is_corrected_with_a_reason_and_stays_visible(self, clerk):
        motion = make.motion()
        resolution = resolve(motion, result="rejected")
        with pytest.raises(ValidationError) as error:
            resolutions.change(resolution, result="adopted", by=clerk)
        assert list(error.value.message_dict) == ["reason"]
        resolutions.change(resolution, result="adopted", reason="Verlesen", by=clerk)
        assert state(motion) == "adopted"
        resolution.refresh_from_db()
        assert (resolution.step.state, resolution.step.replaces.state) == ("adopted", "rejected")
        entry = Entry.objects.about(resolution).get(verb="changed")
        assert (entry.before, entry.after) == (
            {"result": "abgelehnt"},
            {"result": "angenommen"},
        )
        assert entry.reason == "Verlesen"

    def test_texts_and_links_need_no_reason(self, clerk):
        resolution = resolve(make.motion())
        district = make.district()
        resolutions.change(resolution, votes="einstimmig", districts=[district], by=clerk)
        assert list(district.resolutions.all()) == [resolution]
        assert resolution.motion.steps.count() == 2

    def test_a_day_stays_between_the_steps_around_it(self):
        motion = make.motion()
        resolution = resolve(motion, result="deferred")
        motions.withdraw(motion, day=date(2016, 3, 10), note="Erledigt", by=None)
        for day in (date(2016, 1, 31), date(2016, 3, 11)):
            with pytest.raises(ValidationError) as error:
                resolutions.change(resolution, day=day, reason="Verlesen", by=None)
            assert list(error.value.message_dict) == ["day"]
        resolutions.change(resolution, day=date(2016, 3, 10), reason="Verlesen", by=None)
        with pytest.raises(ValidationError, match="Der Antrag ging danach weiter"):
            resolutions.change(resolution, result="adopted", reason="Verlesen", by=None)
        assert state(motion) == "withdrawn"

    def test_what_has_open_tasks_stays_adopted(self):
        resolution = resolve(make.motion())
        make.task(resolution=resolution)
        with pytest.raises(ValidationError, match="Es gibt offene Aufgaben"):
            resolutions.change(resolution, result="rejected", reason="Verlesen", by=None)
        with pytest.raises(ValidationError, match="Eine Aufgabe wurde am 01.03.2016 erteilt"):
            resolutions.change(resolution, day=date(2016, 3, 2), reason="Verlesen", by=None)
        assert state(resolution.motion) == "adopted"
