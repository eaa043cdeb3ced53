from django.urls import path

from agencies.views import absences, agencies, coverage, districts, positions, workers

app_name = "agencies"
urlpatterns = [
    path("stadtteile/", districts.district_list, name="district_list"),
    path("stadtteile/karte/", districts.district_map, name="district_map"),
    path("stadtteile/<int:pk>/", districts.district_detail, name="district_detail"),
    path("einsatzplan/", coverage.coverage_board, name="coverage_board"),
    path("einsatzplan/zeitstrahl/", coverage.position_timeline, name="position_timeline"),
    path("einsatzplan/ende/", coverage.ending_list, name="ending_list"),
    path("einsatzplan/zuweisen/", coverage.assignment_create, name="assignment_create"),
    path(
        "zustaendigkeiten/<int:pk>/aendern/",
        coverage.assignment_change,
        name="assignment_change",
    ),
    path("zustaendigkeiten/<int:pk>/beenden/", coverage.assignment_end, name="assignment_end"),
    path(
        "zustaendigkeiten/<int:pk>/zuruecknehmen/",
        coverage.assignment_withdraw,
        name="assignment_withdraw",
    ),
    path("stellen/<int:pk>/uebergeben/", coverage.handover_create, name="handover_create"),
    path("verbaende/", agencies.agency_list, name="agency_list"),
    path("verbaende/neu/", agencies.agency_create, name="agency_create"),
    path("verbaende/<int:pk>/", agencies.agency_detail, name="agency_detail"),
    path("verbaende/<int:pk>/bearbeiten/", agencies.agency_edit, name="agency_edit"),
    path("stellen/", positions.position_list, name="position_list"),
    path("stellen/neu/", positions.position_create, name="position_create"),
    path("stellen/<int:pk>/", positions.position_detail, name="position_detail"),
    path("stellen/<int:pk>/bearbeiten/", positions.position_edit, name="position_edit"),
    path("stellen/<int:pk>/besetzen/", positions.occupancy_create, name="occupancy_create"),
    path("besetzungen/<int:pk>/beenden/", positions.occupancy_end, name="occupancy_end"),
    path(
        "besetzungen/<int:pk>/nachfolge/",
        positions.occupancy_succeed,
        name="occupancy_succeed",
    ),
    path(
        "besetzungen/<int:pk>/zuruecknehmen/",
        positions.occupancy_withdraw,
        name="occupancy_withdraw",
    ),
    path("fachkraefte/", workers.worker_list, name="worker_list"),
    path("fachkraefte/neu/", workers.worker_create, name="worker_create"),
    path("fachkraefte/<int:pk>/", workers.worker_detail, name="worker_detail"),
    path("fachkraefte/<int:pk>/bearbeiten/", workers.worker_edit, name="worker_edit"),
    path("fachkraefte/<int:pk>/abwesend/", absences.absence_create, name="absence_create"),
    path("abwesenheiten/<int:pk>/loeschen/", absences.absence_delete, name="absence_delete"),
]
