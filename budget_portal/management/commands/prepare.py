"""Make the configured database and files usable; for containers and installations of one's own servers."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from budget_portal.preparation import prepare


class Command(BaseCommand):
    help = "Tables, reference data and static files; with DEMO=1 (or --demo) the demo data at the first time."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", default=settings.DEMO)

    def handle(self, *args: Any, **options: Any) -> None:
        prepare(demo=options["demo"], say=self.stdout.write)
