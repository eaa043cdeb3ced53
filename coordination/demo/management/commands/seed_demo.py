import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agencies.activity.models import Activity
from coordination.access.models import User
from coordination.demo import city
from districts.models import District

MOST_ACTIVITIES = 5_000_000


class Command(BaseCommand):
    help = "Enter the sample city into an empty database (only with PORTAL_DEMO=1)."

    def add_arguments(self, parser):
        parser.add_argument(
            "--activities",
            type=int,
            default=0,
            metavar="N",
            help="enter N activities more, to see how the portal behaves with many",
        )

    def handle(self, *, activities, **options):
        if not 0 <= activities <= MOST_ACTIVITIES:
            raise CommandError(f"--activities takes a number from 0 to {MOST_ACTIVITIES}.")
        if not settings.DEMO:
            raise CommandError("The sample city has well-known passwords: only with PORTAL_DEMO=1.")
        if User.objects.exists() or District.objects.exists():
            raise CommandError("The database is not empty; the sample city was not entered.")
        city.build(os.environ.get("DEMO_PASSWORD") or "quartier-demo", more_activities=activities)
        self.stdout.write(
            f"Sample city entered: {District.objects.count()} districts, "
            f"{User.objects.count()} accounts, {Activity.objects.count()} activities."
        )
