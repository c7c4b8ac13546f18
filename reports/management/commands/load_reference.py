"""manage.py load_reference: places, holidays, causes; classification of the organizations named."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

import accounts.reference
import agreements.reference
import budget_portal.reference
import monitoring.reference
from accounts.models import Organization


class Command(BaseCommand):
    help = "Load reference data; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--organization",
            action="append",
            default=[],
            metavar="CODE",
            help="national organization that gets classification and funding sources (may be repeated)",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        self._tell("", budget_portal.reference.load())
        self._tell("", accounts.reference.load())
        self._tell("", monitoring.reference.load())
        for code in options["organization"]:
            self._tell(f"{code}: ", agreements.reference.load(self._national(code)))

    def _national(self, code: str) -> Organization:
        national = Organization.Level.NATIONAL
        organization: Organization | None = Organization.objects.filter(code=code, level=national).first()
        if organization is None:
            raise CommandError(f"{code} is no national organization")
        return organization

    def _tell(self, prefix: str, written: dict[str, int]) -> None:
        for name, number in written.items():
            self.stdout.write(f"{prefix}{name}: {number} written")
