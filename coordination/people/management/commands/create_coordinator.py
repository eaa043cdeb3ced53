from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from coordination.access.models import CityRole
from coordination.people import invitations
from coordination.people.models import Invitation
from coordination.text import fold

ROLE = CityRole.Code.COORDINATION


class Command(BaseCommand):
    help = (
        "Invites the first coordination account of a new portal and prints the link, which is "
        "valid for seven days. Called again for the same address, it prints a new link."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--force", action="store_true", help="even if there is one already")

    def handle(self, *, email, name, force, **options):
        active = CityRole.objects.filter(role=ROLE, user__is_active=True)
        if active.exists() and not force:
            raise CommandError(
                "There is an active coordination account already; it can invite others. "
                "Use --force if nobody can sign in with it any more."
            )
        open_one = Invitation.objects.open().filter(email=fold(email), city_role=ROLE).first()
        try:
            if open_one:
                _invitation, token = invitations.resend(open_one, by=None)
            else:
                _invitation, token = invitations.invite(
                    email=email, name=name, city_role=ROLE, by=None
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        path = reverse("people:invitation_accept", args=[token])
        host = settings.ALLOWED_HOSTS[0].lstrip(".")
        self.stdout.write(path if settings.DEMO or host == "*" else f"https://{host}{path}")
