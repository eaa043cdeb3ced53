"""Sign-in and its surroundings: only those of allauth's pages the portal wants.

Left out on purpose: signing up and changing the address. Accounts come from invitations, and an
invitation is bound to its address.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

from coordination.access import views

urlpatterns = [
    path("anmelden/", account.login, name="account_login"),
    path("abmelden/", account.logout, name="account_logout"),
    path("registrieren/", views.no_signup, name="account_signup"),
    path("deaktiviert/", account.account_inactive, name="account_inactive"),
    path("bestaetigen/", account.reauthenticate, name="account_reauthenticate"),
    path("passwort/aendern/", account.password_change, name="account_change_password"),
    path("passwort/vergessen/", account.password_reset, name="account_reset_password"),
    path(
        "passwort/vergessen/gesendet/",
        account.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^passwort/neu/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "passwort/neu/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("zweiter-faktor/", mfa.index, name="mfa_index"),
    path("zweiter-faktor/anmelden/", mfa.authenticate, name="mfa_authenticate"),
    path("zweiter-faktor/bestaetigen/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("zweiter-faktor/app/", views.activate_totp, name="mfa_activate_totp"),
    path("zweiter-faktor/app/entfernen/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("zweiter-faktor/codes/", views.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "zweiter-faktor/codes/neu/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "zweiter-faktor/codes/datei/",
        views.recovery_codes_file,
        name="mfa_download_recovery_codes",
    ),
    path("zweiter-faktor/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("zweiter-faktor/passkeys/neu/", views.add_webauthn, name="mfa_add_webauthn"),
    path("zweiter-faktor/passkeys/anmelden/", views.login_webauthn, name="mfa_login_webauthn"),
    path(
        "zweiter-faktor/passkeys/bestaetigen/",
        views.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "zweiter-faktor/passkeys/<int:pk>/umbenennen/",
        webauthn.edit_webauthn,
        name="mfa_edit_webauthn",
    ),
    path(
        "zweiter-faktor/passkeys/<int:pk>/entfernen/",
        webauthn.remove_webauthn,
        name="mfa_remove_webauthn",
    ),
    path("sitzungen/", views.usersessions, name="usersessions_list"),
]
