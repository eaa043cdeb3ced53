from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from tests import make
from tests.desk.asking import use
from volunteers.desk.models import Mail


def run():
    out = StringIO()
    call_command("send_desk_mail", stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def waiting(db):
    return [
        Mail.objects.create(kind=kind, question=make.question()) for kind in ("closed", "received")
    ]


def test_it_sends_what_waits_and_then_has_nothing_to_do(waiting):
    said = run()
    assert "1  abgeschlossen" in said
    assert len(mail.outbox) == 2
    assert "nichts zu senden" in run()
    assert len(mail.outbox) == 2


def test_it_says_that_a_mail_was_not_sent_and_names_nobody(waiting, settings, capsys):
    use(settings, "Down")
    out = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("send_desk_mail", stdout=out, stderr=out)
    assert exit_.value.code == 1
    assert "2 Mails wurden nicht gesendet" in out.getvalue()
    assert "@" not in out.getvalue()


def test_without_the_address_of_the_portal_it_refuses(waiting, settings):
    settings.PORTAL_URL = ""
    with pytest.raises(CommandError, match="PORTAL_URL"):
        run()


def test_what_is_promised_goes_out_also_after_the_desk_was_switched_off(waiting, settings):
    settings.PORTAL_DESK = False
    assert "1  abgeschlossen" in run()
    assert len(mail.outbox) == 2


def test_where_there_never_was_a_desk_it_asks_for_nothing(db, settings):
    settings.PORTAL_DESK, settings.PORTAL_URL = False, ""
    assert "abgeschaltet" in run()
