"""Who speaks to somebody who asked: as much of them as their agency has released."""

from django.conf import settings
from django.utils.translation import gettext as _

from volunteers.desk.models import Message

JOINED = ["agency", "by__worker"]  # what a query for messages brings along


def of(message: Message) -> str:
    """The agency, with the person's name if that is public and they still work there.

    "" is who asked.
    """
    if message.by is None:
        return ""
    if message.agency is None:
        return _("Coordination of the city %(city)s") % {"city": settings.PORTAL_CITY}
    worker = getattr(message.by, "worker", None)
    is_shown = worker and worker.is_public and worker.is_active
    if is_shown and worker.agency_id == message.agency_id:
        return f"{worker.name}, {message.agency}"
    return str(message.agency)
