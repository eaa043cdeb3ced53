"""Each mail once, whatever the mail server, the machine or a second run does."""

from email import message_from_bytes, policy

import pytest
from django.core import mail

from agencies.reports import mails, reminders, rounds
from agencies.reports.mails import Outbox
from agencies.reports.models import Digest, Reminder
from tests import make
from tests.people.desks import at_once
from tests.reports.post import DUE, Crash, Down, city, days, moment, office, period

LEAD = "leitung@awo.example"


def use(settings, backend):
    settings.EMAIL_BACKEND = f"tests.reports.post.{backend}"


def addressees():
    return sorted(message.to[0] for message in mail.outbox)


@pytest.fixture
def two(db):
    """Two agencies with a report that is due."""
    offices = [office("AWO"), office("DRK")]
    for one in offices:
        period(agency=one.agency)
    return offices


def run(day=DUE):
    outbox = Outbox()
    reminders.send(day, outbox)
    return outbox


@pytest.mark.parametrize("backend", ["Down", "Swallows"])
def test_what_is_not_taken_is_sent_by_the_next_run(two, settings, backend):
    use(settings, backend)
    outbox = run()
    assert (outbox.failed, outbox.sent, Reminder.objects.count()) == (2, {}, 0)
    use(settings, "EmailBackend")
    assert run().sent.total() == 2
    assert addressees() == [LEAD, "leitung@drk.example"]
    assert run().sent.total() == 0


def test_a_server_that_is_down_is_asked_once_a_run(two, settings):
    use(settings, "Down")
    Down.opened = 0
    run()
    assert Down.opened == 1


def test_one_address_that_is_refused_keeps_no_other_waiting(two, settings):
    use(settings, "RefusesOne")
    outbox = run()
    assert (outbox.failed, addressees()) == (1, ["leitung@drk.example"])
    use(settings, "EmailBackend")
    run()
    assert addressees() == [LEAD, "leitung@drk.example"]


def test_an_address_no_mail_can_go_to_keeps_no_other_waiting(two, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    type(two[0].lead).objects.filter(pk=two[0].lead.pk).update(email="a@b.c\r\nBcc: x@y.z")
    assert run().failed == 1
    assert addressees() == ["leitung@drk.example"]


def test_a_crash_after_sending_sends_again_and_never_loses(two, settings):
    """The price of the order: late or twice, but not never."""
    use(settings, "Crashes")
    with pytest.raises(Crash):
        run()
    assert Reminder.objects.count() == 0
    use(settings, "EmailBackend")
    run()
    assert addressees() == [LEAD, LEAD, "leitung@drk.example"]


def test_a_trial_run_counts_and_leaves_no_trace(two):
    office("Caritas")  # where nobody has anything to read
    outbox = rounds.go(DUE, 3, is_trial=True)
    assert outbox.sent == {"am Fälligkeitstag": 2, "Wochenüberblick": 4}
    assert mail.outbox == []
    assert not Reminder.objects.exists()
    assert not Digest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_moment_send_each_mail_once(settings):
    use(settings, "Slow")
    for name in ("AWO", "DRK", "Caritas"):
        period(agency=office(name).agency)
    city(), make.user("council")
    outboxes = at_once([lambda: rounds.go(DUE, 9)] * 4)
    assert [outbox.failed for outbox in outboxes] == [0, 0, 0, 0]
    reminded = [m.to[0] for m in mail.outbox if "fällig am" in m.subject]
    digests = [m.to[0] for m in mail.outbox if "Ihre Woche" in m.subject]
    assert sorted(reminded) == [LEAD, "leitung@caritas.example", "leitung@drk.example"]
    assert len(digests) == len(set(digests)) == 6  # the coordination has nothing to read
    assert sum(outbox.sent.total() for outbox in outboxes) == 9


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_they_would_not(settings, monkeypatch):
    """Whether the test above would notice."""
    use(settings, "Slow")
    monkeypatch.setattr(Reminder, "save", lambda claim, **options: None)
    period(agency=office().agency)
    outboxes = at_once([lambda: rounds.go(DUE, 9)] * 4)
    assert sum(outbox.sent["am Fälligkeitstag"] for outbox in outboxes) > 1


# --- What a mail looks like --------------------------------------------------------------------


def parsed(message):
    return message_from_bytes(message.message().as_bytes(), policy=policy.default)


HOSTILE = "AWO\r\nBcc: opfer@example.org\r\n\r\nGefälscht\u2028\u202e\x0b"


def test_a_name_with_line_breaks_forges_no_header_and_no_line(two):
    awo = two[0]
    type(awo.agency).objects.filter(pk=awo.agency.pk).update(short_name=HOSTILE[:40])
    type(awo.lead).objects.filter(pk=awo.lead.pk).update(name=HOSTILE)
    city()
    run(DUE + days(7))
    message = next(m for m in mail.outbox if "AWO" in m.subject)
    read = parsed(message)
    assert read["Bcc"] is None
    assert read["To"] == "koordination@stadt.example"
    assert read["Subject"].strip().startswith("AWO Bcc: opfer@example.org Gefälscht")
    text = read.get_content()
    assert "Gefälscht" in text
    assert not [line for line in text.splitlines() if line.startswith(("Bcc", "Gefälscht"))]


def test_without_one_line_django_refuses_the_header(two, monkeypatch):
    """Whether the test above would notice."""
    monkeypatch.setattr(mails, "one_line", str)
    monkeypatch.setattr(reminders, "one_line", str)
    type(two[0].agency).objects.filter(pk=two[0].agency.pk).update(short_name=HOSTILE[:40])
    city()
    assert run(DUE + days(7)).failed == 1


def test_a_mail_says_that_it_is_automatic_and_how_to_end_it(two):
    run()
    read = parsed(mail.outbox[0])
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = read["List-Unsubscribe"].strip()
    assert link.startswith("<https://testserver/abmelden/")
    assert link.strip("<>") in read.get_content()
    assert read.get_content_type() == "text/plain"
    assert read.get_content_charset() == "utf-8"


def test_links_lead_to_the_address_of_the_settings(two, settings):
    settings.PORTAL_URL = "https://portal.example.org"
    run()
    assert "https://portal.example.org/berichte/" in mail.outbox[0].body
    assert "testserver" not in mail.outbox[0].message().as_string()


def test_moments_are_read_in_local_time(db):
    """Sent back at half past midnight, which is still the day before in Greenwich."""
    one = office()
    row = period("sent_back", agency=one.agency, since=DUE)
    row.state_since = moment(DUE + days(1), 0)
    assert reminders.returned_on(row, DUE + days(9)) == DUE + days(1)
