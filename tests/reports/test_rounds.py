"""Sixty days of runs, and what the command says."""

from collections import Counter
from datetime import date

import pytest
from django.core import mail
from django.core.management import call_command

from agencies.reports import rounds
from agencies.reports.models import Digest, Reminder
from tests import make
from tests.reports.post import DUE, city, days, moment, office, period


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        (date(2016, 10, 14), 5, False),
        (date(2016, 10, 14), 6, True),
        (date(2016, 10, 14), 23, True),
        (date(2016, 10, 15), 12, False),  # Saturday
        (date(2016, 10, 16), 12, False),  # Sunday
        (date(2016, 10, 3), 12, False),  # German Unity Day
        (date(2016, 11, 1), 12, False),  # All Saints' Day, in North Rhine-Westphalia
    ],
)
def test_mails_go_out_by_day_on_working_days(day, hour, expected):
    assert rounds.is_time(day, hour) is expected


def test_what_falls_on_a_weekend_comes_on_monday(db):
    one = office()
    period(agency=one.agency, due_on=date(2016, 10, 15))  # a Saturday
    for day in (15, 16):
        rounds.go(date(2016, 10, day), 12)
    assert mail.outbox == []
    rounds.go(date(2016, 10, 17), 6)
    assert [m.subject for m in mail.outbox if "Bericht" in m.subject] == [
        "Bericht 3. Quartal 2016 überfällig seit 15.10.2016"
    ]


# Those at which something changes below, and those around them: all 24 take three times as long.
HOURS = [0, 5, 6, 7, 10, 11, 12, 13, 23]


def test_sixty_days_of_runs(db):
    """From 1 October to 29 November 2016: each mail on its day at six, and none besides."""
    awo, drk, caritas, diakonie = map(office, ["AWO", "DRK", "Caritas", "Diakonie"])
    city(), make.user("council"), make.user("audit")
    # Never submitted, and written by the caseworker.
    period(agency=awo.agency, responsible=awo.worker)
    # Submitted on the 12th, sent back on the 25th, submitted again on the 27th at noon.
    back = period(agency=drk.agency)
    # Extended on the 17th to the 31st; submitted on 2 November.
    late = period(agency=caritas.agency)
    # A schedule whose next periods are due much later.
    make.schedule(agency=diakonie.agency, starts_on=date(2016, 10, 1), ends_on=None)
    acts = {
        (date(2016, 10, 12), 0): (back, {"state": "submitted", "due_on": DUE}),
        (date(2016, 10, 25), 10): (back, {"state": "sent_back"}),
        (date(2016, 10, 27), 12): (back, {"state": "submitted"}),
        (date(2016, 10, 17), 12): (late, {"due_on": date(2016, 10, 31)}),
        (date(2016, 11, 2), 12): (late, {"state": "submitted"}),
    }
    log = []
    for number in range(60):
        day = date(2016, 10, 1) + days(number)
        for hour in HOURS:
            if (day, hour) in acts:
                row, fields = acts[day, hour]
                if "state" in fields:
                    at = moment(day, hour)
                    fields |= {"state_since": at}
                    fields |= {"first_submitted_at": row.first_submitted_at or at}
                for name, value in fields.items():
                    setattr(row, name, value)
                row.save()
            mail.outbox.clear()
            assert rounds.go(day, hour).failed == 0
            log += [(day, hour, m.to[0], m.subject) for m in mail.outbox]
    reports = [(day.strftime("%d.%m."), hour, to) for day, hour, to, s in log if "Bericht" in s]
    assert reports == [
        ("07.10.", 6, "fachkraft@awo.example"),
        ("07.10.", 6, "leitung@drk.example"),
        ("07.10.", 6, "leitung@caritas.example"),
        ("14.10.", 6, "fachkraft@awo.example"),
        ("14.10.", 6, "leitung@caritas.example"),
        ("17.10.", 6, "leitung@awo.example"),
        ("17.10.", 6, "leitung@caritas.example"),
        ("21.10.", 6, "koordination@stadt.example"),
        ("24.10.", 6, "leitung@caritas.example"),
        ("25.10.", 10, "leitung@drk.example"),
        ("31.10.", 6, "leitung@caritas.example"),
    ]
    assert Reminder.objects.count() == len(reports)
    digests = [(day, hour, to) for day, hour, to, subject in log if "Ihre Woche" in subject]
    assert len(log) == len(reports) + len(digests)
    # Of nine people each had at most one a week, on its first working day at six.
    assert {hour for _, hour, _ in digests} == {6}
    assert max(Counter((day, to) for day, _, to in digests).values()) == 1
    mondays = [date(2016, 10, 4), *(date(2016, 10, 10) + days(7 * week) for week in range(8))]
    assert sorted({day for day, _, _ in digests}) == mondays
    # Who had nothing to read was dealt with as well.
    assert Digest.objects.count() == 9 * len(mondays)


@pytest.fixture
def noon(monkeypatch):
    """The command at noon of the due date."""
    at = moment(DUE)
    name = "agencies.reports.management.commands.send_reminders"
    monkeypatch.setattr(f"{name}.today", lambda: DUE)
    monkeypatch.setattr(f"{name}.localtime", lambda: at)


def test_the_command_counts_and_names_nobody(db, noon, capsys):
    period(agency=office().agency)
    call_command("send_reminders")
    out = capsys.readouterr().out
    assert out == "     1  am Fälligkeitstag\n     2  Wochenüberblick\n"
    call_command("send_reminders")
    assert capsys.readouterr().out == "Es ist nichts zu senden.\n"


def test_a_trial_run_says_what_it_is(db, noon, capsys):
    period(agency=office().agency)
    call_command("send_reminders", "--dry-run")
    out = capsys.readouterr().out
    assert out.endswith("Das war ein Probelauf: Es wurde nichts gesendet.\n")
    assert "1  am Fälligkeitstag" in out
    assert mail.outbox == []


def test_a_run_that_fails_says_how_much_and_ends_with_one(db, noon, capsys, settings, caplog):
    settings.EMAIL_BACKEND = "tests.reports.post.Down"
    period(agency=office().agency)
    with pytest.raises(SystemExit) as ended:
        call_command("send_reminders")
    assert ended.value.code == 1
    err = capsys.readouterr().err
    assert "3 Mails wurden nicht gesendet. Der nächste Lauf versucht es wieder." in err
    assert "@" not in err + caplog.text
    assert "AWO" not in err + caplog.text


def test_reports_nobody_can_be_reminded_of_are_counted(db, noon, capsys):
    one = office()
    period(agency=one.agency)
    one.lead.memberships.all().delete()
    call_command("send_reminders")
    assert "Bei 1 Bericht ist im Verband niemand zu erinnern." in capsys.readouterr().out


def test_at_night_it_says_when_it_will(db, noon, capsys, monkeypatch):
    name = "agencies.reports.management.commands.send_reminders.localtime"
    monkeypatch.setattr(name, lambda: moment(DUE, 3))
    call_command("send_reminders")
    assert capsys.readouterr().out == "Mails gehen an Werktagen ab 6 Uhr hinaus.\n"


def test_it_makes_the_coming_periods_first(db):
    one = office()
    make.schedule(agency=one.agency, starts_on=date(2016, 7, 1), ends_on=None)
    rounds.go(DUE, 3)  # at night too
    assert one.agency.reporting_periods.count() == 6  # to the end of 2017
    rounds.go(DUE, 4)
    assert one.agency.reporting_periods.count() == 6


def test_without_an_address_of_its_own_it_stops(db, noon, settings):
    settings.PORTAL_URL = ""
    with pytest.raises(Exception, match="PORTAL_URL ist nicht gesetzt"):
        call_command("send_reminders")
