"""What allauth says with "du" in German. Named here, so that our catalogue says it with "Sie"."""

from django.utils.translation import gettext_noop as _

TEXTS = [
    _("Be patient, you are sending too many requests."),
    _("Please type your current password."),
    _("The password reset token was invalid."),
    _("Too many failed login attempts. Try again later."),
    _("You have signed out."),
    _("You must type the same password each time."),
]
