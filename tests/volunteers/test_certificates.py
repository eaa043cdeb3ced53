from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections

from coordination import editing
from coordination.audit.models import Entry
from tests import make
from volunteers import certificates
from volunteers.models import Certificate
from volunteers.papers import State, of

pytestmark = pytest.mark.django_db
DAY = date(2016, 12, 1)


@pytest.fixture(autouse=True)
def in_december(settings):
    settings.PORTAL_DAY = DAY


@pytest.fixture
def volunteer():
    return make.volunteer(name="Erika Beispiel")


def inspect(volunteer, issued_on=date(2016, 10, 4), inspected_on=date(2016, 11, 7), **fields):
    by = fields.pop("by", None) or make.user()
    return certificates.inspect(
        volunteer, issued_on=issued_on, inspected_on=inspected_on, by=by, **fields
    )


def state(volunteer, day=DAY):
    return of(volunteer, day)[0].state


def test_kept_is_who_saw_it_when_and_of_when_it_was_and_nothing_else(volunteer):
    by = make.user()
    certificate = inspect(volunteer, by=by)
    assert certificate.inspected_by == by
    kept = {field.name for field in Certificate._meta.get_fields()}
    assert kept == {"id", "volunteer", "inspected_on", "issued_on", "inspected_by"}


def test_a_newer_one_replaces_the_one_before(volunteer):
    inspect(volunteer, date(2011, 3, 1), date(2011, 4, 1))
    new, by = date(2016, 11, 2), make.user()
    inspect(volunteer, new, DAY, by=by)
    kept = Certificate.objects.get()
    assert (kept.issued_on, kept.inspected_on, kept.inspected_by) == (new, DAY, by)


def test_an_older_one_does_not_replace_a_newer_one(volunteer):
    inspect(volunteer, date(2016, 10, 4))
    with pytest.raises(ValidationError, match="neueres, ausgestellt am 04.10.2016") as refused:
        inspect(volunteer, date(2016, 10, 3))
    assert list(refused.value.message_dict) == ["issued_on"]
    assert Certificate.objects.get().issued_on == date(2016, 10, 4)


@pytest.mark.parametrize(
    ("issued_on", "inspected_on", "name"),
    [
        (DAY + timedelta(days=1), DAY + timedelta(days=1), "issued_on"),
        (DAY, DAY + timedelta(days=1), "inspected_on"),
        (DAY, DAY - timedelta(days=1), "issued_on"),
    ],
)
def test_days_that_cannot_be_are_refused(volunteer, issued_on, inspected_on, name):
    with pytest.raises(ValidationError) as refused:
        inspect(volunteer, issued_on, inspected_on)
    assert list(refused.value.message_dict) == [name]
    assert not Certificate.objects.exists()


def test_the_database_refuses_one_that_was_seen_before_it_was_issued(volunteer):
    with pytest.raises(IntegrityError):
        make.certificate(volunteer=volunteer, issued_on=DAY, inspected_on=date(2016, 11, 30))


def test_of_who_helps_no_more_none_is_kept(volunteer):
    volunteer.ends_on = date(2016, 11, 30)
    volunteer.save()
    with pytest.raises(ValidationError, match="Ehrenamt ist beendet"):
        inspect(volunteer)


@pytest.mark.parametrize(
    ("issued_on", "due_on"),
    [
        (date(2011, 12, 1), date(2016, 12, 1)),
        (date(2016, 2, 28), date(2021, 2, 28)),
        (date(2016, 2, 29), date(2021, 3, 1)),
        (date(2016, 3, 1), date(2021, 3, 1)),
        (date(2011, 2, 28), date(2016, 2, 28)),
    ],
)
def test_five_years_after_it_was_issued_it_is_due(issued_on, due_on):
    certificate = make.certificate(issued_on=issued_on, inspected_on=issued_on)
    assert certificate.due_on == due_on
    assert certificate in Certificate.objects.due(due_on)
    assert certificate not in Certificate.objects.due(due_on - timedelta(days=1))


@pytest.mark.parametrize(
    ("issued_on", "expected"),
    [
        (None, State.NONE),
        (date(2011, 12, 1), State.OVERDUE),
        (date(2011, 12, 2), State.SOON),
        (date(2012, 3, 1), State.SOON),
        (date(2012, 3, 2), State.FINE),
    ],
)
def test_three_months_before_it_is_due_it_is_on_the_list(volunteer, issued_on, expected):
    if issued_on:
        make.certificate(volunteer=volunteer, issued_on=issued_on, inspected_on=issued_on)
    assert state(volunteer) == expected


@pytest.mark.parametrize(
    ("issued_on", "is_old"),
    [(date(2016, 8, 31), True), (date(2016, 9, 1), False), (date(2016, 12, 1), False)],
)
def test_at_inspection_it_should_be_no_older_than_three_months(issued_on, is_old):
    assert certificates.is_old(issued_on=issued_on, inspected_on=DAY) is is_old


def test_on_request_it_is_deleted_once(volunteer):
    inspect(volunteer)
    certificates.delete(volunteer, by=make.user())
    certificates.delete(volunteer, by=make.user())
    assert not Certificate.objects.exists()
    assert Entry.objects.filter(verb="deleted").count() == 1
    assert inspect(volunteer).pk


def test_the_log_says_only_that_one_was_inspected(volunteer):
    inspect(volunteer)
    certificates.delete(volunteer, by=make.user())
    assert set(Entry.objects.values_list("verb", flat=True)) == {"checked", "deleted"}
    for entry in Entry.objects.all():
        assert (entry.before, entry.after, entry.reason) == ({}, {}, "")
        assert entry.target_label == f"Ehrenamtliche Person {volunteer.pk}"
        assert entry.agency_id == volunteer.agency_id


def test_who_did_not_see_the_last_one_is_told(volunteer):
    seen = editing.fingerprint(Certificate(volunteer=volunteer), certificates.WATCHED)
    inspect(volunteer)
    with pytest.raises(ValidationError, match="04.10.2016"):
        inspect(volunteer, DAY, DAY, seen=seen)


@pytest.mark.django_db(transaction=True)
def test_two_who_inspect_at_once_leave_one_record():
    volunteer, people = make.volunteer(), [make.user(), make.user()]

    def run(by):
        try:
            inspect(volunteer, by=by)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, people))
    assert Certificate.objects.get().volunteer == volunteer
    assert Entry.objects.filter(verb="checked").count() == 2
