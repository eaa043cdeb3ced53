from django.urls import path

from coordination.council.summary.views import compare, opendata, questions, releases, reports

app_name = "summary"
urlpatterns = [
    path("rat/", releases.release_latest, name="release_latest"),
    path("rat/alle/", releases.release_list, name="release_list"),
    path("rat/<int:pk>/", releases.release_detail, name="release_detail"),
    path("rat/<int:pk>/pdf/", releases.release_pdf, name="release_pdf"),
    path("rat/<int:pk>/tabelle/<slug:table>/", releases.release_table, name="release_table"),
    path("rat/<int:pk>/zahl/<str:key>/", releases.figure_detail, name="figure_detail"),
    path("rat/vergleich/", compare.release_compare, name="release_compare"),
    path("rat/entwuerfe/", reports.report_list, name="report_list"),
    path("rat/entwuerfe/neu/", reports.report_create, name="report_create"),
    path("rat/entwuerfe/<int:pk>/", reports.report_preview, name="report_preview"),
    path("rat/entwuerfe/<int:pk>/pdf/", reports.report_preview_pdf, name="report_preview_pdf"),
    path("rat/entwuerfe/<int:pk>/zahl/<str:key>/", reports.report_figure, name="report_figure"),
    path("rat/entwuerfe/<int:pk>/bearbeiten/", reports.report_edit, name="report_edit"),
    path("rat/entwuerfe/<int:pk>/freigeben/", reports.report_release, name="report_release"),
    path("rat/entwuerfe/<int:pk>/verwerfen/", reports.report_discard, name="report_discard"),
    path("anfragen-rat/", questions.question_list, name="question_list"),
    path("anfragen-rat/antwort/<int:pk>/", questions.answer_detail, name="answer_detail"),
    path("anfragen-rat/<slug:pattern>/", questions.question_ask, name="question_ask"),
    path("anfragen-rat/<slug:pattern>/senden/", questions.answer_send, name="answer_send"),
    path("offene-daten/", opendata.dataset_list, name="dataset_list"),
    path("offene-daten/katalog.jsonld", opendata.catalogue_jsonld, name="catalogue_jsonld"),
    path("offene-daten/katalog.ttl", opendata.catalogue_turtle, name="catalogue_turtle"),
    path("offene-daten/ratsbericht-<int:number>/", opendata.dataset_detail, name="dataset_detail"),
    # The version is that of the files' form: another form gets another name, this one stays.
    path(
        "offene-daten/ratsbericht-<int:number>/zahlen-v1.csv",
        opendata.dataset_csv,
        name="dataset_csv",
    ),
    path(
        "offene-daten/ratsbericht-<int:number>/zahlen-v1.json",
        opendata.dataset_json,
        name="dataset_json",
    ),
]
