from django.urls import path

from agencies.lists import views

app_name = "lists"
urlpatterns = [
    path("", views.term_list, name="term_list"),
    path("<slug:name>/neu/", views.term_create, name="term_create"),
    path("<slug:name>/<int:pk>/", views.term_edit, name="term_edit"),
]
