import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.council.summary import answers, releases
from coordination.council.summary.models import Answer, Release


class Command(BaseCommand):
    help = (
        "Recomputes the checksum of every released council report and every answer sent from the "
        "figures that are kept, and lists those that are not as they were. Exit code 1 if any is "
        "not."
    )

    def handle(self, **options):
        spoiled, changed = releases.spoiled(), answers.spoiled()
        for release in spoiled:
            text = _("Report no. %(number)d is not as it was released.")
            self.stderr.write(text % {"number": release.number})
        for answer in changed:
            text = _("Answer no. %(number)d is not as it was sent.")
            self.stderr.write(text % {"number": answer.number})
        count = Release.objects.count()
        text = ngettext("%(count)d report checked.", "%(count)d reports checked.", count)
        self.stdout.write(text % {"count": count})
        count = Answer.objects.count()
        text = ngettext("%(count)d answer checked.", "%(count)d answers checked.", count)
        self.stdout.write(text % {"count": count})
        if spoiled or changed:
            sys.exit(1)
