"""Which of the mails that the portal sends by itself somebody wants: all, until they end one kind.

Every such mail has a link that ends its kind without signing in. Its token is signed and names
account and kind, so it holds as long as the mail is kept; with it one can end mails, nothing else.
"""

from collections.abc import Iterable

from django.core.signing import BadSignature, Signer
from django.db import transaction

from agencies.reports.models import MailKind, OptOut
from coordination.access.models import User

SALT = "agencies.reports.subscriptions"


def token(user: User, kind: MailKind) -> str:
    return Signer(salt=SALT).sign_object([user.pk, kind])


def read(token: str) -> tuple[int, MailKind] | None:
    """The number of the account and the kind a link was made for; None if we did not make it."""
    try:
        number, kind = Signer(salt=SALT).unsign_object(token)
    except BadSignature:
        return None
    return number, MailKind(kind)


def wanted(user: User) -> set[MailKind]:
    unwanted = OptOut.objects.filter(user=user).values_list("kind", flat=True)
    return set(MailKind) - set(unwanted)


@transaction.atomic
def choose(user: User, *, kinds: Iterable[MailKind]) -> None:
    """Only these kinds from now on."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    kinds = set(kinds)
    OptOut.objects.filter(user=user, kind__in=kinds).delete()
    for kind in wanted(user) - kinds:
        OptOut.objects.create(user=user, kind=kind)


@transaction.atomic
def end(number: int, kind: MailKind) -> None:
    """No more mails of this kind to the account of this number, if there still is one."""
    if User.objects.select_for_update(no_key=True).filter(pk=number).first():
        OptOut.objects.get_or_create(user_id=number, kind=kind)
