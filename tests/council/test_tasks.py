"""Tasks of resolutions through the operations: as of any day, settled once, never rewritten."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from coordination.as_of import today
from coordination.audit.models import Entry
from coordination.council import half_years, tasks
from coordination.council.half_years import HalfYear
from coordination.council.models import ResolutionTask, TaskStep
from tests import make

pytestmark = pytest.mark.django_db
JUNE = date(2016, 6, 30)


@pytest.fixture
def clerk():
    return make.user("coordination")


@pytest.fixture
def task(clerk):
    return tasks.give(
        make.resolution(),
        text="Ansprechpersonen benennen",
        owner="Fachbereich Soziales",
        due_on=JUNE,
        responsible=clerk,
        by=clerk,
    )


def is_open(task, day):
    return ResolutionTask.objects.open_on(day).filter(pk=task.pk).exists()


def is_overdue(task, day):
    return ResolutionTask.objects.overdue(day).filter(pk=task.pk).exists()


def test_a_task_was_open_until_the_day_before_it_was_done(task, clerk):
    tasks.finish(task, day=date(2016, 7, 5), report="Liste veröffentlicht", by=clerk)
    assert not is_open(task, date(2016, 2, 29))
    assert is_open(task, date(2016, 3, 1))
    assert is_open(task, date(2016, 7, 4))
    assert not is_open(task, date(2016, 7, 5))
    assert not is_overdue(task, JUNE)
    assert is_overdue(task, date(2016, 7, 1))
    assert not is_overdue(task, date(2016, 7, 5))


def test_a_later_due_date_counts_from_the_day_it_was_granted(task, clerk):
    granted = date(2016, 8, 1)
    tasks.postpone(task, due_on=date(2016, 9, 30), reason="Mehr Zeit", day=granted, by=clerk)
    assert is_overdue(task, date(2016, 7, 31))
    assert not is_overdue(task, granted)
    assert is_overdue(task, date(2016, 10, 1))
    on = ResolutionTask.objects.on
    assert on(date(2016, 7, 31)).get().due_on == JUNE
    assert on(granted).get().due_on == date(2016, 9, 30)
    entry = Entry.objects.about(task).get(verb="extended")
    assert (entry.before["due_on"], entry.after["due_on"]) == ("2016-06-30", "2016-09-30")
    assert entry.reason == "Mehr Zeit"


def test_a_task_is_settled_once(task, clerk):
    tasks.finish(task, day=JUNE, report="Erledigt", by=clerk)
    for act in (
        lambda: tasks.finish(task, day=JUNE, report="Noch einmal", by=clerk),
        lambda: tasks.drop(task, day=JUNE, reason="Nein", by=clerk),
        lambda: tasks.postpone(task, due_on=date(2017, 1, 1), reason="Später", by=clerk),
    ):
        with pytest.raises(ValidationError, match="erledigt am 30.06.2016"):
            act()
    assert task.steps.count() == 2


def test_a_second_click_finishes_nothing_twice(task, clerk):
    seen = tasks.last_step(task).pk
    tasks.finish(task, day=JUNE, report="Erledigt", step=seen, by=clerk)
    with pytest.raises(ValidationError) as error:
        tasks.finish(task, day=JUNE, report="Erledigt", step=seen, by=clerk)
    assert error.value.code == "done"
    assert task.steps.count() == 2


def test_whoever_has_not_seen_the_last_step_is_told_of_it(task, clerk):
    seen = tasks.last_step(task).pk
    tasks.drop(task, day=JUNE, reason="Überholt", by=clerk)
    with pytest.raises(ValidationError, match="Inzwischen hat") as error:
        tasks.finish(task, day=JUNE, report="Erledigt", step=seen, by=make.user("coordination"))
    assert error.value.code == "unseen"


def test_dates_are_in_order(task, clerk):
    with pytest.raises(ValidationError) as error:
        tasks.finish(task, day=today() + timedelta(days=1), report="Bald", by=clerk)
    assert error.value.message_dict == {"day": ["Dieser Tag liegt in der Zukunft."]}
    with pytest.raises(ValidationError) as error:
        tasks.finish(task, day=date(2016, 2, 28), report="Früher", by=clerk)
    assert "Der Schritt davor war am 01.03.2016" in error.value.message_dict["day"][0]
    with pytest.raises(ValidationError) as error:
        tasks.postpone(task, due_on=date(2016, 2, 28), reason="Früher", by=clerk)
    assert "Die Frist liegt vor dem 01.03.2016." in error.value.message_dict["due_on"]
    with pytest.raises(ValidationError) as error:
        tasks.give(task.resolution, text="Früher", owner="Amt", due_on=date(2016, 1, 1), by=clerk)
    assert list(error.value.message_dict) == ["due_on"]


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (lambda task: tasks.finish(task, day=JUNE, report="  ", by=None), "report"),
        (lambda task: tasks.drop(task, day=JUNE, reason="", by=None), "reason"),
        (lambda task: tasks.postpone(task, due_on=today(), reason=" ", by=None), "reason"),
    ],
)
def test_every_change_says_why(task, act, field):
    with pytest.raises(ValidationError) as error:
        act(task)
    assert list(error.value.message_dict) == [field]
    assert task.steps.count() == 1


def test_a_task_opened_again_was_settled_until_then(task, clerk):
    tasks.finish(task, day=JUNE, report="Erledigt", by=clerk)
    tasks.reopen(task, due_on=date(2016, 9, 1), reason="Doch nicht", day=date(2016, 8, 1), by=clerk)
    assert not is_open(task, date(2016, 7, 31))
    assert is_open(task, date(2016, 8, 1))
    with pytest.raises(ValidationError, match="Diese Aufgabe ist offen"):
        tasks.reopen(task, due_on=today(), reason="Noch einmal", by=clerk)


def test_only_what_was_adopted_has_tasks(clerk):
    rejected = make.resolution(result="rejected")
    with pytest.raises(ValidationError, match="das Ergebnis war: abgelehnt"):
        tasks.give(rejected, text="Trotzdem", owner="Amt", due_on=JUNE, by=clerk)


def test_the_same_task_is_entered_once(task, clerk):
    with pytest.raises(ValidationError, match="Diese Aufgabe ist schon eingetragen"):
        tasks.give(task.resolution, text=f" {task.text} ", owner="Amt", due_on=JUNE, by=clerk)
    assert ResolutionTask.objects.count() == 1


def test_only_city_staff_are_responsible(task, clerk):
    lead = make.membership("lead").user
    with pytest.raises(ValidationError) as error:
        tasks.change(task, responsible=lead, by=clerk)
    assert list(error.value.message_dict) == ["responsible"]


def test_a_closed_task_says_why_in_the_database_too(task):
    with pytest.raises(ValidationError, match="Bitte sagen, was getan wurde"):
        TaskStep(task=task, place=2, state="done", day=JUNE, due_on=JUNE).full_clean()


class TestHalfYears:
    def test_a_year_has_two(self):
        assert half_years.of(date(2016, 6, 30)) == HalfYear(2016, 1)
        assert half_years.of(date(2016, 7, 1)) == HalfYear(2016, 2)
        assert HalfYear(2016, 1).last == date(2016, 6, 30)
        assert HalfYear(2016, 2).first == date(2016, 7, 1)
        before, after = half_years.neighbours(HalfYear(2016, 1))
        assert (before, after) == (HalfYear(2015, 2), HalfYear(2016, 2))
        assert half_years.neighbours(HalfYear(1900, 1))[0] is None
        assert half_years.neighbours(HalfYear(2199, 2))[1] is None

    @pytest.mark.parametrize("typed", ["", "2016", "2016-3", "x-1", "²016-1", "0001-1", "9999-1"])
    def test_what_is_none_is_the_current_one(self, typed):
        assert half_years.read(typed, HalfYear(2016, 2)) == HalfYear(2016, 2)

    def test_the_list_holds_what_is_open_and_what_was_settled_in_it(self):
        rows = {
            "open": make.task(),
            "done_before": make.task("done", closed_on=JUNE),
            "done": make.task("done", closed_on=date(2016, 7, 1)),
            "dropped": make.task("dropped", closed_on=date(2016, 12, 31)),
            "done_after": make.task("done", closed_on=date(2017, 1, 1)),
        }

        def listed(day):
            found = half_years.listing(HalfYear(2016, 2), ResolutionTask.objects.all(), day=day)
            return [
                {name for name, row in rows.items() if row in part}
                for part in (found.open, found.done, found.dropped)
            ]

        assert listed(date(2017, 5, 1)) == [{"open", "done_after"}, {"done"}, {"dropped"}]
        # While the half-year runs it ends on the Stichtag.
        assert listed(date(2016, 8, 1)) == [{"open", "done_after", "dropped"}, {"done"}, set()]
