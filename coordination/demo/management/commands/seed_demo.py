import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from coordination.access.models import User
from coordination.demo import city
from districts.models import District


class Command(BaseCommand):
    help = "Enter the sample city into an empty database (only with PORTAL_DEMO=1)."

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("The sample city has well-known passwords: only with PORTAL_DEMO=1.")
        if User.objects.exists() or District.objects.exists():
            raise CommandError("The database is not empty; the sample city was not entered.")
        city.build(os.environ.get("DEMO_PASSWORD") or "quartier-demo")
        self.stdout.write(
            f"Sample city entered: {District.objects.count()} districts, "
            f"{User.objects.count()} accounts."
        )
