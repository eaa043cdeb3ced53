"""How the portal's own mails go out: each once, and marked as what they are.

A row that can exist only once is the claim on a mail. It is saved in one transaction with handing
the mail over, so of two runs at the same moment one sends it, and a mail that was not taken leaves
no claim: the next run tries again. Should the machine stop after the mail server has taken a mail
and before the claim is committed, it goes out twice. The other way round it would never go out.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, OperationalError, models, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from agencies.reports import subscriptions
from agencies.reports.models import MailKind
from coordination.access.models import User

logger = logging.getLogger(__name__)


def one_line(text: object) -> str:
    """The text without line breaks and other signs nobody sees, fit for a subject or a list."""
    shown = "".join(sign if sign.isprintable() else " " for sign in str(text))
    return " ".join(shown.split())


def address(page: str, *row: int | str) -> str:
    """The whole address of a page, for whoever is not in the portal."""
    return f"{settings.PORTAL_URL}{reverse(page, args=row)}"


def written(
    *, to: str, subject: str, template: str, context: dict, headers: dict[str, str] | None = None
) -> EmailMessage:
    """A mail in plain text to the address, marked as sent by a program."""
    frame = {"portal_name": settings.PORTAL_NAME, "portal_city": settings.PORTAL_CITY}
    text = render_to_string(template, {**frame, **context})
    return EmailMessage(
        one_line(subject),
        re.sub(r"\n{3,}", "\n\n", text).strip() + "\n",
        to=[to],
        # RFC 3834: no answers of people on leave
        headers={"Auto-Submitted": "auto-generated", **(headers or {})},
    )


def mail(*, kind: MailKind, to: User, subject: str, template: str, context: dict) -> EmailMessage:
    """A mail that its reader can switch off."""
    ending = address("reports:mail_unsubscribe", subscriptions.token(to, kind))
    frame = {
        "name": one_line(to.name),
        "ending": ending,
        "settings": address("reports:mail_settings"),
    }
    headers = {
        "List-Unsubscribe": f"<{ending}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
    }
    frame |= context
    return written(to=to.email, subject=subject, template=template, context=frame, headers=headers)


@dataclass
class Outbox:
    """Sends mails over one connection and counts them. A trial run counts and does nothing else."""

    is_trial: bool = False
    sent: Counter = field(default_factory=Counter)  # by what the mail is called
    failed: int = 0
    unaddressed: int = 0  # reports of which nobody can be reminded
    _server: object = None
    _is_down: bool = False

    def send(self, message: EmailMessage, *, claim: models.Model, called: str) -> None:
        """Send the mail unless another run has; ``claim`` is the unsaved row that says so."""

        def take():
            claim.save(force_insert=True)
            return message

        self.send_once(take, called=called)

    def send_once(self, take: Callable[[], EmailMessage | None], *, called: str) -> None:
        """Send what ``take`` returns, in one transaction with whatever it writes as its claim.

        None is nothing to send: another run was faster.
        """
        if self.is_trial:
            self.sent[called] += 1
            return
        try:
            # Before the transaction: with SQLite it keeps everybody else from writing.
            server = self._connected()
            with transaction.atomic():
                message = take()
                if message is None:
                    return
                if server.send_messages([message]) != 1:
                    raise ConnectionError
        except IntegrityError:  # another run was faster
            return
        except (OSError, ValueError, OperationalError) as error:
            # The server's or the network's refusal, an address no mail can go to, or a database
            # that made us wait too long. The next run tries again.
            logger.error("A mail was not sent: %s", type(error).__name__)
            self.failed += 1
            self.close()
        else:
            self.sent[called] += 1

    def _connected(self):
        """The open connection. A server that does not answer is asked once a run, not per mail."""
        if self._is_down:
            raise ConnectionError
        if self._server is None:
            server = get_connection()
            try:
                server.open()
            except OSError:
                self._is_down = True
                raise
            self._server = server
        return self._server

    def close(self) -> None:
        """After a failure too: the next mail starts with a fresh connection."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError):
                server.close()
