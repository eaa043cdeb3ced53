import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.as_of import today
from volunteers.desk import mails, notices
from volunteers.desk.models import Question


class Command(BaseCommand):
    help = (
        "Sends the mails of the ask-back desk that the mail server has not taken yet, and tells "
        "whom a question waits for; each once however often it runs: call it every five minutes. "
        "Exit code 1 if a mail could not be sent; the next run tries again."
    )

    def handle(self, **options):
        if not settings.PORTAL_DESK and not Question.objects.exists():
            self.stdout.write(_("The ask-back desk is switched off."))
            return
        if not settings.PORTAL_URL:
            raise CommandError(
                _("PORTAL_URL is not set. The mails would have no links into the portal.")
            )
        outbox = mails.send_waiting()
        notices.send(today(), outbox)
        outbox.close()
        for name, count in outbox.sent.items():
            self.stdout.write(f"{count:>6}  {name}")
        if not outbox.sent:
            self.stdout.write(_("There is nothing to send."))
        if outbox.failed:
            text = ngettext(
                "%(count)s mail was not sent. The next run tries again.",
                "%(count)s mails were not sent. The next run tries again.",
                outbox.failed,
            )
            self.stderr.write(text % {"count": outbox.failed})
            sys.exit(1)
