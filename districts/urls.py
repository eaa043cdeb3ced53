from django.urls import path

from districts import views

app_name = "districts"
urlpatterns = [
    path("import/", views.district_import, name="district_import"),
    path("import/<int:pk>/", views.import_preview, name="import_preview"),
    path("<int:pk>/bearbeiten/", views.district_edit, name="district_edit"),
]
