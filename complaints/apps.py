from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = "شکایات و پیشنهادها"

    def ready(self) -> None:
        from complaints import badges  # noqa: F401 - registers itself
