from django.urls import path

from agencies.offers.views import exceptions, feeds, offers

app_name = "offers"
urlpatterns = [
    path("", offers.offer_list, name="offer_list"),
    path("neu/", offers.offer_create, name="offer_create"),
    path("<int:pk>/", offers.offer_detail, name="offer_detail"),
    path("<int:pk>/bearbeiten/", offers.offer_edit, name="offer_edit"),
    path("<int:pk>/beenden/", offers.offer_end, name="offer_end"),
    path("<int:pk>/bestaetigen/", offers.offer_confirm, name="offer_confirm"),
    path("<int:pk>/ausnahme/", exceptions.exception_create, name="exception_create"),
    path("ausnahmen/<int:pk>/loeschen/", exceptions.exception_delete, name="exception_delete"),
    path("<int:pk>/kalender.ics", feeds.offer_feed, name="offer_feed"),
    path("verband/<int:pk>.ics", feeds.agency_feed, name="agency_feed"),
    path("stadtteil/<int:pk>.ics", feeds.district_feed, name="district_feed"),
]
