from datetime import date

import pytest
from django.urls import reverse

from agencies.activity import rollup
from agencies.activity.models import Activity, ReportingPeriod
from coordination.audit.models import Entry
from tests import make


@pytest.fixture
def ask(client, cast):
    def sign_in(who="worker", activity=None):
        client.force_login(cast.people[who])
        return client, reverse("activity:activity_delete", args=[(activity or cast.activity).pk])

    return sign_in


def test_the_page_names_the_entry_and_deletes_nothing(ask, cast):
    browser, url = ask()
    text = browser.get(url).content.decode()
    for part in ("15.11.2016", "Eicken", "Beratung", cast.worker.name, "3 Geflüchtete"):
        assert part in text
    assert Activity.objects.count() == 1


@pytest.mark.parametrize("who", ["worker", "lead", "coordination"])
def test_whoever_may_deletes_the_entry_and_its_sums_follow(ask, cast, who):
    browser, url = ask(who)
    answer = browser.post(url, {"reason": "Doppelt"}, follow=True)
    assert "Gelöscht: 15.11.2016 Beratung, Eicken." in answer.content.decode()
    assert not Activity.objects.exists()
    assert rollup.differences() == []
    entry = Entry.objects.filter(verb="deleted").get()
    assert (entry.by, entry.reason) == (cast.people[who], "Doppelt")


def test_deleting_twice_is_harmless(ask, cast):
    browser, url = ask()
    browser.post(url)
    kept = make.activity(worker=cast.worker)
    answer = browser.post(url, follow=True)
    assert "Der Eintrag war schon gelöscht." in answer.content.decode()
    assert Activity.objects.get() == kept
    assert Entry.objects.filter(verb="deleted").count() == 1
    assert browser.get(url).status_code == 404


def test_what_somebody_else_deleted_is_not_found(ask, cast):
    lead, url = ask("lead")
    lead.post(url)
    worker, url = ask("worker")
    assert worker.post(url).status_code == 404


def test_a_colleagues_entry_is_not_found(ask, cast):
    other = make.activity(worker=make.worker(agency=cast.agency))
    browser, url = ask("worker", other)
    assert browser.get(url).status_code == browser.post(url).status_code == 404
    assert Activity.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize("state", ["submitted", "accepted", "locked"])
def test_an_entry_of_a_closed_period_stays_and_the_page_says_why(ask, cast, state):
    ReportingPeriod.objects.filter(pk=cast.open_period.pk).update(
        state=state, first_submitted_at="2016-12-31T12:00Z"
    )
    browser, url = ask()
    shown = browser.get(url).content.decode()
    assert "4. Quartal 2016" in shown
    assert "Eintrag löschen</span>" not in shown
    assert "4. Quartal 2016" in browser.post(url).content.decode()
    assert Activity.objects.get().day == date(2016, 11, 15)
