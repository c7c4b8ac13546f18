from typing import Any

from django.core.management.base import BaseCommand

from reports.machines import section


class Command(BaseCommand):
    help = "Print the state diagrams of README from the tables of moves."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(section())
