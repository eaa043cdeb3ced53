from volunteers.models.contact import Contact, Talk, VolunteerUpload
from volunteers.models.declaration import Certificate, Declaration, DeclarationText
from volunteers.models.engagement import (
    Engaged,
    GroupMember,
    SearchWord,
    Volunteer,
    VolunteerGroup,
)

__all__ = [
    "Certificate",
    "Contact",
    "Declaration",
    "DeclarationText",
    "Engaged",
    "GroupMember",
    "SearchWord",
    "Talk",
    "Volunteer",
    "VolunteerGroup",
    "VolunteerUpload",
]
