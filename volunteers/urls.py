from django.urls import path

from volunteers.views import care, groups, imports, papers, talks, volunteers

app_name = "volunteers"
urlpatterns = [
    path("", volunteers.volunteer_list, name="volunteer_list"),
    path("neu/", volunteers.volunteer_create, name="volunteer_create"),
    path("datei/", volunteers.volunteer_export, name="volunteer_export"),
    path("aehnliche/", volunteers.duplicate_list, name="duplicate_list"),
    path("<int:pk>/", volunteers.volunteer_detail, name="volunteer_detail"),
    path("<int:pk>/bearbeiten/", volunteers.volunteer_edit, name="volunteer_edit"),
    path("<int:pk>/beenden/", volunteers.volunteer_end, name="volunteer_end"),
    path("gruppen/", groups.group_list, name="group_list"),
    path("gruppen/neu/", groups.group_create, name="group_create"),
    path("gruppen/datei/", groups.group_export, name="group_export"),
    path("gruppen/<int:pk>/", groups.group_detail, name="group_detail"),
    path("gruppen/<int:pk>/bearbeiten/", groups.group_edit, name="group_edit"),
    path("gruppen/<int:pk>/beenden/", groups.group_end, name="group_end"),
    path("gruppen/<int:pk>/mitglied/", groups.member_create, name="member_create"),
    path("mitglieder/<int:pk>/beenden/", groups.member_end, name="member_end"),
    path("import/", imports.volunteer_import, name="volunteer_import"),
    path("import/vorlage/", imports.import_template, name="import_template"),
    path("import/<int:pk>/", imports.import_preview, name="import_preview"),
    path("faellig/", papers.due_list, name="due_list"),
    path("faellig/datei/", papers.due_export, name="due_export"),
    path("erklaerungen/", papers.declaration_text_list, name="declaration_text_list"),
    path("erklaerungen/neu/", papers.declaration_text_create, name="declaration_text_create"),
    path("erklaerungen/<int:pk>/", papers.declaration_text_detail, name="declaration_text_detail"),
    path("<int:pk>/erklaerungen/", papers.declaration_create, name="declaration_create"),
    path("unterschriften/<int:pk>/loeschen/", papers.declaration_delete, name="declaration_delete"),
    path("<int:pk>/fuehrungszeugnis/", papers.certificate_edit, name="certificate_edit"),
    path(
        "<int:pk>/fuehrungszeugnis/loeschen/", papers.certificate_delete, name="certificate_delete"
    ),
    path("betreuung/", care.care_list, name="care_list"),
    path("betreuung/datei/", care.care_export, name="care_export"),
    path("betreuung/uebergeben/", care.handover, name="handover"),
    path("<int:pk>/ansprechperson/", care.contact_edit, name="contact_edit"),
    path("gruppen/<int:pk>/ansprechperson/", care.group_contact_edit, name="group_contact_edit"),
    path("<int:pk>/gespraech/", talks.talk_create, name="talk_create"),
    path("gruppen/<int:pk>/gespraech/", talks.group_talk_create, name="group_talk_create"),
    path("gespraeche/<int:pk>/loeschen/", talks.talk_delete, name="talk_delete"),
]
