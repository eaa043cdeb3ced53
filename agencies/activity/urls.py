from django.urls import path  # noqa: F401

app_name = "activity"
urlpatterns = [
    # entries (quick entry, draft, editing)
    # list, deletion, week
    # import
    # quarter mirror
]
