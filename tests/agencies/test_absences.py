from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from agencies import absences
from agencies.models import Absence
from coordination.audit.models import Entry
from tests import make

DAY = date(2016, 12, 1)


@pytest.fixture(autouse=True)
def day(settings):
    settings.PORTAL_DAY = DAY


@pytest.fixture
def worker(db):
    return make.worker()


def enter(worker, first, last):
    return absences.create(worker, starts_on=first, ends_on=last, by=make.user())


def test_an_absence_is_entered_with_its_first_and_last_day(worker):
    enter(worker, DAY, date(2016, 12, 9))
    (row,) = worker.absences.all()
    assert (row.starts_on, row.ends_on) == (DAY, date(2016, 12, 9))


def test_it_may_have_begun_but_not_be_over(worker):
    enter(worker, date(2016, 11, 28), DAY)
    with pytest.raises(ValidationError, match="Diese Tage sind vorbei"):
        enter(worker, date(2016, 11, 1), date(2016, 11, 30))


def test_the_last_day_does_not_lie_before_the_first(worker):
    with pytest.raises(ValidationError):
        enter(worker, date(2016, 12, 9), date(2016, 12, 8))
    assert not Absence.objects.exists()


@pytest.mark.parametrize("shift", [-4, 0, 4])
def test_no_day_is_entered_twice(worker, shift):
    enter(worker, date(2016, 12, 5), date(2016, 12, 9))
    first = date(2016, 12, 5) + timedelta(days=shift)
    with pytest.raises(ValidationError, match="vom 05.12.2016 bis 09.12.2016"):
        enter(worker, first, first + timedelta(days=4))
    assert worker.absences.count() == 1


def test_the_next_may_follow_at_once_and_others_are_away_too(worker):
    enter(worker, date(2016, 12, 5), date(2016, 12, 9))
    enter(worker, date(2016, 12, 10), date(2016, 12, 11))
    enter(make.worker(), date(2016, 12, 5), date(2016, 12, 9))
    assert worker.absences.count() == 2


def test_the_log_knows_of_it_but_not_when(worker):
    """The log keeps for good what it is told: no calendar of who was away."""
    by = make.user()
    absences.delete(enter(worker, DAY, date(2016, 12, 9)), by=by)
    for entry in Entry.objects.filter(target_model="agencies.absence"):
        assert entry.agency_id == worker.agency_id
        assert entry.target_label == worker.name
        assert (entry.before, entry.after, entry.reason) == ({}, {}, "")
    verbs = Entry.objects.filter(target_model="agencies.absence").values_list("verb", flat=True)
    assert sorted(verbs) == ["created", "deleted"]


def test_deleted_twice_it_is_logged_once(worker):
    row, by = enter(worker, DAY, DAY), make.user()
    absences.delete(Absence.objects.select_related("worker").get(pk=row.pk), by=by)
    absences.delete(row, by=by)
    assert not worker.absences.exists()
    assert Entry.objects.filter(verb="deleted", target_model="agencies.absence").count() == 1
