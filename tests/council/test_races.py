"""Two desks that act in the same moment: one effect, and a history without a fork."""

from datetime import date

import pytest

from coordination.council import bodies, motions, resolutions, tasks
from coordination.council.models import Group, Motion, Resolution, ResolutionTask
from tests import make
from tests.people.desks import REFUSED, at_once

pytestmark = pytest.mark.django_db(transaction=True)
MARCH, JUNE = date(2016, 3, 1), date(2016, 6, 30)


def accepted(results):
    return len(results) - results.count(REFUSED)


def test_a_motion_is_settled_once():
    motion, rat, clerk = make.motion(), make.committee(), make.user()

    def resolve():
        fields = {"committee": rat, "day": MARCH, "result": "adopted", "by": clerk}
        return resolutions.resolve(motion, title="Beschluss", **fields)

    def withdraw():
        return motions.withdraw(motion, day=MARCH, note="Erledigt", by=clerk)

    assert accepted(at_once([resolve, withdraw, resolve, withdraw])) == 1
    assert [step.place for step in motion.steps.all()] == [1, 2]


def test_a_task_is_finished_once():
    task, clerk = make.task(), make.user()

    def finish():
        return tasks.finish(task, day=JUNE, report="Erledigt", by=clerk)

    assert accepted(at_once([finish] * 4)) == 1
    assert [step.place for step in task.steps.all()] == [1, 2]


def test_the_same_is_entered_once():
    rat, clerk, carried = make.committee(), make.user(), make.resolution()

    def acts(count, act):
        return accepted(at_once([act] * count))

    days = {"starts_on": MARCH, "by": clerk}
    assert acts(3, lambda: bodies.create(Group, name="G", short_name="G", **days)) == 1
    assert acts(3, lambda: motions.submit(number="1", title="A", submitted_on=MARCH, by=clerk)) == 1
    same = {"committee": rat, "day": MARCH, "result": "adopted", "by": clerk}
    assert acts(3, lambda: resolutions.resolve(title="B", **same)) == 1
    task = {"text": "T", "owner": "Amt", "due_on": JUNE, "by": clerk}
    assert acts(3, lambda: tasks.give(carried, **task)) == 1
    assert Motion.objects.count() == ResolutionTask.objects.count() == Group.objects.count() == 1
    assert Resolution.objects.count() == 2


def test_a_task_is_not_given_while_the_result_is_taken_away():
    resolution, clerk = make.resolution(), make.user()

    def give():
        return tasks.give(resolution, text="T", owner="Amt", due_on=JUNE, by=clerk)

    def reject():
        return resolutions.change(resolution, result="rejected", reason="Verlesen", by=clerk)

    assert accepted(at_once([give, reject])) == 1
