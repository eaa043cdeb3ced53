from django.urls import path

from coordination.overview import views

app_name = "overview"
urlpatterns = [path("", views.start, name="start")]
