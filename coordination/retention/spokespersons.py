"""A volunteer's name, address and phone where a group has them as its contact."""

from django.db.models import QuerySet

from coordination.retention import holdings
from coordination.text import fold
from volunteers import duplicates
from volunteers.models import Volunteer, VolunteerGroup

NO_PHONE = "–"  # a group needs an address or a phone; this is neither


def forget(volunteer: Volunteer, groups: QuerySet) -> list[VolunteerGroup]:
    """Take away what of each group's contact is the volunteer's; the rest is the group's own."""
    # Lock, then read; by number, so that two who erase do not wait for each other.
    locked = list(groups.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    found = list(VolunteerGroup.objects.filter(pk__in=locked).order_by("pk"))
    for group in found:
        same = {
            "spokesperson": holdings.names(group.spokesperson, volunteer),
            "email": bool(volunteer.email) and fold(group.email) == fold(volunteer.email),
            "phone": bool(volunteer.phone) and _digits(group.phone) == _digits(volunteer.phone),
        }
        clear(group, {name for name, is_same in same.items() if is_same})
    return found


def clear(group: VolunteerGroup, names: set[str]) -> None:
    for name in names:
        setattr(group, name, "")
    if "email" in names:
        group.email_key = ""
    if "phone" in names:
        group.phone_key = ""
    if not group.email and not group.phone:
        group.phone = NO_PHONE
    group.save()


def _digits(phone: str) -> str:
    return duplicates.phone_key(phone) or phone
