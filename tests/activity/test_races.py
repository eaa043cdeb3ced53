"""Forms that are sent in the same moment: one effect, and nothing into a period that closes."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from agencies.activity import activities, drafts, rollup
from agencies.activity.models import Activity, Draft, ReportingPeriod
from coordination.as_of import today
from tests import make
from tests.activity.test_drafts import typed
from tests.people.desks import REFUSED, at_once

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2016, 11, 15)


@pytest.fixture
def words():
    return {
        "worker": make.worker(),
        "district": make.district(),
        "kind": make.kind(),
        "format": make.format(),
        "minutes": 60,
        "day": DAY,
        "by": None,
    }


def test_the_same_form_twenty_times_at_once_is_one_entry(words):
    group, form_id = make.target_group(), uuid4()
    results = at_once([lambda: activities.log(**words, counts={group: 3}, form_id=form_id)] * 20)
    assert len({entry.pk for entry in results}) == 1
    assert Activity.objects.get().headcounts.get().people == 3
    assert rollup.differences() == []


def test_the_page_sent_twenty_times_at_once_saves_one_entry(words):
    member = make.membership("worker", agency=words["worker"].agency).user
    words["worker"].user = member
    words["worker"].save()
    group = make.target_group()
    values = {
        "day": today().isoformat(),
        "district": words["district"].pk,
        "kind": words["kind"].pk,
        "format": words["format"].pk,
        "minutes": 60,
        f"count_{group.pk}": 3,
        "form_id": str(uuid4()),
    }
    browser = Client()
    browser.force_login(member)
    cookies = browser.cookies

    def post():
        client = Client()
        client.cookies = cookies.copy()
        response = client.post(reverse("activity:activity_create"), values)
        return response.status_code, response.headers.get("Location")

    results = at_once([post] * 20)
    assert len(set(results)) == 1
    assert results[0][0] == 302
    assert Activity.objects.count() == 1


def test_without_the_lock_the_second_form_fails(words, monkeypatch):
    """The red control: the database alone refuses the double, as an error."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer at a time begin, so it needs no lock of rows")
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    form_id = uuid4()

    def act():
        try:
            return activities.log(**words, counts={}, form_id=form_id)
        except IntegrityError:
            return "broken"

    results = at_once([act] * 20)
    assert "broken" in results or REFUSED in results


def test_nothing_is_entered_into_a_period_that_is_being_closed(words):
    agency = words["worker"].agency
    period = make.period(agency=agency, starts_on=date(2016, 10, 1), ends_on=date(2016, 12, 31))
    entries = []

    def close():
        with activities.transaction.atomic():
            activities.lock(agency.pk)
            entries.append(Activity.objects.count())
            ReportingPeriod.objects.filter(pk=period.pk).update(
                state="submitted", first_submitted_at="2017-01-10T12:00Z"
            )

    acts = [lambda: activities.log(**words, counts={})] * 16
    acts.insert(8, close)
    at_once(acts)
    assert Activity.objects.count() == entries[0]


def test_drafts_written_at_once_are_one_draft():
    user = make.user()
    at_once([lambda n=n: drafts.keep(typed(minutes=str(n)), by=user) for n in range(12)])
    assert Draft.objects.count() == 1
