from django.urls import path  # noqa: F401

app_name = "reports"
urlpatterns = [
    # board, periods, schedules
    # narrative, submission, versions
    # mails
]
