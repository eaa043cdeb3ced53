"""Build valid rows in one line. Every argument has a default; name only what the test is about."""

import secrets
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from agencies.models import Agency, Assignment, Membership, Occupancy, Position, Worker
from coordination.access.models import CityRole, User
from coordination.access.permissions import NEEDS_SECOND_FACTOR
from coordination.people import invitations
from coordination.people.models import Invitation
from districts.imports import Options
from districts.models import District, DistrictUpload, PostalCode

PASSWORD = "gehege-leuchtet-7"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
number = count(1)
TERM = {"starts_on": date(2016, 4, 1), "ends_on": date(2018, 3, 31)}
DAY = date(2016, 12, 1)


def user(*roles, has_second_factor=True, **fields):
    """An account with the named city roles, and the second factor they need."""
    n = next(number)
    user = User.objects.create_user(
        **{
            "email": f"user{n}@stadt.example",
            "name": f"Person {n}",
            "password": PASSWORD,
            **fields,
        }
    )
    for role in roles:
        CityRole.objects.create(user=user, role=role)
    if has_second_factor and NEEDS_SECOND_FACTOR.intersection(roles):
        second_factor(user)
    return user


def second_factor(user):
    """An authenticator app that knows ``SECRET``."""
    return TOTP.activate(user, SECRET).instance


def passkey(user):
    """A passkey nobody holds the private half of."""
    data = {"name": "Schlüssel", "credential": {}, "passwordless": False}
    return Authenticator.objects.create(user=user, type="webauthn", data=data)


def invitation(**fields):
    """An invitation; its ``token`` is in the attribute of that name."""
    n, token = next(number), secrets.token_urlsafe(32)
    if "agency" not in fields and "city_role" not in fields:
        fields["city_role"] = "council"
    invitation = Invitation.objects.create(
        **{
            "email": f"neu{n}@verband.example",
            "name": f"Neu {n}",
            "token_hash": invitations.hashed(token),
            "expires_at": timezone.now() + timedelta(days=7),
            "membership_role": "worker" if "agency" in fields else "",
            **fields,
        }
    )
    invitation.token = token
    return invitation


def postal_code(code="41061"):
    return PostalCode.objects.get_or_create(code=code)[0]


def borough(**fields):
    n = next(number)
    return District.objects.create(
        **{"level": "borough", "key": f"B{n}", "name": f"Bezirk {n}", **fields}
    )


def district(*postal_codes, **fields):
    """A quarter: ``make.district("41061", "41063", name="Eicken")``."""
    n = next(number)
    district = District.objects.create(
        **{"level": "quarter", "key": f"Q{n:03}", "name": f"Stadtteil {n}", **fields}
    )
    district.postal_codes.set([postal_code(code) for code in postal_codes])
    return district


def district_upload(user, content="key,name\nR900,Neustadt\n", **options):
    """A file of districts that its uploader has not confirmed yet."""
    return DistrictUpload.objects.create(
        user=user,
        name="stadtteile.csv",
        content=content.encode() if isinstance(content, str) else content,
        options=Options(**options).as_json(),
    )


def agency(**fields):
    n = next(number)
    return Agency.objects.create(**{"name": f"Verband {n} e. V.", "short_name": f"V{n}", **fields})


def membership(role="worker", **fields):
    return Membership.objects.create(
        **{
            "user": fields.pop("user", None) or user(),
            "agency": fields.pop("agency", None) or agency(),
            "role": role,
            **fields,
        }
    )


def worker(**fields):
    n = next(number)
    return Worker.objects.create(
        **{"agency": fields.pop("agency", None) or agency(), "name": f"Fachkraft {n}", **fields}
    )


def position(**fields):
    n = next(number)
    return Position.objects.create(
        **{
            "agency": fields.pop("agency", None) or agency(),
            "title": f"Stelle {n}",
            **TERM,
            **fields,
        }
    )


def occupancy(**fields):
    position_ = fields.pop("position", None) or position()
    return Occupancy.objects.create(
        **{
            "position": position_,
            "worker": fields.pop("worker", None) or worker(agency=position_.agency),
            "fte": Decimal("1.00"),
            **TERM,
            **fields,
        }
    )


def assignment(*postal_codes, **fields):
    """A position leads a district; with postal codes, it leads only those."""
    assignment = Assignment.objects.create(
        **{
            "position": fields.pop("position", None) or position(),
            "district": fields.pop("district", None) or district(),
            "role": "lead",
            "share": 10,
            "division": "postal_codes" if postal_codes else "whole",
            **TERM,
            **fields,
        }
    )
    assignment.postal_codes.set([postal_code(code) for code in postal_codes])
    return assignment
