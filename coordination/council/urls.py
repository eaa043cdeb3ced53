from django.urls import path

from coordination.council.views import bodies, motions, resolutions, tasks

app_name = "council"
urlpatterns = [
    path("", motions.motion_list, name="motion_list"),
    path("neu/", motions.motion_create, name="motion_create"),
    path("<int:pk>/", motions.motion_detail, name="motion_detail"),
    path("<int:pk>/bearbeiten/", motions.motion_edit, name="motion_edit"),
    path("<int:pk>/ueberweisen/", motions.motion_refer, name="motion_refer"),
    path("<int:pk>/vorlage/", motions.motion_schedule, name="motion_schedule"),
    path("<int:pk>/beschluss/", resolutions.motion_resolve, name="motion_resolve"),
    path("<int:pk>/zurueckziehen/", motions.motion_withdraw, name="motion_withdraw"),
    path("<int:pk>/erledigen/", motions.motion_settle, name="motion_settle"),
    path("<int:pk>/schritt-zuruecknehmen/", motions.motion_take_back, name="motion_take_back"),
    path("vorlagen/<int:pk>/", motions.paper_edit, name="paper_edit"),
    path("beschluesse/", resolutions.resolution_list, name="resolution_list"),
    path("beschluesse/neu/", resolutions.resolution_create, name="resolution_create"),
    path("beschluesse/<int:pk>/", resolutions.resolution_detail, name="resolution_detail"),
    path("beschluesse/<int:pk>/bearbeiten/", resolutions.resolution_edit, name="resolution_edit"),
    path("beschluesse/<int:pk>/aufgabe/", tasks.task_create, name="task_create"),
    path("aufgaben/", tasks.task_list, name="task_list"),
    path("aufgaben/halbjahr/", tasks.task_half_year, name="task_half_year"),
    path("aufgaben/pdf/", tasks.task_pdf, name="task_pdf"),
    path("aufgaben/<int:pk>/", tasks.task_detail, name="task_detail"),
    path("aufgaben/<int:pk>/bearbeiten/", tasks.task_edit, name="task_edit"),
    path("aufgaben/<int:pk>/frist/", tasks.task_postpone, name="task_postpone"),
    path("aufgaben/<int:pk>/erledigt/", tasks.task_finish, name="task_finish"),
    path("aufgaben/<int:pk>/entfallen/", tasks.task_drop, name="task_drop"),
    path("aufgaben/<int:pk>/wieder-oeffnen/", tasks.task_reopen, name="task_reopen"),
    path("fraktionen/", bodies.group_list, name="group_list"),
    path("fraktionen/neu/", bodies.group_create, name="group_create"),
    path("fraktionen/<int:pk>/", bodies.group_edit, name="group_edit"),
    path("gremien/", bodies.committee_list, name="committee_list"),
    path("gremien/neu/", bodies.committee_create, name="committee_create"),
    path("gremien/<int:pk>/", bodies.committee_edit, name="committee_edit"),
]
