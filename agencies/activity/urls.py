from django.urls import path

from agencies.activity.views import activities, entry, imports, mirror, weeks

app_name = "activity"
urlpatterns = [
    # entries (quick entry, draft, editing)
    path("taetigkeiten/neu/", entry.activity_create, name="activity_create"),
    path("taetigkeiten/entwurf/", entry.draft_save, name="draft_save"),
    path("taetigkeiten/<int:pk>/bearbeiten/", entry.activity_edit, name="activity_edit"),
    # list, deletion, week
    path("taetigkeiten/", activities.activity_list, name="activity_list"),
    path(
        "taetigkeiten/<int:pk>/loeschen/",
        activities.activity_delete,
        name="activity_delete",
    ),
    path("taetigkeiten/woche/", weeks.week_grid, name="week_grid"),
    path("taetigkeiten/woche/kopieren/", weeks.week_copy, name="week_copy"),
    # import
    path("taetigkeiten/import/", imports.activity_import, name="activity_import"),
    path("taetigkeiten/import/vorlage/", imports.import_template, name="import_template"),
    path("taetigkeiten/import/<int:pk>/", imports.import_preview, name="import_preview"),
    # quarter mirror
    path("quartiersspiegel/", mirror.quarter_mirror, name="quarter_mirror"),
]
