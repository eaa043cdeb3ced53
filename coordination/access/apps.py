from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccessConfig(AppConfig):
    name = "coordination.access"

    def ready(self):
        from coordination.access.sessions import remember_sign_in

        user_logged_in.connect(remember_sign_in, dispatch_uid="coordination.access.sessions")
