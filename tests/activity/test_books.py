"""``verify_books`` finds whatever was done to entries and reports past the portal."""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from agencies import workers
from agencies.activity import activities
from agencies.activity.models import Activity, MonthlyPeople, MonthlySum, ReportingPeriod
from agencies.lists.models import TargetGroup
from agencies.reports import periods, submissions
from coordination.audit import triggers
from coordination.budget import books
from coordination.budget.books import activity
from tests import make
from tests.census import undone
from tests.conftest import APPEND_ONLY

pytestmark = pytest.mark.django_db
DAY = date(2016, 5, 10)

# What is done to the database, and every check that must notice; no other may.
CORRUPTIONS = [
    ("UPDATE activity_monthlysum SET minutes = minutes + 1 WHERE id = {sum}", "monthly_sums"),
    ("UPDATE activity_monthlysum SET mixed = 0 WHERE id = {sum}", "monthly_sums"),
    ("DELETE FROM activity_monthlysum WHERE id = {sum}", "monthly_sums"),
    (
        "INSERT INTO activity_monthlysum (month, agency_id, district_id, entries, minutes, "
        "refugees, others, helpers, gatherings, mixed) SELECT '2016-07-01', agency_id, "
        "district_id, 1, 0, 0, 0, 0, 0, 0 FROM activity_monthlysum WHERE id = {sum}",
        "monthly_sums",
    ),
    ("UPDATE activity_monthlypeople SET people = people - 1 WHERE id = {people}", "monthly_people"),
    ("DELETE FROM activity_monthlypeople WHERE id = {people}", "monthly_people"),
    (
        "INSERT INTO activity_monthlypeople (month, agency_id, district_id, target_group_id, "
        "people) SELECT '2016-07-01', agency_id, district_id, target_group_id, 1 "
        "FROM activity_monthlypeople WHERE id = {people}",
        "monthly_people",
    ),
    ("UPDATE activity_activity SET refugees = refugees + 1 WHERE id = {free}", "entry_counts"),
    ("UPDATE activity_activity SET others = 0 WHERE id = {free}", "entry_counts"),
    ("UPDATE activity_activity SET helpers = 0 WHERE id = {free}", "entry_counts"),
    ("DELETE FROM activity_headcount WHERE activity_id = {free}", "entry_counts"),
    ("UPDATE lists_targetgroup SET background = 'helper' WHERE id = {other}", "entry_counts"),
    (
        "UPDATE activity_activity SET agency_id = {agency} WHERE id = {foreign}",
        "entry_agencies",
    ),
    ("UPDATE agencies_worker SET agency_id = {agency} WHERE id = {drk}", "entry_agencies"),
    ("UPDATE activity_activity SET offer_id = {offer} WHERE id = {foreign}", "entry_agencies"),
    ("UPDATE offers_offer SET ends_on = '2016-10-01' WHERE id = {offer}", "entry_agencies"),
    ("UPDATE offers_offer SET starts_on = '2016-11-20' WHERE id = {offer}", "entry_agencies"),
    ("UPDATE activity_activity SET minutes = 0 WHERE id = {free}", "entry_limits"),
    ("UPDATE activity_activity SET minutes = 1441 WHERE id = {free}", "entry_limits"),
    ("UPDATE activity_activity SET district_id = {borough} WHERE id = {free}", "entry_limits"),
    (
        "UPDATE activity_headcount SET people = 10000 "
        "WHERE activity_id = {free} AND target_group_id = {refugee}",
        "entry_limits entry_counts",
    ),
    (
        "UPDATE activity_headcount SET people = 0 "
        "WHERE activity_id = {free} AND target_group_id = {refugee}",
        "entry_limits entry_counts",
    ),
    (
        "UPDATE activity_reportingperiod SET ends_on = '2016-07-01' WHERE id = {accepted}",
        "period_days",
    ),
    (
        "UPDATE activity_reportingperiod SET starts_on = '2016-04-01' WHERE id = {open}",
        "period_days",
    ),
    (
        "UPDATE activity_reportingperiod SET starts_on = '2016-12-01' WHERE id = {open}",
        "period_days",
    ),
    ("DELETE FROM reports_submission WHERE period_id = {nil}", "report_versions"),
    (
        "DELETE FROM reports_submission WHERE period_id = {accepted} AND number = 1",
        "report_versions",
    ),
    (
        "UPDATE reports_submission SET number = 0 WHERE period_id = {accepted} AND number = 1",
        "report_versions",
    ),
    (
        "UPDATE reports_submission SET number = 3 WHERE period_id = {accepted} AND number = 2",
        "report_versions",
    ),
    (
        "UPDATE activity_reportingperiod SET first_submitted_at = '2016-07-09 12:00:00' "
        "WHERE id = {accepted}",
        "report_versions",
    ),
    (
        "UPDATE activity_reportingperiod SET first_submitted_at = NULL WHERE id = {accepted}",
        "report_versions",
    ),
    ("UPDATE activity_reportingperiod SET is_nil = NOT is_nil WHERE id = {nil}", "report_versions"),
    (
        "UPDATE activity_reportingperiod SET state = 'locked' WHERE id = {open}",
        "report_versions",
    ),
    ("UPDATE activity_activity SET day = '2016-04-05' WHERE id = {loose}", "reports_untouched"),
    ("UPDATE activity_activity SET day = '2016-11-15' WHERE id = {told}", "reports_untouched"),
    (
        "DELETE FROM activity_headcount WHERE activity_id = {told}",
        "entry_counts",
    ),
    (
        "UPDATE activity_activity SET helpers = helpers + 1 WHERE id = {told}",
        "reports_untouched entry_counts",
    ),
]


def journal():
    """Entries of two agencies and reports in several states, by the operations alone."""
    awo, drk = make.agency(short_name="AWO"), make.agency(short_name="DRK")
    worker, other = make.worker(agency=awo), make.worker(agency=drk)
    district, by = make.district(), make.user("coordination")
    groups = {row: make.target_group(row) for row in TargetGroup.Background.values}
    offer = make.offer(agency=awo, contact=worker, district=district)
    words = {"kind": make.kind(), "format": make.format(), "district": district, "minutes": 60}

    def log(day, *people, worker=worker, **more):
        counts = dict(zip(groups.values(), people, strict=True))
        return activities.log(worker=worker, day=day, counts=counts, by=by, **words, **more)

    told = log(DAY, 3, 2, 1)
    # So that one entry more or less changes figures only, not whether there are any.
    log(DAY, 1, 1, 0)
    spring = make.period(agency=awo, starts_on=date(2016, 4, 1), ends_on=date(2016, 6, 30))
    winter = make.period(agency=drk, starts_on=date(2016, 1, 1), ends_on=date(2016, 3, 31))
    submissions.submit(spring, by=by)
    periods.send_back(spring, comment="Bitte die Themen ergänzen.", by=by)
    submissions.submit(spring, by=by)
    periods.accept(spring, by=by)
    submissions.submit(winter, is_nil=True, by=by)
    autumn = make.period(agency=awo, starts_on=date(2016, 7, 1), ends_on=date(2016, 9, 30))
    free = log(date(2016, 11, 15), 3, 2, 1, offer=offer)
    loose = log(date(2016, 11, 16), 0, 0, 0)
    foreign = log(date(2016, 11, 15), 1, 0, 0, worker=other)
    return {
        "agency": awo.pk,
        "drk": other.pk,
        "borough": district.parent_id or make.borough().pk,
        "offer": offer.pk,
        "told": told.pk,
        "free": free.pk,
        "loose": loose.pk,
        "foreign": foreign.pk,
        "accepted": spring.pk,
        "nil": winter.pk,
        "open": autumn.pk,
        "sum": MonthlySum.objects.get(month=date(2016, 5, 1)).pk,
        "people": MonthlyPeople.objects.filter(month=date(2016, 5, 1)).first().pk,
        **{name: group.pk for name, group in groups.items()},
    }


def remove_guards():
    """Every trigger against changes and every check on these tables is gone until the end."""
    for table in APPEND_ONLY:
        triggers.remove(connection, table)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            return
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c' "
            "AND conrelid::regclass::text SIMILAR TO '(activity|reports|lists|offers)_%%'"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


@pytest.fixture(scope="module")
def unguarded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), undone():
        pks = journal()
        remove_guards()
        yield pks
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.fixture
def ledger(unguarded, db):
    return unguarded


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


def results():
    return [result for result in books.run() if result.check in books.OF_ACTIVITY]


def test_sound_entries_and_reports_have_no_findings(ledger):
    assert [str(finding) for finding in books.findings()] == []
    assert all(result.count for result in results()), "a check had nothing to look at"


def test_every_check_is_proved():
    proved = {name for _statement, names in CORRUPTIONS for name in names.split()}
    assert proved == {check.name for check in books.OF_ACTIVITY}


@pytest.mark.parametrize(("statement", "names"), CORRUPTIONS)
def test_what_was_changed_past_the_portal_is_found(ledger, statement, names):
    with undone():
        assert run(statement.format(**ledger)) > 0
        assert {row.check.name for row in results() if row.findings} == set(names.split())


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (
            "UPDATE activity_monthlysum SET others = 0 WHERE id = {sum}",
            "Monatssumme 05/2016 AWO · {district}: ohne Fluchthintergrund – erwartet 3, "
            "gefunden 0.",
        ),
        (
            "UPDATE activity_activity SET helpers = 7 WHERE id = {free}",
            "Tätigkeit AWO 15.11.2016 (#{free}): Ehrenamtliche und Fachkräfte – erwartet 1, "
            "gefunden 7.",
        ),
        (
            "UPDATE activity_activity SET day = '2016-04-05' WHERE id = {loose}",
            "Berichtszeitraum AWO · 2. Quartal 2016 (#{accepted}): Tätigkeiten – erwartet 2, "
            "gefunden 3.",
        ),
    ],
)
def test_a_finding_names_the_object_what_was_expected_and_what_was_found(ledger, statement, text):
    district = Activity.objects.select_related("district").get(pk=ledger["free"]).district
    ReportingPeriod.objects.filter(pk=ledger["accepted"]).update(rhythm="quarter")
    run(statement.format(**ledger))
    assert text.format(district=district, **ledger) in [str(row) for row in books.findings()]


def test_the_command_lists_what_is_wrong_with_entries_and_fails(ledger):
    run("DELETE FROM activity_monthlysum WHERE id = {sum}".format(**ledger))
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("verify_books", stdout=out, stderr=err)
    assert end.value.code == 1
    assert "Monatssumme 05/2016" in out.getvalue()


def test_what_is_wrong_everywhere_is_listed_up_to_a_limit(ledger, monkeypatch):
    monkeypatch.setattr(activity, "MOST_FINDINGS", 2)
    monkeypatch.setattr(activity, "STRETCH", 1)
    run("UPDATE activity_activity SET minutes = 0")
    (found,) = [row for row in results() if row.check.name == "entry_limits"]
    assert len(found.findings) == 2


@pytest.mark.parametrize("count", [1, 20])
def test_the_checks_ask_the_same_however_many_entries(count, django_assert_max_num_queries):
    worker, words = make.worker(), {"kind": make.kind(), "format": make.format()}
    for _number in range(count):
        make.activity(1, worker=worker, district=make.district(), **words)
    with django_assert_max_num_queries(32):
        results_ = [books._result(check, None) for check in books.OF_ACTIVITY]
    assert not any(row.findings for row in results_)


def test_a_worker_with_entries_stays_in_the_agency():
    """Otherwise the entries would belong to another agency than their worker."""
    worker, other = make.worker(), make.agency()
    make.activity(worker=worker)
    with pytest.raises(ValidationError, match="hat bereits Tätigkeiten"):
        workers.change(worker, agency=other, by=None)
