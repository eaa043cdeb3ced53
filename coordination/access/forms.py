from datetime import timedelta

from allauth.mfa.totp import forms as totp
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import InvalidToken
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coordination.access.adapters import cipher

TIME_TO_SCAN = timedelta(minutes=15)


class ActivateTOTPForm(totp.ActivateTOTPForm):
    """Carries the new secret sealed in the form.

    allauth keeps it in the session, where a GET would write it readably into the database.
    """

    seal = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        self.user = kwargs.pop("user")
        # Past allauth's own form, which would reach for the session.
        super(totp.ActivateTOTPForm, self).__init__(*args, **kwargs)
        self.secret = self.opened(self.data.get("seal", "")) if self.is_bound else None
        self.is_stale = self.is_bound and self.secret is None
        if self.secret is None:
            self.secret = generate_totp_secret()
        self.fields["seal"].initial = self.sealed(self.secret)
        if self.is_stale:
            self.data = self.data.copy()
            self.data["seal"] = self.fields["seal"].initial

    def sealed(self, secret):
        return cipher().encrypt(f"{self.user.pk} {secret}".encode()).decode()

    def opened(self, seal):
        try:
            text = cipher().decrypt(seal.encode(), ttl=int(TIME_TO_SCAN.total_seconds())).decode()
        except InvalidToken:
            return None
        owner, _separator, secret = text.partition(" ")
        return secret if owner == str(self.user.pk) else None

    def clean_code(self):
        if self.is_stale:
            raise ValidationError(
                _("The time to set up the app has run out. Please scan the new code.")
            )
        return super().clean_code()
