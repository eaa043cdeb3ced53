"""The way to an account: an offer of one role to one address, taken up once within seven days.

The token is random and goes out by mail only; the database keeps its hash. ``deliver`` is called
after the operation has committed, so a dead mail server costs the mail, never the invitation.
"""

import logging
import secrets
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.actors import actor_for
from agencies.models import Agency, Membership
from coordination.access.models import CityRole, User
from coordination.access.permissions import Perm
from coordination.audit.log import Verb, record
from coordination.people.models import VALID_FOR, Account, Invitation
from coordination.text import fold

logger = logging.getLogger(__name__)
BETWEEN_MAILS = timedelta(minutes=5)
STILL_OPEN = gettext_lazy("There is an open invitation to this address. Send it again instead.")


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def find(token: str) -> Invitation | None:
    """The invitation a link belongs to, if it can still be accepted."""
    rows = Invitation.objects.valid().select_related("agency", "invited_by")
    invitation = rows.filter(token_hash=hashed(token)).first()
    return invitation if invitation and _is_backed(invitation) else None


def _is_backed(invitation: Invitation) -> bool:
    """Whether the invited place is open and who invited may still do so; the system always may.

    Otherwise somebody whose rights were withdrawn could come back by a link of their own.
    """
    by, agency = invitation.invited_by, invitation.agency
    if agency and not agency.is_active:
        return False
    if by is None:
        return True
    if not by.is_active:
        return False
    if invitation.city_role:
        return actor_for(by).may(Perm.MANAGE_ACCOUNTS)
    return actor_for(by).scope(Perm.MANAGE_MEMBERS).covers(invitation.agency_id)


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    city_role: str = "",
    agency: Agency | None = None,
    membership_role: str = "",
    by: User | None,
) -> tuple[Invitation, str]:
    """Offer a role; returns the invitation and its token, which is told only here."""
    if agency:
        Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        email=fold(email),
        name=name,
        city_role=city_role,
        agency=agency,
        membership_role=membership_role,
        token_hash=hashed(token),
        expires_at=timezone.now() + VALID_FOR,
        invited_by=by,
    )
    invitation.full_clean(validate_constraints=False)
    _refuse_if_superfluous(invitation)
    invitation.validate_constraints()
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError as error:  # the same invitation, made in this moment
        raise ValidationError({"email": STILL_OPEN}) from error
    _record(Verb.INVITED, invitation, by=by)
    return invitation, token


@transaction.atomic
def resend(invitation: Invitation, *, by: User | None) -> tuple[Invitation, str]:
    """Seven more days with a new token; the old link is dead."""
    invitation = _locked(invitation)
    if invitation.mailed_at and timezone.now() - invitation.mailed_at < BETWEEN_MAILS:
        raise ValidationError(
            _("The invitation was sent less than five minutes ago. Please wait a little.")
        )
    invitation.invited_by = by or invitation.invited_by
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hashed(token)
    invitation.expires_at = timezone.now() + VALID_FOR
    invitation.mailed_at = None
    invitation.save(update_fields=["token_hash", "expires_at", "mailed_at", "invited_by"])
    _record(Verb.INVITED, invitation, by=by)
    return invitation, token


@transaction.atomic
def revoke(invitation: Invitation, *, reason: str = "", by: User) -> Invitation:
    invitation = _locked(invitation)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    _record(Verb.REVOKED, invitation, by=by, reason=reason)
    return invitation


def deliver(invitation: Invitation, *, link: str) -> bool:
    """Mail the link; False if the mail server would not take it."""
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(
            "people/email/invitation.txt",
            {
                "invitation": invitation,
                "link": link,
                "until": timezone.localtime(invitation.expires_at),
                "portal_name": settings.PORTAL_NAME,
                "portal_city": settings.PORTAL_CITY,
            },
        )
        subject = _("Invitation to %(portal)s") % {"portal": settings.PORTAL_NAME}
    try:
        send_mail(subject, text, None, [invitation.email])
    except OSError as error:  # smtplib's errors are OSErrors too
        logger.error("An invitation was not sent: %s", type(error).__name__)
        return False
    Invitation.objects.filter(pk=invitation.pk).update(mailed_at=timezone.now())
    return True


@transaction.atomic
def accept(token: str, *, password: str = "", name: str = "", by: User | None) -> User | None:
    """Take up the offer, once: the account that has the role now, or None if it is too late.

    ``by`` is who is signed in. An address that has an account already must be signed in with it;
    for a new address an account is made, with the name and password its owner chose.
    """
    if find(token) is None:
        return None
    now = timezone.now()
    # Compare and swap: of any number at the same moment, one finds the invitation still open.
    taken = Invitation.objects.filter(
        token_hash=hashed(token), accepted_at=None, revoked_at=None, expires_at__gt=now
    ).update(accepted_at=now)
    if not taken:
        return None
    invitation = Invitation.objects.select_related("agency").get(token_hash=hashed(token))
    user = _account_for(invitation, password=password, name=name, by=by)
    if invitation.city_role:
        CityRole.objects.get_or_create(user=user, role=invitation.city_role)
    else:
        membership, _created = Membership.objects.get_or_create(
            user=user, agency=invitation.agency, defaults={"role": invitation.membership_role}
        )
        if membership.role != invitation.membership_role:
            raise ValidationError(
                _("You already belong to %(agency)s. Its lead can change your role.")
                % {"agency": invitation.agency}
            )
    _record(Verb.ACCEPTED, invitation, by=user)
    return user


def _account_for(invitation, *, password, name, by) -> User:
    if by is not None:
        if by.email != invitation.email:
            raise ValidationError(_("The invitation is for another address than yours."))
        return by
    taken = ValidationError(_("There is an account for this address. Please sign in first."))
    if User.objects.filter(email=invitation.email).exists():
        raise taken
    user = User(email=invitation.email, name=name or invitation.name)
    user.set_unusable_password()
    user.full_clean(validate_unique=False, validate_constraints=False)
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    try:
        with transaction.atomic():
            user = User.objects.create_user(user.email, password=password, name=user.name)
    except IntegrityError as error:  # a second invitation, accepted in this moment
        raise taken from error
    record(Verb.CREATED, Account.objects.get(pk=user.pk), by=user, agency_id=invitation.agency_id)
    return user


def _locked(invitation: Invitation) -> Invitation:
    Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    invitation = Invitation.objects.select_related("agency").get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        raise ValidationError(_("This invitation was already accepted or revoked."))
    return invitation


def _refuse_if_superfluous(invitation: Invitation) -> None:
    """The person may have the role already, or a link to it in the mail."""
    if invitation.city_role:
        held = CityRole.objects.filter(
            user__email=invitation.email, role=invitation.city_role
        ).exists()
        same = Invitation.objects.open().filter(city_role=invitation.city_role)
    else:
        held = Membership.objects.filter(
            user__email=invitation.email, agency=invitation.agency
        ).exists()
        same = Invitation.objects.open().filter(agency=invitation.agency)
    if held:
        raise ValidationError({"email": _("The account with this address already belongs there.")})
    if same.filter(email=invitation.email).exists():
        raise ValidationError({"email": STILL_OPEN})


def _record(verb, invitation, *, by, reason="") -> None:
    record(
        verb,
        invitation,
        by=by,
        agency_id=invitation.agency_id,
        after={"email": invitation.email, "role": invitation.role},
        reason=reason,
    )
