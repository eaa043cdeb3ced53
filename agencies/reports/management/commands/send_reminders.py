import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.reports import rounds
from coordination.as_of import today


class Command(BaseCommand):
    help = (
        "Sends the reminders of reports that are due and the weekly digests, each once however "
        "often it runs: call it every hour. Exit code 1 if a mail could not be sent; the next run "
        "tries again."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="only count what would be sent, at any hour"
        )

    def handle(self, *, dry_run, **options):
        if not settings.PORTAL_URL:
            raise CommandError(
                _("PORTAL_URL is not set. The mails would have no links into the portal.")
            )
        day, hour = today(), localtime().hour
        outbox = rounds.go(day, hour, is_trial=dry_run)
        for name, count in outbox.sent.items():
            self.stdout.write(f"{count:>6}  {name}")
        if not dry_run and not rounds.is_time(day, hour):
            self.stdout.write(
                _("Mails go out on working days from %(hour)s o'clock.")
                % {"hour": rounds.FIRST_HOUR}
            )
        elif not outbox.sent:
            self.stdout.write(_("There is nothing to send."))
        if dry_run:
            self.stdout.write(_("This was a trial run: nothing has been sent."))
        if outbox.unaddressed:
            text = ngettext(
                "%(count)s report of which nobody in the agency can be reminded.",
                "%(count)s reports of which nobody in the agency can be reminded.",
                outbox.unaddressed,
            )
            self.stdout.write(text % {"count": outbox.unaddressed})
        if outbox.failed:
            text = ngettext(
                "%(count)s mail was not sent. The next run tries again.",
                "%(count)s mails were not sent. The next run tries again.",
                outbox.failed,
            )
            self.stderr.write(text % {"count": outbox.failed})
            sys.exit(1)
