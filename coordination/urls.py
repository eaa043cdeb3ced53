from django.conf.urls.i18n import set_language
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from coordination import errors, health

urlpatterns = [
    path("", include("coordination.overview.urls")),
    path("konto/", include("coordination.access.urls")),
    path("stadtteile/", include("districts.urls")),
    path("", include("agencies.urls")),
    path("listen/", include("agencies.lists.urls")),
    path("angebote/", include("agencies.offers.urls")),
    path("", include("agencies.activity.urls")),
    path("", include("agencies.reports.urls")),
    path("haushalt/", include("coordination.budget.urls")),
    path("antraege/", include("coordination.council.urls")),
    path("", include("coordination.council.summary.urls")),
    path("ehrenamt/", include("volunteers.urls")),
    path("", include("volunteers.desk.urls")),
    path("", include("coordination.public.urls")),
    path("loeschfristen/", include("coordination.retention.urls")),
    path("protokoll/", include("coordination.audit.urls")),
    path("personen/", include("coordination.people.urls")),
    # Without a token, so that pages for everybody need no cookie: a language is no harm.
    path("sprache/", csrf_exempt(login_not_required(set_language)), name="set_language"),
    path("gesund/", health.alive, name="alive"),
    path("bereit/", health.ready, name="ready"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
