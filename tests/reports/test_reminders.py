"""Who is reminded when: time travels by the day that is passed."""

from datetime import date

import pytest
from django.core import mail

from agencies.activity.models import ReportingPeriod
from agencies.reports import reminders
from agencies.reports.models import OptOut, Reminder
from tests import make
from tests.reports.post import DUE, city, days, moment, office, period, sent

STATES = ReportingPeriod.State.values
QUIET = [state for state in STATES if state not in ReportingPeriod.WRITABLE]
LEAD, WORKER = "leitung@awo.example", "fachkraft@awo.example"
CITY = "koordination@stadt.example"
SOON = "Bericht 3. Quartal 2016 fällig am 14.10.2016"
LATE = "Bericht 3. Quartal 2016 überfällig seit 14.10.2016"
BACK = "Bericht 3. Quartal 2016 zurückgegeben am 20.10.2016"
STILL = "Bericht 3. Quartal 2016 seit 20.10.2016 nicht wieder eingereicht"


@pytest.fixture
def awo(db):
    office("DRK")  # nobody there ever hears of it
    make.user("council"), make.user("audit")
    city()
    return office()


def reminded(day):
    return sent(reminders.send, day)


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (-8, []),
        (-7, [(WORKER, SOON)]),
        (-1, [(WORKER, SOON)]),
        (0, [(WORKER, SOON)]),
        (1, [(WORKER, LATE)]),
        (2, [(WORKER, LATE)]),
        (3, [(LEAD, LATE)]),
        (6, [(LEAD, LATE)]),
        (7, [(CITY, f"AWO: {LATE}")]),
        (400, [(CITY, f"AWO: {LATE}")]),
    ],
)
def test_an_open_report_goes_from_the_person_to_the_lead_to_the_coordination(awo, offset, expected):
    period(agency=awo.agency, responsible=awo.worker)
    assert reminded(DUE + days(offset)) == expected
    assert reminded(DUE + days(offset)) == []


@pytest.mark.parametrize("offset", [-7, 0, 3, 7])
@pytest.mark.parametrize("state", QUIET)
def test_nobody_hears_of_a_report_that_is_in(awo, state, offset):
    period(state, agency=awo.agency, responsible=awo.worker)
    assert reminded(DUE + days(offset)) == []


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (-1, []),
        (0, [(WORKER, BACK)]),
        (2, [(WORKER, BACK)]),
        (3, [(LEAD, STILL)]),
        (7, [(CITY, f"AWO: {STILL}")]),
    ],
)
def test_a_report_sent_back_counts_from_the_day_it_was(awo, offset, expected):
    back = date(2016, 10, 20)
    state = "sent_back" if offset >= 0 else "submitted"
    since = back if offset >= 0 else date(2016, 10, 17)
    period(state, since=since, agency=awo.agency, responsible=awo.worker)
    assert reminded(back + days(offset)) == expected
    if offset >= 0:
        assert "am 20.10.2016 zurückgegeben" in mail.outbox[0].body
        assert "Fällig war er am 14.10.2016." in mail.outbox[0].body


def test_one_sent_back_before_it_is_due_is_told_at_once_and_then_goes_on_as_any_other(awo):
    period("sent_back", since=date(2016, 10, 5), agency=awo.agency)
    found = {day: reminded(day) for day in (date(2016, 10, 5) + days(n) for n in range(20))}
    assert {day.day: [to for to, _ in mails] for day, mails in found.items() if mails} == {
        5: [LEAD],
        7: [LEAD],
        14: [LEAD],
        17: [LEAD],
        21: [CITY],
    }
    assert found[date(2016, 10, 5)][0][1].endswith("zurückgegeben am 05.10.2016")
    assert found[date(2016, 10, 14)][0][1] == SOON


def test_one_opened_again_after_years_starts_with_the_agency(awo):
    period(
        since=date(2018, 5, 2),
        first_submitted_at=moment(date(2016, 10, 10)),
        agency=awo.agency,
    )
    subject = "Bericht 3. Quartal 2016 wieder geöffnet am 02.05.2018"
    assert reminded(date(2018, 5, 2)) == [(LEAD, subject)]
    still = "AWO: Bericht 3. Quartal 2016 seit 02.05.2018 nicht wieder eingereicht"
    assert reminded(date(2018, 5, 9)) == [(CITY, still)]


def test_one_asked_for_after_its_due_date_starts_with_the_agency(awo):
    period(since=date(2016, 12, 1), agency=awo.agency)
    assert reminded(date(2016, 12, 1)) == [(LEAD, LATE)]
    assert reminded(date(2016, 12, 7)) == [(LEAD, LATE)]
    assert reminded(date(2016, 12, 8)) == [(CITY, f"AWO: {LATE}")]


def test_a_clock_that_stands_still_silences_nothing(awo):
    """The demo lives on one day of 2016, while its reports were made just now."""
    period(since=date(2026, 1, 1), agency=awo.agency)
    assert reminded(DUE + days(30)) == [(LEAD, LATE)]


def test_after_a_pause_only_the_last_stage_is_told(awo):
    period(agency=awo.agency, responsible=awo.worker)
    assert reminded(DUE + days(30)) == [(CITY, f"AWO: {LATE}")]
    assert list(Reminder.objects.values_list("stage", flat=True)) == ["coordination"]


def test_an_extension_starts_anew(awo):
    row = period(agency=awo.agency, responsible=awo.worker)
    assert reminded(DUE + days(3)) == [(LEAD, LATE)]
    row.due_on = date(2016, 10, 28)
    row.save()
    assert reminded(date(2016, 10, 20)) == []
    assert reminded(date(2016, 10, 21)) == [(WORKER, SOON.replace("14.10.", "28.10."))]
    assert reminded(date(2016, 10, 31)) == [(LEAD, LATE.replace("14.10.", "28.10."))]


def leave(awo):
    awo.worker.memberships.all().delete()


def lose_the_account(awo):
    type(awo.worker).objects.filter(pk=awo.worker.pk).update(is_active=False)


def go_elsewhere(awo):
    leave(awo)
    make.membership("lead", user=awo.worker)


def be_nobody(awo):
    ReportingPeriod.objects.update(responsible=None)


@pytest.mark.parametrize("gone", [leave, lose_the_account, go_elsewhere, be_nobody])
@pytest.mark.parametrize("offset", [-7, 0])
def test_without_the_person_the_leads_are_reminded(awo, gone, offset):
    period(agency=awo.agency, responsible=awo.worker)
    second = make.membership("lead", agency=awo.agency).user
    gone(awo)
    assert reminded(DUE + days(offset)) == sorted([(LEAD, SOON), (second.email, SOON)])


@pytest.mark.parametrize("offset", [0, 3, 7])
def test_no_mail_to_accounts_that_are_shut(awo, offset):
    period(agency=awo.agency)
    type(awo.lead).objects.update(is_active=False)
    assert reminded(DUE + days(offset)) == []


@pytest.mark.parametrize("offset", [0, 3, 7])
def test_no_mail_about_an_agency_that_is_shut(awo, offset):
    period(agency=awo.agency)
    awo.agency.is_active = False
    awo.agency.save()
    assert reminded(DUE + days(offset)) == []


def test_whoever_loses_the_role_is_not_told_any_more(awo):
    period(agency=awo.agency)
    kim = type(awo.lead).objects.get(email=CITY)
    kim.roles.all().delete()
    assert reminded(DUE + days(7)) == []


@pytest.mark.parametrize(("offset", "who"), [(0, "fachkraft@awo.example"), (3, LEAD), (7, CITY)])
def test_who_wants_none_gets_none(awo, offset, who):
    period(agency=awo.agency, responsible=awo.worker)
    user = type(awo.lead).objects.get(email=who)
    OptOut.objects.create(user=user, kind="digest")
    assert [to for to, _ in reminded(DUE + days(offset))] == [who]
    Reminder.objects.all().delete()
    OptOut.objects.create(user=user, kind="due")
    assert reminded(DUE + days(offset)) == []


def test_a_lead_with_two_reports_gets_two_mails_and_knows_which(awo):
    period(agency=awo.agency)
    period(
        agency=awo.agency,
        rhythm="own",
        starts_on=date(2016, 10, 1),
        ends_on=date(2016, 10, 2),
        due_on=DUE,
    )
    own = "Bericht 01.10.2016–02.10.2016 fällig am 14.10.2016"
    assert reminded(DUE) == [(LEAD, own), (LEAD, SOON)]


def body(day):
    reminded(day)
    return mail.outbox[0].body


def test_what_the_mail_says(awo):
    row = period(agency=awo.agency, responsible=awo.worker)
    before = body(DUE - days(7))
    assert before.startswith("Guten Tag Fred AWO,\n\n")
    assert "der Bericht „3. Quartal 2016“ (AWO) ist noch nicht eingereicht." in before
    assert "Er ist am 14.10.2016 fällig." in before
    assert "Einreichen kann ihn die Leitung Ihres Verbands." in before
    assert f"https://testserver/berichte/{row.pk}/\n" in before
    assert "https://testserver/abmelden/" in before
    assert "https://testserver/benachrichtigungen/" in before
    assert "Er ist heute fällig, am 14.10.2016." in body(DUE)
    lead = body(DUE + days(3))
    assert "Fällig war er am 14.10.2016." in lead
    assert "Den Bericht schreibt Fred AWO." in lead
    assert "reichen Sie eine Fehlanzeige ein." in lead
    coordination = body(DUE + days(7))
    assert "Leitung des Verbands: Lea AWO." in coordination
    assert "einen späteren Fälligkeitstag setzen" in coordination
    assert "\n\n\n" not in before + lead + coordination


def test_an_agency_without_lead_is_counted_and_the_coordination_told(awo):
    period(agency=awo.agency)
    awo.lead.memberships.all().delete()
    outbox = reminders.Outbox()
    reminders.send(DUE, outbox)
    assert (outbox.sent, outbox.unaddressed) == ({}, 1)
    assert "keine Leitung, die ihn einreichen könnte" in body(DUE + days(7))


def test_a_round_with_nothing_new_asks_the_database_a_fixed_number_of_times(
    awo, django_assert_num_queries
):
    for name in ("Caritas", "Diakonie", "Parität"):
        period(agency=office(name).agency)
    reminded(DUE)
    with django_assert_num_queries(5):
        assert reminded(DUE) == []
