from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class BudgetPortalConfig(AppConfig):
    name = "budget_portal"
    verbose_name = "زیرساخت"

    def ready(self) -> None:
        # What each app adds to the registries of the shared ground; see outbox, jobs, clock and worklist.
        autodiscover_modules("effects", "jobs", "clock", "worklist", "exports")
