from datetime import date

import pytest

from coordination.council.summary.content import QUARTER, place
from tests import make
from tests.summary.frames import report

pytestmark = pytest.mark.django_db


def counts(found):
    measures = ("aufgaben_offen", "aufgaben_ueberfaellig", "antraege_offen")
    return [found.figure(measure).value for measure in measures]


def test_tasks_are_counted_as_they_stood_on_the_day():
    make.task(due_on=date(2016, 11, 30))  # overdue
    make.task(due_on=make.DAY)
    make.task("done", closed_on=make.DAY)
    make.task("done", closed_on=date(2016, 12, 2))  # open on the day
    make.task(given_on=date(2016, 12, 2), due_on=date(2017, 1, 1))  # not given yet
    found = report()
    assert counts(found) == [3, 2, 0]


def test_a_task_names_office_due_day_and_resolution_but_no_person():
    district = make.district()
    motion = make.motion(number="2015/42")
    resolution = make.resolution(motion)
    resolution.districts.add(district)
    person = make.user(name="Ute Sommer")
    make.task(resolution=resolution, text="Stellen besetzen", responsible=person)

    found = report()

    assert found.list("tasks") == [
        {
            "kind": "Aufgabe",
            "text": "Stellen besetzen",
            "day": "2016-06-30",
            "places": [place(QUARTER, district.pk)],
            "owner": "Fachbereich Soziales",
            "state": "offen",
            "is_overdue": True,
            "resolution": "2015/42",
        }
    ]
    assert "Sommer" not in str(found.kept)


def test_a_resolution_without_motion_is_known_by_its_paper_or_title():
    paper = make.paper(number="V/1")
    make.task(resolution=make.resolution(paper=paper))
    make.task(resolution=make.resolution(title="Aus eigenem Antrieb"), due_on=date(2017, 1, 1))
    told = [line["resolution"] for line in report().list("tasks")]
    assert told == ["V/1", "Aus eigenem Antrieb"]


def test_motions_under_way_are_listed_with_their_state():
    group = make.group(short_name="GRÜ")
    motion = make.motion(group, number="2016/9", title="Wohnen")
    make.motion_step(motion, "referred", date(2016, 10, 1))
    make.motion_step(motion, "adopted", date(2016, 12, 2))
    make.resolution(make.motion())
    make.motion(submitted_on=date(2016, 12, 2))

    found = report()

    assert counts(found) == [0, 0, 1]
    (line,) = found.list("motions")
    assert (line["text"], line["groups"], line["day"]) == ("2016/9 Wohnen", "GRÜ", "2016-02-01")
    assert line["state"] == "überwiesen"


def test_long_lists_say_how_many_more_there_are():
    resolution = make.resolution()
    for _ in range(42):
        make.task(resolution=resolution)
    found = report()
    assert found.figure("aufgaben_offen").value == 42
    assert found.list("tasks")[-1]["number"] == 2
