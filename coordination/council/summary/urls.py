app_name = "summary"
urlpatterns = []
