from django.urls import path

from coordination.retention.views import askers, rules, volunteers

app_name = "retention"
urlpatterns = [
    path("", rules.rule_list, name="rule_list"),
    path("anwenden/", rules.run_create, name="run_create"),
    path("ehrenamt/<int:pk>/", volunteers.volunteer_data, name="volunteer_data"),
    path("ehrenamt/<int:pk>/daten.json", volunteers.volunteer_json, name="volunteer_json"),
    path("ehrenamt/<int:pk>/pdf/", volunteers.volunteer_pdf, name="volunteer_pdf"),
    path("ehrenamt/<int:pk>/loeschen/", volunteers.volunteer_erase, name="volunteer_erase"),
    path("gruppen/<int:pk>/loeschen/", volunteers.group_erase, name="group_erase"),
    path("fragen/<int:pk>/loeschen/", askers.question_erase, name="question_erase"),
]
