import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.budget import books


class Command(BaseCommand):
    help = (
        "Recomputes every sum, split, limit and status of the budget, and every sum of activities "
        "and reports, from their rows and lists what does not agree. Exit code 1 if anything "
        "does not."
    )

    def handle(self, **options):
        results = books.run()
        for result in results:
            self.stdout.write(f"{result.count:>8}  {result.check.title}")
            for finding in result.findings:
                self.stdout.write(f"       !  {finding}")
        found = sum(len(result.findings) for result in results)
        if not found:
            self.stdout.write(_("The books agree."))
            return
        text = ngettext("%(count)s finding.", "%(count)s findings.", found) % {"count": found}
        self.stderr.write(text)
        sys.exit(1)
