from django.urls import path

from agencies.reports.views import (
    mails,
    narratives,
    period_acts,
    periods,
    schedules,
    submissions,
)

app_name = "reports"
urlpatterns = [
    # board, periods, schedules
    path("berichte/", periods.period_board, name="period_board"),
    path("berichte/neu/", periods.period_create, name="period_create"),
    path("berichte/<int:pk>/", periods.period_detail, name="period_detail"),
    path("berichte/<int:pk>/zurueckgeben/", period_acts.period_send_back, name="period_send_back"),
    path("berichte/<int:pk>/annehmen/", period_acts.period_accept, name="period_accept"),
    path("berichte/<int:pk>/sperren/", period_acts.period_lock, name="period_lock"),
    path("berichte/<int:pk>/oeffnen/", period_acts.period_unlock, name="period_unlock"),
    path("berichte/<int:pk>/verlaengern/", period_acts.period_extend, name="period_extend"),
    path("berichte/<int:pk>/verfassen/", period_acts.period_responsible, name="period_responsible"),
    path("berichte/<int:pk>/kommentieren/", period_acts.comment_create, name="comment_create"),
    path("berichte/rhythmen/", schedules.schedule_list, name="schedule_list"),
    path("berichte/rhythmen/neu/", schedules.schedule_create, name="schedule_create"),
    path("berichte/rhythmen/<int:pk>/beenden/", schedules.schedule_end, name="schedule_end"),
    # narrative, submission, versions
    path("berichte/<int:pk>/text/", narratives.narrative_edit, name="narrative_edit"),
    path("berichte/<int:pk>/einreichen/", submissions.report_submit, name="report_submit"),
    path("berichte/version/<int:pk>/", submissions.version_detail, name="version_detail"),
    # mails
    path("benachrichtigungen/", mails.mail_settings, name="mail_settings"),
    path("abmelden/<str:token>/", mails.mail_unsubscribe, name="mail_unsubscribe"),
]
