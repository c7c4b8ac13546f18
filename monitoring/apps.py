from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"
    verbose_name = "عملکرد و بازدید"

    def ready(self) -> None:
        from monitoring import letters, packages, publication  # noqa: F401 - they register themselves
        from monitoring.imports import batch, resting  # noqa: F401 - register themselves
