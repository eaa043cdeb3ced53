"""Handing in a report: what is frozen, what is refused, what is compared."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from agencies.activity import activities
from agencies.activity.models import Activity, ReportingPeriod
from agencies.reports import figures, narratives, periods, submissions, versions
from agencies.reports.models import Submission
from coordination.as_of import today
from coordination.audit.models import Entry
from tests import make

pytestmark = pytest.mark.django_db
SENT = datetime(2016, 4, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
def worker():
    return make.worker()


@pytest.fixture
def period(worker):
    return make.period(agency=worker.agency)


@pytest.fixture
def logged(worker):
    return make.activity(3, 1, worker=worker, day=date(2016, 2, 1))


def shown(period):
    """The fingerprint a page would carry."""
    counted = figures.of(period)
    return submissions.fingerprint(narratives.blocks(narratives.of(period), counted), counted)


def test_text_and_figures_are_frozen_as_they_are(period, worker, logged):
    user = make.user()
    narratives.write(period, overview="{teilnehmende} kamen.", by=user)
    version = submissions.submit(period, at=SENT, by=user)
    make.activity(9, worker=worker, day=date(2016, 2, 2))
    version.refresh_from_db()
    assert version.blocks == {"overview": "4 kamen."}
    assert version.figures["teilnehmende"] == 4
    assert (version.number, version.by, version.at, version.is_nil) == (1, user, SENT, False)
    period.refresh_from_db()
    assert (period.state, period.first_submitted_at) == ("submitted", SENT)


def test_handing_in_is_logged(period, logged):
    user = make.user()
    submissions.submit(period, by=user)
    entry = Entry.objects.get()
    assert (entry.verb, entry.by, entry.agency_id) == ("submitted", user, period.agency_id)
    assert entry.after["version"] == 1


def test_a_second_version_keeps_the_first_date(period, logged):
    submissions.submit(period, at=SENT, by=None)
    periods.send_back(period, comment="Bitte ergänzen.", by=make.user())
    version = submissions.submit(period, at=SENT + timedelta(days=3), by=None)
    period.refresh_from_db()
    assert version.number == 2
    assert period.first_submitted_at == SENT


@pytest.mark.parametrize("state", ["submitted", "accepted", "locked"])
def test_what_is_handed_in_is_not_handed_in_again(state):
    with pytest.raises(ValidationError):
        submissions.submit(make.period(state), by=None)
    assert not Submission.objects.exists()


def test_no_entry_slips_in_behind_the_report(period, worker, logged):
    submissions.submit(period, by=None)
    fields = {"kind": logged.kind, "format": logged.format, "district": logged.district}
    with pytest.raises(ValidationError) as refused:
        activities.log(worker=worker, day=date(2016, 2, 3), counts={}, minutes=5, by=None, **fields)
    assert list(refused.value.message_dict) == ["day"]


def test_a_nil_report_says_that_nothing_was_done(period):
    version = submissions.submit(period, is_nil=True, by=None)
    period.refresh_from_db()
    assert version.is_nil
    assert period.is_nil


def test_a_nil_report_with_entries_is_refused(period, logged):
    with pytest.raises(ValidationError, match="erfasst ist aber 1 Tätigkeit"):
        submissions.submit(period, is_nil=True, by=None)
    assert not Submission.objects.exists()


def test_what_was_a_nil_report_can_become_a_report(period, worker):
    submissions.submit(period, is_nil=True, by=None)
    periods.send_back(period, comment="Es war doch etwas.", by=make.user())
    make.activity(1, worker=worker, day=date(2016, 2, 1))
    submissions.submit(period, by=None)
    period.refresh_from_db()
    assert not period.is_nil


def test_a_report_comes_on_the_last_day_of_its_period_at_the_earliest(worker):
    year = today().year
    for ends_on, is_late_enough in [(today(), True), (today() + timedelta(days=1), False)]:
        period = make.period(agency=make.agency(), starts_on=date(year, 1, 1), ends_on=ends_on)
        if is_late_enough:
            submissions.submit(period, by=None)
        else:
            with pytest.raises(ValidationError, match="Der Zeitraum endet am"):
                submissions.submit(period, by=None)


def test_an_unknown_name_keeps_the_report_back(period, logged):
    narratives.write(period, needs="Es gab {kekse}.", by=None)
    with pytest.raises(ValidationError, match="{kekse}"):
        submissions.submit(period, by=None)
    assert not Submission.objects.exists()


def test_figures_that_changed_since_they_were_shown_are_asked_about(period, worker, logged):
    seen = shown(period)
    make.activity(1, worker=worker, day=date(2016, 2, 2))
    with pytest.raises(ValidationError, match="nichts eingereicht"):
        submissions.submit(period, seen=seen, by=None)
    submissions.submit(period, seen=shown(period), by=None)


def test_a_text_that_changed_since_it_was_shown_is_asked_about(period, logged):
    seen = shown(period)
    narratives.write(period, needs="Räume.", by=None)
    with pytest.raises(ValidationError, match="nichts eingereicht"):
        submissions.submit(period, seen=seen, by=None)


@pytest.mark.django_db(transaction=True)
def test_the_same_report_twenty_times_at_once_is_one_version():
    period, user = make.period(), make.user()

    def once(_):
        try:
            return submissions.submit(period, by=user)
        except ValidationError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(once, range(20)))
    assert len(results) - results.count(None) == Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_entries_written_while_a_report_is_handed_in_are_in_it_or_refused():
    worker = make.worker()
    period = make.period(agency=worker.agency)
    fields = {"kind": make.kind(), "format": make.format(), "district": make.district()}

    def enter(_):
        try:
            activities.log(
                worker=worker, day=date(2016, 2, 1), counts={}, minutes=5, by=None, **fields
            )
        except ValidationError:
            pass
        finally:
            connection.close()

    def hand_in():
        try:
            submissions.submit(period, by=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(enter, n) for n in range(8)]
        waiting.append(threads.submit(hand_in))
        waiting += [threads.submit(enter, n) for n in range(8)]
        for each in waiting:
            each.result()
    assert Submission.objects.get().figures["taetigkeiten"] == Activity.objects.count()
    assert ReportingPeriod.objects.get().state == "submitted"


# --- What a version says otherwise than the one before --------------------------------------------


def stretches(old, new):
    return [(stretch.kind, stretch.text) for stretch in versions.difference(old, new)]


def test_differences_are_told_word_by_word():
    assert stretches("Wir hatten 12 Cafés.\nGut.", "Wir hatten 14 Cafés.\nSehr gut.") == [
        ("same", "Wir hatten "),
        ("removed", "12 "),
        ("added", "14 "),
        ("same", "Cafés.\n"),
        ("removed", "Gut."),
        ("added", "Sehr gut."),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a b " * 1_000, "b a " * 1_000),
        ("\n".join("a" * 2_000), "\n".join("ab" * 1_000)),
        (" ".join(f"a x{n}" for n in range(140)), " ".join(f"a y{n}" for n in range(140))),
        ("x" * 4_000, "y" * 4_000),
        ("", "  neu"),
    ],
)
def test_comparing_is_quick_and_loses_nothing(old, new):
    start = time.perf_counter()
    found = stretches(old, new)
    assert time.perf_counter() - start < 1
    assert "".join(text for kind, text in found if kind != "added") == old
    assert "".join(text for kind, text in found if kind != "removed") == new


def test_blocks_that_came_or_went_are_compared_too():
    first = SimpleNamespace(blocks={"overview": "Alt", "needs": "Weg"})
    second = SimpleNamespace(blocks={"overview": "Alt", "outlook": "Neu"})
    found = {
        block.name: [stretch.kind for stretch in block.stretches]
        for block in versions.compared(second, first)
    }
    assert found == {"overview": ["same"], "needs": ["removed"], "outlook": ["added"]}
