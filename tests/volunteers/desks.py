"""What tests of volunteers share: a form as somebody would send it."""

from coordination.editing import fingerprint
from volunteers import groups, volunteers
from volunteers.models import VolunteerGroup


def typed(cast, **fields):
    return {
        "name": "Ayşe Müller",
        "email": "ayse.mueller@example.org",
        "phone": "",
        "languages": "Deutsch, Türkisch",
        "districts": [cast.district.pk],
        "interests": [],
        "agency": cast.agency.pk,
        "starts_on": "2016-11-01",
        "ends_on": "",
        "consent": "written",
        "consent_on": "2016-11-01",
        **fields,
    }


def typed_again(row, **fields):
    """The edit form of a row, as its page shows it."""
    is_group = isinstance(row, VolunteerGroup)
    row = type(row).objects.get(pk=row.pk)
    values = {
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "languages": row.languages,
        "districts": [one.pk for one in row.districts.all()],
        "interests": [one.pk for one in row.interests.all()],
        "agency": row.agency_id,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat() if row.ends_on else "",
        "consent": row.consent,
        "consent_on": row.consent_on.isoformat(),
        "seen": fingerprint(row, groups.WATCHED if is_group else volunteers.WATCHED),
    }
    if is_group:
        values |= {"kind": row.kind, "spokesperson": row.spokesperson}
    return values | fields
