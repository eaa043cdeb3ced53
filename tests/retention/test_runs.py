"""A run goes in pieces, each whole; a rule that fails stops no other; the command tells numbers."""

import logging
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection

from coordination.retention import runs
from coordination.retention.models import RetentionRun
from coordination.retention.rules import BY_CODE, RULES
from tests import make
from tests.traces import traces
from volunteers.models import Talk, Volunteer

DAY = date(2016, 12, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings):
    settings.PORTAL_DAY = DAY


def ended(name="Erika Beispiel"):
    return make.volunteer(name=name, starts_on=date(2013, 1, 1), ends_on=date(2014, 1, 1))


def said(*arguments):
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("apply_retention", *arguments, stdout=out, stderr=err)
    except SystemExit as stop:
        code = stop.code
    return code, out.getvalue(), err.getvalue()


def test_the_command_deletes_and_says_how_much_and_no_name():
    ended()
    code, out, _err = said()
    assert code == 0
    assert not Volunteer.objects.exists()
    assert "       1  volunteer" in out
    assert "Erika" not in out
    assert traces(["Erika"]) == set()


def test_a_trial_run_deletes_nothing():
    ended()
    code, out, _err = said("--dry-run")
    assert (code, Volunteer.objects.count(), RetentionRun.objects.count()) == (0, 1, 0)
    assert "       1  volunteer" in out
    assert "Probelauf" in out


def test_a_run_forgets_the_counters_that_count_no_longer():
    """Django names some of them after the network address of who tried to sign in."""
    cache.set("allauth:rl:account:login:60/m/ip:ip:203.0.113.7", [1], -3_600)
    cache.set("allauth:rl:account:login:60/m/ip:ip:203.0.113.8", [1], 3_600)
    said("--dry-run")
    assert "203.0.113.7" in cached()
    said()
    assert "203.0.113.7" not in cached()
    assert "203.0.113.8" in cached()


def cached():
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM portal_cache")
        return str(cursor.fetchall())


def test_a_run_is_noted_by_rule_and_number():
    ended()
    ended()
    said()
    found = list(RetentionRun.objects.order_by("pk").values_list("rule", "count", "by"))
    assert found == [("volunteer", 2, None), ("all", 2, None)]


def test_a_second_run_finds_nothing():
    ended()
    said()
    assert all(result.count == 0 for result in runs.apply(DAY))


def failing(rows):
    rows.first().delete()
    raise DatabaseError("duplicate key (email)=(erika@verein.example)")


@pytest.fixture
def broken(monkeypatch):
    """The rule about talks deletes one and then fails."""
    rules = [replace(rule, act=failing) if rule.code == "talk" else rule for rule in RULES]
    monkeypatch.setattr(runs, "RULES", rules)
    monkeypatch.setattr(runs.apply, "__kwdefaults__", {"by": None, "rules": rules})


def test_a_rule_that_fails_undoes_its_piece_and_stops_no_other(broken, caplog):
    ended()
    make.talk(volunteer=make.volunteer(), day=date(2010, 1, 1))
    make.absence(starts_on=date(2010, 1, 1), ends_on=date(2010, 1, 2))
    with caplog.at_level(logging.ERROR):
        code, out, err = said()
    assert code == 1
    assert "talk" in err
    assert "1 Regel ist fehlgeschlagen" in err
    assert Talk.objects.count() == 1
    assert not Volunteer.objects.filter(ends_on__isnull=False).exists()  # before it
    assert "       1  absence" in out  # and behind it
    assert not RetentionRun.objects.filter(rule=runs.WHOLE).exists()
    assert "erika" not in out + err + caplog.text


def test_a_rule_that_settles_nothing_ends_instead_of_going_on_for_ever():
    ended()
    idle = replace(BY_CODE["volunteer"], act=lambda rows: None)
    [result] = runs.apply(DAY, rules=[idle])
    assert result.is_failed
    assert Volunteer.objects.count() == 1


def test_pieces_that_are_done_stay_done(monkeypatch):
    """A run that is stopped goes on where it was: what counts is what was committed."""
    monkeypatch.setattr(runs, "PIECE", 2)
    for _ in range(5):
        ended()
    act = BY_CODE["volunteer"].act
    done = []

    def fails_at_the_third(rows):
        done.append(rows.count())
        if len(done) == 3:
            raise DatabaseError
        act(rows)

    [result] = runs.apply(DAY, rules=[replace(BY_CODE["volunteer"], act=fails_at_the_third)])
    assert (result.count, result.is_failed) == (4, True)
    assert Volunteer.objects.count() == 1
    assert [run.count for run in RetentionRun.objects.filter(rule="volunteer")] == [2, 2]
    [result] = runs.apply(DAY, rules=[BY_CODE["volunteer"]])
    assert result.count == 1


def test_two_runs_at_once_delete_nothing_twice():
    """Each piece is locked: see also the last test, for what is settled is not due again."""
    ended()
    first, second = (runs.apply(DAY)[0].count for _ in range(2))
    assert (first, second) == (1, 0)
