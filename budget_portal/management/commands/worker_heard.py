"""For health checks of containers: did a worker do the clock's heartbeat task within a minute?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from budget_portal import heartbeat


class Command(BaseCommand):
    help = "Ends with 0 when a worker was heard within a minute."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        age = heartbeat.age()
        if age is None or age > heartbeat.QUIET_TOO_LONG:
            raise CommandError("No worker was heard within a minute." if age is None else f"{age:.0f} s ago")
        self.stdout.write(f"{age:.0f} s ago")
