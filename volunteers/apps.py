from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    name = "volunteers"

    def ready(self):
        from agencies import agencies
        from volunteers import engaged

        agencies.hindrances.append(engaged.looked_after)
