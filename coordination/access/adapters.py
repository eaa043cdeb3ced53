"""Where allauth asks us."""

import base64
import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)


def cipher() -> MultiFernet:
    """Encrypts second-factor secrets with keys derived from the secret keys, newest first.

    The keys are not in the database, so a dump of it opens nobody's second factor.
    """
    keys = []
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"second factor")
        keys.append(Fernet(base64.urlsafe_b64encode(derive.derive(secret.encode()))))
    return MultiFernet(keys)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False  # accounts come from invitations only

    def send_mail(self, template_prefix, email, context):
        """Say so if the mail server cannot be reached, to everybody alike, instead of failing."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # smtplib's errors are OSErrors too
            logger.error("A mail was not sent: %s", type(error).__name__)
            messages.error(self.request, _("The e-mail could not be sent. Please try again later."))


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher().decrypt(encrypted_text.encode()).decode()
