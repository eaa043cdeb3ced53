from django.urls import path

from coordination.public.views import finder, legal, offers

app_name = "public"
urlpatterns = [
    path("ansprechpartner/", finder.contact_list, name="contact_list"),
    path("ansprechpartner/<int:pk>/", finder.contact_detail, name="contact_detail"),
    path("ansprechpartner/<int:pk>/karte/", finder.contact_card, name="contact_card"),
    path("ansprechpartner/<int:pk>/karte.pdf", finder.contact_card_pdf, name="contact_card_pdf"),
    path("ansprechpartner/<int:pk>/kontakt.vcf", finder.contact_vcard, name="contact_vcard"),
    path("angebote-finden/", offers.offer_list, name="offer_list"),
    path("angebote-finden/kalender/", offers.offer_calendar, name="offer_calendar"),
    path("angebote-finden/kalender.ics", offers.offer_feed, name="offer_feed"),
    path("angebote-finden/<int:pk>/", offers.offer_detail, name="offer_detail"),
    path("impressum/", legal.imprint, name="imprint"),
    path("datenschutz/", legal.privacy, name="privacy"),
    path("barrierefreiheit/", legal.accessibility, name="accessibility"),
    path("barrierefreiheit/rueckmeldung/", legal.feedback_create, name="feedback_create"),
    path("barrierefreiheit/rueckmeldungen/", legal.feedback_list, name="feedback_list"),
    path(
        "barrierefreiheit/rueckmeldungen/<int:pk>/erledigt/",
        legal.feedback_done,
        name="feedback_done",
    ),
    path("rechtstexte/", legal.legal_list, name="legal_list"),
    path("rechtstexte/<str:page>/<str:language>/", legal.legal_edit, name="legal_edit"),
]
