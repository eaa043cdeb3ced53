"""What somebody takes along: a contact as vCard 3.0 (RFC 2426), a page's address as QR code."""

import re
from dataclasses import dataclass

import qrcode
import vobject
from django.utils.translation import gettext as _
from vobject.vcard import Name

from coordination.public.finder import Contact

# Signs that would end a line, or have no place in one: nobody writes a property of their own.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
QUIET = 4  # light modules round the code, as the standard wants (ISO/IEC 18004)


def vcards(contacts: list[Contact], *, district: str, url: str) -> bytes:
    """The contacts one after the other, as address books read them."""
    return "".join(_vcard(one, district, url) for one in contacts).encode()


def _vcard(contact: Contact, district: str, url: str) -> str:
    card = vobject.vCard()
    name = _plain(contact.name)
    given, _space, family = name.rpartition(" ") if contact.is_person else ("", "", name)
    card.add("n").value = Name(family=family, given=given)
    card.add("fn").value = name
    card.add("org").value = [_plain(contact.agency or contact.name)]
    if contact.is_person:
        card.add("title").value = _plain(_("Contact person in %(place)s") % {"place": district})
    if contact.phone:
        phone = card.add("tel")
        phone.value, phone.params["TYPE"] = _plain(contact.phone), ["WORK", "VOICE"]
    if contact.email:
        email = card.add("email")
        email.value, email.params["TYPE"] = _plain(contact.email), ["INTERNET"]
    card.add("url").value = _plain(url)
    notes = [
        _("Office hours: %(hours)s") % {"hours": contact.office_hours},
        _("Languages: %(languages)s") % {"languages": contact.languages},
    ]
    said = [contact.office_hours, contact.languages]
    if note := "; ".join(text for text, value in zip(notes, said, strict=True) if value):
        card.add("note").value = _plain(note)
    return card.serialize()


def _plain(text: str) -> str:
    return UNSAFE.sub(" ", text).strip()


@dataclass(frozen=True)
class QrCode:
    """A QR code as one path of an SVG, a unit a module."""

    path: str
    size: int


def qr_code(url: str) -> QrCode:
    code = qrcode.QRCode(border=QUIET, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(url)
    code.make(fit=True)
    rows = code.get_matrix()
    return QrCode("".join(_dark(rows)), len(rows))


def _dark(rows):
    for y, row in enumerate(rows):
        start = None
        for x, dark in enumerate([*row, False]):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                yield f"M{start} {y}h{x - start}v1h-{x - start}z"
                start = None
