from django.urls import include, path

urlpatterns = [
    path("", include("allauth.account.urls")),
    path("zweiter-faktor/", include("allauth.mfa.urls")),
    path("sitzungen/", include("allauth.usersessions.urls")),
]
