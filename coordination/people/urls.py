from django.urls import path

from coordination.people.views import accounts, invitations

app_name = "people"
urlpatterns = [
    path("", accounts.account_list, name="account_list"),
    path("<int:pk>/", accounts.account_detail, name="account_detail"),
    path("<int:pk>/umbenennen/", accounts.account_edit, name="account_edit"),
    path("<int:pk>/deaktivieren/", accounts.account_deactivate, name="account_deactivate"),
    path("<int:pk>/aktivieren/", accounts.account_activate, name="account_activate"),
    path("<int:pk>/rolle-geben/", accounts.role_grant, name="role_grant"),
    path("rollen/<int:pk>/entziehen/", accounts.role_revoke, name="role_revoke"),
    path("<int:pk>/verband-zuordnen/", accounts.membership_grant, name="membership_grant"),
    path(
        "zugehoerigkeiten/<int:pk>/aendern/", accounts.membership_change, name="membership_change"
    ),
    path(
        "zugehoerigkeiten/<int:pk>/beenden/", accounts.membership_revoke, name="membership_revoke"
    ),
    path("einladungen/", invitations.invitation_list, name="invitation_list"),
    path("einladungen/neu/", invitations.invitation_create, name="invitation_create"),
    path(
        "einladungen/<int:pk>/erneut-senden/",
        invitations.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "einladungen/<int:pk>/zurueckziehen/",
        invitations.invitation_revoke,
        name="invitation_revoke",
    ),
    path("einladung/<str:token>/", invitations.invitation_accept, name="invitation_accept"),
]
