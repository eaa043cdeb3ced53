"""What happens to accounts: their name, their roles, and whether they may sign in."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Membership
from coordination import editing
from coordination.access import sessions
from coordination.access.models import CityRole, User
from coordination.audit.log import Verb, record, values
from coordination.people.models import Account

NAMED = ["name"]
WITHOUT_LEAD = "without_lead"


@transaction.atomic
def rename(account: Account, *, name: str, seen: str | None = None, by: User) -> Account:
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    editing.refuse_if_changed(account, seen, NAMED)
    before = values(account, *NAMED)
    account.name = name
    account.full_clean(exclude=["password"])
    account.save(update_fields=NAMED)
    record(Verb.CHANGED, account, by=by, before=before, after=values(account, *NAMED))
    return account


@transaction.atomic
def grant_role(account: Account, *, role: str, by: User) -> CityRole:
    """Give the account a role in the whole city."""
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    granted = CityRole(user=account, role=role)
    granted.full_clean()
    granted.save()
    record(Verb.GRANTED, account, by=by, after={"role": granted.get_role_display()})
    return granted


@transaction.atomic
def revoke_role(role: CityRole, *, reason: str = "", by: User) -> None:
    """Take a city role away, but never coordination from the last one who can use it."""
    coordinators = _locked_coordinators()
    role = CityRole.objects.filter(pk=role.pk).first()
    if role is None:
        raise ValidationError(_("This role was already taken away."))
    account = Account.objects.get(pk=role.user_id)
    if role.role == CityRole.Code.COORDINATION and account.is_active:
        _refuse_without_coordination(coordinators, account)
    record(Verb.REMOVED, account, by=by, before={"role": role.get_role_display()}, reason=reason)
    role.delete()


@transaction.atomic
def grant_membership(account: Account, *, agency: Agency, role: str, by: User) -> Membership:
    """Let the account act for an agency."""
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    granted = Membership(user=account, agency=agency, role=role)
    granted.full_clean()
    granted.save()
    _record_membership(Verb.GRANTED, granted, by=by, after=_place(granted))
    return granted


@transaction.atomic
def change_membership(
    membership: Membership,
    *,
    role: str,
    without_lead: bool = False,
    seen: str | None = None,
    by: User,
) -> Membership:
    """Make a lead a caseworker or the other way round."""
    membership = _locked_membership(membership)
    editing.refuse_if_changed(membership, seen, ["role"])
    before = _place(membership)
    if role != Membership.Code.LEAD and not without_lead:
        _refuse_without_lead([membership])
    membership.role = role
    membership.full_clean()
    membership.save()
    _record_membership(Verb.CHANGED, membership, by=by, before=before, after=_place(membership))
    return membership


@transaction.atomic
def revoke_membership(
    membership: Membership, *, without_lead: bool = False, reason: str = "", by: User
) -> None:
    membership = _locked_membership(membership)
    if not without_lead:
        _refuse_without_lead([membership])
    _record_membership(Verb.REMOVED, membership, by=by, before=_place(membership), reason=reason)
    membership.delete()


@transaction.atomic
def deactivate(
    account: Account, *, without_lead: bool = False, reason: str = "", by: User
) -> Account:
    """Shut the account and sign it out everywhere."""
    coordinators = _locked_coordinators()
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not account.is_active:
        raise ValidationError(_("This account is already deactivated."))
    agencies = Agency.objects.filter(memberships__user=account).values("pk")
    list(Agency.objects.select_for_update(no_key=True).filter(pk__in=agencies).order_by("pk"))
    _refuse_without_coordination(coordinators, account)
    if not without_lead:
        _refuse_without_lead(account.memberships.select_related("agency", "user"))
    account.is_active = False
    account.save(update_fields=["is_active"])
    sessions.end_all(account)
    record(Verb.DEACTIVATED, account, by=by, reason=reason)
    return account


@transaction.atomic
def activate(account: Account, *, reason: str = "", by: User) -> Account:
    """Let the account sign in again. The sessions of before stay ended."""
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if account.is_active:
        raise ValidationError(_("This account is already active."))
    account.is_active = True
    account.save(update_fields=["is_active"])
    record(Verb.ACTIVATED, account, by=by, reason=reason)
    return account


def _locked_coordinators() -> list[CityRole]:
    """Every grant of coordination, locked in one order: two must not remove each other."""
    return list(
        CityRole.objects.select_for_update().filter(role=CityRole.Code.COORDINATION).order_by("pk")
    )


def _refuse_without_coordination(coordinators: list[CityRole], account: Account) -> None:
    """Read after the lock: who else can still coordinate?"""
    coordinating = User.objects.filter(
        pk__in=[role.user_id for role in coordinators], is_active=True
    ).values_list("pk", flat=True)
    if set(coordinating) == {account.pk}:
        raise ValidationError(
            _("%(name)s is the last active account of the coordination and must remain.")
            % {"name": account}
        )


def _locked_membership(membership: Membership) -> Membership:
    """The membership as it is now. The agency is the lock: all its leads come past it."""
    Agency.objects.select_for_update(no_key=True).get(pk=membership.agency_id)
    rows = Membership.objects.select_related("agency", "user")
    membership = rows.filter(pk=membership.pk).first()
    if membership is None:
        raise ValidationError(_("This membership was already ended."))
    return membership


def _refuse_without_lead(memberships) -> None:
    """Refuse to take these from agencies that would have no active lead then."""
    for membership in memberships:
        leads = Membership.objects.leads().filter(agency=membership.agency_id)
        if set(leads.values_list("pk", flat=True)) == {membership.pk}:
            raise ValidationError(
                {
                    WITHOUT_LEAD: _(
                        "%(agency)s would have no lead then. Please confirm, "
                        "or name another lead first."
                    )
                    % {"agency": membership.agency}
                }
            )


def _place(membership: Membership) -> dict:
    return {"agency": str(membership.agency), "role": membership.get_role_display()}


def _record_membership(verb, membership, *, by, before=None, after=None, reason="") -> None:
    """The line is about the account, so that one place tells all that happened to it."""
    record(
        verb,
        Account.objects.get(pk=membership.user_id),
        by=by,
        agency_id=membership.agency_id,
        before=before,
        after=after,
        reason=reason,
    )
