import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.as_of import today
from coordination.retention import runs
from coordination.retention.rules import RULES


class Command(BaseCommand):
    help = (
        "Deletes or makes anonymous what the retention rules say, however often it runs: call it "
        "every night. Prints numbers, never names. Exit code 1 if a rule failed; the others are "
        "applied nevertheless, and the next run tries again."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="only count what is due, delete nothing"
        )

    def handle(self, *, dry_run, **options):
        day = today()
        if dry_run:
            counts = runs.due(day)
            for rule in RULES:
                self._tell(counts[rule.code], rule)
            self.stdout.write(_("This was a trial run: nothing has been deleted."))
            return
        results = runs.apply(day)
        for result in results:
            self._tell(result.count, result.rule)
        failed = [result.rule for result in results if result.is_failed]
        for rule in failed:
            self.stderr.write(_("Failed: %(rule)s") % {"rule": rule.code})
        if failed:
            text = ngettext(
                "%(count)d rule failed. The next run tries again.",
                "%(count)d rules failed. The next run tries again.",
                len(failed),
            )
            self.stderr.write(text % {"count": len(failed)})
            sys.exit(1)

    def _tell(self, count, rule):
        self.stdout.write(f"{count:>8}  {rule.code:<22} {rule.what}: {rule.verb}")
