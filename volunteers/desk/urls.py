from django.urls import path

from volunteers.desk.views import desk, faqs, public, times

app_name = "desk"
urlpatterns = [
    path("rueckversicherung/", public.question_ask, name="question_ask"),
    path("rueckversicherung/gesendet/", public.question_sent, name="question_sent"),
    path("rueckversicherung/fertig/<slug:what>/", public.question_done, name="question_done"),
    path(
        "rueckversicherung/bestaetigen/<str:token>/",
        public.question_confirm,
        name="question_confirm",
    ),
    path(
        "rueckversicherung/frage/<str:token>/", public.question_continue, name="question_continue"
    ),
    path(
        "rueckversicherung/frage/<str:token>/schliessen/", public.question_end, name="question_end"
    ),
    path(
        "rueckversicherung/frage/<str:token>/zurueckziehen/",
        public.question_withdraw,
        name="question_withdraw",
    ),
    path("fragen/", desk.question_list, name="question_list"),
    path("fragen/<int:pk>/", desk.question_detail, name="question_detail"),
    path("fragen/<int:pk>/beantworten/", desk.question_answer, name="question_answer"),
    path("fragen/<int:pk>/abschliessen/", desk.question_close, name="question_close"),
    path("fragen/<int:pk>/oeffnen/", desk.question_reopen, name="question_reopen"),
    path("fragen/<int:pk>/weiterleiten/", desk.question_forward, name="question_forward"),
    path("fragen/<int:pk>/vorschlagen/", faqs.faq_create, name="faq_create"),
    path("fragen/haeufige/", faqs.faq_list, name="faq_list"),
    path("fragen/haeufige/<int:pk>/bearbeiten/", faqs.faq_edit, name="faq_edit"),
    path("fragen/haeufige/<int:pk>/freigeben/", faqs.faq_release, name="faq_release"),
    path("fragen/haeufige/<int:pk>/zurueckziehen/", faqs.faq_withdraw, name="faq_withdraw"),
    path("fragen/antwortzeiten/", times.time_list, name="time_list"),
    path("rueckversicherung/haeufige-fragen/", faqs.faq_public, name="faq_public"),
]
